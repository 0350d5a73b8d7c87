import type { TypedArray } from "../dtype.js";
import { fourierPlan, unitRoots } from "./fft-plan.js";

/** Lines of `length` numbers along an axis of a row-major array: `outer` times `inner` of them, `inner` apart. */
export interface Lines {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Calls `visit` with the first places of each line in arrays where a line has `m` and `n` numbers. */
function eachLine({ outer, inner }: Lines, m: number, n: number, visit: (from: number, to: number) => void): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) visit(o * m * inner + i, o * n * inner + i);
  }
}

/** `X_k = scale · Σ x_j·e^(∓2πi·jk/n)` along lines of pairs, with + for the inverse. */
export function transformPairs(data: TypedArray, out: TypedArray, lines: Lines, inverse: boolean, scale: number): void {
  const { length: n, inner } = lines;
  const plan = fourierPlan(n);
  eachLine(lines, n, n, (start) => {
    // The inverse transform is the transform with the parts exchanged, before and after.
    let [re, im] = inverse ? [plan.im, plan.re] : [plan.re, plan.im];
    for (let j = 0, at = 2 * start; j < n; j++, at += 2 * inner) {
      re[j] = data[at];
      im[j] = data[at + 1];
    }
    plan.run();
    [re, im] = inverse ? [plan.im, plan.re] : [plan.re, plan.im];
    for (let k = 0, at = 2 * start; k < n; k++, at += 2 * inner) {
      out[at] = scale * re[k];
      out[at + 1] = scale * im[k];
    }
  });
}

/** How many places of a spectrum of real numbers determine it: those up to half of the length. */
export const halfOf = (n: number): number => Math.floor(n / 2) + 1;

/** The weight of place k of half a spectrum: 2 with `doubled`, unless the place is its own mirror image. */
const weightOf = (k: number, n: number, doubled: boolean): number => (doubled && k > 0 && 2 * k !== n ? 2 : 1);

/**
 * `X_k = scale · w_k Σ x_j·e^(-2πi·jk/n)` for k up to n/2, along lines of n numbers, as pairs. An even length is packed into
 * complex numbers of half of it.
 */
export function realToHalf(data: TypedArray, out: TypedArray, lines: Lines, doubled: boolean, scale: number): void {
  const { length: n, inner } = lines;
  const half = halfOf(n);
  const even = n % 2 === 0;
  const plan = fourierPlan(even ? n / 2 : n);
  const roots = unitRoots(n);
  const count = plan.re.length;
  eachLine(lines, n, half, (from, to) => {
    for (let j = 0, at = from; j < count; j++, at += even ? 2 * inner : inner) {
      plan.re[j] = data[at];
      plan.im[j] = even ? data[at + inner] : 0;
    }
    plan.run();
    const { re, im } = plan;
    for (let k = 0, at = 2 * to; k < half; k++, at += 2 * inner) {
      const weight = scale * weightOf(k, n, doubled);
      if (!even) {
        out[at] = weight * re[k];
        out[at + 1] = weight * im[k];
        continue;
      }
      // The transforms of the even and of the odd places are the parts of Z that are symmetric and antisymmetric.
      const a = k === count ? 0 : k;
      const b = k === 0 ? 0 : count - k;
      const oddRe = (im[a] + im[b]) / 2;
      const oddIm = (re[b] - re[a]) / 2;
      out[at] = weight * ((re[a] + re[b]) / 2 + oddRe * roots.re[k] - oddIm * roots.im[k]);
      out[at + 1] = weight * ((im[a] - im[b]) / 2 + oddRe * roots.im[k] + oddIm * roots.re[k]);
    }
  });
}

/** `x_j = scale · Re Σ w_k·X_k·e^(2πi·jk/n)` over k up to n/2: the transpose of {@link realToHalf}. */
export function halfToReal(data: TypedArray, out: TypedArray, lines: Lines, doubled: boolean, scale: number): void {
  const { length: n, inner } = lines;
  const even = n % 2 === 0;
  const plan = fourierPlan(even ? n / 2 : n);
  const count = plan.re.length;
  const spread = even ? spreadEven : spreadOdd;
  eachLine(lines, halfOf(n), n, (from, to) => {
    // The inverse transform is the transform with the parts exchanged, before and after.
    spread(data, 2 * from, 2 * inner, n, doubled ? 1 : 0.5, plan.im, plan.re);
    plan.run();
    for (let j = 0, at = to; j < count; j++, at += even ? 2 * inner : inner) {
      out[at] = scale * plan.im[j];
      if (even) out[at + inner] = scale * plan.re[j];
    }
  });
}

/** Writes the whole spectrum of a real sequence, of which half is given; place k counts `weight` unless it is 0. */
function spreadOdd(
  data: TypedArray,
  start: number,
  step: number,
  n: number,
  weight: number,
  re: Float64Array,
  im: Float64Array,
): void {
  re[0] = data[start];
  im[0] = 0;
  for (let k = 1, at = start + step; 2 * k < n; k++, at += step) {
    re[k] = re[n - k] = weight * data[at];
    im[k] = weight * data[at + 1];
    im[n - k] = -im[k];
  }
}

/** The same for an even length, with the even places of the sequence as real parts and the odd ones as imaginary parts. */
function spreadEven(
  data: TypedArray,
  start: number,
  step: number,
  n: number,
  weight: number,
  re: Float64Array,
  im: Float64Array,
): void {
  const count = n / 2;
  const last = start + count * step;
  const roots = unitRoots(n);
  re[0] = data[start] + data[last];
  im[0] = data[start] - data[last];
  for (let k = 1, a = start + step, b = last - step; k < count; k++, a += step, b -= step) {
    const oddRe = data[a] - data[b];
    const oddIm = data[a + 1] + data[b + 1];
    re[k] = weight * (data[a] + data[b] + oddRe * roots.im[k] - oddIm * roots.re[k]);
    im[k] = weight * (data[a + 1] - data[b + 1] + oddRe * roots.re[k] + oddIm * roots.im[k]);
  }
}
