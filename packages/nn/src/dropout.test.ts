import { Generator, mean, ones, randn, square, sum, type Tensor, var as variance } from "@adjoint/core";
import { gradcheck, gradgradcheck } from "@adjoint/core/testing";
import { describe, expect, test } from "vitest";
import {
  AlphaDropout,
  alphaDropout,
  Dropout,
  Dropout1d,
  dropout1d,
  Dropout2d,
  dropout2d,
  Dropout3d,
  dropout3d,
  dropout,
  FeatureAlphaDropout,
  featureAlphaDropout,
  RReLU,
  rrelu,
} from "./index.js";

const seeded = (seed = 3): { readonly generator: Generator } => ({ generator: new Generator(seed) });

/** Each layer in training with a generator that starts anew, its function, and the shape of an input. */
const layers = {
  Dropout: [() => new Dropout(0.4, seeded()), dropout, [3, 4]],
  Dropout1d: [() => new Dropout1d(0.4, seeded()), dropout1d, [2, 3, 2]],
  Dropout2d: [() => new Dropout2d(0.4, seeded()), dropout2d, [2, 3, 1, 2]],
  Dropout3d: [() => new Dropout3d(0.4, seeded()), dropout3d, [2, 3, 1, 1, 2]],
  AlphaDropout: [() => new AlphaDropout(0.4, seeded()), alphaDropout, [3, 4]],
  FeatureAlphaDropout: [() => new FeatureAlphaDropout(0.4, seeded()), featureAlphaDropout, [2, 3, 2]],
} as const;

describe("dropout in training", () => {
  test.each(Object.entries(layers))(
    "%s has right derivatives, as a fixed seed makes it a function",
    (_, [make, , shape]) => {
      const x = randn(shape, { dtype: "float64", ...seeded() });
      const forward = (y: Tensor): Tensor => square(make().forward(y));
      expect(gradcheck(forward, [x])).toBe(true);
      expect(gradgradcheck(forward, [x])).toBe(true);
    },
  );

  test.each(Object.entries(layers))(
    "%s gives the same bits for the same seed, as its function does",
    (_, [make, fn, shape]) => {
      const x = randn(shape, seeded());
      const y = make().forward(x);
      expect(make().forward(x).toArray()).toEqual(y.toArray());
      expect(fn(x, { p: 0.4, training: true, ...seeded() }).toArray()).toEqual(y.toArray());
      expect(fn(x, { p: 0.4, training: true, ...seeded(4) }).toArray()).not.toEqual(y.toArray());
      expect(fn(x, { training: false })).toBe(x);
      const layer = make();
      expect(layer.forward(x).toArray()).not.toEqual(layer.forward(x).toArray());
      expect(layer.eval().forward(x)).toBe(x);
    },
  );

  test("keeps the mean; the alpha kinds keep the variance too", () => {
    const x = randn([200, 500], seeded());
    expect(mean(dropout(ones([100_000]), { p: 0.3, ...seeded() })).item()).toBeCloseTo(1, 1.8);
    for (const p of [0.1, 0.5, 0.8]) {
      const y = new AlphaDropout(p, seeded(5)).forward(x);
      expect(Math.abs(mean(y).item())).toBeLessThan(0.02);
      expect(Math.abs(variance(y).item() - 1)).toBeLessThan(0.02);
      const whole = new FeatureAlphaDropout(p, seeded(5)).forward(x.reshape([200, 250, 2]));
      expect(Math.abs(mean(whole).item())).toBeLessThan(0.02);
      expect(Math.abs(variance(whole).item() - 1)).toBeLessThan(0.02);
    }
  });

  test("of channels drops them as a whole, each by itself", () => {
    const drawn: readonly (readonly [y: Tensor, kept: number])[] = [
      [new Dropout1d(0.5, seeded()).forward(ones([40, 50, 3])), 2],
      [new Dropout1d(0.5, seeded()).forward(ones([2000, 3])), 1],
      [new Dropout2d(0.5, seeded()).forward(ones([40, 50, 2, 3])), 2],
      [new Dropout2d(0.5, seeded()).forward(ones([40, 50, 3])), 2],
      [new Dropout3d(0.5, seeded()).forward(ones([40, 50, 2, 2, 2])), 2],
      [new Dropout3d(0.5, seeded()).forward(ones([2000, 2, 2, 2])), 1],
      [new FeatureAlphaDropout(0.5, seeded()).forward(ones([40, 50, 3])), 2],
    ];
    for (const [y, kept] of drawn) {
      const channels = y.flatten(0, kept - 1).flatten(1);
      expect(sum(variance(channels, { axis: 1 })).item()).toBe(0);
      const dropped = channels.slice(null, 0).data.filter((first) => first < 0.9).length;
      expect(Math.abs(dropped - 1000)).toBeLessThan(100);
    }
  });

  test("of channels takes the ranks that have channels", () => {
    for (const [layer, rank] of [
      [new Dropout1d(), 4],
      [new Dropout2d(), 2],
      [new Dropout3d(), 3],
      [new FeatureAlphaDropout(), 1],
    ] as const) {
      const x = ones(new Array<number>(rank).fill(2));
      expect(() => layer.forward(x)).toThrow(expect.objectContaining({ code: "INPUT_RANK" }));
      expect(() => layer.eval().forward(x)).toThrow(expect.objectContaining({ code: "INPUT_RANK" }));
    }
  });
});

test("RReLU draws its slopes in training, and takes their mean in evaluation", () => {
  const x = randn([300], { dtype: "float64", ...seeded() });
  const layer = new RReLU({ lower: 0.1, upper: 0.5, ...seeded() });
  const slopes = layer.forward(x).div(x).data;
  for (const [i, slope] of slopes.entries()) {
    if (x.data[i] > 0) expect(slope).toBe(1);
    else expect(slope >= 0.1 && slope < 0.5).toBe(true);
  }
  expect(new Set(slopes).size).toBeGreaterThan(100);
  expect(
    layer
      .eval()
      .forward(x)
      .data.every((y, i) => y === (x.data[i] > 0 ? 1 : 0.3) * x.data[i]),
  ).toBe(true);
  const forward = (y: Tensor): Tensor => square(rrelu(y, { training: true, ...seeded() }));
  expect(gradcheck(forward, [x.slice([0, 8])], { skipKinks: true })).toBe(true);
  expect(gradgradcheck(forward, [x.slice([0, 8])], { skipKinks: true })).toBe(true);
  expect(() => new RReLU({ lower: 1, upper: 0 })).toThrow(expect.objectContaining({ code: "RANGE_INVALID" }));
});
