import { checkInteger, checkNumber, checkOptions, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones, tensor, type TensorOptions } from "../create.js";
import { ArgumentError } from "../errors.js";
import { normalizeAxes } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { halfOf } from "./fft-loops.js";
import { roll } from "./roll.js";

/** Place 0 of every axis moved to place `⌊n/2⌋`, or back from there. */
function exchange(name: string, x: Tensor, axis: number | readonly number[], forth: boolean): Tensor {
  checkTensor(name, x);
  if (axis === undefined) {
    throw new ArgumentError("AXES_INVALID", `${name}: no axis is named; give one, or several as [0, 1]`);
  }
  const axes = normalizeAxes(name, axis, x.shape);
  const halves = axes.map((at) => Math.floor(x.shape[at] / 2));
  return roll(x, forth ? halves : halves.map((half) => -half), axes);
}

/**
 * A spectrum with the frequency 0 in the middle of an axis, or of several: place k goes to `(k + ⌊n/2⌋) mod n`. All axes are
 * counted, that of pairs too: the axis of a spectrum of pairs is -2.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; ArgumentError `AXES_INVALID`, `OPERAND_KIND`.
 * @example
 * ```ts
 * import { fftfreq, fftshift } from "@adjoint/core";
 * console.log(fftshift(fftfreq(5, 0.2), 0)); // → tensor([-2, -1,  0,  1,  2])
 * ```
 */
export const fftshift: Composed<(x: Tensor, axis: number | readonly number[]) => Tensor> = compose(
  "fftshift",
  (x, axis) => exchange("fftshift", x, axis, true),
  {
    samples: () => [
      [ones([5]), 0],
      [ones([4, 3, 2]), [-2, 0]],
      [ones([0, 3]), 0],
    ],
  },
);

/**
 * The inverse of {@link fftshift}, which differs from it for odd sizes.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { fftshift, ifftshift, tensor } from "@adjoint/core";
 * console.log(ifftshift(fftshift(tensor([0, 1, 2]), 0), 0)); // → tensor([0, 1, 2])
 * ```
 */
export const ifftshift: Composed<(x: Tensor, axis: number | readonly number[]) => Tensor> = compose(
  "ifftshift",
  (x, axis) => exchange("ifftshift", x, axis, false),
  {
    samples: () => [
      [ones([5]), 0],
      [ones([4, 3, 2]), [-2, 0]],
    ],
  },
);

/**
 * The frequencies of the places of `fft` in cycles per unit, for n samples that are `spacing` apart:
 * `[0, 1, …, -2, -1] / (n·spacing)`; float32 unless another dtype is given.
 *
 * @throws ArgumentError `INTEGER_INVALID`, `SPACING_INVALID`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { fftfreq } from "@adjoint/core";
 * console.log(fftfreq(4)); // → tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
 * ```
 */
export function fftfreq(n: number, spacing = 1, options: TensorOptions = {}): Tensor {
  return frequencies("fftfreq", n, spacing, options, false, (k) => (2 * k < n ? k : k - n));
}

/**
 * The frequencies of the places of `rfft`: `[0, 1, …, ⌊n/2⌋] / (n·spacing)`; see {@link fftfreq}.
 *
 * @throws ArgumentError `INTEGER_INVALID`, `SPACING_INVALID`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 */
export function rfftfreq(n: number, spacing = 1, options: TensorOptions = {}): Tensor {
  return frequencies("rfftfreq", n, spacing, options, true, (k) => k);
}

function frequencies(
  name: string,
  n: number,
  spacing: number,
  options: TensorOptions,
  half: boolean,
  cycles: (k: number) => number,
): Tensor {
  checkOptions(name, options, '{ dtype: "float64" }', ["dtype", "requiresGrad"]);
  checkInteger(name, "n", n, 1, 2 ** 30);
  if (checkNumber(name, "spacing", spacing) === 0) {
    throw new ArgumentError("SPACING_INVALID", `${name}: the spacing is 0; use the time between two samples`);
  }
  const unit = n * spacing;
  const { dtype = "float32", requiresGrad } = options;
  return tensor(
    Float64Array.from({ length: half ? halfOf(n) : n }, (_, k) => cycles(k) / unit),
    { dtype, requiresGrad },
  );
}
