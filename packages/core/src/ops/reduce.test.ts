import { describe, expect, test } from "vitest";
import * as core from "../index.js";
import { type DType, dtypes, gradients, type Tensor, tensor } from "../index.js";
import { conform, gradcheck, gradgradcheck } from "../testing/index.js";
import { recurrence } from "./recurrence.js";

const wide = (data: number[], shape = [data.length]): Tensor => tensor(Float64Array.from(data), { shape });
const gradient = (fn: (x: Tensor) => Tensor, data: number[], shape?: number[]): unknown => {
  const x = tensor(Float64Array.from(data), { shape: shape ?? [data.length], requiresGrad: true });
  const out = fn(x);
  return gradients(out, [x], { cotangents: [core.onesLike(out)], allowUnused: true })[0].toArray();
};
const code = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    if (error instanceof core.AdjointError) return error.code;
    throw error;
  }
  return "none";
};

describe("dtypes follow PyTorch, int32 standing for int64", () => {
  const inputs = dtypes.map((dtype) => tensor([[1, 0, 1]], { dtype }));
  const results = (fn: (x: Tensor) => Tensor): DType[] => inputs.map((x) => fn(x).dtype);
  const [bool, integer, single, double]: DType[] = ["bool", "int32", "float32", "float64"];
  const total = [integer, integer, integer, single, double];
  const same = [...dtypes];
  const float = [single, single, single, single, double];
  test.each<[string, (x: Tensor) => Tensor, readonly DType[]]>([
    ["sum", (x) => core.sum(x), total],
    ["nansum", (x) => core.nansum(x), total],
    ["prod", (x) => core.prod(x), total],
    ["cumsum", (x) => core.cumsum(x, 1), total],
    ["cumprod", (x) => core.cumprod(x, 1), total],
    ["max", (x) => core.max(x), same],
    ["minWithIndices", (x) => core.minWithIndices(x, 1).values, same],
    ["cummax", (x) => core.cummax(x, 1).values, same],
    ["median", (x) => core.median(x), same],
    ["mean", (x) => core.mean(x), float],
    ["softmax", (x) => core.softmax(x), float],
    ["logcumsumexp", (x) => core.logcumsumexp(x, 1), float],
    ["argmax", (x) => core.argmax(x), dtypes.map(() => integer)],
    ["countNonzero", (x) => core.countNonzero(x), dtypes.map(() => integer)],
    ["all", (x) => core.all(x), [bool, "uint8", bool, bool, bool]],
    ["any", (x) => core.any(x), [bool, "uint8", bool, bool, bool]],
  ])("%s", (_name, fn, want) => {
    expect(results(fn)).toEqual(want);
  });

  test("variances, norms and quantiles take floating tensors only", () => {
    const [x] = inputs;
    const calls = [core.variance, core.std, core.norm, core.histc].map((fn) => () => fn(x));
    for (const call of [...calls, () => core.quantile(x, 0.5)]) expect(code(call)).toBe("DTYPE_FLOATING");
  });
});

describe("nothing to reduce", () => {
  const empty = core.zeros([2, 0]);
  test.each<[string, (x: Tensor, options: core.ReduceOptions) => Tensor, number]>([
    ["sum", core.sum, 0],
    ["prod", core.prod, 1],
    ["mean", core.mean, NaN],
    ["variance", core.variance, NaN],
    ["std", core.std, NaN],
    ["norm", core.norm, 0],
    ["logsumexp", core.logsumexp, -Infinity],
    ["all", core.all, 1],
    ["any", core.any, 0],
    ["nanmean", core.nanmean, NaN],
  ])("%s has its neutral element", (_name, fn, want) => {
    expect(fn(empty, { axis: 1 }).toArray()).toEqual([want, want]);
    expect(fn(empty, { axis: 0 }).toArray()).toEqual([]);
  });

  test("what chooses an element is refused", () => {
    const choices = [core.max, core.argmin, core.median, core.nanmedian];
    const calls = choices.map((fn) => () => fn(empty, { axis: 1 }));
    calls.push(
      () => core.norm(empty, { p: Infinity }),
      () => core.norm(empty, { p: -1 }),
      () => core.quantile(empty, 0.5),
      () => core.mode(empty).values,
      () => core.maxWithIndices(empty, 1).values,
    );
    for (const call of calls) expect(code(call)).toBe("EMPTY_REDUCTION");
  });

  test("scans of nothing are nothing", () => {
    const { cumsum, cumprod, logcumsumexp } = core;
    for (const fn of [cumsum, cumprod, logcumsumexp]) expect(fn(empty, 1).shape).toEqual([2, 0]);
    expect(core.cummax(empty, 1).indices.shape).toEqual([2, 0]);
  });
});

test("a scalar takes axis 0 and -1, and an empty list of axes reduces nothing", () => {
  const x = tensor(3);
  for (const axis of [0, -1]) {
    for (const fn of [core.sum, core.max, core.prod, core.norm, core.median, core.logsumexp]) {
      expect(fn(x, { axis, keepDims: true }).toArray()).toBe(3);
    }
    for (const fn of [core.cumsum, core.cumprod, core.logcumsumexp]) expect(fn(x, axis).toArray()).toBe(3);
    expect(core.mode(x, axis).indices.item()).toBe(0);
  }
  expect(code(() => core.sum(x, { axis: 1 }))).toBe("AXIS_OUT_OF_RANGE");
  expect(core.max(tensor([1, 2]), { axis: [] }).toArray()).toEqual([1, 2]);
});

describe("ties", () => {
  test("share the gradient of max, min and median, and give that of one place to the others", () => {
    expect(gradient((x) => core.max(x), [1, 3, 3])).toEqual([0, 0.5, 0.5]);
    expect(gradient((x) => core.median(x), [2, 1, 2, 5])).toEqual([0.5, 0, 0.5, 0]);
    expect(gradient((x) => core.maxWithIndices(x, 0).values, [1, 3, 3])).toEqual([0, 1, 0]);
    expect(gradient((x) => core.medianWithIndices(x, 0).values, [2, 1, 2, 5])).toEqual([1, 0, 0, 0]);
    expect(gradient((x) => core.mode(x, 0).values, [2, 1, 2, 5])).toEqual([0, 0, 1, 0]);
    expect(gradient((x) => core.cummax(x, 0).values, [1, 3, 3])).toEqual([1, 1, 1]);
    expect(gradient((x) => core.norm(x, { p: Infinity }), [1, -3, 3])).toEqual([0, -0.5, 0.5]);
  });

  test("have the first place in argmax and median, the last in cummax and mode", () => {
    const x = tensor([3, 3, 1]);
    expect(core.argmax(x).item()).toBe(0);
    expect(core.medianWithIndices(x, 0).indices.item()).toBe(0);
    expect(core.cummax(x, 0).indices.toArray()).toEqual([0, 1, 1]);
    expect(core.mode(x).indices.item()).toBe(1);
  });
});

describe("NaN", () => {
  const x = wide([2, NaN, 1, NaN]);
  test("is the result of everything that compares", () => {
    for (const fn of [core.max, core.min, core.median]) expect(fn(x).item()).toBeNaN();
    expect(core.quantile(x, 0).item()).toBeNaN();
    expect(core.medianWithIndices(x, 0).indices.item()).toBe(1);
    expect(core.cummin(x, 0).values.toArray()).toEqual([2, NaN, NaN, NaN]);
    expect(core.cummin(x, 0).indices.toArray()).toEqual([0, 1, 1, 3]);
    expect(core.norm(x, { p: -Infinity }).item()).toBeNaN();
    expect(core.logcumsumexp(x, 0).toArray()).toEqual([2, NaN, NaN, NaN]);
  });

  test("takes the gradient of a maximum that is NaN", () => {
    expect(gradient((y) => core.max(y), [2, NaN, 1, NaN])).toEqual([0, 0.5, 0, 0.5]);
  });

  test("counts for nothing where it is left out", () => {
    expect(core.nansum(x).item()).toBe(3);
    expect(core.nanmean(x).item()).toBe(1.5);
    expect(core.nanmedian(x).item()).toBe(1);
    expect(core.nanmedianWithIndices(x, 0).indices.item()).toBe(2);
    expect(core.nanquantile(x, 0.5).item()).toBe(1.5);
    expect(core.nanquantile(tensor([NaN, NaN]), 0.5).item()).toBeNaN();
    expect(gradient((y) => core.nanmean(y), [2, NaN, 1, NaN])).toEqual([0.5, 0, 0.5, 0]);
  });

  test("is not 0", () => {
    expect([core.all(x).item(), core.countNonzero(x).item()]).toEqual([1, 4]);
  });
});

describe("gradients where a formula would divide by 0", () => {
  test("norms of the vector 0, and deviations of equal elements", () => {
    for (const p of [0, 0.5, 1, 1.5, 2, 3, Infinity, -1]) {
      expect(gradient((x) => core.norm(x, { p }), [0, 0])).toEqual([0, 0]);
    }
    expect(gradient((x) => core.norm(x, { p: 0.5 }), [0, 4])).toEqual([0, 1]);
    expect(gradient((x) => core.norm(x, { p: -1 }), [0, 4])).toEqual([0, 0]);
    expect(gradient((x) => core.std(x), [5, 5, 5])).toEqual([0, 0, 0]);
    expect(gradient((x) => core.std(x), [5])).toEqual([NaN]);
  });

  test("products with no, one and two zeros, in first and second order", () => {
    expect(gradient((x) => core.prod(x), [2, 3, 4])).toEqual([12, 8, 6]);
    expect(gradient((x) => core.prod(x), [2, 0, 4])).toEqual([0, 8, 0]);
    expect(gradient((x) => core.prod(x), [0, 0, 4])).toEqual([0, 0, 0]);
    for (const data of [
      [2, 0, 4, -1],
      [0, 0, 4, 3],
      [0, 0, 0, 1],
    ]) {
      for (const fn of [(x: Tensor) => core.prod(x), (x: Tensor) => core.cumprod(x, 0)]) {
        expect(gradcheck(fn, [wide(data)])).toBe(true);
        expect(gradgradcheck(fn, [wide(data)])).toBe(true);
      }
    }
  });
});

describe("accuracy", () => {
  test("variances far from 0", () => {
    const x = core.add(wide([1, 2, 3, 4]), 1e9);
    expect(core.variance(x, { correction: 0 }).item()).toBe(1.25);
    expect(core.variance(tensor([10001, 10002, 10003])).item()).toBe(1);
  });

  test("norms at the limits of the dtype", () => {
    expect(core.norm(wide([3e200, 4e200])).item() / 5e200).toBeCloseTo(1, 14);
    expect(core.norm(wide([3e-200, 4e-200])).item() / 5e-200).toBeCloseTo(1, 14);
    expect(core.norm(tensor([3e30, 4e30])).item()).toBe(Math.fround(5e30));
    expect(core.norm(wide([1e200, 1e200]), { p: -2 }).item() / 1e200).toBeCloseTo(Math.SQRT1_2, 14);
    expect(gradient((x) => core.norm(x), [5e200, 0])).toEqual([1, 0]);
    expect(core.norm(wide([1, Infinity]), { p: 3 }).item()).toBe(Infinity);
  });

  test("exponentials out of range, and of -∞", () => {
    expect(core.logcumsumexp(wide([-Infinity, 1000, 1000, -1000]), 0).toArray()).toEqual([
      -Infinity,
      1000,
      1000 + Math.LN2,
      1000 + Math.LN2,
    ]);
    expect(gradient((x) => core.logcumsumexp(x, 0), [-Infinity, 0, 0])).toEqual([0, 1.5, 0.5]);
    expect(core.logcumsumexp(wide([0, Infinity, 1]), 0).toArray()).toEqual([0, Infinity, Infinity]);
    expect(gradient((x) => core.logcumsumexp(x, 0), [0, Infinity, 1])).toEqual([1, NaN, 0]);
  });

  test("running sums in float32 are those of float64, rounded", () => {
    const x = core.full([10000], 0.1);
    expect(core.cumsum(x, 0).data[9999]).toBe(Math.fround(10000 * Math.fround(0.1)));
  });
});

test("quantiles between elements", () => {
  const x = wide([40, 10, 20, 30]);
  const found = (["linear", "lower", "higher", "midpoint", "nearest"] as const).map((interpolation) =>
    core.quantile(x, wide([0, 0.5, 0.6, 1]), { interpolation }).toArray(),
  );
  expect(found).toEqual([
    [10, 25, 28, 40],
    [10, 20, 20, 40],
    [10, 30, 30, 40],
    [10, 25, 25, 40],
    [10, 30, 30, 40],
  ]);
  expect(core.quantile(wide([1, Infinity, Infinity]), 0.75).item()).toBe(Infinity);
  expect(core.quantile(core.ones([2, 3, 4]), tensor([0.5]), { axis: [0, 2], keepDims: true }).shape).toEqual([
    1, 1, 3, 1,
  ]);
  expect(code(() => core.quantile(x, 1.5))).toBe("NUMBER_INVALID");
  expect(code(() => core.quantile(x, tensor([0.5, NaN])))).toBe("NUMBER_INVALID");
});

test("medians of long lines are those of sorted ones", () => {
  const generator = new core.Generator(3);
  for (const length of [1, 2, 3, 10, 999, 1000]) {
    for (const scale of [3, 1000]) {
      const x = core.add(core.round(generator.normal([length], 0, scale)), 0);
      expect(core.median(x).item()).toBe(x.data.slice().sort()[(length - 1) >> 1] + 0);
    }
  }
});

test("histograms include the upper edge, leave out what lies beyond, and widen a range of one point", () => {
  const x = wide([0, 1, 1.5, 2, 5, NaN]);
  expect(core.histc(x, { bins: 2, min: 0, max: 2 }).toArray()).toEqual([1, 3]);
  expect(core.histc(wide([3, 3]), { bins: 2 }).toArray()).toEqual([0, 2]);
  expect(code(() => core.histc(x))).toBe("RANGE_INVALID");
  const labels = tensor([1, 1, 3], { dtype: "uint8" });
  expect(core.bincount(labels, { weights: tensor([1, 2, 3], { dtype: "int32" }) }).dtype).toBe("float64");
  expect(code(() => core.bincount(tensor([1, -1], { dtype: "int32" })))).toBe("INDEX_OUT_OF_RANGE");
});

test("the recurrence under the scans conforms", () => {
  expect(conform(recurrence).differentiable).toEqual([0, 1]);
});
