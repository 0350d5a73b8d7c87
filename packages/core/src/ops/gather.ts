import { checkTensor } from "../arguments.js";
import { ones, zeros } from "../create.js";
import { allocate, isFloating, type TypedArray } from "../dtype.js";
import { ArgumentError, DTypeError, IndexError, ShapeError } from "../errors.js";
import { formatShape, normalizeAxis, type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import { Tensor } from "../tensor.js";

/** Sizes before, along and after an axis, by which a row-major tensor is a stack of columns. */
function columnsOf(shape: Shape, axis: number): [outer: number, length: number, inner: number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis], sizeOf(shape.slice(axis + 1))];
}

function checkIndexKind(name: string, role: "indices" | "labels", indices: Tensor): void {
  if (indices instanceof Tensor && !isFloating(indices.dtype) && indices.dtype !== "bool") return;
  const got = indices instanceof Tensor ? indices.dtype : typeof indices;
  throw new DTypeError("INDEX_DTYPE", `${name}: the ${role} are ${got}; use an int32 or uint8 tensor`);
}

function checkIndices(name: string, indices: Tensor, length: number): void {
  checkIndexKind(name, "indices", indices);
  const { data } = indices;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < -length || data[i] >= length) {
      throw new IndexError(
        "INDEX_OUT_OF_RANGE",
        `${name}: index ${data[i]} at place ${i}; there are ${length} entries along the axis`,
      );
    }
  }
}

interface Gathering {
  readonly axis: number;
  /** The sizes that a scatter gives back along every axis. */
  readonly shape: Shape;
}

/** Calls `visit(i, j)` with the flat places of each index and of the element it points to. */
function eachPointed(
  indices: Tensor,
  shape: Shape,
  axis: number,
  visit: (index: number, element: number) => void,
): void {
  const rank = shape.length;
  const at = new Array<number>(rank).fill(0);
  const { data } = indices;
  for (let i = 0; i < data.length; i++) {
    let element = 0;
    for (let a = 0; a < rank; a++) {
      const place = a === axis ? (data[i] < 0 ? data[i] + shape[axis] : data[i]) : at[a];
      element = element * shape[a] + place;
    }
    visit(i, element);
    for (let a = rank - 1; a >= 0 && ++at[a] === indices.shape[a]; a--) at[a] = 0;
  }
}

function checkGather(name: string, x: Tensor, indices: Tensor, axis: number): number {
  checkTensor(name, x);
  const at = normalizeAxis(name, axis, x.ndim, x.shape);
  checkIndices(name, indices, x.shape[at]);
  if (indices.ndim !== x.ndim || indices.shape.some((n, i) => i !== at && n > x.shape[i])) {
    throw new ShapeError(
      "SHAPE_MISMATCH",
      `${name}: indices ${formatShape(indices.shape)} for ${formatShape(x.shape)} along axis ${axis}: the ranks must be equal, and no other size larger`,
    );
  }
  return at;
}

/**
 * The elements at `indices` along an axis: with axis 0, `out[i][j] = x[indices[i][j]][j]`. The result has the shape of the
 * indices (int32 or uint8, negative ones count from the end), of the rank of `x` and no longer than it along the other axes.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE`, DTypeError `INDEX_DTYPE`, ShapeError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { gather, tensor } from "@adjoint/core";
 * const scores = tensor([[1, 2, 3], [4, 5, 6]]);
 * const labels = tensor([[2], [0]], { dtype: "int32" });
 * console.log(gather(scores, labels, 1).toArray()); // → [ [ 3 ], [ 4 ] ]
 * ```
 */
export const gather: OpFunction<[x: Tensor, indices: Tensor, axis: number]> = defineOp<
  [x: Tensor, indices: Tensor, axis: number],
  Gathering
>({
  name: "gather",
  call: (x, indices, axis) => ({
    inputs: [x, indices],
    attributes: { axis: checkGather("gather", x, indices, axis), shape: x.shape },
  }),
  shape: ([, indices]) => indices.shape,
  dtype: ([x]) => x.dtype,
  forward: ([x, indices], { axis }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    const { data } = x;
    eachPointed(indices, x.shape, axis, (i, element) => (out[i] = data[element]));
    return out;
  },
  vjp: (g, { inputs: [, indices], attributes: { axis, shape } }) => [scatterSum(g, indices, axis, shape), null],
  jvp: ([t], { inputs: [, indices], attributes: { axis } }) => t && gather(t, indices, axis),
  samples: () => [
    [
      ones([3, 2]),
      indexTensor([
        [0, 2],
        [1, 1],
      ]),
      0,
    ],
    [
      ones([2, 3]),
      indexTensor([
        [0, -1, 1, 0],
        [1, 1, 1, 2],
      ]),
      1,
    ],
  ],
});

/** Zeros of `shape` to which `g` is added at the indexed places: the reverse of gather. */
const scatterSum: OpFunction<[g: Tensor, indices: Tensor, axis: number, shape: Shape]> = defineOp<
  [g: Tensor, indices: Tensor, axis: number, shape: Shape],
  Gathering
>({
  name: "scatterSum",
  call: (g, indices, axis, shape) => ({ inputs: [g, indices], attributes: { axis, shape } }),
  shape: (_inputs, { shape }) => shape,
  dtype: ([g]) => g.dtype,
  forward: ([g, indices], { axis }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    const { data } = g;
    eachPointed(indices, shape, axis, (i, element) => (out[element] += data[i]));
    return out;
  },
  vjp: (cotangent, { inputs: [, indices], attributes: { axis } }) => [gather(cotangent, indices, axis), null],
  jvp: ([t], { inputs: [, indices], attributes: { axis, shape } }) => t && scatterSum(t, indices, axis, shape),
  samples: () => [
    [
      ones([2, 2]),
      indexTensor([
        [0, 2],
        [1, 2],
      ]),
      0,
      [3, 2],
    ],
  ],
});

function indexTensor(rows: number[][]): Tensor {
  return new Tensor(Int32Array.from(rows.flat()), [rows.length, rows[0].length], "int32");
}

/**
 * The slices at `indices` (one axis, int32 or uint8) along an axis: rows of a table with axis 0.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE`, DTypeError `INDEX_DTYPE`, ShapeError `INDEX_RANK`, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { indexSelect, tensor } from "@adjoint/core";
 * const table = tensor([[1, 2], [3, 4], [5, 6]]);
 * console.log(indexSelect(table, tensor([2, 0], { dtype: "int32" }), 0).toArray()); // → [ [ 5, 6 ], [ 1, 2 ] ]
 * ```
 */
export const indexSelect: OpFunction<[x: Tensor, indices: Tensor, axis: number]> = defineOp<
  [x: Tensor, indices: Tensor, axis: number],
  Gathering
>({
  name: "indexSelect",
  call: (x, indices, axis) => {
    checkTensor("indexSelect", x);
    const at = normalizeAxis("indexSelect", axis, x.ndim, x.shape);
    checkIndices("indexSelect", indices, x.shape[at]);
    if (indices.ndim !== 1) {
      throw new ShapeError(
        "INDEX_RANK",
        `indexSelect: the indices have shape ${formatShape(indices.shape)}; use a vector (see gather for more)`,
      );
    }
    return { inputs: [x, indices], attributes: { axis: at, shape: x.shape } };
  },
  shape: ([x, indices], { axis }) => x.shape.map((n, i) => (i === axis ? indices.size : n)),
  dtype: ([x]) => x.dtype,
  forward: ([x, indices], { axis }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    eachSelected(indices.data, x.shape, axis, (from, to, count) => out.set(x.data.subarray(from, from + count), to));
    return out;
  },
  vjp: (g, { inputs: [, indices], attributes: { axis, shape } }) => [indexSum(g, indices, axis, shape), null],
  jvp: ([t], { inputs: [, indices], attributes: { axis } }) => t && indexSelect(t, indices, axis),
  samples: () => [
    [ones([3, 2]), new Tensor(Int32Array.of(2, 0, 2), [3], "int32"), 0],
    [ones([2, 3, 2]), new Tensor(Int32Array.of(1), [1], "int32"), 1],
  ],
});

/** Zeros of `shape` to which the slices of `g` are added at the indexed places: the reverse of indexSelect. */
const indexSum: OpFunction<[g: Tensor, indices: Tensor, axis: number, shape: Shape]> = defineOp<
  [g: Tensor, indices: Tensor, axis: number, shape: Shape],
  Gathering
>({
  name: "indexSum",
  call: (g, indices, axis, shape) => ({ inputs: [g, indices], attributes: { axis, shape } }),
  shape: (_inputs, { shape }) => shape,
  dtype: ([g]) => g.dtype,
  forward: ([g, indices], { axis }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    const { data } = g;
    eachSelected(indices.data, shape, axis, (to, from, count) => {
      for (let i = 0; i < count; i++) out[to + i] += data[from + i];
    });
    return out;
  },
  vjp: (cotangent, { inputs: [, indices], attributes: { axis } }) => [indexSelect(cotangent, indices, axis), null],
  jvp: ([t], { inputs: [, indices], attributes: { axis, shape } }) => t && indexSum(t, indices, axis, shape),
  samples: () => [[ones([3, 2]), new Tensor(Int32Array.of(2, 0, 2), [3], "int32"), 0, [4, 2]]],
});

function eachSelected(
  indices: TypedArray,
  shape: Shape,
  axis: number,
  visit: (table: number, part: number, count: number) => void,
): void {
  const [outer, length, inner] = columnsOf(shape, axis);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < indices.length; i++) {
      const place = indices[i] < 0 ? indices[i] + length : indices[i];
      visit((o * length + place) * inner, (o * indices.length + i) * inner, inner);
    }
  }
}

/**
 * Labels as rows of the identity matrix: `out[..., c] = 1` where `labels[...] = c`, zeros elsewhere.
 *
 * @param labels - `[...]` int32 or uint8, from 0 to `classes - 1`
 * @param classes - at least 1
 * @returns `[..., classes]`, float32 unless another dtype is given
 * @throws IndexError `INDEX_OUT_OF_RANGE`, DTypeError `INDEX_DTYPE`, ArgumentError `ONE_HOT_CLASSES`
 * @example
 * ```ts
 * import { oneHot, tensor } from "@adjoint/core";
 * console.log(oneHot(tensor([2, 0], { dtype: "int32" }), 3).toArray()); // → [ [ 0, 0, 1 ], [ 1, 0, 0 ] ]
 * ```
 */
export function oneHot(labels: Tensor, classes: number, dtype: "float32" | "float64" | "int32" = "float32"): Tensor {
  checkIndexKind("oneHot", "labels", labels);
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new ArgumentError(
      "ONE_HOT_CLASSES",
      `oneHot: the number of classes is ${String(classes)}; give an integer of at least 1`,
    );
  }
  const out = zeros([...labels.shape, classes], { dtype });
  const { data } = out;
  labels.data.forEach((label, i) => {
    if (label < 0 || label >= classes) {
      throw new IndexError("INDEX_OUT_OF_RANGE", `oneHot: label ${label} at place ${i}; use 0 to ${classes - 1}`);
    }
    data[i * classes + label] = 1;
  });
  return out;
}
