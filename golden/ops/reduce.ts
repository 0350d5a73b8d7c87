import * as core from "@adjoint/core";
import type { DType, Tensor } from "@adjoint/core";
import type { Call, Calls, Named } from "../cases.js";

type Attributes = Named<never>;

/** PyTorch's `dim`, for which null and an empty list stand for all axes. */
function axisOf(dim: number | readonly number[] | null | undefined): number | readonly number[] | undefined {
  return dim === null || (Array.isArray(dim) && dim.length === 0) ? undefined : dim;
}

const optionsOf = (attrs: Attributes): { axis?: number | readonly number[]; keepDims?: boolean } => ({
  axis: axisOf(attrs.dim),
  keepDims: attrs.keepdim,
});

/** The input in the dtype that was asked for. */
function typed(x: Tensor, dtype: string | null | undefined): Tensor {
  return dtype ? x.to(dtype.replace("torch.", "").replace("int64", "int32") as DType) : x;
}

/** A reduction over one axis, several or all. */
const reduce =
  (fn: (x: Tensor, options: { axis?: number | readonly number[]; keepDims?: boolean }) => Tensor): Call =>
  ({ input }, attrs) =>
    fn(typed(input, attrs.dtype), optionsOf(attrs));

/** A reduction that gives values and indices where an axis is named, else a value only. */
const chosen =
  (whole: (x: Tensor) => Tensor, along: (x: Tensor, axis: number, options: { keepDims?: boolean }) => object): Call =>
  ({ input }, attrs) =>
    (attrs.dim ?? undefined) === undefined
      ? whole(input)
      : (along(input, attrs.dim, { keepDims: attrs.keepdim }) as Named<Tensor>);

/** The larger or smaller of two tensors, or an extreme of one. */
const extreme =
  (pair: (x: Tensor, y: Tensor) => Tensor, one: Call): Call =>
  (inputs, attrs) =>
    inputs.other ? pair(inputs.input, inputs.other) : one(inputs, attrs);

const place =
  (fn: typeof core.argmax): Call =>
  ({ input }, { dim, keepdim }) =>
    fn(input, { axis: dim ?? undefined, keepDims: keepdim });

const scan =
  (fn: (x: Tensor, axis: number) => Tensor | Named<Tensor>): Call =>
  ({ input }, attrs) =>
    fn(typed(input, attrs.dtype), attrs.dim);

/** Options of the variance: `unbiased` is the older word for a correction of 1. */
function varianceOptions(attrs: Attributes): core.VarianceOptions {
  const { unbiased, correction }: { unbiased?: boolean | null; correction?: number | null } = attrs;
  return { ...optionsOf(attrs), correction: correction ?? ((unbiased ?? true) ? 1 : 0) };
}

const spread =
  (fn: (x: Tensor, options?: core.VarianceOptions) => Tensor): Call =>
  ({ input }, attrs) =>
    fn(input, varianceOptions(attrs));

const spreadAndMean =
  (fn: (x: Tensor, options?: core.VarianceOptions) => Tensor): Call =>
  ({ input }, attrs) => [fn(input, varianceOptions(attrs)), core.mean(input, optionsOf(attrs))];

/** An order of norms: infinities may be strings, and the Frobenius norm is that of all elements as one vector. */
function order(p: number | string | null | undefined): number {
  const text = String(p ?? 2);
  return text === "fro" ? 2 : Number(text.replace(/inf$/, "Infinity"));
}

const normed: Call = ({ input }, attrs) => {
  const [x, options] = [typed(input, attrs.dtype), optionsOf(attrs)];
  if (attrs.p !== "nuc") return core.norm(x, { ...options, p: order(attrs.p) });
  const [rows, columns] = [options.axis ?? [0, 1]].flat();
  const sum = core.sum(core.svd(core.moveAxis(x, [rows, columns], [-2, -1])).s, { axis: -1 });
  return attrs.keepdim ? core.unsqueeze(core.unsqueeze(sum, Math.min(rows, columns)), Math.max(rows, columns)) : sum;
};

const quantiles =
  (fn: typeof core.quantile): Call =>
  ({ input, q }, attrs) =>
    fn(input, q ?? (Array.isArray(attrs.q) ? core.tensor(attrs.q, { dtype: input.dtype }) : attrs.q), {
      ...optionsOf(attrs),
      interpolation: attrs.interpolation,
    });

/** The axis of a softmax; left out, it is that of the channels, or the first where ranks tell that there are no examples. */
const softAxis = (x: Tensor, { dim }: { dim?: number | null }): { axis: number } => ({
  axis: dim ?? (x.ndim === 0 || x.ndim === 1 || x.ndim === 3 ? 0 : 1),
});

/** Reductions, scans, statistics, and what belongs together along an axis. */
export const calls: Calls = {
  sum: reduce(core.sum),
  nansum: reduce(core.nansum),
  mean: reduce(core.mean),
  nanmean: reduce(core.nanmean),
  prod: reduce(core.prod),
  amax: reduce(core.max),
  amin: reduce(core.min),
  aminmax: ({ input }, attrs) => ({ min: core.min(input, optionsOf(attrs)), max: core.max(input, optionsOf(attrs)) }),
  max: extreme(core.maximum, chosen(core.max, core.maxWithIndices)),
  min: extreme(core.minimum, chosen(core.min, core.minWithIndices)),
  argmax: place(core.argmax),
  argmin: place(core.argmin),
  all: reduce(core.all),
  any: reduce(core.any),
  count_nonzero: reduce(core.countNonzero),
  var: spread(core.variance),
  std: spread(core.std),
  var_mean: spreadAndMean(core.variance),
  std_mean: spreadAndMean(core.std),
  norm: normed,
  vector_norm: ({ input, x }, attrs) =>
    core.norm(typed(input ?? x, attrs.dtype), { ...optionsOf(attrs), p: order(attrs.ord) }),
  dist: ({ input, other }, { p }) => core.norm(core.sub(input, other), { p: order(p) }),
  logsumexp: reduce(core.logsumexp),
  median: chosen(core.median, core.medianWithIndices),
  nanmedian: chosen(core.nanmedian, core.nanmedianWithIndices),
  mode: ({ input }, { dim, keepdim }) => core.mode(input, dim, { keepDims: keepdim }),
  quantile: quantiles(core.quantile),
  nanquantile: quantiles(core.nanquantile),
  cumsum: scan(core.cumsum),
  cumprod: scan(core.cumprod),
  cummax: scan(core.cummax),
  cummin: scan(core.cummin),
  logcumsumexp: scan(core.logcumsumexp),
  bincount: ({ input, weights }, { minlength }) => core.bincount(input, { weights, minLength: minlength }),
  histc: ({ input }, { bins, min, max }) => core.histc(input, { bins, min, max }),
  softmax: ({ input }, attrs) => core.softmax(typed(input, attrs.dtype), softAxis(input, attrs)),
  log_softmax: ({ input }, attrs) => core.logSoftmax(typed(input, attrs.dtype), softAxis(input, attrs)),
  softmin: ({ input }, attrs) => core.softmax(core.neg(typed(input, attrs.dtype)), softAxis(input, attrs)),
};
