import { AdjointError, erf, eye, Generator, matmul, ones, Parameter, sub, transpose, zeros } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { Conv2d, init } from "../index.js";

type Distribution = (x: number) => number;

const uniformOn =
  (low: number, high: number): Distribution =>
  (x) =>
    Math.min(1, Math.max(0, (x - low) / (high - low)));

const normalWith =
  (deviation: number, mean = 0): Distribution =>
  (x) =>
    (1 + erf((x - mean) / deviation / Math.SQRT2)) / 2;

/** The part of a distribution between two numbers. */
const between =
  (whole: Distribution, low: number, high: number): Distribution =>
  (x) =>
    x < low ? 0 : x > high ? 1 : (whole(x) - whole(low)) / (whole(high) - whole(low));

/** Kolmogorov and Smirnov: the largest distance between the shares of numbers below x and their probabilities. */
function distance(numbers: ArrayLike<number>, distribution: Distribution): number {
  const sorted = Float64Array.from(numbers).sort();
  return Math.max(
    ...Array.from(sorted, (x, i) =>
      Math.max(Math.abs(distribution(x) - i / sorted.length), Math.abs(distribution(x) - (i + 1) / sorted.length)),
    ),
  );
}

/** Weights of a convolution: fanIn = 10·6 and fanOut = 50·6. */
const kernels = (dtype: "float32" | "float64" = "float32"): Parameter =>
  new Parameter(zeros([50, 10, 2, 3], { dtype }));

const cases: Readonly<
  Record<string, readonly [fill: (w: Parameter, generator: Generator) => Parameter, wanted: Distribution]>
> = {
  uniform: [(w, generator) => init.uniform(w, undefined, undefined, { generator }), uniformOn(0, 1)],
  "uniform from -1 to 3": [(w, generator) => init.uniform(w, -1, 3, { generator }), uniformOn(-1, 3)],
  normal: [(w, generator) => init.normal(w, undefined, undefined, { generator }), normalWith(1)],
  "normal around 3": [(w, generator) => init.normal(w, 3, 0.1, { generator }), normalWith(0.1, 3)],
  truncatedNormal: [
    (w, generator) => init.truncatedNormal(w, undefined, undefined, undefined, undefined, { generator }),
    between(normalWith(1), -2, 2),
  ],
  "truncatedNormal on one side": [
    (w, generator) => init.truncatedNormal(w, 1, 2, 2, 10, { generator }),
    between(normalWith(2, 1), 2, 10),
  ],
  xavierUniform: [
    (w, generator) => init.xavierUniform(w, { gain: 2, generator }),
    uniformOn(-2 * Math.sqrt(6 / 360), 2 * Math.sqrt(6 / 360)),
  ],
  xavierNormal: [(w, generator) => init.xavierNormal(w, { generator }), normalWith(Math.sqrt(2 / 360))],
  kaimingUniform: [
    (w, generator) => init.kaimingUniform(w, { generator }),
    uniformOn(-Math.sqrt(6 / 60), Math.sqrt(6 / 60)),
  ],
  "kaimingUniform with a = √5": [
    (w, generator) => init.kaimingUniform(w, { a: Math.sqrt(5), generator }),
    uniformOn(-1 / Math.sqrt(60), 1 / Math.sqrt(60)),
  ],
  kaimingNormal: [(w, generator) => init.kaimingNormal(w, { generator }), normalWith(Math.sqrt(2 / 60))],
  "kaimingNormal by outputs": [
    (w, generator) => init.kaimingNormal(w, { mode: "fanOut", nonlinearity: "tanh", generator }),
    normalWith(5 / 3 / Math.sqrt(300)),
  ],
  lecunUniform: [
    (w, generator) => init.lecunUniform(w, { generator }),
    uniformOn(-Math.sqrt(3 / 60), Math.sqrt(3 / 60)),
  ],
  lecunNormal: [(w, generator) => init.lecunNormal(w, { generator }), normalWith(1 / Math.sqrt(60))],
};

describe.each(Object.entries(cases))("%s", (_, [fill, wanted]) => {
  test("draws from its distribution, in both dtypes", () => {
    for (const dtype of ["float32", "float64"] as const) {
      const w = kernels(dtype);
      expect(fill(w, new Generator(7))).toBe(w);
      expect(w.dtype).toBe(dtype);
      // 1.63/√n is exceeded by chance once in a hundred times.
      expect(distance(w.data, wanted)).toBeLessThan(1.63 / Math.sqrt(w.size));
    }
  });

  test("gives the same numbers for the same seed, and others for another", () => {
    const [a, b, c] = [7, 7, 8].map((seed) => fill(kernels(), new Generator(seed)).toArray());
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  test("the test tells it from a distribution that is a tenth wider", () => {
    expect(distance(fill(kernels(), new Generator(7)).data, (x) => wanted(x / 1.1))).toBeGreaterThan(
      1.63 / Math.sqrt(3000),
    );
  });
});

describe("orthogonal", () => {
  test.each([[[6, 4]], [[4, 6]], [[5, 5]], [[3, 2, 2, 2]], [[1, 7]], [[7, 1]]])(
    "of %j has orthonormal rows or columns",
    (shape) => {
      const rows = shape[0];
      const w = init.orthogonal(new Parameter(zeros(shape)), { generator: new Generator(1) }).reshape([rows, -1]);
      const [m, n] = w.shape;
      const products = m < n ? matmul(w, transpose(w)) : matmul(transpose(w), w);
      const apart = sub(products, eye(Math.min(m, n))).data;
      for (const x of apart) expect(Math.abs(x)).toBeLessThan(1e-6);
    },
  );

  test("has the gain, and either sign everywhere, as all such matrices are equally likely", () => {
    const generator = new Generator(2);
    const draws = Array.from({ length: 400 }, () =>
      init.orthogonal(new Parameter(zeros([2, 2], { dtype: "float64" })), { gain: 3, generator }),
    );
    for (const w of draws) expect(Math.hypot(w.data[0], w.data[1])).toBeCloseTo(3, 12);
    // Rows of angles uniform on the circle, and reflections in half of the cases.
    const angles = draws.map(({ data }) => Math.atan2(data[1], data[0]));
    expect(distance(angles, uniformOn(-Math.PI, Math.PI))).toBeLessThan(1.63 / 20);
    const mirrored = draws.filter(({ data: [a, b, c, d] }) => a * d - b * c < 0).length;
    expect(Math.abs(mirrored - 200)).toBeLessThan(40);
  });
});

test("sparse has so many zeros in each column, and any of the rows, beside normal numbers", () => {
  const w = init.sparse(new Parameter(zeros([25, 400])), 0.33, { std: 2, generator: new Generator(3) });
  const columns = Array.from({ length: 400 }, (_, j) => Array.from({ length: 25 }, (_, i) => w.data[i * 400 + j]));
  for (const column of columns) expect(column.filter((x) => x === 0).length).toBe(Math.ceil(0.33 * 25));
  for (let i = 0; i < 25; i++) {
    const zerosOfRow = columns.filter((column) => column[i] === 0).length;
    expect(Math.abs(zerosOfRow - 400 * (9 / 25))).toBeLessThan(45);
  }
  const others = w.data.filter((x) => x !== 0);
  expect(distance(others, normalWith(2))).toBeLessThan(1.63 / Math.sqrt(others.length));
  expect(init.sparse(new Parameter(ones([2, 2])), 1).toArray()).toEqual([
    [0, 0],
    [0, 0],
  ]);
});

test("dirac makes convolutions hand on their inputs, group by group", () => {
  for (const [kernel, padding] of [
    [3, 1],
    [
      [1, 5],
      [0, 2],
    ],
  ] as const) {
    const layer = new Conv2d(4, 6, kernel, { padding, groups: 2, bias: false });
    init.dirac(layer.weight, { groups: 2 });
    const x = new Generator(1).normal([4, 5, 6]);
    // Three outputs for the two inputs of each group: the third is zero.
    const y = layer.forward(x);
    expect(y.slice([0, 2]).toArray()).toEqual(x.slice([0, 2]).toArray());
    expect(y.slice([3, 5]).toArray()).toEqual(x.slice([2, 4]).toArray());
    expect(y.slice(2).data.every((at) => at === 0) && y.slice(5).data.every((at) => at === 0)).toBe(true);
  }
  // As PyTorch: the middle of an even kernel is behind it.
  expect(init.dirac(new Parameter(ones([1, 1, 4]))).toArray()).toEqual([[[0, 0, 1, 0]]]);
});

test("eye, constants and gains are those of PyTorch", () => {
  expect(init.eye(new Parameter(zeros([3, 2]))).toArray()).toEqual([
    [1, 0],
    [0, 1],
    [0, 0],
  ]);
  for (const name of ["linear", "conv1d", "convTranspose3d", "sigmoid"] as const)
    expect(init.calculateGain(name)).toBe(1);
  expect(init.calculateGain("relu")).toBe(Math.SQRT2);
  expect(init.calculateGain("leakyRelu")).toBe(Math.sqrt(2 / (1 + 0.01 ** 2)));
  expect(init.calculateGain("leakyRelu", 1)).toBe(1);
  expect(init.calculateGain("selu")).toBe(0.75);
  expect(init.fanInAndOut([8, 4, 3, 5])).toEqual({ fanIn: 60, fanOut: 120 });
  expect(init.constant(new Parameter(zeros([2])), 3).toArray()).toEqual([3, 3]);
  expect(init.ones(new Parameter(zeros([1]))).item()).toBe(1);
  expect(init.zeros(new Parameter(ones([1]))).item()).toBe(0);
});

test("weights need inputs and outputs, and only parameters are filled", () => {
  expect(() => init.xavierNormal(new Parameter(zeros([3])))).toThrow(expect.objectContaining({ code: "INIT_RANK" }));
  expect(() => init.orthogonal(new Parameter(zeros([3])))).toThrow(expect.objectContaining({ code: "INIT_RANK" }));
  expect(() => init.eye(new Parameter(zeros([3])))).toThrow(expect.objectContaining({ code: "INIT_RANK" }));
  expect(() => init.dirac(new Parameter(zeros([3, 3])))).toThrow(expect.objectContaining({ code: "INIT_RANK" }));
  const odd = new Parameter(zeros([3, 3, 1]));
  expect(() => init.dirac(odd, { groups: 2 })).toThrow(expect.objectContaining({ code: "GROUPS_INVALID" }));
  expect(() => init.calculateGain("softmax" as never)).toThrow(
    expect.objectContaining({ code: "NONLINEARITY_UNKNOWN" }),
  );
  expect(() => init.normal(zeros([2]) as never)).toThrow(expect.objectContaining({ code: "PARAMETER_KIND" }));
});

test("parameters without elements stay as they are", () => {
  const empty = (): Parameter => new Parameter(zeros([0, 3, 2]));
  for (const fill of [init.xavierUniform, init.xavierNormal, init.kaimingUniform, init.orthogonal, init.dirac]) {
    expect(fill(empty()).size).toBe(0);
  }
  expect(init.kaimingNormal(empty(), { mode: "fanOut" }).size).toBe(0);
});

describe("mistakes", () => {
  const all: Readonly<Record<string, unknown>> = { ...init };
  const w = (): Parameter => new Parameter(ones([3, 2]));
  const calls: Readonly<Record<string, readonly unknown[]>> = {
    uniform: [w(), 0, 1, {}],
    normal: [w(), 0, 1, {}],
    truncatedNormal: [w(), 0, 1, -2, 2, {}],
    constant: [w(), 1],
    zeros: [w()],
    ones: [w()],
    eye: [w()],
    dirac: [new Parameter(ones([2, 2, 2])), { groups: 2 }],
    xavierUniform: [w(), { gain: 1 }],
    xavierNormal: [w(), { gain: 1, generator: new Generator() }],
    kaimingUniform: [w(), { a: 1, mode: "fanIn", nonlinearity: "relu" }],
    kaimingNormal: [w(), { a: 1, mode: "fanIn", nonlinearity: "leakyRelu" }],
    lecunUniform: [w(), { generator: new Generator() }],
    lecunNormal: [w(), {}],
    orthogonal: [w(), { gain: 1 }],
    sparse: [w(), 0.5, { std: 1 }],
    calculateGain: ["leakyRelu", 1],
    fanInAndOut: [[2, 3]],
  };
  const junk: readonly unknown[] = [
    ...[
      null,
      undefined,
      NaN,
      -1,
      0,
      0.5,
      1e12,
      Infinity,
      -Infinity,
      "x",
      true,
      [],
      {},
      { unknown: 1 },
      Symbol("s"),
      7n,
    ],
    ...[
      ones([2, 2]),
      new Parameter(ones([])),
      new Parameter(ones([2])),
      new Parameter(ones([1, 1, 1, 1, 1, 1])),
      [NaN, -1],
    ],
  ];

  test.each(Object.entries(calls))("of %s are answered with errors of ours", (name, args) => {
    const fn = all[name] as (...args: unknown[]) => unknown;
    fn(...args);
    const foreign = args.flatMap((old, place) => {
      const plain = typeof old === "object" && old !== null && Object.getPrototypeOf(old) === Object.prototype;
      const spoilt = plain ? Object.keys(old).flatMap((key) => junk.map((x) => ({ ...old, [key]: x }))) : [];
      return [...junk, ...spoilt].filter((x) => isForeign(() => fn(...args.with(place, x))));
    });
    expect(foreign).toEqual([]);
  });
});

/** Whether an error is thrown that is none of ours. */
function isForeign(run: () => unknown): boolean {
  try {
    run();
  } catch (error) {
    return !(error instanceof AdjointError);
  }
  return false;
}
