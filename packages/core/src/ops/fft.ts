import { checkOptions, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { isFloating } from "../dtype.js";
import { ArgumentError, describe } from "../errors.js";
import { normalizeAxes, normalizeAxis } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { halfOf } from "./fft-loops.js";
import { checkPairs, type FftNorm, fit, fromHalf, lengthOf, scaleOf, toHalf, transform } from "./fourier.js";

export type { FftNorm } from "./fourier.js";

/** Options of the transforms along one axis. */
export interface FftOptions {
  /** The length to transform: what is longer is cut off, what is shorter gets zeros (default: the size of the axis). */
  readonly n?: number;
  /** The axis, not counting that of the pairs (default -1, the last). */
  readonly axis?: number;
  /** Where the factor 1/n is (default `"backward"`: at the inverse). */
  readonly norm?: FftNorm;
}

/** Options of the transforms along two axes. */
export interface Fft2Options {
  /** The lengths to transform along the axes, as `n` of {@link FftOptions} (default: their sizes). */
  readonly sizes?: readonly number[];
  /** The axes, not counting that of the pairs (default `[-2, -1]`). */
  readonly axes?: readonly number[];
  /** Where the factor 1/n is (default `"backward"`: at the inverse). */
  readonly norm?: FftNorm;
}

const FFT_OPTIONS = ["n", "axis", "norm"];

function transformAlong(name: string, x: Tensor, options: FftOptions, inverse: boolean): Tensor {
  checkOptions(name, options, "{ axis: 0 }", FFT_OPTIONS);
  checkPairs(name, x, 1);
  const rank = x.ndim - 1;
  const axis = normalizeAxis(name, options.axis ?? -1, rank, x.shape.slice(0, -1));
  const length = lengthOf(name, options.n ?? x.shape[axis], x);
  const scale = scaleOf(name, options.norm ?? "backward", length, inverse);
  return transform(fit(x, axis, length), { axis: axis - rank, length, inverse, scale });
}

function transformBoth(name: string, x: Tensor, options: Fft2Options, inverse: boolean): Tensor {
  checkOptions(name, options, "{ axes: [0, 1] }", ["sizes", "axes", "norm"]);
  checkPairs(name, x, 2);
  const { sizes, axes = [-2, -1], norm } = options;
  if (!Array.isArray(axes) || (sizes !== undefined && (!Array.isArray(sizes) || sizes.length !== axes.length))) {
    throw new ArgumentError(
      "AXES_INVALID",
      `${name}: axes is ${describe(axes)} and sizes ${describe(sizes)}; use arrays with one number for each axis`,
    );
  }
  normalizeAxes(name, axes, x.shape.slice(0, -1)); // Each must be there once.
  return axes.reduce<Tensor>(
    (y, axis: number, i) => transformAlong(name, y, { axis, norm, n: sizes?.[i] }, inverse),
    x,
  );
}

/**
 * The discrete Fourier transform `X_k = Σ x_j·e^(-2πi·jk/n)` along an axis, in O(n log n) for every n.
 *
 * Complex numbers are pairs: `x` and the result are `[…, n, …, 2]`, real parts before imaginary ones; axes are counted without
 * the last. `stack([re, im], -1)` makes pairs, and {@link rfft} takes real numbers.
 *
 * @throws ShapeError `PAIRS_EXPECTED`, `EMPTY_TRANSFORM`, `AXIS_OUT_OF_RANGE`; DTypeError `DTYPE_FLOATING`; ArgumentError
 * `INTEGER_INVALID`, `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { fft, tensor } from "@adjoint/core";
 * const x = tensor([[1, 0], [2, 0], [3, 0], [4, 0]]);
 * console.log(fft(x).toArray()); // → [ [ 10, 0 ], [ -2, 2 ], [ -2, 0 ], [ -2, -2 ] ]
 * ```
 */
export const fft: Composed<(x: Tensor, options?: FftOptions) => Tensor> = compose(
  "fft",
  (x, options = {}) => transformAlong("fft", x, options, false),
  {
    samples: () => [
      [ones([2, 6, 2])],
      [ones([5, 3, 2]), { axis: 0, norm: "ortho", n: 4 }],
      [ones([0, 3, 2]), { n: 5, norm: "forward" }],
    ],
  },
);

/**
 * The inverse of {@link fft}: `x_j = 1/n Σ X_k·e^(2πi·jk/n)` along an axis of pairs.
 *
 * @throws ShapeError `PAIRS_EXPECTED`, `EMPTY_TRANSFORM`, `AXIS_OUT_OF_RANGE`; DTypeError `DTYPE_FLOATING`; ArgumentError
 * `INTEGER_INVALID`, `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { ifft, tensor } from "@adjoint/core";
 * console.log(ifft(tensor([[4, 0], [0, 0], [0, 0], [0, 0]])).toArray()); // → [ [ 1, 0 ], [ 1, 0 ], [ 1, 0 ], [ 1, 0 ] ]
 * ```
 */
export const ifft: Composed<(x: Tensor, options?: FftOptions) => Tensor> = compose(
  "ifft",
  (x, options = {}) => transformAlong("ifft", x, options, true),
  { samples: () => [[ones([4, 2])], [ones([3, 2, 2]), { axis: -2, n: 5, norm: "forward" }]] },
);

/**
 * The Fourier transform of real numbers along an axis, of which the first `⌊n/2⌋ + 1` places determine the others: `[…, n, …]` to
 * pairs `[…, ⌊n/2⌋ + 1, …, 2]`. It takes half the time of {@link fft}; integers become float32.
 *
 * @throws ShapeError `RANK_INVALID`, `EMPTY_TRANSFORM`, `AXIS_OUT_OF_RANGE`; ArgumentError `INTEGER_INVALID`, `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { rfft, tensor } from "@adjoint/core";
 * console.log(rfft(tensor([1, 2, 3, 4])).toArray()); // → [ [ 10, 0 ], [ -2, 2 ], [ -2, 0 ] ]
 * ```
 */
export const rfft: Composed<(x: Tensor, options?: FftOptions) => Tensor> = compose(
  "rfft",
  (x, options = {}) => {
    checkTensor("rfft", x);
    checkOptions("rfft", options, "{ axis: 0 }", FFT_OPTIONS);
    const axis = normalizeAxis("rfft", options.axis ?? -1, x.ndim, x.shape);
    const length = lengthOf("rfft", options.n ?? x.shape[axis], x);
    const scale = scaleOf("rfft", options.norm ?? "backward", length, false);
    const real = isFloating(x.dtype) ? x : x.to("float32");
    return toHalf(fit(real, axis, length), { axis: axis - x.ndim, length, doubled: false, scale });
  },
  {
    samples: () => [
      [ones([2, 6])],
      [ones([5, 3]), { axis: 0, norm: "ortho" }],
      [ones([0, 3]), { n: 4, norm: "forward" }],
    ],
  },
);

/**
 * The inverse of {@link rfft}: real numbers from the first half of their spectrum, `[…, m, …, 2]` to `[…, n, …]`. The imaginary
 * parts of place 0, and of place n/2 for an even n, count as zero. Several lengths have halves of the same size, so give `n` for
 * an odd one (default `2(m - 1)`).
 *
 * @throws ShapeError `PAIRS_EXPECTED`, `EMPTY_TRANSFORM`, `AXIS_OUT_OF_RANGE`; DTypeError `DTYPE_FLOATING`; ArgumentError
 * `INTEGER_INVALID`, `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { irfft, rfft, tensor } from "@adjoint/core";
 * console.log(irfft(rfft(tensor([1, 2, 4])), { n: 3 })); // → tensor([1, 2, 4])
 * ```
 */
export const irfft: Composed<(x: Tensor, options?: FftOptions) => Tensor> = compose(
  "irfft",
  (x, options = {}) => {
    checkOptions("irfft", options, "{ n: 5 }", FFT_OPTIONS);
    checkPairs("irfft", x, 1);
    const rank = x.ndim - 1;
    const axis = normalizeAxis("irfft", options.axis ?? -1, rank, x.shape.slice(0, -1));
    const length = lengthOf("irfft", options.n ?? Math.max(0, 2 * (x.shape[axis] - 1)), x);
    const scale = scaleOf("irfft", options.norm ?? "backward", length, true);
    return fromHalf(fit(x, axis, halfOf(length)), { axis: axis - rank, length, doubled: true, scale });
  },
  {
    samples: () => [
      [ones([2, 4, 2])],
      [ones([3, 2, 2]), { axis: 0, n: 5, norm: "ortho" }],
      [ones([0, 3, 2]), { n: 6, norm: "forward" }],
    ],
  },
);

/**
 * The Fourier transform along two axes, those of an image by default: {@link fft} along one and then along the other.
 *
 * @throws ShapeError `PAIRS_EXPECTED`, `EMPTY_TRANSFORM`, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; DTypeError `DTYPE_FLOATING`;
 * ArgumentError `AXES_INVALID`, `INTEGER_INVALID`, `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { fft2, stack, tensor, zerosLike } from "@adjoint/core";
 * const image = tensor([[1, 2], [3, 4]]);
 * const spectrum = fft2(stack([image, zerosLike(image)], -1));
 * console.log(spectrum.toArray()); // → [ [ [ 10, 0 ], [ -2, 0 ] ], [ [ -4, 0 ], [ 0, 0 ] ] ]
 * ```
 */
export const fft2: Composed<(x: Tensor, options?: Fft2Options) => Tensor> = compose(
  "fft2",
  (x, options = {}) => transformBoth("fft2", x, options, false),
  { samples: () => [[ones([2, 3, 2])], [ones([2, 2, 3, 2]), { axes: [0, 2], sizes: [3, 2], norm: "ortho" }]] },
);

/**
 * The inverse of {@link fft2}.
 *
 * @throws ShapeError `PAIRS_EXPECTED`, `EMPTY_TRANSFORM`, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; DTypeError `DTYPE_FLOATING`;
 * ArgumentError `AXES_INVALID`, `INTEGER_INVALID`, `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { fft2, ifft2, tensor } from "@adjoint/core";
 * const x = tensor([[[1, 0], [2, 0]], [[3, 0], [4, 0]]]);
 * console.log(ifft2(fft2(x)).toArray()); // → [ [ [ 1, 0 ], [ 2, 0 ] ], [ [ 3, 0 ], [ 4, 0 ] ] ]
 * ```
 */
export const ifft2: Composed<(x: Tensor, options?: Fft2Options) => Tensor> = compose(
  "ifft2",
  (x, options = {}) => transformBoth("ifft2", x, options, true),
  { samples: () => [[ones([2, 3, 2])], [ones([3, 2, 2]), { norm: "forward" }]] },
);
