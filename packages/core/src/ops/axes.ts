import { checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ShapeError } from "../errors.js";
import { completeSizes, formatList, formatShape, normalizeAxis, orderedAxes } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { lineAxis } from "./reduction.js";
import { permute, reshape, transpose } from "./shape.js";

/**
 * Two axes exchanged: {@link transpose} with both axes named. Nothing is copied.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { ones, swapAxes } from "@adjoint/core";
 * console.log(swapAxes(ones([2, 3, 4]), 0, -1).shape); // → [ 4, 3, 2 ]
 * ```
 */
export const swapAxes: Composed<(x: Tensor, a: number, b: number) => Tensor> = compose(
  "swapAxes",
  (x, a, b) => {
    checkTensor("swapAxes", x);
    const first = lineAxis("swapAxes", x, a);
    const second = lineAxis("swapAxes", x, b);
    return x.ndim === 0 ? x : transpose(x, first, second);
  },
  {
    samples: () => [
      [ones([2, 3, 2]), 0, -1],
      [ones([]), 0, -1],
    ],
  },
);

/**
 * One axis, or several, moved to other places, the rest in their order around them. Nothing is copied.
 *
 * @param source - where the axes are
 * @param destination - where each of them is in the result
 * @throws ShapeError `AXES_INVALID` when the two differ in length, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { moveAxis, ones } from "@adjoint/core";
 * console.log(moveAxis(ones([2, 3, 4]), 0, -1).shape); // → [ 3, 4, 2 ]
 * console.log(moveAxis(ones([2, 3, 4]), [1, 2], [1, 0]).shape); // → [ 4, 3, 2 ]
 * ```
 */
export const moveAxis: Composed<
  (x: Tensor, source: number | readonly number[], destination: number | readonly number[]) => Tensor
> = compose(
  "moveAxis",
  (x, source, destination) => {
    checkTensor("moveAxis", x);
    const from = orderedAxes("moveAxis", source, x.shape);
    const to = orderedAxes("moveAxis", destination, x.shape);
    if (from.length !== to.length) {
      throw new ShapeError(
        "AXES_INVALID",
        `moveAxis: ${formatList([source].flat())} to ${formatList([destination].flat())}; name as many places as axes`,
      );
    }
    const rest = x.shape.map((_, axis) => axis).filter((axis) => !from.includes(axis));
    return permute(
      x,
      x.shape.map((_, place) => (to.includes(place) ? from[to.indexOf(place)] : (rest.shift() as number))),
    );
  },
  {
    samples: () => [
      [ones([2, 3, 1, 2]), [0, 2], [-1, 0]],
      [ones([0, 2]), 0, 1],
    ],
  },
);

/**
 * One axis divided into several of the sizes given, of which one may be -1: the reverse of {@link flatten}.
 *
 * @throws ShapeError `SHAPE_SIZE` when their product is not the size of the axis, `SHAPE_INVALID`, `AXIS_OUT_OF_RANGE`; ArgumentError
 * `SHAPE_INVALID`.
 * @example
 * ```ts
 * import { ones, unflatten } from "@adjoint/core";
 * console.log(unflatten(ones([2, 12]), 1, [3, -1]).shape); // → [ 2, 3, 4 ]
 * ```
 */
export const unflatten: Composed<(x: Tensor, axis: number, sizes: readonly number[]) => Tensor> = compose(
  "unflatten",
  (x, axis, sizes) => {
    checkTensor("unflatten", x);
    const at = normalizeAxis("unflatten", axis, x.ndim, x.shape);
    const whole = (): string => `axis ${axis} of ${formatShape(x.shape)} has ${x.shape[at]} places`;
    return reshape(x, x.shape.toSpliced(at, 1, ...completeSizes("unflatten", sizes, x.shape[at], whole)));
  },
  {
    samples: () => [
      [ones([2, 6]), -1, [3, -1]],
      [ones([0, 2]), 0, [0, 3]],
    ],
  },
);

/**
 * `x` with at least one axis: a scalar becomes `[1]`.
 *
 * @throws ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { atLeast1d, tensor } from "@adjoint/core";
 * console.log(atLeast1d(tensor(5))); // → tensor([5])
 * ```
 */
export const atLeast1d: Composed<(x: Tensor) => Tensor> = compose(
  "atLeast1d",
  (x) => {
    checkTensor("atLeast1d", x);
    return x.ndim > 0 ? x : reshape(x, [1]);
  },
  { samples: () => [[ones([])], [ones([0])]] },
);

/**
 * `x` with at least two axes: a vector becomes one row, `[1, n]`.
 *
 * @throws ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { atLeast2d, tensor } from "@adjoint/core";
 * console.log(atLeast2d(tensor([1, 2])).shape); // → [ 1, 2 ]
 * ```
 */
export const atLeast2d: Composed<(x: Tensor) => Tensor> = compose(
  "atLeast2d",
  (x) => {
    checkTensor("atLeast2d", x);
    return x.ndim > 1 ? x : reshape(x, [1, x.size]);
  },
  { samples: () => [[ones([])], [ones([2])], [ones([0, 1])]] },
);

/**
 * `x` with at least three axes: a vector becomes `[1, n, 1]`, a matrix `[m, n, 1]`.
 *
 * @throws ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { atLeast3d, ones } from "@adjoint/core";
 * console.log(atLeast3d(ones([2])).shape, atLeast3d(ones([2, 3])).shape); // → [ 1, 2, 1 ] [ 2, 3, 1 ]
 * ```
 */
export const atLeast3d: Composed<(x: Tensor) => Tensor> = compose(
  "atLeast3d",
  (x) => {
    checkTensor("atLeast3d", x);
    return x.ndim > 2 ? x : reshape(x, x.ndim === 2 ? [...x.shape, 1] : [1, x.size, 1]);
  },
  { samples: () => [[ones([])], [ones([2])], [ones([0, 1])]] },
);
