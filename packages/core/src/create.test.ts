import { describe, expect, test } from "vitest";
import {
  AdjointError,
  arange,
  eye,
  fromBuffer,
  fromTypedArray,
  full,
  fullLike,
  Generator,
  linspace,
  logspace,
  onesLike,
  randLike,
  randnLike,
  reshape,
  tensor,
  tri,
  zerosLike,
} from "./index.js";

/** The code of the AdjointError that `run` throws. */
function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AdjointError) return error.code;
    throw error;
  }
  return "nothing was thrown";
}

describe("fromBuffer", () => {
  const floats = Float32Array.of(1, 2, 3, 4);

  test("shares the memory where the elements are aligned", () => {
    const x = fromBuffer(floats.buffer, [2], "float32", 8);
    expect([x.toArray(), x.data.buffer === floats.buffer]).toEqual([[3, 4], true]);
    const view = new Uint8Array(floats.buffer, 4);
    const y = fromBuffer(view, [1], "float32", 4);
    expect([y.toArray(), y.data.buffer === floats.buffer]).toEqual([[3], true]);
  });

  test("copies elements that begin between the places", () => {
    const bytes = new Uint8Array(17);
    bytes.set(new Uint8Array(floats.buffer), 1);
    for (const source of [bytes, bytes.buffer, new DataView(bytes.buffer), Buffer.from(bytes.buffer)]) {
      const x = fromBuffer(source, [2, 2], "float32", 1);
      expect([x.toArray(), x.data.buffer === bytes.buffer]).toEqual([
        [
          [1, 2],
          [3, 4],
        ],
        false,
      ]);
    }
  });

  test("takes every dtype, shared memory, and nothing at all", () => {
    expect(fromBuffer(Float64Array.of(0.1), [], "float64").item()).toBe(0.1);
    expect(fromBuffer(Int32Array.of(-7), [1], "int32").item()).toBe(-7);
    expect(fromBuffer(Uint8Array.of(0, 1), [2], "bool").dtype).toBe("bool");
    expect(fromBuffer(new SharedArrayBuffer(4), [4], "uint8").toArray()).toEqual([0, 0, 0, 0]);
    expect(fromBuffer(new ArrayBuffer(0), [0, 3]).shape).toEqual([0, 3]);
  });

  test("refuses what is no buffer, too short, or no bool", () => {
    expect(codeOf(() => fromBuffer([1, 2] as never, [2]))).toBe("BUFFER_KIND");
    expect(codeOf(() => fromBuffer(floats.buffer, [5]))).toBe("BUFFER_SIZE");
    expect(codeOf(() => fromBuffer(floats.buffer, [4], "float32", 1))).toBe("BUFFER_SIZE");
    expect(codeOf(() => fromBuffer(floats.buffer, [1], "float32", -4))).toBe("INTEGER_INVALID");
    expect(codeOf(() => fromBuffer(Uint8Array.of(2), [1], "bool"))).toBe("ELEMENT_RANGE");
  });

  test("says so when the buffer was transferred away", () => {
    const buffer = new ArrayBuffer(8);
    const view = new DataView(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    for (const source of [buffer, view]) expect(codeOf(() => fromBuffer(source, [2]))).toBe("BUFFER_SIZE");
  });
});

describe("elements that the dtype cannot hold", () => {
  test("are cut, made 0 or 1, or refused, in the same way everywhere", () => {
    expect(full([1], 2, { dtype: "bool" }).item()).toBe(1);
    expect(full([1], -1.5, { dtype: "int32" }).item()).toBe(-1);
    expect(arange(3, { dtype: "bool" }).toArray()).toEqual([0, 1, 1]);
    expect(linspace(0, 2, 4, { dtype: "int32" }).toArray()).toEqual([0, 0, 1, 2]);
    for (const run of [
      () => full([1], 256, { dtype: "uint8" }),
      () => full([1], NaN, { dtype: "int32" }),
      () => fullLike(full([1], 0, { dtype: "uint8" }), -1),
      () => arange(257, { dtype: "uint8" }),
      () => logspace(0, 10, 2, { dtype: "int32" }),
      () => fromTypedArray(Uint8Array.of(0, 2), [2], "bool"),
    ]) {
      expect(codeOf(run)).toBe("ELEMENT_RANGE");
    }
    expect(codeOf(() => fromTypedArray(Float32Array.of(1), [1], "int32"))).toBe("DTYPE_STORAGE");
  });
});

describe("the functions named after another tensor", () => {
  const x = tensor([[1, 2]], { dtype: "float64", requiresGrad: true });

  test("take its shape and dtype unless told otherwise, and never its gradient", () => {
    for (const like of [zerosLike, onesLike, randLike, randnLike]) {
      expect(like(x)).toMatchObject({ shape: [1, 2], dtype: "float64", requiresGrad: false });
      expect(like(x, { dtype: "float32", requiresGrad: true })).toMatchObject({ dtype: "float32", requiresGrad: true });
      expect(like(x, { dtype: undefined }).dtype).toBe("float64");
      expect(codeOf(() => like(x, { shape: [2] } as never))).toBe("OPTION_UNKNOWN");
    }
    expect(fullLike(x, 3, { dtype: "int32" }).toArray()).toEqual([[3, 3]]);
  });

  test("draw from the generator that is given", () => {
    const draw = (): unknown => randnLike(x, { generator: new Generator(3) }).toArray();
    expect(draw()).toEqual(draw());
  });
});

describe("ranges and matrices", () => {
  test("take options after any of their numbers", () => {
    const options = { dtype: "int32" } as const;
    expect(arange(2, options).toArray()).toEqual([0, 1]);
    expect(arange(1, 3, options).toArray()).toEqual([1, 2]);
    expect(arange(3, undefined, 2, options).toArray()).toEqual([0, 2]);
    expect(arange(3, undefined, 1, undefined).dtype).toBe("float32");
    expect([eye(2, options), eye(2, 2, options), tri(2, options), tri(2, 2, 0, options)].map((x) => x.dtype)).toEqual(
      new Array(4).fill("int32"),
    );
    expect(codeOf(() => Reflect.apply(arange, undefined, [0, 1, 1, {}, 2]))).toBe("ARGUMENT_COUNT");
    expect(codeOf(() => Reflect.apply(eye, undefined, [2, 2, null]))).toBe("OPTIONS_KIND");
  });

  test("arange refuses a step that leads away from the end", () => {
    expect(codeOf(() => arange(3, 0))).toBe("RANGE_INVALID");
    expect(codeOf(() => arange(0, 3, -1))).toBe("RANGE_INVALID");
    expect(arange(3, 3, -1).shape).toEqual([0]);
  });

  test("linspace ends exactly where it should, even across all numbers", () => {
    const most = Number.MAX_VALUE;
    const x = linspace(-most, most, 3, { dtype: "float64" });
    expect(x.toArray()).toEqual([-most, 0, most]);
    expect(linspace(0.1, 0.7, 7, { dtype: "float64" }).toArray()).toEqual(expect.arrayContaining([0.1, 0.7]));
  });

  test("-1 beside a size of 0 could be any size", () => {
    expect(codeOf(() => reshape(tensor([]), [0, -1]))).toBe("SHAPE_INVALID");
    expect(reshape(tensor([]), [3, -1]).shape).toEqual([3, 0]);
  });
});
