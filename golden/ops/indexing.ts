import * as core from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import type { Call, Calls, Named } from "../cases.js";

/** Tensors that are numbered, as `indices.0`, `indices.1` and so on. */
const numbered = (inputs: Named<Tensor>, name: string): Tensor[] =>
  Object.keys(inputs)
    .filter((key) => key.startsWith(`${name}.`))
    .map((key) => inputs[key]);

const integers = (elements: readonly number[]): Tensor => core.tensor(Int32Array.from(elements));

/** A vector of indices along one axis, or one number, as indices beside every element of `source`. */
function beside(source: Tensor, dim: number, index: Tensor): Tensor {
  const axis = dim < 0 ? dim + source.ndim : dim;
  if (source.ndim === 0) return core.reshape(index, []);
  return core.expand(
    core.reshape(
      index,
      source.shape.map((_, i) => (i === axis ? index.size : 1)),
    ),
    source.shape,
  );
}

const copyAt = (input: Tensor, dim: number, index: Tensor, source: Tensor): Tensor =>
  core.scatter(input, beside(source, dim, index), source, dim);

const scatter: Call = ({ input, index, src, value }, attrs) => {
  const { dim, reduce } = attrs;
  const given: Tensor | number = src ?? value ?? attrs.value ?? attrs.src;
  if (reduce === undefined || reduce === null) {
    return core.scatter(input, index, given instanceof core.Tensor && given.ndim === 0 ? given.item() : given, dim);
  }
  const source = given instanceof core.Tensor ? given : core.full(index.shape, given, { dtype: input.dtype });
  return core.scatterReduce(input, index, source, dim, reduce === "add" ? "sum" : "prod");
};

const scatterReduce: Call = ({ input, index, src }, { dim, reduce, include_self: includeSelf }) =>
  core.scatterReduce(input, index, src, dim, reduce, { includeSelf });

const indexReduce: Call = ({ input, index, source }, { dim, reduce, include_self: includeSelf }) =>
  core.scatterReduce(input, beside(source, dim, index), source, dim, reduce, { includeSelf });

const indexFill: Call = ({ input, index, value }, attrs) => {
  const along = input.shape.map((n, i) => (i === (attrs.dim + input.ndim) % input.ndim ? index.size : n));
  const given: Tensor | number = value ?? attrs.value;
  const source =
    given instanceof core.Tensor ? core.expand(given, along) : core.full(along, given, { dtype: input.dtype });
  return copyAt(input, attrs.dim, index, source);
};

/** `input` with elements written, or added, at flat places. */
function putFlat(input: Tensor, places: Tensor, source: Tensor, accumulate: boolean): Tensor {
  const [flat, at, elements] = [input, places, source].map((x) => core.reshape(x, [x.size]));
  const result = accumulate ? core.scatterAdd(flat, at, elements, 0) : core.scatter(flat, at, elements, 0);
  return core.reshape(result, input.shape);
}

const put: Call = ({ input, index, source }, { accumulate = false }) => putFlat(input, index, source, accumulate);

/** Elements named by indices for the first axes, which broadcast; a mask stands for the indices of its true elements. */
const indexPut: Call = (inputs, { accumulate = false }) => {
  const { input, values } = inputs;
  const indices = numbered(inputs, "indices").flatMap((index) =>
    index.dtype === "bool" ? core.unbind(core.nonzero(index), 1) : [index],
  );
  const places = core.broadcastTensors(indices).reduce((sum: Tensor | null, index, axis) => {
    const n = input.shape[axis];
    const from = core.where(core.lt(index, 0), core.add(index, n), index);
    return sum ? core.add(core.mul(sum, n), from) : from;
  }, null) as Tensor;
  const inner = input.shape.slice(indices.length);
  const size = inner.reduce((a, b) => a * b, 1);
  const rows = core.add(
    core.mul(core.reshape(places, [places.size, 1]), size),
    core.arange(0, size, 1, { dtype: "int32" }),
  );
  const source = core.expand(values, [...places.shape, ...inner]);
  return putFlat(input, rows, source, accumulate);
};

const sliceScatter: Call = ({ input, src }, attrs) => {
  const { dim = 0, start, end, step = 1 }: { dim?: number; start?: number; end?: number; step?: number } = attrs;
  const length = input.shape.at(dim) ?? 0;
  const bound = (x: number): number => Math.min(length, Math.max(0, x < 0 ? x + length : x));
  const [from, to] = [bound(start ?? 0), bound(end ?? length)];
  return copyAt(input, dim, core.arange(from, Math.max(from, to), step, { dtype: "int32" }), src);
};

/** `side` is the newer word for `right`. */
const search = ({ right, side }: Named<never>): core.SearchOptions => ({ right: side ? side === "right" : right });

const searchsorted: Call = (inputs, attrs) => {
  const { sorted_sequence: sequence, sorter } = inputs;
  const sorted = sorter ? core.gather(sequence, sorter, -1) : sequence;
  return core.searchsorted(
    sorted,
    inputs.input ?? inputs.self ?? inputs.values ?? attrs.input ?? attrs.self,
    search(attrs),
  );
};

const unique =
  (fn: typeof core.unique): Call =>
  ({ input }, { return_inverse: inverse, return_counts: counts, dim }) => {
    const found = fn(input, { axis: dim ?? undefined });
    const more = [...(inverse ? [found.inverse] : []), ...(counts ? [found.counts] : [])];
    return more.length > 0 ? [found.values, ...more] : found.values;
  };

/** Either operand may be a number. */
const isin: Call = (inputs, attrs) => {
  const { invert = false } = attrs;
  const tests = inputs.test_elements ?? core.tensor([attrs.test_elements ?? attrs.test_element]);
  const elements = inputs.elements ?? core.tensor(attrs.elements ?? attrs.element);
  const sorted = core.sort(core.flatten(tests)).values;
  const found = core.ne(core.searchsorted(sorted, elements), core.searchsorted(sorted, elements, { right: true }));
  return invert ? core.logicalNot(found) : found;
};

const places: Call = ({ input }, { as_tuple: apart }) =>
  apart ? core.unbind(core.nonzero(core.atLeast1d(input)), 1) : core.nonzero(input);

/** Elements repeated one after the other: each as often, or each as often as a vector says. */
const repeatInterleave: Call = ({ input, repeats }, attrs) => {
  if (input === undefined) return segmentsOf(repeats.data);
  const flat = (attrs.dim ?? undefined) === undefined;
  const line = flat ? core.flatten(input) : input;
  const dim: number = flat ? 0 : attrs.dim;
  const count = line.shape.at(dim) as number;
  const each =
    repeats && repeats.size === count ? repeats.data : core.full([count], repeats?.item() ?? attrs.repeats).data;
  return core.indexSelect(line, segmentsOf(each), dim);
};

/** An index that may be left out, and then is -1 or null. */
const padding = (index: number | null | undefined): core.EmbeddingOptions =>
  index === undefined || index === null ? {} : { paddingIndex: index };

interface EmbeddingAttributes {
  readonly padding_idx?: number | null;
  readonly max_norm?: number | null;
  readonly norm_type?: number;
  readonly scale_grad_by_freq?: boolean;
}

/** Rows by index. Longer rows are shortened first, without a gradient; gradients may be divided by how often a row occurs. */
const embedding: Call = ({ input, weight }, attrs) => {
  const {
    padding_idx: index,
    max_norm: most,
    norm_type: p = 2,
    scale_grad_by_freq: byFrequency,
  }: EmbeddingAttributes = attrs;
  let rows = weight;
  if (most != null) {
    const norms = core.norm(weight, { p, axis: -1, keepDims: true });
    const shorter = core.where(core.gt(norms, most), core.div(most, core.add(norms, 1e-7)), 1);
    rows = core.add(weight, core.mul(weight, core.sub(shorter, 1)).detach());
  }
  if (byFrequency) {
    const counts = core.bincount(core.flatten(input), { minLength: weight.shape[0] }).to(weight.dtype);
    const part = core.div(rows, core.unsqueeze(core.maximum(counts, 1), 1));
    rows = core.add(part, core.sub(rows, part).detach());
  }
  return core.embedding(input, rows, padding(index));
};

type Segments = (values: Tensor, segments: Tensor, count: number) => Tensor;

/** Rows reduced by segment from a value on: 0, 1 or an infinity where nothing is said. */
const segmentsFrom =
  (reduce: core.ScatterReduction, initial: number): Segments =>
  (values, segments, count) => {
    const start = core.full([count, ...values.shape.slice(1)], initial, { dtype: values.dtype });
    return core.scatterReduce(start, beside(values, 0, segments), values, 0, reduce);
  };

/** The segment of each row, where the segments follow one another and have the given lengths. */
const segmentsOf = (lengths: Iterable<number>): Tensor =>
  integers(Array.from(lengths).flatMap((length, segment) => new Array<number>(length).fill(segment)));

const segmentReduce: Call = ({ data, lengths }, attrs) => {
  const { reduce, initial }: { reduce?: string; initial?: number } = attrs;
  const [segments, count] = [segmentsOf(lengths.data), lengths.size];
  const sum = segmentsFrom("sum", initial ?? 0)(data, segments, count);
  if (reduce === "sum") return sum;
  if (reduce === "prod") return segmentsFrom("prod", initial ?? 1)(data, segments, count);
  if (reduce === "max") return segmentsFrom("amax", initial ?? -Infinity)(data, segments, count);
  if (reduce === "min") return segmentsFrom("amin", initial ?? Infinity)(data, segments, count);
  return core.div(sum, core.reshape(lengths, [count, ...data.shape.slice(1).fill(1)]));
};

interface BagAttributes {
  readonly mode?: string;
  readonly padding_idx?: number;
  readonly include_last_offset?: boolean;
}

/** Embeddings reduced by bag: the rows of a matrix of indices, or parts of a vector that begin at offsets. */
const embeddingBag: Call = ({ input, weight, offsets, per_sample_weights: weights }, attrs) => {
  const { mode = "mean", padding_idx, include_last_offset: last }: BagAttributes = attrs;
  const width = input.shape[1];
  const starts = offsets ? Array.from(offsets.data) : Array.from({ length: input.shape[0] }, (_, bag) => bag * width);
  if (offsets && last) starts.pop();
  const bags = segmentsOf(starts.map((start, i) => (starts[i + 1] ?? input.size) - start));
  const ignored = padding_idx !== undefined && padding_idx < 0 ? padding_idx + weight.shape[0] : padding_idx;
  const kept = integers(Array.from(input.data.keys()).filter((i) => input.data[i] !== ignored));
  const rows = core.embedding(core.take(input, kept), weight);
  const scaled = weights ? core.mul(rows, core.unsqueeze(core.take(weights, kept), 1)) : rows;
  const segments = core.take(bags, kept);
  if (mode === "sum") return core.segmentSum(scaled, segments, starts.length);
  if (mode === "mean") return core.segmentMean(scaled, segments, starts.length);
  const largest = segmentsFrom("amax", -Infinity)(scaled, segments, starts.length);
  return core.maskedFill(largest, core.eq(largest, -Infinity), 0);
};

/** Functions that write elements at indices. */
const writing: Calls = {
  scatter,
  scatter_add: ({ input, index, src }, { dim }) => core.scatterAdd(input, index, src, dim),
  scatter_reduce: scatterReduce,
  index_add: ({ input, index, source }, { dim, alpha }) => core.indexAdd(input, index, source, dim, { alpha }),
  index_copy: ({ input, index, source }, { dim }) => copyAt(input, dim, index, source),
  index_fill: indexFill,
  index_reduce: indexReduce,
  index_put: indexPut,
  put,
  select_scatter: ({ input, src }, { dim, index }) =>
    copyAt(input, dim, integers([index]), core.unsqueeze(src, dim < 0 ? dim + input.ndim : dim)),
  slice_scatter: sliceScatter,
  diagonal_scatter: ({ input, src }, { offset, dim1, dim2 }) => {
    const places = core.reshape(core.arange(0, input.size, 1, { dtype: "int32" }), input.shape);
    return putFlat(input, core.diagonal(places, offset, dim1, dim2), src, false);
  },
  masked_fill: ({ input, mask, value }, attrs) => core.maskedFill(input, mask, value ?? Number(attrs.value)),
  masked_scatter: ({ input, mask, source }) => core.maskedScatter(input, mask, source),
  segment_reduce: segmentReduce,
  embedding_bag: embeddingBag,
};

/** Functions that pick elements, and tell where they are. */
const picking: Calls = {
  index_select: ({ input, index }, { dim }) => core.indexSelect(input, core.atLeast1d(index), dim),
  repeat_interleave: repeatInterleave,
  gather: ({ input, index }, { dim }) => core.gather(input, index, dim),
  take: ({ input, index }) => core.take(input, index),
  take_along_dim: ({ input, indices }, { dim }) => core.takeAlongAxis(input, indices, dim ?? undefined),
  masked_select: ({ input, mask }) => core.maskedSelect(input, mask),
  nonzero: places,
  argwhere: places,
  embedding,
  one_hot: ({ input }, { num_classes: classes = -1 }) =>
    core.oneHot(input, classes === -1 ? core.max(input).item() + 1 : classes, "int32"),
};

/** Functions that bring elements into order, and search in it. */
const ordering: Calls = {
  sort: ({ input }, { dim, descending, stable }) =>
    core.sort(input, { axis: dim, descending, stable: stable ?? undefined }),
  msort: ({ input }) => core.sort(input, { axis: 0 }).values,
  argsort: ({ input }, { dim, descending, stable }) => core.argsort(input, { axis: dim, descending, stable }),
  topk: ({ input }, { k, dim, largest, sorted }) => core.topk(input, k, { axis: dim ?? undefined, largest, sorted }),
  kthvalue: ({ input }, { k, dim, keepdim }) => core.kthvalue(input, k, { axis: dim, keepDims: keepdim }),
  unique: unique(core.unique),
  unique_consecutive: unique(core.uniqueConsecutive),
  searchsorted,
  bucketize: ({ input, boundaries }, attrs) => core.bucketize(input ?? attrs.input, boundaries, { right: attrs.right }),
  isin,
};

/** Functions that pick, place and order elements. */
export const calls: Calls = { ...picking, ...writing, ...ordering };
