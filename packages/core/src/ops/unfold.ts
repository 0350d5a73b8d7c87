import { cells, planColumns } from "../columns.js";
import { ones } from "../create.js";
import { allocate } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { formatShape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { checkOptions } from "../arguments.js";
import {
  checkSpatial,
  checkTensor,
  paddingPairs,
  type PerAxis,
  perAxis,
  slidingWindows,
  type Window,
  type WindowPadding,
} from "../windows.js";
import { permute, reshape, unsqueeze } from "./shape.js";

/** Options of `unfold`, `fold` and `im2col`; a number stands for height and width, an array gives one for each. */
export interface UnfoldOptions {
  /** Cells under a window. */
  readonly kernelSize: PerAxis;
  /** Cells from one cell under a window to the next (default 1). */
  readonly dilation?: PerAxis;
  /** Cells of zeros around the image (default 0), also as `[before, after]` pairs. */
  readonly padding?: WindowPadding;
  /** Cells from one window to the next (default 1). */
  readonly stride?: PerAxis;
}

const UNFOLD_OPTIONS = ["kernelSize", "stride", "dilation", "padding"];

function windowsOf(name: string, sizes: readonly number[], options: UnfoldOptions): Window[] {
  checkOptions(
    name,
    options,
    "{ kernelSize: 3 }",
    name === "fold" ? ["outputSize", ...UNFOLD_OPTIONS] : UNFOLD_OPTIONS,
  );
  return slidingWindows(name, sizes, {
    kernel: perAxis(name, "kernelSize", options.kernelSize, 2, 1),
    stride: perAxis(name, "stride", options.stride ?? 1, 2, 1),
    dilation: perAxis(name, "dilation", options.dilation ?? 1, 2, 1),
    padding: paddingPairs(name, options.padding ?? 0, 2),
  });
}

const taps = (windows: readonly Window[]): number => cells(windows, "kernel");
const places = (windows: readonly Window[]): number => cells(windows, "output");

const SAMPLE: readonly Window[] = [
  { input: 5, kernel: 3, output: 3, stride: 2, dilation: 1, before: 1 },
  { input: 4, kernel: 2, output: 3, stride: 1, dilation: 2, before: 1 },
];

/** `[batch, channels, …]` to `[batch, channels · taps, places]`. */
const toColumns: OpFunction<[x: Tensor, windows: readonly Window[]]> = defineOp<
  [x: Tensor, windows: readonly Window[]],
  readonly Window[]
>({
  name: "unfold",
  call: (x, windows) => ({ inputs: [x], attributes: windows }),
  shape: ([x], windows) => [x.shape[0], x.shape[1] * taps(windows), places(windows)],
  forward: ([x], windows, [batch, rows, count], dtype) => {
    const out = allocate(dtype, batch * rows * count);
    const columns = planColumns(windows, x.shape[1], dtype);
    const image = x.shape[1] * cells(windows, "input");
    for (let n = 0; n < batch; n++) columns.fromImage(x.data, n * image, out, n * rows * count);
    return out;
  },
  vjp: (cotangent, { attributes }) => [toImages(cotangent, attributes)],
  jvp: ([t], { attributes }) => t && toColumns(t, attributes),
  samples: () => [[ones([2, 2, 5, 4]), SAMPLE]],
});

/** `[batch, channels · taps, places]` to `[batch, channels, …]`: the transpose of {@link toColumns}. */
const toImages: OpFunction<[x: Tensor, windows: readonly Window[]]> = defineOp<
  [x: Tensor, windows: readonly Window[]],
  readonly Window[]
>({
  name: "fold",
  call: (x, windows) => ({ inputs: [x], attributes: windows }),
  shape: ([x], windows) => [x.shape[0], x.shape[1] / taps(windows), ...windows.map(({ input }) => input)],
  forward: ([x], windows, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    const columns = planColumns(windows, shape[1], dtype);
    const [batch, rows, count] = x.shape;
    const image = shape[1] * cells(windows, "input");
    for (let n = 0; n < batch; n++) columns.addToImage(x.data, n * rows * count, out, n * image);
    return out;
  },
  vjp: (cotangent, { attributes }) => [toColumns(cotangent, attributes)],
  jvp: ([t], { attributes }) => t && toImages(t, attributes),
  samples: () => [[ones([2, 12, 9]), SAMPLE]],
});

/**
 * The windows over images as columns: `out[n, (c·kernelHeight + i)·kernelWidth + j, p·outWidth + q] =
 * x[n, c, p·stride + i·dilation - padding, q·stride + j·dilation - padding]`, zeros outside the image.
 *
 * `x: [batch, channels, height, width]` gives `[batch, channels · kernelHeight · kernelWidth, outHeight · outWidth]`
 * (both without the batch axis for an `x` without it), with `out` as in {@link conv2d}: a convolution is a matrix
 * product with it.
 *
 * @throws ShapeError `INPUT_RANK`, `KERNEL_TOO_LARGE`; ArgumentError `KERNEL_SIZE_INVALID`, `STRIDE_INVALID`,
 * `PADDING_INVALID`, `DILATION_INVALID`.
 * @example
 * ```ts
 * import { tensor, unfold } from "@adjoint/core";
 * const x = tensor([[[1, 2, 3], [4, 5, 6]]]);
 * console.log(unfold(x, { kernelSize: 2 }).toArray()); // → [ [ 1, 2 ], [ 2, 3 ], [ 4, 5 ], [ 5, 6 ] ]
 * ```
 */
export function unfold(x: Tensor, options: UnfoldOptions): Tensor {
  checkSpatial("unfold", x, 2);
  const windows = windowsOf("unfold", x.shape.slice(-2), options);
  return x.ndim === 4 ? toColumns(x, windows) : reshapeFirst(toColumns(unsqueeze(x, 0), windows));
}

const reshapeFirst = (x: Tensor): Tensor => reshape(x, x.shape.slice(1));

/**
 * Images from the columns of their windows, with what overlaps added up: the transpose of {@link unfold} as a linear
 * map.
 *
 * `x: [batch, channels · kernelHeight · kernelWidth, places]` (or without the batch axis) gives `[batch, channels,
 * …outputSize]`; `places` must be the number of windows on an image of that size.
 *
 * @throws ShapeError `INPUT_RANK`, `FOLD_SHAPES` when rows or places do not fit, `KERNEL_TOO_LARGE`; ArgumentError as
 * in {@link unfold}, and `OUTPUT_SIZE_INVALID`.
 * @example
 * ```ts
 * import { fold, ones, unfold } from "@adjoint/core";
 * const columns = unfold(ones([1, 2, 3]), { kernelSize: 2 });
 * console.log(fold(columns, { outputSize: [2, 3], kernelSize: 2 }).toArray()); // → [ [ [ 1, 2, 1 ], [ 1, 2, 1 ] ] ]
 * ```
 */
export function fold(x: Tensor, options: UnfoldOptions & { readonly outputSize: PerAxis }): Tensor {
  checkTensor("fold", "the input", x);
  if (x.ndim !== 2 && x.ndim !== 3) {
    throw new ShapeError(
      "INPUT_RANK",
      `fold: the input has shape ${formatShape(x.shape)}; it must be [batch, channels · kernel cells, places], or that without the batch`,
    );
  }
  checkOptions("fold", options, "{ outputSize: [4, 4], kernelSize: 2 }", ["outputSize", ...UNFOLD_OPTIONS]);
  const windows = windowsOf("fold", perAxis("fold", "outputSize", options.outputSize, 2, 1), options);
  const [rows, columns] = x.shape.slice(-2);
  if (rows % taps(windows) !== 0 || columns !== places(windows)) {
    throw new ShapeError(
      "FOLD_SHAPES",
      `fold: the input ${formatShape(x.shape)} has ${rows} rows and ${columns} places; the options give windows of ${taps(windows)} cells ` +
        `at ${places(windows)} places, so it must be [batch, a multiple of ${taps(windows)}, ${places(windows)}]`,
    );
  }
  return x.ndim === 3 ? toImages(x, windows) : reshapeFirst(toImages(unsqueeze(x, 0), windows));
}

/**
 * The windows over images as rows of one matrix: row `(image, output row, output column)`, column `(channel, kernel
 * row, kernel column)`.
 *
 * `x: [batch, channels, height, width]` gives `[batch · outHeight · outWidth, channels · kernelHeight ·
 * kernelWidth]`, the same numbers as {@link unfold}, which also lists the errors.
 *
 * @example
 * ```ts
 * import { im2col, tensor } from "@adjoint/core";
 * const x = tensor([[[1, 2, 3], [4, 5, 6]]]);
 * console.log(im2col(x, { kernelSize: 2 }).toArray()); // → [ [ 1, 2, 4, 5 ], [ 2, 3, 5, 6 ] ]
 * ```
 */
export function im2col(x: Tensor, options: UnfoldOptions): Tensor {
  checkSpatial("im2col", x, 2);
  const windows = windowsOf("im2col", x.shape.slice(-2), options);
  const columns = toColumns(x.ndim === 4 ? x : unsqueeze(x, 0), windows);
  const [batch, rows, count] = columns.shape;
  return reshape(permute(columns, [0, 2, 1]), [batch * count, rows]);
}
