import { ArgumentError, describe, ShapeError } from "./errors.js";

/** The sizes of a tensor along its axes; `[]` is a scalar. */
export type Shape = readonly number[];

/** The number of elements: the product of the sizes, 1 for `[]`. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i];
  return size;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A shape as it stands in messages: `[2, 3]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** What a user gave as a list, whatever is in it, as it stands in messages; lists in lists only so deep. */
export function formatList(list: unknown, depth = 2): string {
  if (!Array.isArray(list) || depth === 0) return describe(list);
  return `[${Array.from(list, (x) => formatList(x, depth - 1)).join(", ")}]`;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/**
 * The shape to which all `shapes` broadcast: aligned at the last axis, sizes equal or 1.
 *
 * @throws ShapeError `SHAPE_MISMATCH` naming the axis that does not fit.
 */
export function broadcastShapes(name: string, shapes: readonly Shape[]): Shape {
  let result = shapes[0];
  for (let k = 1; k < shapes.length; k++) {
    if (!sameShape(result, shapes[k])) result = broadcastPair(name, result, shapes[k], shapes);
  }
  return result;
}

function broadcastPair(name: string, a: Shape, b: Shape, all: readonly Shape[]): Shape {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = i <= a.length ? a[a.length - i] : 1;
    const n = i <= b.length ? b[b.length - i] : 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        "SHAPE_MISMATCH",
        `${name}: ${all.map(formatShape).join(" and ")} do not broadcast: sizes ${m} and ${n} differ on axis -${i}; ` +
          "make them equal or one of them 1 (reshape, unsqueeze)",
      );
    }
    out[rank - i] = m === 1 ? n : m;
  }
  return out;
}

/**
 * An axis counted from the front.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE` outside `-rank … rank - 1`.
 */
export function normalizeAxis(name: string, axis: number, rank: number, shape?: Shape): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  const of = shape ? ` of ${formatShape(shape)}` : "";
  throw new ShapeError(
    "AXIS_OUT_OF_RANGE",
    rank === 0
      ? `${name}: axis ${axis}${of}: a scalar has no axes; leave the axis out`
      : `${name}: axis ${axis}${of}: there are ${rank} axes; use an integer from ${-rank} to ${rank - 1}`,
  );
}

/**
 * Axes counted from the front, sorted, for one axis, several, or (left out) all.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, or `AXIS_REPEATED` when one is named twice.
 */
export function normalizeAxes(name: string, axis: number | readonly number[] | undefined, shape: Shape): number[] {
  const rank = shape.length;
  if (axis === undefined) return shape.map((_, i) => i);
  if (typeof axis === "number") return [normalizeAxis(name, axis, rank, shape)];
  const axes = [axis]
    .flat()
    .map((a: number) => normalizeAxis(name, a, rank, shape))
    .sort((a, b) => a - b);
  for (let i = 1; i < axes.length; i++) {
    if (axes[i] === axes[i - 1]) {
      throw new ShapeError("AXIS_REPEATED", `${name}: axis ${axes[i]} is named twice in [${[axis].flat().join(", ")}]`);
    }
  }
  return axes;
}

/** The shape after reducing `axes` (sorted, from the front): dropped, or of size 1 with `keepDims`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((n, i) => (axes.includes(i) ? 1 : n));
  return shape.filter((_, i) => !axes.includes(i));
}

/**
 * Checks a shape that a user gave: integers ≥ 0.
 *
 * @throws ArgumentError `SHAPE_INVALID`.
 */
export function checkShape(name: string, shape: Shape): Shape {
  if (!Array.isArray(shape) || shape.some((n) => !Number.isInteger(n) || n < 0)) {
    throw new ArgumentError(
      "SHAPE_INVALID",
      `${name}: ${Array.isArray(shape) ? formatShape(shape as Shape) : String(shape)} is not a shape; use an array of integers >= 0`,
    );
  }
  return shape;
}
