import { describe, expect, test } from "vitest";
import * as core from "./index.js";
import { add, type DType, dtypes, ones, tensor, type Tensor } from "./index.js";

const of = (dtype: DType, ...data: number[]): Tensor => tensor(data, { dtype });
const int = (...data: number[]): Tensor => of("int32", ...data);
const bytes = (...data: number[]): Tensor => of("uint8", ...data);
const bools = (...data: number[]): Tensor => of("bool", ...data);

describe("promotion as PyTorch documents it, without int64", () => {
  /** The dtype of `add` for every pair, in the order bool, uint8, int32, float32, float64. */
  const table: readonly (readonly DType[])[] = [
    ["bool", "uint8", "int32", "float32", "float64"],
    ["uint8", "uint8", "int32", "float32", "float64"],
    ["int32", "int32", "int32", "float32", "float64"],
    ["float32", "float32", "float32", "float32", "float64"],
    ["float64", "float64", "float64", "float64", "float64"],
  ];

  test("of two tensors with axes, and of two without", () => {
    for (const shape of [[2], []]) {
      const found = dtypes.map((a) =>
        dtypes.map((b) => add(ones(shape, { dtype: a }), ones(shape, { dtype: b })).dtype),
      );
      expect(found).toEqual(table);
    }
  });

  test("a tensor without axes counts only when it is of a higher kind", () => {
    const result = (a: DType, b: DType): DType => add(ones([2], { dtype: a }), ones([], { dtype: b })).dtype;
    expect(result("float32", "float64")).toBe("float32");
    expect(result("uint8", "int32")).toBe("uint8");
    expect(result("int32", "float32")).toBe("float32");
    expect(result("int32", "float64")).toBe("float64");
    expect(result("bool", "int32")).toBe("int32");
  });

  test("a number takes the dtype beside it, unless it is of a higher kind", () => {
    const result = (a: DType, x: number): DType => add(ones([2], { dtype: a }), x).dtype;
    expect(dtypes.map((dtype) => result(dtype, 2))).toEqual(["int32", "uint8", "int32", "float32", "float64"]);
    expect(dtypes.map((dtype) => result(dtype, 0.5))).toEqual(["float32", "float32", "float32", "float32", "float64"]);
  });

  test("of lists, products and choices", () => {
    expect(core.concat([int(1), tensor([0.5])]).dtype).toBe("float32");
    expect(core.stack([bools(1), bytes(2)]).dtype).toBe("uint8");
    expect(core.matmul(int(1, 2), tensor([1, 2], { dtype: "float64" })).dtype).toBe("float64");
    expect(core.where(bools(1), int(1), tensor([0.5])).dtype).toBe("float32");
  });
});

describe("integers", () => {
  test("division gives fractions, floorDiv and the remainders whole numbers", () => {
    expect(core.div(int(7), int(2))).toMatchObject({ dtype: "float32" });
    expect(core.div(int(7), 2).item()).toBe(3.5);
    const [x, y] = [int(7, -7, 7, -7), int(2, 2, -2, -2)];
    expect(core.floorDiv(x, y).toArray()).toEqual([3, -4, -4, 3]);
    expect(core.mod(x, y).toArray()).toEqual([1, 1, -1, -1]);
    expect(core.fmod(x, y).toArray()).toEqual([1, -1, 1, -1]);
    expect([core.floorDiv(x, y), core.mod(x, y), core.fmod(x, y)].map((z) => z.dtype)).toEqual([
      "int32",
      "int32",
      "int32",
    ]);
  });

  test("are exact up to the largest, and wrap round beyond it", () => {
    const top = 2 ** 31 - 1;
    expect(core.floorDiv(int(top), 3).item()).toBe(Math.floor(top / 3));
    expect(core.mod(int(top), 10).item()).toBe(7);
    expect(add(int(top), 1).item()).toBe(-(2 ** 31));
    expect(core.mul(int(top), int(top)).item()).toBe(1);
    expect(core.mul(int(123456789), int(987654321)).item()).toBe(Math.imul(123456789, 987654321));
    expect(core.pow(int(3), 40).item()).toBe(Number(BigInt.asIntN(32, 3n ** 40n)));
    expect(add(bytes(250), 10).item()).toBe(4);
    expect(core.neg(bytes(1)).item()).toBe(255);
  });

  test("stay integers where no fraction can arise", () => {
    for (const fn of [
      core.neg,
      core.abs,
      core.sign,
      core.square,
      core.floor,
      core.ceil,
      core.round,
      core.trunc,
      core.relu,
    ]) {
      expect(fn(int(-3, 2)).dtype).toBe("int32");
    }
    expect(core.clamp(int(-3, 2), { min: 0 }).dtype).toBe("int32");
    expect(core.maximum(int(1), int(2)).dtype).toBe("int32");
  });

  test("become float32 where fractions arise", () => {
    for (const fn of [core.exp, core.sqrt, core.sin, core.sigmoid, core.reciprocal, core.erf, core.tanh]) {
      expect(fn(int(1)).dtype).toBe("float32");
    }
    expect(core.mean(int(1, 2)).item()).toBe(1.5);
    expect(core.softmax(int(1, 1)).dtype).toBe("float32");
  });

  test("are summed and multiplied up as int32, in the place of PyTorch's int64", () => {
    expect(core.sum(bytes(200, 100))).toMatchObject({ dtype: "int32" });
    expect(core.sum(bytes(200, 100)).item()).toBe(300);
    expect(core.sum(bools(1, 1, 1)).item()).toBe(3);
    expect(core.prod(bytes(20, 20)).item()).toBe(400);
    expect(core.cumsum(bytes(200, 100), 0).toArray()).toEqual([200, 300]);
    expect(core.argmax(int(1, 3, 2)).dtype).toBe("int32");
  });

  test("go through bits as whole numbers of 32 of them, and fractions do not", () => {
    expect(core.bitwiseAnd(int(12, -1), 10).toArray()).toEqual([8, 10]);
    expect(core.bitwiseXor(bytes(255), bytes(15)).item()).toBe(240);
    expect(core.bitwiseNot(int(0)).item()).toBe(-1);
    expect(core.bitwiseNot(bools(1)).item()).toBe(0);
    expect(core.bitwiseLeftShift(int(1), 31).item()).toBe(-(2 ** 31));
    expect(() => core.bitwiseAnd(tensor([1]), 1)).toThrow(expect.objectContaining({ code: "DTYPE_INTEGER" }));
  });

  test("take no gradient", () => {
    expect(() => tensor([1], { dtype: "int32", requiresGrad: true })).toThrow(
      expect.objectContaining({ code: "GRADIENT_DTYPE" }),
    );
    expect(core.round(tensor([1.5], { requiresGrad: true })).to("int32").requiresGrad).toBe(false);
  });
});

describe("booleans", () => {
  test("come from comparisons and logic, of any dtype", () => {
    for (const dtype of dtypes) {
      const [x, y] = [of(dtype, 0, 1), of(dtype, 1, 1)];
      expect([core.lt(x, y), core.eq(x, y), core.logicalXor(x, y), core.logicalNot(x)].map((z) => z.dtype)).toEqual(
        new Array(4).fill("bool"),
      );
      expect(core.logicalXor(x, y).toArray()).toEqual([1, 0]);
    }
  });

  test("add as or, and multiply as and", () => {
    expect(add(bools(0, 1, 1), bools(0, 0, 1))).toMatchObject({ dtype: "bool" });
    expect(add(bools(0, 1, 1), bools(0, 0, 1)).toArray()).toEqual([0, 1, 1]);
    expect(core.mul(bools(0, 1, 1), bools(0, 0, 1)).toArray()).toEqual([0, 0, 1]);
  });

  test("are all and any along axes", () => {
    const x = tensor([
      [1, 0],
      [1, 1],
    ]).to("bool");
    expect(core.all(x, { axis: 1 }).toArray()).toEqual([0, 1]);
    expect(core.any(x, { axis: 0 })).toMatchObject({ dtype: "bool" });
  });
});

describe("conversion", () => {
  test("cuts fractions towards zero, wraps round, and takes anything but 0 for true", () => {
    expect(tensor([-1.7, 1.7]).to("int32").toArray()).toEqual([-1, 1]);
    expect(int(300, -1).to("uint8").toArray()).toEqual([44, 255]);
    expect(tensor([0, -0, 0.1, NaN]).to("bool").toArray()).toEqual([0, 0, 1, 1]);
    expect(bools(1, 0).to("float64").toArray()).toEqual([1, 0]);
  });

  test("has 0 for NaN among integers", () => {
    expect(tensor([NaN]).to("int32").item()).toBe(0);
  });
});
