import { checkBoolean, checkOptions, checkTensor } from "../arguments.js";
import type { TypedArray } from "../dtype.js";
import { ShapeError } from "../errors.js";
import type { Lines } from "../lines.js";
import { formatShape, normalizeAxes, normalizeAxis, reducedShape, type Shape, sizeOf } from "../shape.js";
import { contiguous, viewOf } from "../storage.js";
import type { Tensor } from "../tensor.js";
import { permute, reshape, squeeze, unsqueeze } from "./shape.js";

/** Options of the reductions. */
export interface ReduceOptions {
  /**
   * The axis or axes to reduce; all when left out, none for an empty list. Negative ones count from the end; a scalar takes 0
   * and -1.
   */
  readonly axis?: number | readonly number[];
  /** Keep the reduced axes with size 1 (default false). */
  readonly keepDims?: boolean;
}

/** What a reduction needs to know: the reduced axes, sorted and counted from the front, and whether they stay. */
export interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** The checked options of a reduction; `more` are the names of those that it has besides. */
export function reduction(name: string, x: Tensor, options: ReduceOptions, more: readonly string[] = []): Reduction {
  checkTensor(name, x);
  checkOptions(name, options, "{ axis: 0 }", ["axis", "keepDims", ...more]);
  const { axis, keepDims = false } = options;
  checkBoolean(name, "keepDims", keepDims);
  return { axes: normalizeAxes(name, axis, x.shape), keepDims };
}

/** An axis from the front; a scalar counts as one line of one element, along axis 0. */
export function lineAxis(name: string, x: Tensor, axis: number): number {
  return x.ndim === 0 && (axis === -1 || axis === 0) ? 0 : normalizeAxis(name, axis, x.ndim, x.shape);
}

/** The axis of a line as a list for the functions here that take axes: none for a scalar. */
export function axesOf(shape: Shape, axis: number): readonly number[] {
  return shape.length === 0 ? [] : [axis];
}

/** @throws ShapeError `EMPTY_REDUCTION` when there is nothing along the axes of which one element would be chosen. */
export function checkNonEmpty(name: string, x: Tensor, axes: readonly number[]): void {
  if (countOf(x.shape, axes) > 0) return;
  throw new ShapeError(
    "EMPTY_REDUCTION",
    `${name}: ${formatShape(x.shape)} has no elements along the reduced axes, and there is no ${name} of nothing`,
  );
}

/** How many elements each result is made of. */
export function countOf(shape: Shape, axes: readonly number[]): number {
  return sizeOf(axes.map((axis) => shape[axis]));
}

/** The result of a reduction, or its cotangent, with the reduced axes back as size 1. */
export function restore(g: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  return reshape(g, reducedShape(x.shape, axes, true));
}

/** The batch rule of a reduction: the axes are one further on. */
export function batchReduction<O extends Reduction>(
  op: (x: Tensor, options: Omit<O, "axes"> & { readonly axis: number[] }) => Tensor,
): (inputs: readonly Tensor[], attributes: O) => Tensor {
  return ([x], { axes, ...rest }) => op(x, { ...rest, axis: axes.map((axis) => axis + 1) });
}

/** The batch rule of an op along one axis that keeps the shape: the axis is one further on, a scalar a line of one. */
export function batchLines(
  op: (inputs: readonly Tensor[], axis: number) => Tensor,
): (inputs: readonly Tensor[], axis: number) => Tensor {
  return (inputs, axis) => {
    if (inputs[0].ndim > 1) return op(inputs, axis + 1);
    return squeeze(
      op(
        inputs.map((x) => unsqueeze(x, 1)),
        1,
      ),
      1,
    );
  };
}

/** `x` with the axes of a reduction as one last axis: `[...kept, count]`. */
export function asLines(x: Tensor, axes: readonly number[]): Tensor {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  return reshape(permute(x, [...kept, ...axes]), [...kept.map((i) => x.shape[i]), countOf(x.shape, axes)]);
}

/** The reverse of {@link asLines}, for lines of a tensor of `shape`. */
export function fromLines(lines: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  const order = [...shape.map((_, i) => i).filter((i) => !axes.includes(i)), ...axes];
  const split = reshape(
    lines,
    order.map((i) => shape[i]),
  );
  return permute(
    split,
    shape.map((_, i) => order.indexOf(i)),
  );
}

/** The elements of each result as a line: where they lie in `x.data` if the axes are neighbours, otherwise in a copy. */
export function linesOver(x: Tensor, axes: readonly number[]): Lines {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const length = countOf(x.shape, axes);
  const consecutive = axes.every((axis, i) => i === 0 || axis === axes[i - 1] + 1);
  if (axes.length > 0 && consecutive) {
    const inner = sizeOf(x.shape.slice(axes[axes.length - 1] + 1));
    return { data: x.data, outer: sizeOf(x.shape.slice(0, axes[0])), length, inner };
  }
  const { base, offset, strides } = viewOf(x);
  const order = [...kept, ...axes];
  const data = contiguous(
    { base, offset, strides: order.map((i) => strides[i]) },
    order.map((i) => x.shape[i]),
  );
  return { data, outer: sizeOf(kept.map((i) => x.shape[i])), length, inner: 1 };
}

/** Calls `reduce` for every result with the start and stride of its elements, which lie as in {@link linesOver}. */
export function eachResult(
  x: Tensor,
  axes: readonly number[],
  reduce: (data: TypedArray, start: number, stride: number, count: number, result: number) => void,
): void {
  const { data, outer, length, inner } = linesOver(x, axes);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) reduce(data, o * length * inner + i, inner, length, o * inner + i);
  }
}
