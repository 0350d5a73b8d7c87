import { checkTensor } from "../arguments.js";
import { allocate, type DType, isFloating } from "../dtype.js";
import { ArgumentError, describe, DTypeError, IndexError, ShapeError } from "../errors.js";
import { formatShape, sameShape, type Shape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { lineAxis } from "./reduction.js";
import { reshape } from "./shape.js";

/** `x`, or a scalar as a vector of one. */
export function asLine(x: Tensor): Tensor {
  return x.ndim === 0 ? reshape(x, [1]) : x;
}

/** `x` in a shape of as many elements: the way back from {@link asLine}. */
export function inShape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : reshape(x, shape);
}

/**
 * Checks that indices, or labels, are integers from `low` up to `high`.
 *
 * @throws DTypeError `INDEX_DTYPE`, IndexError `INDEX_OUT_OF_RANGE`
 */
export function checkIndices(
  name: string,
  role: readonly [one: string, many: string],
  indices: unknown,
  low: number,
  high: number,
  hint = `use ${low} to ${high}`,
): asserts indices is Tensor {
  if (!(indices instanceof Tensor) || isFloating(indices.dtype) || indices.dtype === "bool") {
    const got = indices instanceof Tensor ? indices.dtype : describe(indices);
    throw new DTypeError("INDEX_DTYPE", `${name}: the ${role[1]} are ${got}; use an int32 or uint8 tensor`);
  }
  const data = indices.everyElement;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < low || data[i] > high) {
      throw new IndexError("INDEX_OUT_OF_RANGE", `${name}: ${role[0]} ${data[i]} at place ${i}; ${hint}`);
    }
  }
}

/** Checks indices into an axis of some length; negative ones count from its end. */
export function checkAlong(name: string, indices: unknown, length: number): asserts indices is Tensor {
  const hint = `there are ${length} entries along the axis`;
  checkIndices(name, ["index", "indices"], indices, -length, length - 1, hint);
}

/**
 * Checks indices that name an element each along an axis of `x`: of its rank, no larger along the other axes.
 *
 * @returns the axis from the front
 * @throws ShapeError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`, and as {@link checkAlong}
 */
export function checkPlaces(name: string, x: Tensor, indices: Tensor, axis: number): number {
  checkTensor(name, x);
  const at = lineAxis(name, x, axis);
  const { shape } = asLine(x);
  checkAlong(name, indices, shape[at]);
  const own = asLine(indices).shape;
  if (own.length === shape.length && own.every((n, i) => i === at || n <= shape[i])) return at;
  throw new ShapeError(
    "SHAPE_MISMATCH",
    `${name}: indices ${formatShape(indices.shape)} for ${formatShape(x.shape)} along axis ${axis}: the ranks must be equal, and no other size larger`,
  );
}

/**
 * Checks that the indices are a vector into an axis of `x`.
 *
 * @returns the axis from the front
 * @throws ShapeError `INDEX_RANK`, `AXIS_OUT_OF_RANGE`, and as {@link checkAlong}
 */
export function checkVector(name: string, x: Tensor, indices: Tensor, axis: number): number {
  checkTensor(name, x);
  const at = lineAxis(name, x, axis);
  checkAlong(name, indices, asLine(x).shape[at]);
  if (indices.ndim === 1) return at;
  throw new ShapeError(
    "INDEX_RANK",
    `${name}: the indices have shape ${formatShape(indices.shape)}; use a vector (see gather and scatter for more)`,
  );
}

/**
 * Checks that what is written into a tensor has its dtype.
 *
 * @throws ArgumentError `OPERAND_KIND`, DTypeError `DTYPE_MISMATCH`
 */
export function checkSource(name: string, source: unknown, x: Tensor): asserts source is Tensor {
  checkTensor(name, source);
  if (source.dtype === x.dtype) return;
  throw new DTypeError(
    "DTYPE_MISMATCH",
    `${name}: ${source.dtype} elements for a tensor of ${x.dtype}; convert them with source.to("${x.dtype}")`,
  );
}

/**
 * Checks that a dtype holds a number exactly, or, if floating, at all.
 *
 * @throws ArgumentError `NUMBER_INVALID`
 */
export function checkStorable(name: string, value: unknown, dtype: DType): number {
  if (typeof value === "number") {
    const cell = allocate(dtype, 1);
    cell[0] = value;
    if (isFloating(dtype) || (cell[0] === value && (dtype !== "bool" || value <= 1))) return value;
  }
  throw new ArgumentError(
    "NUMBER_INVALID",
    `${name}: the value is ${describe(value)}; use a number that ${dtype} holds`,
  );
}
