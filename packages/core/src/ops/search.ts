import { checkBoolean, checkOptions, checkTensor } from "../arguments.js";
import { moveAxisTo } from "../batch.js";
import { compose, type Composed } from "../composed.js";
import { full, ones } from "../create.js";
import { allocate, type TypedArray } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { formatShape, normalizeAxis, sameShape, type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import { Tensor } from "../tensor.js";
import { reshape } from "./shape.js";
import { orderLines } from "./sort-loops.js";

/** Options of {@link searchsorted} and {@link bucketize}. */
export interface SearchOptions {
  /** Behind the elements that equal the value, not in front of them (default false). */
  readonly right?: boolean;
}

type Search = [sorted: Tensor, values: Tensor | number, options?: SearchOptions];

function checkSearch(name: string, sorted: Tensor, values: Tensor | number, options: SearchOptions): boolean {
  checkTensor(name, sorted);
  checkOptions(name, options, "{ right: true }", ["right"]);
  const own = typeof values === "number" ? [] : (checkTensor(name, values), values.shape);
  const single = sorted.ndim === 1;
  if (sorted.ndim === 0 || !(single || (own.length === sorted.ndim && fitsInFront(own, sorted.shape)))) {
    throw new ShapeError(
      "SHAPE_MISMATCH",
      `${name}: values ${formatShape(own)} in sorted ${formatShape(sorted.shape)}; use one sorted vector, or values of as many axes with the same sizes in front of the last`,
    );
  }
  return checkBoolean(name, "right", options.right ?? false);
}

const fitsInFront = (a: Shape, b: Shape): boolean => sameShape(a.slice(0, -1), b.slice(0, -1));

/** Where `value` would be inserted among the `count` sorted elements from `start` on. NaN counts as the largest. */
function placeIn(sorted: TypedArray, start: number, count: number, value: number, right: boolean): number {
  const isNumber = value === value;
  let low = start;
  let high = start + count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = sorted[middle];
    const before = isNumber ? found < value || (right && found === value) : right || found === found;
    if (before) low = middle + 1;
    else high = middle;
  }
  return low - start;
}

/**
 * Where values would be inserted so that a sequence stays sorted (int32): the first `i` with `sorted[i] ≥ value`, or, with
 * `right`, with `sorted[i] > value`; the length of the sequence where there is none.
 *
 * The sorted elements are one rising line `[n]`, for values of any shape or a number, or lines `[..., n]`, for values `[..., m]`
 * with the same sizes in front. NaN counts as the largest.
 *
 * @returns the shape of the values, int32
 * @throws ShapeError `SHAPE_MISMATCH`; ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `BOOLEAN_INVALID`.
 * @example
 * ```ts
 * import { searchsorted, tensor } from "@adjoint/core";
 * const sorted = tensor([1, 3, 5, 7]);
 * console.log(searchsorted(sorted, tensor([3, 6, 9])).toArray()); // → [ 1, 3, 4 ]
 * console.log(searchsorted(sorted, 3, { right: true }).item()); // → 2
 * ```
 */
export const searchsorted: OpFunction<Search> = defineOp<Search, boolean>({
  name: "searchsorted",
  call: (sorted, values, options = {}) => {
    const right = checkSearch("searchsorted", sorted, values, options);
    const sought = typeof values === "number" ? full([], values, { dtype: "float64" }) : values;
    return { inputs: [sorted, sought], attributes: right };
  },
  shape: ([, values]) => values.shape,
  dtype: () => "int32",
  forward: ([sorted, values], right, shape) => {
    const out = new Int32Array(sizeOf(shape));
    const count = sorted.shape[sorted.ndim - 1];
    const [line, { data }] = [sorted.data, values];
    const run = sorted.ndim === 1 ? out.length : shape[shape.length - 1];
    for (let i = 0, start = 0; i < out.length; start += count) {
      for (const end = i + run; i < end; i++) out[i] = placeIn(line, start, count, data[i], right);
    }
    return out;
  },
  batch: ([sorted, values], right, { size }) => {
    if (sorted.ndim > 2) return searchsorted(sorted, values, { right });
    const flat = reshape(values, [size, sizeOf(values.shape.slice(1))]);
    return reshape(searchsorted(sorted, flat, { right }), values.shape);
  },
  samples: () => [
    [ones([4]), ones([2, 3])],
    [ones([2, 3]), ones([2, 2]), { right: true }],
    [ones([0]), 1],
    [ones([3]), ones([0])],
  ],
});

/**
 * The number of the bucket in which each value lies between rising boundaries (int32): `boundaries[i - 1] < value ≤
 * boundaries[i]` gives `i`; with `right` it is `boundaries[i - 1] ≤ value < boundaries[i]`. This is {@link searchsorted} of one
 * vector.
 *
 * @throws ShapeError `SHAPE_MISMATCH` unless the boundaries are a vector; ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `BOOLEAN_INVALID`.
 * @example
 * ```ts
 * import { bucketize, tensor } from "@adjoint/core";
 * console.log(bucketize(tensor([0, 3, 8]), tensor([1, 3, 5])).toArray()); // → [ 0, 1, 3 ]
 * ```
 */
export const bucketize: Composed<(values: Tensor | number, boundaries: Tensor, options?: SearchOptions) => Tensor> =
  compose(
    "bucketize",
    (values, boundaries, options = {}) => {
      checkTensor("bucketize", boundaries);
      if (boundaries.ndim === 1) return searchsorted(boundaries, values, options);
      throw new ShapeError(
        "SHAPE_MISMATCH",
        `bucketize: the boundaries have shape ${formatShape(boundaries.shape)}; use a vector, or searchsorted for more`,
      );
    },
    { samples: () => [[ones([2, 2]), ones([3])]] },
  );

/** Options of {@link unique} and {@link uniqueConsecutive}. */
export interface UniqueOptions {
  /** The axis whose slices are compared; single elements when left out. */
  readonly axis?: number;
}

/** Different elements or slices, where each one is found among them (int32), and how often each occurs (int32). */
export type UniqueResult = {
  readonly values: Tensor; // a vector; with an axis, slices side by side along it
  readonly inverse: Tensor; // in the shape of the elements, or a vector of slices: `values[inverse]` are all of them
  readonly counts: Tensor; // a vector
};

/** The different rows of a matrix among those that follow one another in an order; equal ones stand side by side. */
function runsOf({ data, shape: [height, width], dtype }: Tensor, order: ArrayLike<number>): UniqueResult {
  const inverse = new Int32Array(height);
  const firsts: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < height; i++) {
    const row = order[i];
    // NaN differs from itself, so each is counted apart, as in PyTorch.
    if (i === 0 || !sameRow(data, row * width, firsts[firsts.length - 1] * width, width)) {
      firsts.push(row);
      counts.push(0);
    }
    inverse[row] = firsts.length - 1;
    counts[firsts.length - 1]++;
  }
  const values = allocate(dtype, firsts.length * width);
  firsts.forEach((row, i) => values.set(data.subarray(row * width, (row + 1) * width), i * width));
  return {
    values: new Tensor(values, [firsts.length, width], dtype),
    inverse: new Tensor(inverse, [height], "int32"),
    counts: new Tensor(Int32Array.from(counts), [firsts.length], "int32"),
  };
}

function sameRow(data: TypedArray, a: number, b: number, width: number): boolean {
  for (let k = 0; k < width; k++) if (data[a + k] !== data[b + k]) return false;
  return true;
}

/** The rows of a matrix in rising order: by the first column, equal ones by the next, and so on. */
function rowsInOrder({ data, shape: [height, width] }: Tensor): Int32Array {
  if (width === 1) return orderLines(data, height, height, false);
  return Int32Array.from({ length: height }, (_, row) => row).sort((a, b) => {
    for (let k = 0; k < width; k++) {
      const [x, y] = [data[a * width + k], data[b * width + k]];
      if (x < y || (x === x && y !== y)) return -1;
      if (x > y || (x !== x && y === y)) return 1;
    }
    return a - b;
  });
}

/** Compares the elements of `x`, or its slices along an axis, as the rows of a matrix. */
function compared(
  name: string,
  x: Tensor,
  options: UniqueOptions,
  order: (rows: Tensor) => ArrayLike<number>,
): UniqueResult {
  checkTensor(name, x);
  checkOptions(name, options, "{ axis: 0 }", ["axis"]);
  if (options.axis === undefined) {
    const rows = reshape(x, [x.size, 1]);
    const { values, inverse, counts } = runsOf(rows, order(rows));
    return { values: reshape(values, [values.size]), inverse: reshape(inverse, x.shape), counts };
  }
  const axis = normalizeAxis(name, options.axis, x.ndim, x.shape);
  const slices = moveAxisTo(x, axis, 0);
  const [height, ...rest] = slices.shape;
  const rows = reshape(slices, [height, sizeOf(rest)]);
  const { values, inverse, counts } = runsOf(rows, order(rows));
  return { values: moveAxisTo(reshape(values, [counts.size, ...rest]), 0, axis), inverse, counts };
}

/**
 * The different elements of a tensor, rising, with where each element is found among them and how often each occurs:
 * `values[inverse[...]] = x[...]`. With an axis they are the different slices along it, in the order of their first elements, then
 * their second ones and so on. Every NaN counts by itself, after all numbers. The results carry no gradient.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`; ShapeError `AXIS_OUT_OF_RANGE`; TraceError `BATCH_READ` under `vmap`: how
 * many there are depends on the elements.
 * @example
 * ```ts
 * import { tensor, unique } from "@adjoint/core";
 * const { values, inverse, counts } = unique(tensor([3, 1, 3, 2]));
 * console.log(values.toArray(), inverse.toArray(), counts.toArray()); // → [ 1, 2, 3 ] [ 2, 0, 2, 1 ] [ 1, 1, 2 ]
 * console.log(unique(tensor([[2, 0], [1, 5], [2, 0]]), { axis: 0 }).values.toArray()); // → [ [ 1, 5 ], [ 2, 0 ] ]
 * ```
 */
export const unique: Composed<(x: Tensor, options?: UniqueOptions) => UniqueResult> = compose(
  "unique",
  (x, options = {}) => compared("unique", x, options, rowsInOrder),
  { samples: () => [[ones([2, 3])], [ones([0])], [ones([])], [ones([2, 3]), { axis: -1 }]], batch: false },
);

/**
 * As {@link unique}, but only equal elements (or slices) that follow one another count as one, and they stay in their order.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`; ShapeError `AXIS_OUT_OF_RANGE`; TraceError `BATCH_READ` under `vmap`.
 * @example
 * ```ts
 * import { tensor, uniqueConsecutive } from "@adjoint/core";
 * console.log(uniqueConsecutive(tensor([1, 1, 2, 1])).values.toArray()); // → [ 1, 2, 1 ]
 * ```
 */
export const uniqueConsecutive: Composed<(x: Tensor, options?: UniqueOptions) => UniqueResult> = compose(
  "uniqueConsecutive",
  (x, options = {}) =>
    compared("uniqueConsecutive", x, options, (rows) => new Int32Array(rows.shape[0]).map((_, i) => i)),
  { samples: () => [[ones([2, 3])], [ones([0])], [ones([])], [ones([2, 3]), { axis: 0 }]], batch: false },
);
