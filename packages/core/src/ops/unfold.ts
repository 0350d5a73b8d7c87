import { checkOptions, checkTensor } from "../arguments.js";
import { cells, type Columns, planColumns } from "../columns.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { allocate, type DType } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import {
  checkSpatial,
  paddingPairs,
  type PerAxis,
  perAxis,
  slidingWindows,
  type Window,
  type WindowPadding,
} from "../windows.js";
import { reshape, transpose } from "./shape.js";

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

/** Options of `fold`. */
export interface FoldOptions extends UnfoldOptions {
  /** The sizes of the images. */
  readonly outputSize: PerAxis;
}

const UNFOLD_OPTIONS = ["kernelSize", "stride", "dilation", "padding"];

function windowsOf(name: string, sizes: readonly number[], options: UnfoldOptions): Window[] {
  return slidingWindows(name, sizes, {
    kernel: perAxis(name, "kernelSize", options.kernelSize, 2, 1),
    stride: perAxis(name, "stride", options.stride ?? 1, 2, 1),
    dilation: perAxis(name, "dilation", options.dilation ?? 1, 2, 1),
    padding: paddingPairs(name, options.padding ?? 0, 2),
  });
}

function windowsOver(name: string, x: Tensor, options: UnfoldOptions): Window[] {
  checkSpatial(name, x, 2);
  checkOptions(name, options, "{ kernelSize: 3 }", UNFOLD_OPTIONS);
  return windowsOf(name, x.shape.slice(-2), options);
}

const taps = (windows: readonly Window[]): number => cells(windows, "kernel");
const places = (windows: readonly Window[]): number => cells(windows, "output");

const SAMPLE: readonly Window[] = [
  { input: 5, kernel: 3, output: 3, stride: 2, dilation: 1, before: 1 },
  { input: 4, kernel: 2, output: 3, stride: 1, dilation: 2, before: 1 },
];

/** `[…, channels, …spatial]` to `[…, channels · taps, places]`. */
const toColumns: OpFunction<[x: Tensor, windows: readonly Window[]]> = defineOp<
  [x: Tensor, windows: readonly Window[]],
  readonly Window[]
>({
  name: "unfold",
  call: (x, windows) => ({ inputs: [x], attributes: windows }),
  shape: ([x], windows) => {
    const front = x.shape.slice(0, -windows.length);
    return front.with(-1, front[front.length - 1] * taps(windows)).concat(places(windows));
  },
  forward: ([x], windows, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    eachImage(x.shape, windows, dtype, (columns, image, matrix) => columns.fromImage(x.data, image, out, matrix));
    return out;
  },
  vjp: (cotangent, { attributes }) => [toImages(cotangent, attributes)],
  jvp: ([t], { attributes }) => t && toColumns(t, attributes),
  batch: "front",
  samples: () => [[ones([2, 1, 5, 4]), SAMPLE]],
});

/** `[…, channels · taps, places]` to `[…, channels, …spatial]`: the transpose of {@link toColumns}. */
const toImages: OpFunction<[x: Tensor, windows: readonly Window[]]> = defineOp<
  [x: Tensor, windows: readonly Window[]],
  readonly Window[]
>({
  name: "fold",
  call: (x, windows) => ({ inputs: [x], attributes: windows }),
  shape: ([x], windows) => [
    ...x.shape.slice(0, -2),
    x.shape[x.ndim - 2] / taps(windows),
    ...windows.map(({ input }) => input),
  ],
  forward: ([x], windows, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    eachImage(shape, windows, dtype, (columns, image, matrix) => columns.addToImage(x.data, matrix, out, image));
    return out;
  },
  vjp: (cotangent, { attributes }) => [toColumns(cotangent, attributes)],
  jvp: ([t], { attributes }) => t && toImages(t, attributes),
  batch: "front",
  samples: () => [[ones([2, 6, 9]), SAMPLE]],
});

/** Calls `visit` for each image of `[…, channels, …spatial]` with where it starts, and where its matrix of columns does. */
function eachImage(
  shape: Shape,
  windows: readonly Window[],
  dtype: DType,
  visit: (columns: Columns, image: number, matrix: number) => void,
): void {
  const channels = shape[shape.length - windows.length - 1];
  const count = sizeOf(shape.slice(0, -windows.length - 1));
  if (count * channels === 0) return;
  const columns = planColumns(windows, channels, dtype);
  const [image, matrix] = [channels * cells(windows, "input"), channels * taps(windows) * places(windows)];
  for (let n = 0; n < count; n++) visit(columns, n * image, n * matrix);
}

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
export const unfold: Composed<(x: Tensor, options: UnfoldOptions) => Tensor> = compose(
  "unfold",
  (x, options) => toColumns(x, windowsOver("unfold", x, options)),
  {
    samples: () => [
      [ones([1, 1, 3, 4]), { kernelSize: [2, 3], stride: 2, dilation: [2, 1], padding: 1 }],
      [ones([0, 2, 3, 3]), { kernelSize: 2 }],
    ],
  },
);

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
export const fold: Composed<(x: Tensor, options: FoldOptions) => Tensor> = compose(
  "fold",
  (x, options) => {
    checkTensor("fold: the input", x);
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
    return toImages(x, windows);
  },
  { samples: () => [[ones([4, 4]), { outputSize: 3, kernelSize: 2 }]] },
);

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
export const im2col: Composed<(x: Tensor, options: UnfoldOptions) => Tensor> = compose(
  "im2col",
  (x, options) => {
    const columns = transpose(toColumns(x, windowsOver("im2col", x, options)));
    return reshape(columns, [sizeOf(columns.shape.slice(0, -1)), columns.shape[columns.ndim - 1]]);
  },
  { samples: () => [[ones([2, 1, 3, 3]), { kernelSize: 2 }]] },
);
