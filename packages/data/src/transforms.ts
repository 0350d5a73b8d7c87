import {
  ArgumentError,
  checkOptions,
  checkTensor,
  DTypeError,
  fromTypedArray,
  ShapeError,
  type Tensor,
} from "@adjoint/core";

/** Options of {@link scaleImages}. */
export interface ScaleImagesOptions {
  /** Whether to make each image one row, `[count, pixels]`. Default false. */
  readonly flatten?: boolean;
}

/**
 * Bytes to numbers between 0 and 1: `x / 255`.
 *
 * @param images - `[count, ...]` uint8
 * @returns the same shape, or `[count, pixels]` with `flatten`; float32
 * @throws DTypeError `IMAGES_DTYPE`; ShapeError `IMAGES_SHAPE`; ArgumentError `OPERAND_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { digits, scaleImages } from "@adjoint/data";
 * const { images } = digits(10, { seed: 1 });
 * const x = scaleImages(images, { flatten: true });
 * console.log(x.shape.join(" x "), x.dtype); // → 10 x 784 float32
 * ```
 */
export function scaleImages(images: Tensor, options: ScaleImagesOptions = {}): Tensor {
  checkTensor("scaleImages", images);
  checkOptions("scaleImages", options, "{ flatten: true }", ["flatten"]);
  const { flatten = false } = options;
  const { data, shape } = images;
  if (images.dtype !== "uint8") {
    throw new DTypeError(
      "IMAGES_DTYPE",
      `scaleImages: the images are ${images.dtype}, not uint8; are they scaled already?`,
    );
  }
  if (shape.length === 0) throw new ShapeError("IMAGES_SHAPE", "scaleImages: a scalar is no image; give [count, ...]");
  const out = new Float32Array(data.length);
  const scaled = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
  for (let i = 0; i < data.length; i++) out[i] = scaled[data[i]];
  if (!flatten) return fromTypedArray(out, shape);
  return fromTypedArray(out, [shape[0], shape.slice(1).reduce((product, size) => product * size, 1)]);
}

/** Options of {@link normalize}. */
export interface NormalizeOptions {
  /** What is subtracted: one number, or one for each place along `axis`. */
  readonly mean: number | readonly number[];
  /** What is divided by, likewise; not 0. */
  readonly std: number | readonly number[];
  /** The axis of the channels or features; negative counts from the end. Default 1, as in `[count, channels, ...]`. */
  readonly axis?: number;
}

/**
 * `(x - mean) / std`, with the numbers of the whole tensor or of each channel.
 *
 * @param x - any shape and dtype
 * @returns the same shape; float64 for float64, otherwise float32
 * @throws ShapeError `NORMALIZE_SHAPE`; ArgumentError `NORMALIZE_STD`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { normalize } from "@adjoint/data";
 * import { tensor } from "@adjoint/core";
 * const x = normalize(tensor([[1, 10], [3, 30]]), { mean: [2, 20], std: [1, 10] });
 * console.log(JSON.stringify(x.toArray())); // → [[-1,-1],[1,1]]
 * ```
 */
export function normalize(x: Tensor, options: NormalizeOptions): Tensor {
  checkTensor("normalize", x);
  checkOptions("normalize", options, "{ mean: 0.13, std: 0.31 }", ["mean", "std", "axis"]);
  const { data, shape } = x;
  const { mean, std, axis = 1 } = options;
  const at = axis < 0 ? axis + shape.length : axis;
  const channels = typeof mean === "number" && typeof std === "number" ? 1 : (shape[at] ?? 0);
  const means = perChannel("mean", mean, channels, x, axis);
  const stds = perChannel("std", std, channels, x, axis);
  if (stds.some((value) => !(Math.abs(value) > 0))) {
    throw new ArgumentError("NORMALIZE_STD", `normalize: std is ${String(std)}; give numbers that are not 0`);
  }
  const inner = shape.slice(at + 1).reduce((product, size) => product * size, 1);
  const out = x.dtype === "float64" ? new Float64Array(data.length) : new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const channel = channels === 1 ? 0 : Math.floor(i / inner) % channels;
    out[i] = (data[i] - means[channel]) / stds[channel];
  }
  return fromTypedArray(out, shape);
}

function perChannel(
  name: string,
  value: number | readonly number[],
  channels: number,
  x: Tensor,
  axis: number,
): readonly number[] {
  if (typeof value === "number") return new Array<number>(Math.max(channels, 1)).fill(value);
  if (!Array.isArray(value)) {
    throw new ShapeError(
      "NORMALIZE_SHAPE",
      `normalize: ${name} is ${String(value)}; give a number or an array of numbers`,
    );
  }
  if (value.length === channels) return value;
  throw new ShapeError(
    "NORMALIZE_SHAPE",
    `normalize: ${value.length} numbers of ${name} for axis ${axis} of [${x.shape.join(", ")}]; give one for each place`,
  );
}
