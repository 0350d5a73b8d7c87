import { checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ShapeError } from "../errors.js";
import {
  completeSizes,
  expandedShape,
  formatList,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  sizeOf,
} from "../shape.js";
import { restride, viewOf } from "../storage.js";
import { defineOp, type OpFunction } from "../structural.js";
import { Tensor } from "../tensor.js";
import { sumTo } from "./sum-to.js";

/**
 * The same elements, in the same order, in another shape; shares their storage where that is possible. One size may be -1
 * and is then found from the others.
 *
 * @throws ShapeError `SHAPE_SIZE` when the number of elements differs, `SHAPE_INVALID` for two sizes of -1, or for one that
 * could be any beside a size of 0; ArgumentError `SHAPE_INVALID` for sizes that are not integers.
 * @example
 * ```ts
 * import { arange, reshape } from "@adjoint/core";
 * console.log(reshape(arange(6), [2, -1]).toArray()); // → [ [ 0, 1, 2 ], [ 3, 4, 5 ] ]
 * ```
 */
export const reshape: OpFunction<[x: Tensor, shape: readonly number[]]> = defineOp<
  [x: Tensor, shape: readonly number[]],
  Shape
>({
  name: "reshape",
  call: (x, shape) => {
    checkTensor("reshape", x);
    const whole = (): string => `${formatShape(x.shape)} has ${x.size} elements`;
    return { inputs: [x], attributes: completeSizes("reshape", shape, x.size, whole) };
  },
  shape: (_inputs, shape) => shape,
  forward: ([x], _attributes, shape, dtype) => {
    const { view } = x;
    const strides = view && restride(x.shape, view.strides, shape);
    return strides ? new Tensor({ ...view, strides }, shape, dtype) : x.data;
  },
  vjp: (cotangent, { inputs: [x] }) => [reshape(cotangent, x.shape)],
  jvp: ([t], { attributes }) => t && reshape(t, attributes),
  batch: ([x], shape, { size }) => reshape(x, [size, ...shape]),
  samples: () => [
    [ones([2, 6]), [3, -1]],
    [ones([]), [1, 1]],
    [ones([0, 3]), [3, 0]],
  ],
});

/**
 * The axes from `start` to `end`, both included, made one (default: all). A scalar becomes a vector of one.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_ORDER` when start comes after end.
 * @example
 * ```ts
 * import { flatten, ones } from "@adjoint/core";
 * console.log(flatten(ones([2, 3, 4])).shape, flatten(ones([2, 3, 4]), 1).shape); // → [ 24 ] [ 2, 12 ]
 * ```
 */
export const flatten: Composed<(x: Tensor, start?: number, end?: number) => Tensor> = compose(
  "flatten",
  (x, start = 0, end = -1) => {
    checkTensor("flatten", x);
    const rank = Math.max(1, x.ndim);
    const first = normalizeAxis("flatten", start, rank, x.shape);
    const last = normalizeAxis("flatten", end, rank, x.shape);
    if (first > last) {
      throw new ShapeError("AXIS_ORDER", `flatten: axis ${start} comes after axis ${end}; exchange them`);
    }
    return reshape(x, [...x.shape.slice(0, first), sizeOf(x.shape.slice(first, last + 1)), ...x.shape.slice(last + 1)]);
  },
  {
    samples: () => [[ones([2, 1, 2, 2]), 1, -2], [ones([2, 0])], [ones([])]],
  },
);

/**
 * Without the axes of size 1, or only without those named (which stay when their size is not 1).
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { ones, squeeze } from "@adjoint/core";
 * console.log(squeeze(ones([1, 3, 1])).shape, squeeze(ones([1, 3, 1]), 0).shape); // → [ 3 ] [ 3, 1 ]
 * ```
 */
export const squeeze: Composed<(x: Tensor, axis?: number | readonly number[]) => Tensor> = compose(
  "squeeze",
  (x, axis?) => {
    checkTensor("squeeze", x);
    const axes = normalizeAxes("squeeze", axis, x.shape);
    return reshape(
      x,
      x.shape.filter((n, i) => n !== 1 || !axes.includes(i)),
    );
  },
  { samples: () => [[ones([1, 2, 1])], [ones([1, 2, 1]), [-1, 1]], [ones([1, 0]), 0]] },
);

/**
 * With a new axis of size 1 at `axis` of the result; negative ones count from its end.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { ones, unsqueeze } from "@adjoint/core";
 * console.log(unsqueeze(ones([3]), 0).shape, unsqueeze(ones([3]), -1).shape); // → [ 1, 3 ] [ 3, 1 ]
 * ```
 */
export const unsqueeze: Composed<(x: Tensor, axis: number) => Tensor> = compose(
  "unsqueeze",
  (x, axis) => {
    checkTensor("unsqueeze", x);
    return reshape(x, x.shape.toSpliced(normalizeAxis("unsqueeze", axis, x.ndim + 1), 0, 1));
  },
  {
    samples: () => [
      [ones([2, 3]), 1],
      [ones([]), -1],
      [ones([0]), -1],
    ],
  },
);

/**
 * The axes in another order: axis `i` of the result is axis `axes[i]` of `x`. Nothing is copied until the elements are
 * needed in their new order.
 *
 * @throws ShapeError `AXES_INVALID` unless every axis is named once, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { ones, permute } from "@adjoint/core";
 * console.log(permute(ones([2, 3, 4]), [2, 0, 1]).shape); // → [ 4, 2, 3 ]
 * ```
 */
export const permute: OpFunction<[x: Tensor, axes: readonly number[]]> = defineOp<
  [x: Tensor, axes: readonly number[]],
  readonly number[]
>({
  name: "permute",
  call: (x, axes) => ({ inputs: [x], attributes: completeOrder(x, axes) }),
  shape: ([x], axes) => axes.map((axis) => x.shape[axis]),
  forward: ([x], axes, shape, dtype) => {
    const { base, offset, strides } = viewOf(x);
    return new Tensor({ base, offset, strides: axes.map((axis) => strides[axis]) }, shape, dtype);
  },
  vjp: (cotangent, { attributes: axes }) => [permute(cotangent, inverseOrder(axes))],
  jvp: ([t], { attributes }) => t && permute(t, attributes),
  batch: ([x], axes) => permute(x, [0, ...axes.map((axis) => axis + 1)]),
  samples: () => [
    [ones([2, 3, 4]), [2, 0, 1]],
    [ones([3]), [0]],
    [ones([]), []],
    [ones([0, 2]), [1, 0]],
  ],
});

function completeOrder(x: Tensor, axes: readonly number[]): number[] {
  checkTensor("permute", x);
  const order = [axes].flat().map((axis) => normalizeAxis("permute", axis, x.ndim, x.shape));
  if (new Set(order).size === x.ndim && order.length === x.ndim) return order;
  throw new ShapeError(
    "AXES_INVALID",
    `permute: ${formatList([axes].flat())} for ${formatShape(x.shape)}; name each of the ${x.ndim} axes once`,
  );
}

function inverseOrder(axes: readonly number[]): number[] {
  const inverse = new Array<number>(axes.length);
  axes.forEach((axis, i) => (inverse[axis] = i));
  return inverse;
}

/**
 * Two axes exchanged, by default the last two (a scalar or vector stays as it is): `out[i][j] = x[j][i]`. Nothing is copied.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { tensor, transpose } from "@adjoint/core";
 * console.log(transpose(tensor([[1, 2, 3], [4, 5, 6]])).toArray()); // → [ [ 1, 4 ], [ 2, 5 ], [ 3, 6 ] ]
 * ```
 */
export const transpose: Composed<(x: Tensor, a?: number, b?: number) => Tensor> = compose(
  "transpose",
  (x, a = -2, b = -1) => {
    checkTensor("transpose", x);
    if (x.ndim < 2 && a === -2 && b === -1) return x;
    const first = normalizeAxis("transpose", a, x.ndim, x.shape);
    const second = normalizeAxis("transpose", b, x.ndim, x.shape);
    return permute(
      x,
      x.shape.map((_, i) => (i === first ? second : i === second ? first : i)),
    );
  },
  { samples: () => [[ones([2, 3, 2]), 0, 2], [ones([0, 2])], [ones([2])], [ones([])]] },
);

/**
 * Axes of size 1 repeated to the sizes of `shape`, which may have more axes in front; -1 keeps a size. Nothing is copied.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when a size that is not 1 would have to change; ArgumentError `SHAPE_INVALID`.
 * @example
 * ```ts
 * import { expand, tensor } from "@adjoint/core";
 * console.log(expand(tensor([[1], [2]]), [2, 3]).toArray()); // → [ [ 1, 1, 1 ], [ 2, 2, 2 ] ]
 * ```
 */
export const expand: OpFunction<[x: Tensor, shape: readonly number[]]> = defineOp<
  [x: Tensor, shape: readonly number[]],
  Shape
>({
  name: "expand",
  call: (x, shape) => {
    checkTensor("expand", x);
    return { inputs: [x], attributes: expandedShape("expand", x.shape, shape) };
  },
  shape: (_inputs, shape) => shape,
  forward: ([x], _attributes, shape, dtype) => {
    const { base, offset, strides } = viewOf(x);
    const missing = shape.length - x.ndim;
    const repeated = shape.map((n, i) =>
      i < missing || (x.shape[i - missing] === 1 && n !== 1) ? 0 : strides[i - missing],
    );
    return new Tensor({ base, offset, strides: repeated }, shape, dtype);
  },
  vjp: (cotangent, { inputs: [x] }) => [sumTo(cotangent, x.shape)],
  jvp: ([t], { attributes }) => t && expand(t, attributes),
  batch: ([x], shape, { size }) => {
    const [, ...own] = x.shape;
    const aligned = reshape(x, [size, ...new Array<number>(shape.length - own.length).fill(1), ...own]);
    return expand(aligned, [size, ...shape]);
  },
  samples: () => [
    [ones([2, 1]), [2, 3]],
    [ones([]), [2]],
    [ones([1, 3]), [0, 3]],
    [ones([1, 3]), [2, 4, -1]],
  ],
});
