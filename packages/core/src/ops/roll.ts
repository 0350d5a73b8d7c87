import { checkInteger, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { formatList, formatShape, normalizeAxis, orderedAxes } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { concat } from "./join.js";
import { takeAlong } from "./ranges.js";
import { reshape, transpose } from "./shape.js";
import { flip } from "./slice.js";

/**
 * The elements moved on by `shifts` places along the axes, those beyond the end coming back in front:
 * `out[i] = x[(i - shift) mod n]`. Without axes the elements move in the flattened tensor.
 *
 * @param shifts - a number of places for each axis; negative ones move to the front
 * @throws ArgumentError `ROLL_SHIFTS` unless there is one shift for each axis, `INTEGER_INVALID`; ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { roll, tensor } from "@adjoint/core";
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * console.log(roll(x, 1).toArray()); // → [ [ 6, 1, 2 ], [ 3, 4, 5 ] ]
 * console.log(roll(x, [1, -1], [0, 1]).toArray()); // → [ [ 5, 6, 4 ], [ 2, 3, 1 ] ]
 * ```
 */
export const roll: Composed<
  (x: Tensor, shifts: number | readonly number[], axes?: number | readonly number[]) => Tensor
> = compose(
  "roll",
  (x, shifts, axes?) => {
    checkTensor("roll", x);
    const by = [shifts].flat().map((shift) => checkInteger("roll", "a shift", shift));
    const along = axes === undefined ? [0] : [axes].flat().map((axis) => normalizeAxis("roll", axis, x.ndim, x.shape));
    if (by.length !== along.length) {
      const where = axes === undefined ? "no axes" : `axes ${formatList([axes].flat())}`;
      throw new ArgumentError("ROLL_SHIFTS", `roll: ${by.length} shifts for ${where}; give one for each axis`);
    }
    if (axes === undefined) return reshape(rolled(reshape(x, [x.size]), by[0], 0), x.shape);
    return by.reduce((y, shift, i) => rolled(y, shift, along[i]), x);
  },
  {
    samples: () => [
      [ones([2, 3]), -1],
      [ones([3, 2]), [1, 5], [0, -1]],
      [ones([0, 2]), 1, 0],
      [ones([]), 1],
    ],
  },
);

function rolled(x: Tensor, shift: number, axis: number): Tensor {
  const size = x.shape[axis];
  const tail = size === 0 ? 0 : ((shift % size) + size) % size;
  if (tail === 0) return x;
  return concat([takeAlong(x, axis, size - tail, tail), takeAlong(x, axis, 0, size - tail)], axis);
}

/**
 * The plane of two axes turned by `k` quarters, from the first axis towards the second. Nothing is copied.
 *
 * @param k - quarters of a turn (default 1); negative ones turn back
 * @param axes - the two axes (default the first two)
 * @throws ShapeError `AXES_INVALID` unless two axes are named, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { rot90, tensor } from "@adjoint/core";
 * console.log(rot90(tensor([[1, 2], [3, 4]])).toArray()); // → [ [ 2, 4 ], [ 1, 3 ] ]
 * ```
 */
export const rot90: Composed<(x: Tensor, k?: number, axes?: readonly [from: number, to: number]) => Tensor> = compose(
  "rot90",
  (x, k = 1, axes = [0, 1]) => {
    checkTensor("rot90", x);
    const turns = ((checkInteger("rot90", "k", k) % 4) + 4) % 4;
    const [from, to, ...more] = orderedAxes("rot90", axes, x.shape);
    if (to === undefined || more.length > 0) {
      throw new ShapeError("AXES_INVALID", `rot90: axes ${formatList(axes)} for ${formatShape(x.shape)}; name two`);
    }
    if (turns === 0) return x;
    if (turns === 2) return flip(x, [from, to]);
    return transpose(flip(x, turns === 1 ? to : from), from, to);
  },
  {
    samples: () => [[ones([2, 3])], [ones([2, 3, 2]), -1, [2, 0]], [ones([0, 2]), 2]],
  },
);
