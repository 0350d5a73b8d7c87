import { activeProgram } from "../tier.js";
import { forwardBy, gradientBy, type PlaneConvolution } from "./plan.js";

/**
 * The convolution `out[n, o, p] = Σ x[n, c, p + k·dilation - before] · weight[o, c, k]` over the channels c of the group of o
 * and the taps k, of float32 images: `x: [batch, groups·channels, rows, columns]`, `weight: [groups·filters, channels, rows,
 * columns]`, `out: [batch, groups·filters, rows, columns]`. Sums run in float32, tap by tap.
 *
 * @returns false, with nothing written, without WebAssembly SIMD, or where an image is too large for its memory.
 */
export function convolvePlanes(
  sizes: PlaneConvolution,
  x: Float32Array,
  weight: Float32Array,
  out: Float32Array,
): boolean {
  const program = activeProgram();
  return program !== null && forwardBy(program, sizes, x, weight, out);
}

/**
 * The gradient of the weights of {@link convolvePlanes} from that of its output: `out[o, c, k] = Σ x[n, c, p + k·dilation -
 * before] · g[n, o, p]` over the images n and places p. Sums run in float32 within an image, in float64 over the images.
 *
 * @returns false, with nothing written, also where the result is not finite: an infinite x would spoil more of it than it
 * should.
 */
export function convolvePlanesToWeight(
  sizes: PlaneConvolution,
  x: Float32Array,
  g: Float32Array,
  out: Float32Array,
): boolean {
  const program = activeProgram();
  return program !== null && gradientBy(program, sizes, x, g, out);
}
