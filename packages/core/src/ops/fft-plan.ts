/**
 * Discrete Fourier transforms of one length on plain arrays, in O(n log n) for every n: `X_k = Σ x_j·e^(-2πi·jk/n)`.
 *
 * Lengths of small prime factors go by Stockham's self-sorting passes of radix 4, 2 and the factor itself (Van Loan,
 * "Computational Frameworks for the Fast Fourier Transform", 1992); others by Bluestein's convolution (1970).
 */

/** A transform of one length, with the arrays it works in. */
export interface FourierPlan {
  /** Real parts, to be filled before a run and read after it. `run` may exchange the arrays: read them again. */
  re: Float64Array;
  /** Imaginary parts. */
  im: Float64Array;
  /** Transforms `re + i·im`. */
  run(): void;
}

/** The numbers `e^(-2πi·k/n)` for k from 0 to n - 1. */
export interface UnitRoots {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** What is kept holds this many points at most: about 50 MB. */
const KEPT_POINTS = 2 ** 20;
/** Prime factors up to here are passes, of cost r for each element; a larger one costs more than a convolution. */
const LARGEST_RADIX = 31;

/** `make` with its results kept, those used last, as far as they are not too large together. */
function keeping<T>(make: (n: number) => T): (n: number) => T {
  const kept = new Map<number, T>();
  let points = 0;
  return (n) => {
    const made = kept.get(n) ?? make(n);
    if (!kept.delete(n)) points += n;
    kept.set(n, made);
    for (const oldest of kept.keys()) {
      if (points <= KEPT_POINTS) break;
      kept.delete(oldest);
      points -= oldest;
    }
    return made;
  };
}

/** The unit roots of order n. */
export const unitRoots: (n: number) => UnitRoots = /* @__PURE__ */ keeping((n) => {
  const roots = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) setRoot(roots, k, k, n);
  return roots;
});

/** The transform of length n. */
export const fourierPlan: (n: number) => FourierPlan = /* @__PURE__ */ keeping((n) => {
  const radices = factors(n);
  return radices === null ? bluestein(n) : new Stockham(n, radices);
});

/**
 * Writes `e^(-2πi·k/n)` to place `at`. The angle is brought into the first eighth of the circle in integers, so that no
 * part of the result has an error of more than one rounding.
 */
function setRoot({ re, im }: UnitRoots, at: number, k: number, n: number): void {
  const quadrant = Math.floor((4 * k) / n);
  const rest = 4 * k - quadrant * n;
  const far = 2 * rest > n;
  const angle = ((far ? n - rest : rest) / n) * (Math.PI / 2);
  const near = Math.cos(angle);
  const other = Math.sin(angle);
  const [c, s] = far ? [other, near] : [near, other];
  re[at] = quadrant === 0 ? c : quadrant === 1 ? -s : quadrant === 2 ? -c : s;
  im[at] = quadrant === 0 ? -s : quadrant === 1 ? -c : quadrant === 2 ? s : c;
}

/** The radices of the passes for n, null where a prime factor is too large. */
function factors(n: number): number[] | null {
  const radices: number[] = [];
  let rest = n;
  for (; rest % 4 === 0; rest /= 4) radices.push(4);
  for (let r = 2; r <= LARGEST_RADIX; r++) for (; rest % r === 0; rest /= r) radices.push(r);
  return rest === 1 ? radices : null;
}

class Stockham implements FourierPlan {
  re: Float64Array;
  im: Float64Array;
  private otherRe: Float64Array;
  private otherIm: Float64Array;
  private readonly roots: UnitRoots;
  private readonly radices: readonly number[];

  constructor(n: number, radices: readonly number[]) {
    [this.re, this.im, this.otherRe, this.otherIm] = [0, 1, 2, 3].map(() => new Float64Array(n));
    this.roots = unitRoots(n);
    this.radices = radices;
  }

  run(): void {
    let stride = 1;
    for (const radix of this.radices) {
      const pass = radix === 4 ? pass4 : radix === 2 ? pass2 : passOdd;
      pass(this.re, this.im, this.otherRe, this.otherIm, this.roots, stride, radix);
      [this.re, this.otherRe] = [this.otherRe, this.re];
      [this.im, this.otherIm] = [this.otherIm, this.im];
      stride *= radix;
    }
  }
}

/*
 * A pass of radix r takes `stride` interleaved sequences of length m·r each to r times as many of length m: with w the
 * root of order m·r, `out[q + s(r·p + k)] = w^(pk) Σ_l in[q + s(p + l·m)]·e^(-2πi·kl/r)`. In the loops j = s·p, so that
 * `w^p` is root j of order n.
 */
type Pass = (
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
  roots: UnitRoots,
  stride: number,
  radix: number,
) => void;

const pass2: Pass = (xr, xi, yr, yi, roots, stride) => {
  const half = xr.length / 2;
  for (let j = 0; j < half; j += stride) {
    const wr = roots.re[j];
    const wi = roots.im[j];
    for (let a = j, out = 2 * j; a < j + stride; a++, out++) {
      const b = a + half;
      const dr = xr[a] - xr[b];
      const di = xi[a] - xi[b];
      yr[out] = xr[a] + xr[b];
      yi[out] = xi[a] + xi[b];
      yr[out + stride] = dr * wr - di * wi;
      yi[out + stride] = dr * wi + di * wr;
    }
  }
};

const pass4: Pass = (xr, xi, yr, yi, { re, im }, stride) => {
  const quarter = xr.length / 4;
  for (let j = 0; j < quarter; j += stride) {
    const w1r = re[j];
    const w1i = im[j];
    const w2r = re[2 * j];
    const w2i = im[2 * j];
    const w3r = re[3 * j];
    const w3i = im[3 * j];
    for (let a = j, out = 4 * j; a < j + stride; a++, out++) {
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      const acr = xr[a] + xr[c];
      const aci = xi[a] + xi[c];
      const bdr = xr[b] + xr[d];
      const bdi = xi[b] + xi[d];
      const er = xr[a] - xr[c];
      const ei = xi[a] - xi[c];
      const fr = xr[b] - xr[d];
      const fi = xi[b] - xi[d];
      yr[out] = acr + bdr;
      yi[out] = aci + bdi;
      const o1 = out + stride;
      const o2 = o1 + stride;
      const o3 = o2 + stride;
      yr[o1] = (er + fi) * w1r - (ei - fr) * w1i;
      yi[o1] = (er + fi) * w1i + (ei - fr) * w1r;
      yr[o2] = (acr - bdr) * w2r - (aci - bdi) * w2i;
      yi[o2] = (acr - bdr) * w2i + (aci - bdi) * w2r;
      yr[o3] = (er - fi) * w3r - (ei + fr) * w3i;
      yi[o3] = (er - fi) * w3i + (ei + fr) * w3r;
    }
  }
};

/** Sums and differences of the elements l and r - l of one little transform, and its elements 0. */
const pairs = new Float64Array(4 * LARGEST_RADIX);

/** The pass of an odd radix: the elements k and r - k share their products. */
const passOdd: Pass = (xr, xi, yr, yi, roots, stride, radix) => {
  const part = xr.length / radix;
  const half = (radix - 1) / 2;
  const little = unitRoots(radix);
  for (let j = 0; j < part; j += stride) {
    for (let a = j, out = radix * j; a < j + stride; a++, out++) {
      let sumRe = xr[a];
      let sumIm = xi[a];
      for (let l = 1, at = 4; l <= half; l++, at += 4) {
        const b = a + l * part;
        const c = a + (radix - l) * part;
        sumRe += pairs[at] = xr[b] + xr[c];
        sumIm += pairs[at + 1] = xi[b] + xi[c];
        pairs[at + 2] = xr[b] - xr[c];
        pairs[at + 3] = xi[b] - xi[c];
      }
      yr[out] = sumRe;
      yi[out] = sumIm;
      for (let k = 1; k <= half; k++) {
        let evenRe = xr[a];
        let evenIm = xi[a];
        let oddRe = 0;
        let oddIm = 0;
        for (let l = 1, at = 4, turn = k; l <= half; l++, at += 4) {
          const cosine = little.re[turn];
          const sine = little.im[turn];
          evenRe += pairs[at] * cosine;
          evenIm += pairs[at + 1] * cosine;
          oddRe -= pairs[at + 3] * sine;
          oddIm += pairs[at + 2] * sine;
          turn += k;
          if (turn >= radix) turn -= radix;
        }
        rotate(yr, yi, out + k * stride, evenRe + oddRe, evenIm + oddIm, roots, j * k);
        rotate(yr, yi, out + (radix - k) * stride, evenRe - oddRe, evenIm - oddIm, roots, j * (radix - k));
      }
    }
  }
};

function rotate(
  yr: Float64Array,
  yi: Float64Array,
  at: number,
  re: number,
  im: number,
  roots: UnitRoots,
  turn: number,
): void {
  yr[at] = re * roots.re[turn] - im * roots.im[turn];
  yi[at] = re * roots.im[turn] + im * roots.re[turn];
}

/** The smallest length of at least `least` with fast passes. */
function fastLength(least: number): number {
  const candidates = [1, 3, 5, 9, 15].map((odd) => odd * 2 ** Math.max(0, Math.ceil(Math.log2(least / odd))));
  return Math.min(...candidates.filter((n) => n >= least));
}

/**
 * Any length as a convolution of a fast one: with the chirp `c_j = e^(-πi·j²/n)`, `X_k = c_k Σ_j (x_j·c_j)·conj(c_(k-j))`.
 */
function bluestein(n: number): FourierPlan {
  const inner = fourierPlan(fastLength(2 * n - 1));
  const length = inner.re.length;
  const chirp = { re: new Float64Array(n), im: new Float64Array(n) };
  // j² mod 2n, kept exact by going from one square to the next.
  for (let j = 0, square = 0; j < n; square = (square + 2 * j + 1) % (2 * n), j++) setRoot(chirp, j, square, 2 * n);
  inner.re.fill(0);
  inner.im.fill(0);
  for (let j = 0; j < n; j++) {
    const mirror = j === 0 ? 0 : length - j;
    inner.re[j] = inner.re[mirror] = chirp.re[j] / length;
    inner.im[j] = inner.im[mirror] = -chirp.im[j] / length;
  }
  inner.run();
  const kernel = { re: inner.re.slice(), im: inner.im.slice() };
  return { re: new Float64Array(n), im: new Float64Array(n), run };

  function run(this: FourierPlan): void {
    const { re, im } = this;
    inner.re.fill(0, n);
    inner.im.fill(0, n);
    multiply(inner.re, inner.im, re, im, chirp, n);
    inner.run();
    // The inverse transform is the transform with the parts exchanged, before and after.
    multiply(inner.im, inner.re, inner.re, inner.im, kernel, length);
    inner.run();
    multiply(re, im, inner.im, inner.re, chirp, n);
  }
}

/** `out = x·y` of complex numbers; `out` may be `x`, with its parts exchanged too. */
function multiply(
  outRe: Float64Array,
  outIm: Float64Array,
  xr: Float64Array,
  xi: Float64Array,
  y: UnitRoots,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const re = xr[i] * y.re[i] - xi[i] * y.im[i];
    const im = xr[i] * y.im[i] + xi[i] * y.re[i];
    outRe[i] = re;
    outIm[i] = im;
  }
}
