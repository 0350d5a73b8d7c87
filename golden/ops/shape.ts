import * as core from "@adjoint/core";
import type { DType, Tensor } from "@adjoint/core";
import type { Call, Calls, Named } from "../cases.js";

const listOf = (inputs: Named<Tensor>): Tensor[] => Object.values(inputs);

/** PyTorch's dtypes in our words; the cases are float64 where nothing is said. */
function dtypeOf(dtype: string = "float64"): DType {
  const name = dtype.replace("torch.", "");
  const ours: Named<DType> = { float: "float32", double: "float64", int64: "int32", long: "int32", int: "int32" };
  return ours[name] ?? (name as DType);
}

/** PyTorch names the pairs from the last axis to the first, and only those of axes that are padded. */
function pairsOf(rank: number, flat: readonly number[]): (readonly [number, number])[] {
  return Array.from({ length: rank }, (_, axis) => {
    const from = 2 * (rank - 1 - axis);
    return [flat[from] ?? 0, flat[from + 1] ?? 0] as const;
  });
}

const pad: Call = ({ input }, { pad: flat, mode, value }) =>
  core.pad(input, pairsOf(input.ndim, flat), { mode: mode ?? "constant", value: Number(value ?? 0) });

/** Where the parts of `tensor_split` end: the first are one longer where the length does not divide. */
function endsOf(where: number | readonly number[], length: number): number[] {
  if (typeof where !== "number") {
    return [...where.map((end) => Math.max(0, Math.min(length, end < 0 ? end + length : end))), length];
  }
  const [size, longer] = [Math.floor(length / where), length % where];
  return Array.from({ length: where }, (_, i) => size * (i + 1) + Math.min(i + 1, longer));
}

/** Parts that may overlap or be empty, where the indices do not rise; the numbers may be a tensor. */
const tensorSplit: Call = ({ input, tensor_indices_or_sections: given }, attrs) => {
  const { indices_or_sections, sections, indices, dim = 0 } = attrs;
  const numbers = given && (given.ndim === 0 ? given.item() : Array.from(given.data));
  const ends = endsOf(numbers ?? indices_or_sections ?? sections ?? indices, input.shape.at(dim) ?? 0);
  return ends.map((end, i) => {
    const start = ends[i - 1] ?? 0;
    return core.narrow(input, dim, start, Math.max(0, end - start));
  });
};

const splitAlong =
  (axisOf: (x: Tensor) => number): Call =>
  (inputs, attrs) =>
    tensorSplit(inputs, { ...attrs, dim: axisOf(inputs.input) as never });

/** The `n`th differences along an axis, of the input with what is put in front of it and behind; of truth values, whether they change. */
const diff: Call = ({ input, prepend, append }, { n = 1, dim = -1 }) => {
  let x = core.concat([prepend, input, append].filter(Boolean), dim);
  for (let k: number = n; k > 0 && x.shape.at(dim) !== 0; k--) {
    const length = (x.shape.at(dim) as number) - 1;
    const [after, before] = [core.narrow(x, dim, 1, length), core.narrow(x, dim, 0, length)];
    x = x.dtype === "bool" ? core.logicalXor(after, before) : core.sub(after, before);
  }
  return x;
};

const vertical: Call = (inputs) => core.concat(listOf(inputs).map((x) => core.atLeast2d(x)));

const join: Call = (inputs, { dim }) => core.concat(listOf(inputs), dim);
const permuteTwo: Call = ({ input }, { dim0, dim1, axis0, axis1 }) =>
  core.swapAxes(input, dim0 ?? axis0, dim1 ?? axis1);
const moved: Call = ({ input }, { source, destination }) => core.moveAxis(input, source, destination);
const resized: Call = ({ input, other }, { shape, size }) => core.reshape(input, other?.shape ?? shape ?? size);
const spread: Call = ({ input, other }, { size, shape }) => core.expand(input, other?.shape ?? size ?? shape);
const split: Call = ({ input }, { split_size_or_sections, split_size, split_sizes, dim }) =>
  core.split(input, split_size_or_sections ?? split_size ?? split_sizes, dim);
const converted =
  (fixed?: DType): Call =>
  ({ input }, { dtype }) =>
    core.cast(input, fixed ?? dtypeOf(dtype));
const same: Call = ({ input }) => core.reshape(input, input.shape);

/** Functions that only move elements. */
const moving: Calls = {
  reshape: resized,
  view: resized,
  view_as: resized,
  reshape_as: resized,
  flatten: ({ input }, { start_dim, end_dim }) => core.flatten(input, start_dim, end_dim),
  ravel: ({ input }) => core.flatten(input),
  unflatten: ({ input }, { dim, sizes, unflattened_size }) => core.unflatten(input, dim, sizes ?? unflattened_size),
  squeeze: ({ input }, { dim }) => core.squeeze(input, dim ?? undefined),
  unsqueeze: ({ input }, { dim }) => core.unsqueeze(input, dim),
  atleast_1d: ({ input }) => core.atLeast1d(input),
  atleast_2d: ({ input }) => core.atLeast2d(input),
  atleast_3d: ({ input }) => core.atLeast3d(input),
  permute: ({ input }, { dims }) => core.permute(input, dims),
  transpose: permuteTwo,
  swapaxes: permuteTwo,
  swapdims: permuteTwo,
  t: ({ input }) => core.transpose(input),
  adjoint: ({ input }) => core.swapAxes(input, -2, -1),
  movedim: moved,
  moveaxis: moved,
  expand: spread,
  expand_as: spread,
  broadcast_to: spread,
  broadcast_tensors: (inputs) => core.broadcastTensors(listOf(inputs)),
  repeat: ({ input }, { repeats, sizes, size }) => core.repeat(input, repeats ?? sizes ?? size),
  tile: ({ input }, { dims, reps }) => core.tile(input, dims ?? reps),
  meshgrid: (inputs, { indexing }) => core.meshgrid(listOf(inputs), { indexing: indexing ?? "ij" }),
  cat: join,
  concat: join,
  concatenate: join,
  stack: (inputs, { dim }) => core.stack(listOf(inputs), dim),
  hstack: (inputs) => {
    const parts = listOf(inputs).map((x) => core.atLeast1d(x));
    return core.concat(parts, parts[0].ndim === 1 ? 0 : 1);
  },
  vstack: vertical,
  row_stack: vertical,
  dstack: (inputs) =>
    core.concat(
      listOf(inputs).map((x) => core.atLeast3d(x)),
      2,
    ),
  column_stack: (inputs) =>
    core.concat(
      listOf(inputs).map((x) => (x.ndim > 1 ? x : core.reshape(x, [x.size, 1]))),
      1,
    ),
  split,
  split_with_sizes: split,
  tensor_split: tensorSplit,
  hsplit: splitAlong((x) => (x.ndim === 1 ? 0 : 1)),
  vsplit: splitAlong(() => 0),
  dsplit: splitAlong(() => 2),
  diff,
  chunk: ({ input }, { chunks, dim }) => core.chunk(input, chunks, dim),
  unbind: ({ input }, { dim }) => core.unbind(input, dim),
  narrow: ({ input }, { dim, start, length }) => core.narrow(input, dim, start, length),
  select: ({ input }, { dim, index }) => core.select(input, dim, index),
  slice: ({ input }, { slices }) =>
    core.slice(input, ...(slices as (number | null)[][]).map(([a, b, step]) => [a, b, step ?? 1] as const)),
  flip: ({ input }, { dims }) => core.flip(input, dims),
  fliplr: ({ input }) => core.flip(input, 1),
  flipud: ({ input }) => core.flip(input, 0),
  roll: ({ input }, { shifts, dims }) => core.roll(input, shifts, dims ?? undefined),
  rot90: ({ input }, { k, dims }) => core.rot90(input, k, dims),
  pad,
  constant_pad_nd: pad,
  diagonal: ({ input }, { offset, dim1, dim2 }) => core.diagonal(input, offset, dim1, dim2),
  diag: ({ input }, { diagonal }) => core.diag(input, diagonal),
  diag_embed: ({ input }, { offset, dim1, dim2 }) => core.diagEmbed(input, offset, dim1, dim2),
  diagflat: ({ input }, { offset }) => core.diag(core.flatten(input), offset),
  tril: ({ input }, { diagonal }) => core.tril(input, diagonal),
  triu: ({ input }, { diagonal }) => core.triu(input, diagonal),
  clone: same,
  contiguous: same,
  to: converted(),
  type: converted(),
  float: converted("float32"),
  double: converted("float64"),
  int: converted("int32"),
  long: converted("int32"),
  bool: converted("bool"),
};

/** Functions that make tensors from sizes and numbers. */
const making: Calls = {
  zeros: (_inputs, { size, dtype }) => core.zeros(size, { dtype: dtypeOf(dtype) }),
  ones: (_inputs, { size, dtype }) => core.ones(size, { dtype: dtypeOf(dtype) }),
  full: (_inputs, { size, fill_value, dtype }) =>
    core.full(size, Number(fill_value), {
      dtype: dtypeOf(dtype ?? (typeof fill_value === "boolean" ? "bool" : undefined)),
    }),
  zeros_like: ({ input }, { dtype }) => core.zerosLike(input, { dtype: dtype && dtypeOf(dtype) }),
  ones_like: ({ input }, { dtype }) => core.onesLike(input, { dtype: dtype && dtypeOf(dtype) }),
  full_like: ({ input }, { fill_value, dtype }) =>
    core.fullLike(input, Number(fill_value), { dtype: dtype && dtypeOf(dtype) }),
  // Whole numbers alone give integers.
  arange: (_inputs, { start = 0, end, step = 1, dtype }) =>
    core.arange(start, end, step, {
      dtype: dtypeOf(dtype ?? ([start, end, step].every(Number.isInteger) ? "int64" : undefined)),
    }),
  linspace: (_inputs, { start, end, steps, dtype }) => core.linspace(start, end, steps, { dtype: dtypeOf(dtype) }),
  logspace: (_inputs, { start, end, steps, base = 10, dtype }) =>
    core.logspace(start, end, steps, { base, dtype: dtypeOf(dtype) }),
  eye: (_inputs, { n, m, dtype }) => core.eye(n, m ?? n, { dtype: dtypeOf(dtype) }),
};

/** Functions that only move elements, and those that make tensors. */
export const calls: Calls = { ...moving, ...making };
