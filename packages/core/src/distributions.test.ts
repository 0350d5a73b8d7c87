import { describe, expect, test } from "vitest";
import {
  bernoulli,
  beta,
  categorical,
  defaultGenerator,
  type DistributionOptions,
  erf,
  exponential,
  gamma,
  Generator,
  gumbel,
  manualSeed,
  multinomial,
  ones,
  poisson,
  rand,
  randint,
  randn,
  randperm,
  State,
  tensor,
  type Tensor,
  truncatedNormal,
  vmap,
} from "./index.js";

const N = 20_000;
const options = (seed: number): DistributionOptions => ({
  shape: [N],
  generator: new Generator(seed),
  dtype: "float64",
});

/** `√n · sup |F_n - F|`: above 1.95 in one of a thousand runs of a right sampler; with fixed seeds never or always. */
function kolmogorovSmirnov(x: Tensor, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(x.data).sort();
  let worst = 0;
  sorted.forEach((value, i) => {
    const f = distribution(value);
    worst = Math.max(worst, f - i / sorted.length, (i + 1) / sorted.length - f);
  });
  return Math.sqrt(sorted.length) * worst;
}

/** How far `Σ (count - expected)² / expected` is from its mean, in deviations. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  const sum = counts.reduce((total, count, k) => total + (count - expected[k]) ** 2 / expected[k], 0);
  const freedom = counts.length - 1;
  return (sum - freedom) / Math.sqrt(2 * freedom);
}

function countsOf(x: Tensor, cells: number): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (const k of x.data) counts[Math.min(k, cells - 1)]++;
  return counts;
}

/** Mean and variance, in deviations of their estimates from what they should be. */
function expectMoments(x: Tensor, mean: number, variance: number, kurtosis = 3): void {
  const n = x.size;
  const data = Array.from(x.data);
  const m = data.reduce((a, b) => a + b / n, 0);
  const v = data.reduce((a, b) => a + (b - m) ** 2 / n, 0);
  expect(Math.abs(m - mean)).toBeLessThan(4.5 * Math.sqrt(variance / n));
  expect(Math.abs(v - variance)).toBeLessThan(4.5 * variance * Math.sqrt((kurtosis - 1) / n));
}

function logGammaFunction(x: number): number {
  if (x < 12) return logGammaFunction(x + 1) - Math.log(x);
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x) - 1 / (360 * x ** 3);
}

/** The regularised incomplete gamma function P(a, x), by its series. */
function gammaBelow(a: number, x: number): number {
  if (x <= 0) return 0;
  let term = Math.exp(a * Math.log(x) - x - logGammaFunction(a + 1));
  let sum = term;
  for (let k = 1; term > 1e-17 * sum || k < x; k++) sum += term *= x / (a + k);
  return Math.min(1, sum);
}

/** The regularised incomplete beta function I_x(a, b), by its continued fraction, evaluated from the end. */
function betaBelow(a: number, b: number, x: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - betaBelow(b, a, 1 - x);
  let tail = 0;
  for (let m = 60; m > 0; m--) {
    const odd = (-(a + m - 1) * (a + b + m - 1) * x) / ((a + 2 * m - 2) * (a + 2 * m - 1));
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    tail = odd / (1 + even / (1 + tail));
  }
  const front =
    a * Math.log(x) + b * Math.log1p(-x) - logGammaFunction(a) - logGammaFunction(b) + logGammaFunction(a + b);
  return x <= 0 ? 0 : Math.exp(front) / a / (1 + tail);
}

const normalBelow = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2;

describe("continuous distributions", () => {
  test.each([0.01, 1, 7])("exponential of rate %d", (rate) => {
    const x = exponential(rate, options(1));
    expect(kolmogorovSmirnov(x, (t) => 1 - Math.exp(-rate * t))).toBeLessThan(1.95);
    expectMoments(x, 1 / rate, 1 / rate ** 2, 9);
  });

  test("gumbel", () => {
    const x = gumbel([N], { generator: new Generator(2), dtype: "float64" });
    expect(kolmogorovSmirnov(x, (t) => Math.exp(-Math.exp(-t)))).toBeLessThan(1.95);
    expectMoments(x, 0.5772156649015329, Math.PI ** 2 / 6, 5.4);
  });

  test.each([0.05, 0.5, 1, 1.5, 4, 30, 400])("gamma of concentration %d", (a) => {
    const x = gamma(a, options(3));
    expect(kolmogorovSmirnov(x, (t) => gammaBelow(a, t))).toBeLessThan(1.95);
    expectMoments(x, a, a, 3 + 6 / a);
  });

  test.each([1e6, 1e9, 1e11, 1e15])("gamma of a large concentration %d is nearly normal", (a) => {
    expect(kolmogorovSmirnov(gamma(a, options(4)), (t) => normalBelow((t - a) / Math.sqrt(a)))).toBeLessThan(1.95);
  });

  test.each([
    [0.5, 0.5],
    [0.1, 3],
    [1, 1],
    [2, 5],
    [40, 30],
  ])("beta of %d and %d", (a, b) => {
    const x = beta(a, b, options(5));
    expect(kolmogorovSmirnov(x, (t) => betaBelow(a, b, t))).toBeLessThan(1.95);
    expectMoments(x, a / (a + b), (a * b) / ((a + b) ** 2 * (a + b + 1)), 12);
  });

  test.each([
    [0, 1, -2, 2],
    [1, 2, -Infinity, 0],
    [0, 1, 0.5, Infinity],
    [0, 1, -0.1, 0.3],
    [0, 1, 3, 8],
    [0, 1, 3, 3.1],
    [-1, 0.5, -1, Infinity],
    [0, 1, -Infinity, Infinity],
  ])("normal of mean %d and deviation %d from %d to %d", (mean, deviation, low, high) => {
    const x = truncatedNormal(mean, deviation, low, high, options(6));
    // In a tail the distribution function from the other side keeps its digits.
    const sign = low > mean ? -1 : 1;
    const below = (t: number): number => normalBelow((sign * (t - mean)) / deviation);
    const [from, to] = [below(low), below(high)];
    expect(kolmogorovSmirnov(x, (t) => (below(t) - from) / (to - from))).toBeLessThan(1.95);
    expect(x.data.every((t) => t >= low && t <= high)).toBe(true);
  });

  test("the normal far out in a tail is exponential", () => {
    for (const a of [40, 1e6, 1e12]) {
      const x = truncatedNormal(0, 1, a, Infinity, options(7)).sub(a).mul(a);
      if (a < 1e7) expect(kolmogorovSmirnov(x, (t) => 1 - Math.exp(-t))).toBeLessThan(1.95);
      else expect(x.data.every((t) => t >= 0)).toBe(true);
    }
  });
});

describe("counts and categories", () => {
  test.each([0.3, 4, 9.9, 10, 25, 300])("poisson of rate %d", (rate) => {
    const x = poisson(rate, options(8));
    expectMoments(x, rate, rate, 3 + 1 / rate);
    const [first, last] = [Math.floor(rate - 3 * Math.sqrt(rate)), Math.ceil(rate + 3 * Math.sqrt(rate))];
    const cells = Array.from({ length: last - Math.max(0, first) + 1 }, (_, k) => Math.max(0, first) + k);
    const probabilities = cells.map((k) => Math.exp(k * Math.log(rate) - rate - logGammaFunction(k + 1)));
    const counts = cells.map((k) => x.data.filter((count) => count === k).length);
    const rest = (all: readonly number[], total: number): number[] => [...all, total - all.reduce((a, b) => a + b, 0)];
    const expected = rest(probabilities, 1).map((p) => N * p);
    expect(Math.abs(chiSquare(rest(counts, N), expected))).toBeLessThan(3.5);
  });

  test.each([1e5, 1e9, 1e15])("poisson of a large rate %d is nearly normal", (rate) => {
    const x = poisson(rate, options(9));
    expect(x.data.every(Number.isInteger)).toBe(true);
    expect(kolmogorovSmirnov(x, (t) => normalBelow((t + 0.5 - rate) / Math.sqrt(rate)))).toBeLessThan(1.95);
  });

  test("bernoulli and randint", () => {
    for (const p of [0.02, 0.5, 0.9]) {
      const ones = Array.from(bernoulli(p, options(10)).data).reduce((a, b) => a + b, 0);
      expect(Math.abs(ones - N * p)).toBeLessThan(4 * Math.sqrt(N * p * (1 - p)));
    }
    const dice = randint(-3, 4, [N], { generator: new Generator(11) });
    expect(Math.abs(chiSquare(countsOf(dice.add(3), 7), new Array<number>(7).fill(N / 7)))).toBeLessThan(3.5);
  });

  test("every permutation is equally likely", () => {
    const generator = new Generator(12);
    const counts = new Map<string, number>();
    for (let i = 0; i < 4800; i++) {
      const order = String([...randperm(4, { generator }).data]);
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(Math.abs(chiSquare([...counts.values()], new Array<number>(24).fill(200)))).toBeLessThan(3.5);
  });

  test("multinomial with replacement, and categorical, row by row", () => {
    const weights = [
      [1, 0, 2, 5, 0],
      [0, 0, 1e-300, 3e-300, 0],
    ];
    const x = multinomial(tensor(weights, { dtype: "float64" }), N, {
      replacement: true,
      generator: new Generator(13),
    });
    const logits = tensor([Math.log(1e-3), -Infinity, Math.log(2e-3), Math.log(5e-3), -Infinity]);
    const y = categorical(logits.add(700), { shape: [N], generator: new Generator(14) });
    for (const [drawn, expected] of [
      [x.slice(0), [N / 8, N / 4, (5 * N) / 8]],
      [y, [N / 8, N / 4, (5 * N) / 8]],
    ] as const) {
      const counts = countsOf(drawn, 5);
      expect(Math.abs(chiSquare([counts[0], counts[2], counts[3]], expected))).toBeLessThan(3.5);
      expect([counts[1], counts[4]]).toEqual([0, 0]);
    }
    const counts = countsOf(x.slice(1), 5);
    expect(Math.abs(chiSquare([counts[2], counts[3]], [N / 4, (3 * N) / 4]))).toBeLessThan(3.5);
  });

  test("multinomial without replacement is drawing one after the other", () => {
    const w = [1, 2, 0, 3];
    const rows = multinomial(tensor(w).expand([N, 4]), 2, { generator: new Generator(15) });
    const pairs: [number, number][] = [
      [0, 1],
      [0, 3],
      [1, 0],
      [1, 3],
      [3, 0],
      [3, 1],
    ];
    const drawn = rows.toArray() as number[][];
    const counts = pairs.map(([a, b]) => drawn.filter(([i, j]) => i === a && j === b).length);
    const expected = pairs.map(([a, b]) => ((N * w[a]) / 6) * (w[b] / (6 - w[a])));
    expect(counts.reduce((a, b) => a + b, 0)).toBe(N);
    expect(Math.abs(chiSquare(counts, expected))).toBeLessThan(3.5);
    const all = multinomial(tensor(w), 3, { generator: new Generator(16) });
    expect([...all.data].sort()).toEqual([0, 1, 3]);
  });
});

/** All samplers with tensors of parameters, for what holds of every one. */
const samplers: Readonly<Record<string, (options: DistributionOptions) => Tensor>> = {
  bernoulli: (o) => bernoulli(0.4, o),
  exponential: (o) => exponential(2, o),
  gumbel: ({ shape = [], ...rest }) => gumbel(shape, rest),
  gamma: (o) => gamma(0.7, o),
  beta: (o) => beta(0.5, 2, o),
  poisson: (o) => poisson(30, o),
  truncatedNormal: (o) => truncatedNormal(0, 1, 1, 3, o),
  categorical: ({ shape, generator }) => categorical(tensor([1, 2, 3]), { shape, generator }),
  multinomial: ({ shape = [], generator }) => multinomial(ones([3]), shape[0], { replacement: true, generator }),
  randint: ({ shape = [], generator }) => randint(0, 1000, shape, { generator }),
};

describe.each(Object.entries(samplers))("%s", (_name, sampler) => {
  test("element i depends on the seed, the counter and i alone", () => {
    const generator = new Generator(20);
    const whole = sampler({ shape: [50], generator });
    expect(generator.counter.item()).toBe(50);
    generator.counter.assign(tensor(30, { dtype: "float64" }));
    expect([...sampler({ shape: [10], generator }).data]).toEqual([...whole.data.slice(30, 40)]);
    expect(generator.counter.item()).toBe(40);
  });

  test("takes nothing for no elements, and the default generator unless it gets another", () => {
    const generator = new Generator(21);
    expect(sampler({ shape: [0], generator }).shape).toEqual([0]);
    expect(generator.counter.item()).toBe(0);
    manualSeed(5);
    const drawn = sampler({ shape: [8] });
    expect([...drawn.data]).toEqual([...sampler({ shape: [8], generator: new Generator(5) }).data]);
    expect(defaultGenerator.counter.item()).toBe(8);
  });
});

test("the first numbers of seed 0 never change", () => {
  const at = (): DistributionOptions => ({ shape: [2], generator: new Generator(0), dtype: "float64" });
  const first = Object.fromEntries(Object.entries(samplers).map(([name, sampler]) => [name, [...sampler(at()).data]]));
  expect(first).toEqual({
    bernoulli: [0, 1],
    exponential: [1.4073671479022727, 0.20023865872758953],
    gumbel: [2.783997889590846, -0.10315490240011016],
    gamma: [2.002366237027976, 0.8630037844639102],
    beta: [0.620186923258208, 0.3064382861793021],
    poisson: [41, 27],
    truncatedNormal: [2.7396014641072095, 1.2475085939106823],
    categorical: [2, 1],
    multinomial: [2, 0],
    randint: [516, 58],
  });
});

test("parameters broadcast, to each other and to the shape", () => {
  const rates = tensor([[1e-9], [1e9]], { dtype: "float64" });
  const x = exponential(rates, { shape: [3, 2, 4], generator: new Generator(1) });
  expect([x.shape, x.dtype]).toEqual([[3, 2, 4], "float64"]);
  const rows = (x.toArray() as number[][][]).flat();
  expect(rows.map((row) => row.every((t) => t > 1))).toEqual([true, false, true, false, true, false]);
  expect(gamma(tensor([1, 2])).dtype).toBe("float32");
  expect(beta(tensor([1, 2]), tensor([[1], [2], [3]])).shape).toEqual([3, 2]);
  expect(poisson(tensor([1, 2], { dtype: "int32" })).dtype).toBe("float32");
  expect(exponential(1).shape).toEqual([]);
  expect(truncatedNormal().shape).toEqual([]);
  const batch = categorical(tensor([[[-Infinity, 0]], [[0, -Infinity]]]), { shape: [4, 2, 3] });
  expect(batch.slice(3).toArray()).toEqual([
    [1, 1, 1],
    [0, 0, 0],
  ]);
});

test("edges of the parameters", () => {
  const shape = [100];
  const all = (x: Tensor, value: number): boolean => x.data.every((each) => each === value);
  expect(all(bernoulli(0, { shape }), 0) && all(bernoulli(1, { shape }), 1)).toBe(true);
  expect(bernoulli(1, { dtype: "bool" }).dtype).toBe("bool");
  expect(all(poisson(0, { shape }), 0)).toBe(true);
  expect(poisson(3, { dtype: "int32" }).dtype).toBe("int32");
  expect(all(truncatedNormal(5, 0, 0, 10, { shape }), 5)).toBe(true);
  expect(all(truncatedNormal(5, 0, 0, 1, { shape }), 1)).toBe(true);
  expect(all(truncatedNormal(0, 1, 3, 3, { shape }), 3)).toBe(true);
  expect(all(truncatedNormal(0, 1e-320, 5, 6, { shape, dtype: "float64" }), 5)).toBe(true);
  expect(all(truncatedNormal(0, 1e-320, -6, -5, { shape, dtype: "float64" }), -5)).toBe(true);
  expect(truncatedNormal(0, 1, 1e300, Infinity, { dtype: "float64" }).item()).toBe(1e300);
  expect(gamma(1e-300, { shape, dtype: "float64" }).data.every((x) => x >= 0 && x < 1)).toBe(true);
  expect(gamma(1e300, { dtype: "float64" }).item() / 1e300).toBeCloseTo(1, 12);
  expect(beta(1e-320, 1e-320, { shape, dtype: "float64" }).data.every((x) => x === 0 || x === 1)).toBe(true);
  expect(beta(1e300, 1e300, { dtype: "float64" }).item()).toBeCloseTo(0.5, 12);
  expect(poisson(1e300, { dtype: "float64" }).item() / 1e300).toBeCloseTo(1, 12);
  expect(randint(5, 6, [3]).toArray()).toEqual([5, 5, 5]);
  expect(randint(-(2 ** 31), 2 ** 31, [3]).dtype).toBe("int32");
  expect(randperm(0).shape).toEqual([0]);
  expect(multinomial(ones([2, 3]), 0).shape).toEqual([2, 0]);
  expect(multinomial(ones([0, 3]), 2).shape).toEqual([0, 2]);
  expect(categorical(ones([0, 3])).shape).toEqual([0]);
  expect(categorical(tensor([-1000, -2000])).item()).toBe(0);
  expect(rand([2], { dtype: "float64", requiresGrad: true }).requiresGrad).toBe(true);
  expect(gumbel([2], { requiresGrad: true }).isLeaf).toBe(true);
});

test("a call that fails leaves the generator as it was", () => {
  const generator = new Generator(1);
  expect(() => truncatedNormal(0, 1, tensor([0, 2]), 1, { generator })).toThrow("low is 2 and high 1");
  expect(() => multinomial(tensor([0, 1]), 2, { generator })).toThrow("1 have a weight");
  expect(() => exponential(tensor([1, 0]), { generator })).toThrow("rate is 0");
  expect(generator.counter.item()).toBe(0);
});

test("no gradient flows to parameters, and vmap cannot read them", () => {
  const rate = tensor([1, 2], { requiresGrad: true });
  expect(exponential(rate).requiresGrad).toBe(false);
  expect(() => vmap((r: Tensor) => poisson(r))(rate.detach())).toThrow(expect.objectContaining({ code: "BATCH_READ" }));
});

test.each<[what: string, wrong: () => unknown, code: string]>([
  ["a probability above 1", () => bernoulli(1.5), "PROBABILITY_INVALID"],
  ["a NaN among probabilities", () => bernoulli(tensor([0.5, NaN])), "PROBABILITY_INVALID"],
  ["a string", () => bernoulli("0.5" as never), "OPERAND_KIND"],
  ["null", () => exponential(null as never), "OPERAND_KIND"],
  ["a rate of 0", () => exponential(0), "RATE_INVALID"],
  ["a negative rate", () => poisson(-1), "RATE_INVALID"],
  ["an infinite rate", () => poisson(Infinity), "RATE_INVALID"],
  ["a rate too large for int32", () => poisson(1e12, { dtype: "int32" }), "RATE_INVALID"],
  ["a concentration of 0", () => gamma(0), "CONCENTRATION_INVALID"],
  ["a negative concentration", () => beta(1, -1), "CONCENTRATION_INVALID"],
  ["bounds the wrong way round", () => truncatedNormal(0, 1, 1, 0), "BOUNDS_INVALID"],
  ["a bound of NaN", () => truncatedNormal(0, 1, NaN, 0), "BOUNDS_INVALID"],
  ["a low bound of Infinity", () => truncatedNormal(0, 1, Infinity, Infinity), "BOUNDS_INVALID"],
  ["a negative deviation", () => truncatedNormal(0, -1), "DEVIATION_INVALID"],
  ["an infinite mean", () => truncatedNormal(Infinity), "MEAN_INVALID"],
  ["parameters that do not fit each other", () => beta(ones([2]), ones([3])), "SHAPE_MISMATCH"],
  ["parameters larger than the shape", () => gamma(ones([2, 3]), { shape: [3] }), "SHAPE_MISMATCH"],
  ["a shape of fractions", () => gamma(1, { shape: [1.5] }), "SHAPE_INVALID"],
  ["a shape of null", () => gumbel(null as never), "SHAPE_INVALID"],
  ["a huge shape", () => gumbel([1e12]), "SIZE_TOO_LARGE"],
  ["integers where numbers are continuous", () => gamma(1, { dtype: "int32" }), "CHOICE_INVALID"],
  ["an unknown dtype", () => bernoulli(1, { dtype: "half" as never }), "CHOICE_INVALID"],
  ["a gradient of integers", () => bernoulli(1, { dtype: "int32", requiresGrad: true }), "GRADIENT_DTYPE"],
  ["another option", () => gamma(1, { rate: 2 } as never), "OPTION_UNKNOWN"],
  ["options of null", () => poisson(1, null as never), "OPTIONS_KIND"],
  ["a seed for a generator", () => gamma(1, { generator: 5 as never }), "GENERATOR_KIND"],
  ["a seed for the generator of rand", () => rand([1], { generator: 5 as never }), "GENERATOR_KIND"],
  ["options of null for randn", () => randn([1], null as never), "OPTIONS_KIND"],
  ["another option of randn", () => randn([1], { mean: 2 } as never), "OPTION_UNKNOWN"],
  ["another option of normal", () => new Generator(1).normal([1], 0, 1, { std: 2 } as never), "OPTION_UNKNOWN"],
  ["an empty range", () => randint(3, 3, [1]), "RANGE_INVALID"],
  ["a range beyond int32", () => randint(0, 2 ** 32, [1]), "RANGE_INVALID"],
  ["a range beyond uint8", () => randint(0, 257, [1], { dtype: "uint8" }), "RANGE_INVALID"],
  ["fractions for a range", () => randint(0.5, 3, [1]), "RANGE_INVALID"],
  ["no shape", () => randint(0, 3, undefined as never), "SHAPE_INVALID"],
  ["a negative permutation", () => randperm(-1), "SHAPE_INVALID"],
  ["a huge permutation", () => randperm(1e15), "SIZE_TOO_LARGE"],
  ["a dtype of a permutation", () => randperm(3, { dtype: "uint8" } as never), "OPTION_UNKNOWN"],
  ["weights of a scalar", () => multinomial(tensor(1), 1), "RANK_INVALID"],
  ["weights as an array", () => multinomial([1, 2] as never, 1), "OPERAND_KIND"],
  ["negative weights", () => multinomial(tensor([1, -1]), 1), "WEIGHTS_INVALID"],
  [
    "weights of 0",
    () =>
      multinomial(
        tensor([
          [1, 1],
          [0, 0],
        ]),
        1,
      ),
    "WEIGHTS_INVALID",
  ],
  ["infinite weights", () => multinomial(tensor([1, Infinity]), 1, { replacement: true }), "WEIGHTS_INVALID"],
  ["no categories", () => multinomial(ones([2, 0]), 1, { replacement: true }), "WEIGHTS_INVALID"],
  ["more than there are", () => multinomial(tensor([1, 0, 1]), 3), "COUNT_INVALID"],
  ["a fraction of a count", () => multinomial(ones([3]), 1.5), "INTEGER_INVALID"],
  ["a logit of NaN", () => categorical(tensor([0, NaN])), "LOGITS_INVALID"],
  ["a logit of Infinity", () => categorical(tensor([0, Infinity])), "LOGITS_INVALID"],
  ["no logit", () => categorical(ones([2, 0])), "LOGITS_INVALID"],
  ["logits that are all -Infinity", () => categorical(tensor([-Infinity, -Infinity])), "LOGITS_INVALID"],
  ["logits larger than the shape", () => categorical(ones([2, 3]), { shape: [3] }), "SHAPE_MISMATCH"],
  ["a counter out of the stream", () => gamma(1, { generator: beyond() }), "RANDOM_OFFSET"],
])("%s is refused", (_what, wrong, code) => {
  expect(wrong).toThrow(expect.objectContaining({ code }));
});

function beyond(): Generator {
  const generator = new Generator(1);
  generator.counter.assign(new State(tensor(-1, { dtype: "float64" })));
  return generator;
}
