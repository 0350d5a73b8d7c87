import {
  arange,
  grad,
  Generator,
  jvp,
  mul,
  ones,
  stack,
  sub,
  sum,
  tensor,
  type Tensor,
  vmap,
  where,
  zeros,
} from "@adjoint/core";
import { conform } from "@adjoint/core/testing";
import { describe, expect, test } from "vitest";
import * as gates from "./gates.js";
import {
  functionalCall,
  GRU,
  LSTM,
  LSTMCell,
  PackedSequence,
  packPaddedSequence,
  packSequence,
  padPackedSequence,
  padSequence,
  RNN,
  unpadSequence,
} from "./index.js";

const normal = (...shape: number[]): Tensor => new Generator(5).normal(shape, 0, 1, { dtype: "float64" });

function expectClose(got: Tensor, want: Tensor): void {
  expect(got.shape).toEqual(want.shape);
  for (const x of sub(got, want).data) expect(Math.abs(x)).toBeLessThan(1e-12);
}

test.each(Object.entries(gates))("%s conforms", (_name, op) => {
  expect(conform(op).checks.length).toBeGreaterThan(0);
});

test("weights have PyTorch's keys and order, and can be read by name", () => {
  const layer = new LSTM(2, 3, { numLayers: 2, bidirectional: true, projSize: 2 });
  expect(Object.keys(layer.stateDict()).slice(0, 6).join(" ")).toBe(
    "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0 weight_hr_l0 weight_ih_l0_reverse",
  );
  expect(Object.keys(layer.stateDict()).at(-1)).toBe("weight_hr_l1_reverse");
  expect(layer.weightIhL1.shape).toEqual([12, 4]);
});

test("a layer is its cell at each step", () => {
  const layer = new LSTM(2, 3).to("float64");
  const cell = new LSTMCell(2, 3).to("float64");
  cell.loadStateDict(
    Object.fromEntries(Object.entries(layer.stateDict()).map(([key, x]) => [key.replace("_l0", ""), x])),
  );
  const x = normal(4, 2, 2);
  let [h, c] = [zeros([2, 3]), zeros([2, 3])];
  const outputs = Array.from({ length: 4 }, (_, t) => ([h, c] = cell.forward(x.select(0, t), [h, c]))[0]);
  const [output, [lastH, lastC]] = layer.forward(x);
  expectClose(output, stack(outputs));
  expectClose(lastH.squeeze(0), h);
  expectClose(lastC.squeeze(0), c);
});

describe("sequences of several lengths", () => {
  const layer = new LSTM(2, 3, { numLayers: 2, bidirectional: true }).to("float64");
  const x = normal(4, 3, 2);
  const lengths = [2, 4, 1];

  test("give what each gives alone, and 0 behind it", () => {
    const [output, [h, c]] = layer.forward(x, undefined, { lengths });
    lengths.forEach((length, i) => {
      const [alone, [ownH, ownC]] = layer.forward(x.select(1, i).narrow(0, 0, length));
      expectClose(output.select(1, i).narrow(0, 0, length), alone);
      expect(
        output
          .select(1, i)
          .narrow(0, length, 4 - length)
          .data.every((each) => each === 0),
      ).toBe(true);
      expectClose(h.select(1, i), ownH);
      expectClose(c.select(1, i), ownC);
    });
  });

  test("can be packed, whatever their order", () => {
    const [want, [h]] = layer.forward(x, undefined, { lengths });
    const packed = packPaddedSequence(x, lengths, { enforceSorted: false });
    expect([packed.batchSizes, packed.sortedIndices, packed.lengths]).toEqual([[3, 2, 1, 1], [1, 0, 2], lengths]);
    const [output, [ownH]] = layer.forward(packed);
    expect(output.batchSizes).toEqual(packed.batchSizes);
    expectClose(padPackedSequence(output)[0], want);
    expectClose(ownH, h);
  });

  test("do not let what is behind their end matter", () => {
    const ends = tensor(lengths, { dtype: "int32" });
    const sums = (all: Tensor): Tensor => sum(layer.forward(all, undefined, { lengths: ends })[0]);
    const slopes = grad(sums)(x);
    expect(
      slopes
        .select(1, 2)
        .narrow(0, 1, 3)
        .data.every((each) => each === 0),
    ).toBe(true);
    expect(slopes.select(1, 1).data.every((each) => each !== 0)).toBe(true);
    const isReal = tensor([
      [[true], [true], [true]],
      [[true], [true], [false]],
      [[false], [true], [false]],
      [[false], [true], [false]],
    ]);
    sum(layer.forward(where(isReal, x, NaN), undefined, { lengths })[0]).backward();
    expect(layer.parameters().every(({ grad: slope }) => slope?.data.every(Number.isFinite))).toBe(true);
    layer.zeroGrad();
  });

  test("may differ from example to example under vmap", () => {
    const both = tensor([lengths, [4, 1, 3]], { dtype: "int32" });
    const run = (ends: Tensor): Tensor => layer.forward(x, undefined, { lengths: ends })[0];
    expectClose(vmap(run)(both), stack([run(both.select(0, 0)), run(both.select(0, 1))]));
  });

  test("are padded and taken apart again", () => {
    const parts = [arange(3), arange(1), arange(2)];
    const padded = padSequence(parts, { paddingValue: 9 });
    expect(padded.toArray()).toEqual([
      [0, 0, 0],
      [1, 9, 1],
      [2, 9, 9],
    ]);
    expect(unpadSequence(padded, [3, 1, 2]).map((each) => each.toArray())).toEqual(parts.map((each) => each.toArray()));
    const packed = packSequence(parts, { enforceSorted: false });
    const [again, ends] = padPackedSequence(packed, { batchFirst: true, totalLength: 4 });
    expect([again.shape, ends]).toEqual([
      [3, 4],
      [3, 1, 2],
    ]);
  });

  test("that do not fit are refused", () => {
    const code = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        return String((error as { code?: unknown }).code);
      }
      return "";
    };
    expect(code(() => layer.forward(x, undefined, { lengths: [1, 2] }))).toBe("LENGTHS_INVALID");
    expect(code(() => layer.forward(x, undefined, { lengths: [1, 2, 5] }))).toBe("LENGTHS_INVALID");
    expect(code(() => packPaddedSequence(x, lengths))).toBe("LENGTHS_UNSORTED");
    expect(code(() => packPaddedSequence(zeros([3, 0, 2]), []))).toBe("PACKED_INVALID");
    expect(code(() => layer.forward(packSequence([zeros([3, 1])])))).toBe("INPUT_SHAPE");
    expect(code(() => layer.forward(packSequence([zeros([3])])))).toBe("INPUT_SHAPE");
    expect(code(() => layer.forward(x, [zeros([4, 3, 3])] as never))).toBe("STATE_KIND");
    expect(code(() => layer.forward(x, [undefined, zeros([4, 3, 3])] as never))).toBe("STATE_KIND");
  });

  test.each<readonly [data: unknown, sizes: unknown, order?: unknown]>([
    [ones([3]), [1, 2]],
    [ones([3]), [2]],
    [ones([3]), [0.5, 2.5]],
    [ones([]), [1]],
    [ones([0]), []],
    [ones([3]), "21"],
    [ones([3]), [2, 1], [0, 0]],
    [ones([3]), [2, 1], [0]],
    [ones([3]), [1e12, 1]],
    [
      [1, 2, 3],
      [2, 1],
    ],
  ])("packed wrongly are refused: %s, %s, %s", (...parts) => {
    const make = (): unknown => Reflect.construct(PackedSequence, parts);
    expect(make).toThrow(expect.objectContaining({ code: expect.stringMatching(/PACKED_INVALID|OPERAND_KIND/) }));
  });
});

describe("dropout between layers", () => {
  const layer = (dropout: number): GRU =>
    new GRU(2, 3, { numLayers: 2, dropout, generator: new Generator(1) }).to("float64");
  const x = normal(4, 3, 2);

  test("is there in training alone, and never behind the last layer", () => {
    expectClose(layer(0.5).eval().forward(x)[0], layer(0).forward(x)[0]);
    expect(layer(0.5).forward(x)[0].toArray()).not.toEqual(layer(0).forward(x)[0].toArray());
    expect(
      layer(0.5)
        .forward(x)[0]
        .data.every((each) => each !== 0),
    ).toBe(true);
  });

  test("of everything leaves the upper layer without input, and gradients finite", () => {
    const all = layer(1);
    sum(all.forward(x)[0]).backward();
    expect(all.weightIhL0.grad?.data.every((each) => each === 0)).toBe(true);
    expect(all.weightHhL1.grad?.data.every(Number.isFinite)).toBe(true);
  });
});

describe("the derivative of a layer", () => {
  const layer = new LSTM(2, 3, { bidirectional: true, projSize: 2 }).to("float64");
  const x = normal(3, 2, 2);
  const loss = (params: Record<string, Tensor>, all: Tensor): Tensor =>
    sum(functionalCall(layer, params, all)[0] as Tensor);

  test("of each example by itself agrees with a loop", () => {
    const several = stack([x, mul(x, 0.5)]);
    const together = vmap(grad(loss), { inAxes: [null, 0] })(layer.stateDict(), several);
    for (const [key, got] of Object.entries(together)) {
      const alone = [0, 1].map((i) => grad(loss)(layer.stateDict(), several.select(0, i))[key]);
      expectClose(got, stack(alone));
    }
  });

  test("forward agrees with the one backward", () => {
    const fn = (all: Tensor): Tensor => sum(layer.forward(all)[0]);
    const [direction, slope] = [normal(3, 2, 2).mul(2), grad(fn)(x)];
    expectClose(jvp(fn, [x], [direction]).tangent, sum(mul(slope, direction)));
  });

  test("has the dtype of what it is taken for", () => {
    const single = new RNN(2, 3);
    const input = ones([3, 2, 2], { dtype: "float64", requiresGrad: true });
    const [output] = single.forward(input);
    sum(output).backward();
    expect([output.dtype, single.weightHhL0.grad?.dtype, input.grad?.dtype]).toEqual(["float64", "float32", "float64"]);
  });
});
