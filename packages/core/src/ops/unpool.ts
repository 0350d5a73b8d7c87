import { checkFloating, checkOptions } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones, onesLike } from "../create.js";
import { isFloating } from "../dtype.js";
import { ArgumentError, DTypeError, IndexError, ShapeError } from "../errors.js";
import { formatShape, sameShape, type Shape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";
import { checkSpatial, type PerAxis, perAxis } from "../windows.js";
import { div, maximum } from "./arithmetic.js";
import { planeScatter } from "./pooling.js";

/** Options of unpooling, those of the pooling that it undoes; a number stands for all spatial axes. */
export interface MaxUnpoolOptions {
  /** Cells under a window. */
  readonly kernelSize: PerAxis;
  /** Cells from one window to the next (default: the kernel size). */
  readonly stride?: PerAxis;
  /** Cells of padding on each side of what was pooled (default 0). */
  readonly padding?: PerAxis;
  /** The sizes of what was pooled, where the windows left cells over (default `(in - 1)·stride - 2·padding + kernelSize`). */
  readonly outputSize?: PerAxis;
}

type MaxUnpool = (x: Tensor, indices: Tensor, options: MaxUnpoolOptions) => Tensor;

/**
 * The elements over one axis put back to where they were before max pooling; see {@link maxUnpool2d}.
 *
 * @example
 * ```ts
 * import { maxPoolWithIndices, maxUnpool1d, tensor } from "@adjoint/core";
 * const { values, indices } = maxPoolWithIndices(tensor([[1, 3, 4, 2]]), { kernelSize: [2] });
 * console.log(maxUnpool1d(values, indices, { kernelSize: 2 }).toArray()); // → [ [ 0, 3, 4, 0 ] ]
 * ```
 */
export const maxUnpool1d: Composed<MaxUnpool> = compose(
  "maxUnpool1d",
  (x, indices, options) => unpool("maxUnpool1d", x, indices, options, 1),
  { samples: () => [[ones([1, 3]), places([1, 3], 1, 3, 3), { kernelSize: 2, outputSize: 7 }]] },
);

/**
 * The partial inverse of {@link maxPool2d}: zeros with the elements of `x` at the positions that `maxPoolWithIndices` found. A
 * position that is named more than once (windows may overlap) gets the mean of its elements, which are the same unless `x` was
 * changed meanwhile.
 *
 * `x: [batch, channels, height, width]` (or without the batch axis; float32 or float64) and `indices`, int32 of the same shape,
 * give `[batch, channels, …outputSize]`. Zeiler et al., "Adaptive deconvolutional networks", 2011.
 *
 * @throws ShapeError `INPUT_RANK`, `SHAPE_MISMATCH` (x and indices), `OUTPUT_EMPTY`; IndexError `INDEX_OUT_OF_RANGE`; DTypeError
 * `DTYPE_FLOATING`, `INDEX_DTYPE`; ArgumentError `KERNEL_SIZE_INVALID`, `STRIDE_INVALID`, `PADDING_INVALID`, `OUTPUT_SIZE_INVALID`
 * (also for sizes that the pooling would not have brought to that of `x`).
 * @example
 * ```ts
 * import { maxPoolWithIndices, maxUnpool2d, tensor } from "@adjoint/core";
 * const { values, indices } = maxPoolWithIndices(tensor([[[1, 3], [4, 2]]]), { kernelSize: [2, 2] });
 * console.log(maxUnpool2d(values, indices, { kernelSize: 2 }).toArray()); // → [ [ [ 0, 0 ], [ 4, 0 ] ] ]
 * ```
 */
export const maxUnpool2d: Composed<MaxUnpool> = compose(
  "maxUnpool2d",
  (x, indices, options) => unpool("maxUnpool2d", x, indices, options, 2),
  { samples: () => [[ones([2, 1, 2]), places([2, 1, 2], 0, 1, 1, 1), { kernelSize: 2, stride: 1, padding: [0, 1] }]] },
);

/**
 * The elements over three axes put back to where they were before max pooling; see {@link maxUnpool2d}.
 *
 * @example
 * ```ts
 * import { maxPoolWithIndices, maxUnpool3d, ones } from "@adjoint/core";
 * const { values, indices } = maxPoolWithIndices(ones([1, 4, 4, 4]), { kernelSize: [2, 2, 2] });
 * console.log(maxUnpool3d(values, indices, { kernelSize: 2 }).shape); // → [ 1, 4, 4, 4 ]
 * ```
 */
export const maxUnpool3d: Composed<MaxUnpool> = compose(
  "maxUnpool3d",
  (x, indices, options) => unpool("maxUnpool3d", x, indices, options, 3),
  { samples: () => [[ones([1, 1, 1, 2]), places([1, 1, 1, 2], 7, 10), { kernelSize: 2 }]] },
);

const places = (shape: Shape, ...elements: number[]): Tensor => new Tensor(Int32Array.from(elements), shape, "int32");

function unpool(name: string, x: Tensor, indices: Tensor, options: MaxUnpoolOptions, spatial: number): Tensor {
  checkOptions(name, options, "{ kernelSize: 2 }", ["kernelSize", "stride", "padding", "outputSize"]);
  checkSpatial(name, x, spatial);
  checkFloating(name, x);
  const sizes = unpooledSizes(name, x.shape.slice(-spatial), options);
  checkPositions(name, x, indices, sizes);
  // What was found twice is the same element twice, not one of double size.
  const times = planeScatter(onesLike(x), indices, sizes);
  return div(planeScatter(x, indices, sizes), maximum(times, 1));
}

function unpooledSizes(name: string, sizes: Shape, options: MaxUnpoolOptions): number[] {
  const count = sizes.length;
  const kernel = perAxis(name, "kernelSize", options.kernelSize, count, 1);
  const stride = perAxis(name, "stride", options.stride ?? kernel, count, 1);
  const padding = perAxis(name, "padding", options.padding ?? 0, count, 0);
  const least = sizes.map((n, axis) => (n - 1) * stride[axis] - 2 * padding[axis] + kernel[axis]);
  const result = options.outputSize === undefined ? least : perAxis(name, "outputSize", options.outputSize, count, 1);
  if (result.some((n, axis) => Math.abs(n - least[axis]) >= stride[axis])) {
    throw new ArgumentError(
      "OUTPUT_SIZE_INVALID",
      `${name}: outputSize ${formatShape(result)} for the input sizes ${formatShape(sizes)}; use sizes less than a stride ${formatShape(stride)} away from ${formatShape(least)}`,
    );
  }
  if (result.every((n) => n >= 1)) return result;
  throw new ShapeError("OUTPUT_EMPTY", `${name}: the output would be ${formatShape(result)}; use less padding`);
}

function checkPositions(name: string, x: Tensor, indices: Tensor, sizes: Shape): void {
  if (!(indices instanceof Tensor) || isFloating(indices.dtype) || indices.dtype === "bool") {
    const got = indices instanceof Tensor ? indices.dtype : typeof indices;
    throw new DTypeError("INDEX_DTYPE", `${name}: the indices are ${got}; use those of maxPoolWithIndices, int32`);
  }
  if (!sameShape(indices.shape, x.shape)) {
    throw new ShapeError(
      "SHAPE_MISMATCH",
      `${name}: indices ${formatShape(indices.shape)} for the input ${formatShape(x.shape)}; there must be one for each element`,
    );
  }
  const cells = sizeOf(sizes);
  const wrong = indices.everyElement.find((i) => i < 0 || i >= cells);
  if (wrong === undefined) return;
  throw new IndexError(
    "INDEX_OUT_OF_RANGE",
    `${name}: index ${wrong}; the output ${formatShape(sizes)} has the positions 0 to ${cells - 1}`,
  );
}
