import { checkBoolean, checkInteger, checkOptions, checkTensor } from "../arguments.js";
import { moveAxisTo } from "../batch.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { asLine, inShape } from "./indices.js";
import { pick } from "./picking.js";
import { takeAlong } from "./ranges.js";
import { lineAxis } from "./reduction.js";
import type { ValuesAndIndices } from "./selection.js";
import { squeeze } from "./shape.js";
import { orderLines } from "./sort-loops.js";

/** Options of {@link sort} and {@link argsort}. */
export interface SortOptions {
  /** The axis whose lines are sorted (default the last). */
  readonly axis?: number;
  /** From the largest to the smallest (default false). */
  readonly descending?: boolean;
  /** Whether equal elements stay in their order; they always do. */
  readonly stable?: boolean;
}

interface Order {
  readonly count: number;
  readonly descending: boolean;
}

/** The places of the first `count` elements of each line along the last axis, in their order. */
const order: OpFunction<[x: Tensor, count: number, descending: boolean]> = defineOp<
  [x: Tensor, count: number, descending: boolean],
  Order
>({
  name: "argsort",
  call: (x, count, descending) => ({ inputs: [x], attributes: { count, descending } }),
  shape: ([x], { count }) => [...x.shape.slice(0, -1), count],
  dtype: () => "int32",
  forward: ([x], { count, descending }) => orderLines(x.data, x.shape[x.ndim - 1], count, descending),
  batch: "front",
  samples: () => [[ones([2, 3]), 2, false]],
});

/** `x` with the axis whose lines are sorted as the last; a scalar is a line of one. */
function linesOf(x: Tensor, axis: number): Tensor {
  return moveAxisTo(asLine(x), axis, Math.max(1, x.ndim) - 1);
}

/** The axes in their order again. */
function backTo(x: Tensor, lines: Tensor, axis: number): Tensor {
  return x.ndim === 0 && lines.size === 1 ? inShape(lines, x.shape) : moveAxisTo(lines, lines.ndim - 1, axis);
}

/** The first `count` elements of each line in their order, and their places. */
function ordered(x: Tensor, axis: number, count: number, descending: boolean): ValuesAndIndices {
  const lines = linesOf(x, axis);
  const places = order(lines, count, descending);
  return {
    values: backTo(x, pick(lines, places, lines.ndim - 1), axis),
    indices: backTo(x, places, axis),
  };
}

function readOptions(name: string, x: Tensor, options: SortOptions): { axis: number; descending: boolean } {
  checkTensor(name, x);
  checkOptions(name, options, "{ descending: true }", ["axis", "descending", "stable"]);
  checkBoolean(name, "stable", options.stable ?? true);
  const descending = checkBoolean(name, "descending", options.descending ?? false);
  return { axis: lineAxis(name, x, options.axis ?? -1), descending };
}

const lengthOf = (x: Tensor, axis: number): number => (x.ndim === 0 ? 1 : x.shape[axis]);

const samples = (): [x: Tensor, options?: SortOptions][] => [
  [ones([2, 3])],
  [ones([3, 2]), { axis: 0, descending: true }],
  [ones([0, 2]), { axis: 0 }],
  [ones([])],
];

/**
 * The elements along an axis from the smallest to the largest, and their places: `values[i] = x[indices[i]]`. Equal elements stay
 * in their order; NaN counts as the largest.
 *
 * The order comes from a radix sort, in time proportional to the number of elements. The gradient goes to the places that
 * the elements come from.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`; ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `BOOLEAN_INVALID`.
 * @example
 * ```ts
 * import { sort, tensor } from "@adjoint/core";
 * const { values, indices } = sort(tensor([3, 1, 2]), { descending: true });
 * console.log(values.toArray(), indices.toArray()); // → [ 3, 2, 1 ] [ 0, 2, 1 ]
 * ```
 */
export const sort: Composed<(x: Tensor, options?: SortOptions) => ValuesAndIndices> = compose(
  "sort",
  (x, options = {}) => {
    const { axis, descending } = readOptions("sort", x, options);
    return ordered(x, axis, lengthOf(x, axis), descending);
  },
  { samples },
);

/**
 * The places (int32) that the elements along an axis come from when they are sorted: `x` at them rises, or falls. The rest as in
 * {@link sort}.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`; ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `BOOLEAN_INVALID`.
 * @example
 * ```ts
 * import { argsort, tensor } from "@adjoint/core";
 * console.log(argsort(tensor([3, 1, 2])).toArray()); // → [ 1, 2, 0 ]
 * ```
 */
export const argsort: Composed<(x: Tensor, options?: SortOptions) => Tensor> = compose(
  "argsort",
  (x, options = {}) => {
    const { axis, descending } = readOptions("argsort", x, options);
    return backTo(x, order(linesOf(x, axis), lengthOf(x, axis), descending), axis);
  },
  { samples },
);

/** Options of {@link topk}. */
export interface TopkOptions {
  /** The axis along which elements are chosen (default the last). */
  readonly axis?: number;
  /** The largest ones (default), or the smallest. */
  readonly largest?: boolean;
  /** Whether they come in their order; they always do. */
  readonly sorted?: boolean;
}

/**
 * The `k` largest elements along an axis, from the largest down, and their places; or the `k` smallest, from the smallest up. Of
 * equal elements the first come first; NaN counts as the largest. The gradient goes to the places that the elements come from.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`; ArgumentError `INTEGER_INVALID` unless `k` is from 0 to the length of the axis,
 * `OPERAND_KIND`, `OPTION_UNKNOWN`, `BOOLEAN_INVALID`.
 * @example
 * ```ts
 * import { tensor, topk } from "@adjoint/core";
 * const { values, indices } = topk(tensor([3, 1, 4, 1, 5]), 2);
 * console.log(values.toArray(), indices.toArray()); // → [ 5, 4 ] [ 4, 2 ]
 * ```
 */
export const topk: Composed<(x: Tensor, k: number, options?: TopkOptions) => ValuesAndIndices> = compose(
  "topk",
  (x, k, options = {}) => {
    checkTensor("topk", x);
    checkOptions("topk", options, "{ largest: false }", ["axis", "largest", "sorted"]);
    checkBoolean("topk", "sorted", options.sorted ?? true);
    const axis = lineAxis("topk", x, options.axis ?? -1);
    const largest = checkBoolean("topk", "largest", options.largest ?? true);
    return ordered(x, axis, checkInteger("topk", "k", k, 0, lengthOf(x, axis)), largest);
  },
  {
    samples: () => [
      [ones([2, 5]), 2],
      [ones([9, 2]), 1, { axis: 0, largest: false }],
      [ones([2, 0]), 0],
      [ones([]), 1],
    ],
  },
);

/** Options of {@link kthvalue}. */
export interface KthvalueOptions {
  /** The axis along which elements are compared (default the last). */
  readonly axis?: number;
  /** Keep the axis with size 1 (default false). */
  readonly keepDims?: boolean;
}

/**
 * The `k`-th smallest element along an axis, counted from 1, and its place; NaN counts as the largest. The gradient goes to the
 * place that the element comes from.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`; ArgumentError `INTEGER_INVALID` unless `k` is from 1 to the length of the axis,
 * `OPERAND_KIND`, `OPTION_UNKNOWN`, `BOOLEAN_INVALID`.
 * @example
 * ```ts
 * import { kthvalue, tensor } from "@adjoint/core";
 * const { values, indices } = kthvalue(tensor([[3, 1, 2], [6, 5, 4]]), 2);
 * console.log(values.toArray(), indices.toArray()); // → [ 2, 5 ] [ 2, 1 ]
 * ```
 */
export const kthvalue: Composed<(x: Tensor, k: number, options?: KthvalueOptions) => ValuesAndIndices> = compose(
  "kthvalue",
  (x, k, options = {}) => {
    checkTensor("kthvalue", x);
    checkOptions("kthvalue", options, "{ axis: 0 }", ["axis", "keepDims"]);
    const axis = lineAxis("kthvalue", x, options.axis ?? -1);
    const keepDims = checkBoolean("kthvalue", "keepDims", options.keepDims ?? false);
    checkInteger("kthvalue", "k", k, 1, lengthOf(x, axis));
    const lines = linesOf(x, axis);
    const last = lines.ndim - 1;
    const places = takeAlong(order(lines, k, false), last, k - 1, 1);
    const back = (y: Tensor): Tensor => {
      const kept = backTo(x, y, axis);
      return keepDims || x.ndim === 0 ? kept : squeeze(kept, axis);
    };
    return { values: back(pick(lines, places, last)), indices: back(places) };
  },
  {
    samples: () => [
      [ones([2, 5]), 2],
      [ones([3, 2]), 3, { axis: 0, keepDims: true }],
      [ones([0, 2]), 1],
      [ones([]), 1],
    ],
  },
);
