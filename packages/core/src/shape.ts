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
  return `[${shape.map((n: unknown) => (typeof n === "number" ? n : describe(n))).join(", ")}]`;
}

/** What a user gave as a list, whatever is in it, as it stands in messages; lists in lists only so deep. */
export function formatList(list: unknown, depth = 2): string {
  if (!Array.isArray(list) || depth === 0) return describe(list);
  return `[${Array.from(list, (x) => formatList(x, depth - 1)).join(", ")}]`;
}

/** The index along each axis of the element at a row-major place. */
export function indexAt(place: number, shape: Shape): number[] {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1, rest = place; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
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
 * The sizes to which `own` is repeated: those of `shape`, where -1 keeps a size.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when a size that is not 1 would have to change; ArgumentError `SHAPE_INVALID`.
 */
export function expandedShape(name: string, own: Shape, shape: readonly number[]): Shape {
  if (!Array.isArray(shape)) checkShape(name, shape);
  const missing = shape.length - own.length;
  const result = Array.from(shape, (n, i) => (n === -1 && i >= missing ? own[i - missing] : n));
  checkShape(name, result);
  if (missing >= 0 && own.every((n, i) => n === 1 || n === result[i + missing])) return result;
  throw new ShapeError(
    "SHAPE_MISMATCH",
    `${name}: ${formatShape(own)} to ${formatShape(shape)}: only axes of size 1 can be repeated; the other sizes must stay`,
  );
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
      ? `${name}: axis ${describe(axis)}${of}: a scalar has no axes; leave the axis out`
      : `${name}: axis ${describe(axis)}${of}: there are ${rank} axes; use an integer from ${-rank} to ${rank - 1}`,
  );
}

/**
 * Axes counted from the front, sorted, for one axis, several, or (left out) all.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, or `AXIS_REPEATED` when one is named twice.
 */
export function normalizeAxes(name: string, axis: number | readonly number[] | undefined, shape: Shape): number[] {
  if (axis === undefined) return shape.map((_, i) => i);
  return orderedAxes(name, axis, shape).sort((a, b) => a - b);
}

/**
 * Axes counted from the front, in the order in which they were given. A scalar takes 0 and -1, which name nothing.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, or `AXIS_REPEATED` when one is named twice.
 */
export function orderedAxes(name: string, axis: number | readonly number[], shape: Shape): number[] {
  if (shape.length === 0 && [axis].flat().every((a) => a === 0 || a === -1)) return [];
  if (typeof axis === "number") return [normalizeAxis(name, axis, shape.length, shape)];
  const axes = [axis].flat().map((a: number) => normalizeAxis(name, a, shape.length, shape));
  const repeated = axes.find((a, i) => axes.indexOf(a) !== i);
  if (repeated === undefined) return axes;
  throw new ShapeError("AXIS_REPEATED", `${name}: axis ${repeated} is named twice in ${formatList([axis].flat())}`);
}

/** The shape after reducing `axes` (sorted, from the front): dropped, or of size 1 with `keepDims`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((n, i) => (axes.includes(i) ? 1 : n));
  return shape.filter((_, i) => !axes.includes(i));
}

/**
 * Checks a shape that a user gave: integers ≥ 0, whose product is an exact number too.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `SIZE_TOO_LARGE`.
 */
export function checkShape(name: string, shape: Shape): Shape {
  checkSizes(name, shape);
  if (!(sizeOf(shape) <= Number.MAX_SAFE_INTEGER)) {
    throw new ArgumentError(
      "SIZE_TOO_LARGE",
      `${name}: ${formatShape(shape)} has more elements than can be counted; use a smaller shape`,
    );
  }
  return shape;
}

/** Checks a list of integers ≥ 0, such as the sizes of parts. @throws ArgumentError `SHAPE_INVALID`. */
export function checkSizes(name: string, sizes: Shape): Shape {
  if (Array.isArray(sizes) && isShape(sizes)) return sizes;
  throw new ArgumentError(
    "SHAPE_INVALID",
    `${name}: ${formatList(sizes)} is not a shape; use an array of integers >= 0`,
  );
}

/** A loop, since `every` would pass over the holes of a sparse array. */
function isShape(list: readonly unknown[]): list is Shape {
  for (const n of list) if (!Number.isSafeInteger(n) || (n as number) < 0) return false;
  return true;
}

/**
 * Sizes of which one may be -1, completed so that their product is `count`. `whole` says for messages what has that many
 * elements, as in `[2, 3] has 6 elements`.
 *
 * @throws ShapeError `SHAPE_SIZE` when the product is another, `SHAPE_INVALID` when -1 could be any size or stands twice;
 * ArgumentError `SHAPE_INVALID`.
 */
export function completeSizes(name: string, sizes: readonly number[], count: number, whole: () => string): Shape {
  const open = Array.isArray(sizes) ? sizes.indexOf(-1) : -1;
  if (open === -1) checkShape(name, sizes);
  else if (open !== sizes.lastIndexOf(-1)) {
    throw new ShapeError("SHAPE_INVALID", `${name}: only one size can be -1, not two as in ${formatList(sizes)}`);
  }
  const known = open === -1 ? 1 : sizeOf(checkShape(name, sizes.toSpliced(open, 1)));
  if (known === 0 && count === 0) {
    throw new ShapeError(
      "SHAPE_INVALID",
      `${name}: -1 beside a size of 0, as in ${formatShape(sizes)}, could be any size; give the size itself`,
    );
  }
  const result = sizes.map((n) => (n === -1 ? count / known : n));
  if (Number.isInteger(count / known) && sizeOf(result) === count) return result;
  throw new ShapeError(
    "SHAPE_SIZE",
    `${name}: ${whole()}, which do not fit ${formatShape(sizes)}; the product of the sizes must be the same`,
  );
}
