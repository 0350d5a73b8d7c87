/** The slope of every output element along one direction, with what is known about how good it is. */
export interface Slopes {
  /** The derivative, by extrapolated central differences. */
  readonly value: Float64Array;
  /** An estimate of its error: what the last extrapolation changed, and the rounding of the function values. */
  readonly error: Float64Array;
  /** The difference quotient towards the left, over a small step. */
  readonly left: Float64Array;
  /** The difference quotient towards the right, over the same step. */
  readonly right: Float64Array;
  /** 1 where left and right differ however small the step, or the function ends: there is no derivative to compare with. */
  readonly kink: Uint8Array;
}

/** The first step is 2^-6 of the direction, the last 2^-13. */
const FIRST_STEP = 1 / 64;
const LEVELS = 8;
const EPSILON = 2 ** -52;
/** Steps of the one-sided quotients: at a kink their gap stays, on a smooth curve it shrinks with the step. */
const WIDE = 2 ** -14;
const CLOSE = 2 ** -18;

/**
 * The derivatives at 0 of `f`, a function of one number with many results, by Ridders' method: central differences with
 * halved steps, extrapolated to step 0 by Neville's scheme, each entry taking the estimate that changed least. Good to about 1e-11
 * relative for smooth functions of the order of 1. (C. Ridders, Advances in Engineering Software 4, 1982.)
 */
export function slopes(f: (step: number) => Float64Array): Slopes {
  const center = f(0);
  const n = center.length;
  const value = new Float64Array(n).fill(NaN);
  const error = new Float64Array(n).fill(Infinity);
  const largest = center.map(Math.abs);
  let before: Float64Array[] = [];
  for (let level = 0; level < LEVELS; level++) {
    const step = FIRST_STEP / 2 ** level;
    const row = [centralDifference(f, step, largest)];
    for (let order = 1; order <= level; order++) {
      row.push(extrapolate(row[order - 1], before[order - 1], 4 ** order, value, error));
    }
    before = row;
  }
  const { left, right, kink } = sides(f, center, largest);
  for (let i = 0; i < n; i++) error[i] += (8 * EPSILON * largest[i]) / FIRST_STEP;
  return { value, error, left, right, kink };
}

function centralDifference(f: (step: number) => Float64Array, step: number, largest: Float64Array): Float64Array {
  const above = f(step);
  const below = f(-step);
  return above.map((x, i) => {
    // A NaN or infinite value leaves the bound as it is.
    if (Math.abs(x) > largest[i] && Math.abs(x) < Infinity) largest[i] = Math.abs(x);
    return (x - below[i]) / (2 * step);
  });
}

/** One entry of Neville's scheme for all results; keeps the estimates that are closest to their two predecessors. */
function extrapolate(
  fine: Float64Array,
  coarse: Float64Array,
  factor: number,
  value: Float64Array,
  error: Float64Array,
): Float64Array {
  return fine.map((x, i) => {
    const estimate = (factor * x - coarse[i]) / (factor - 1);
    const change = Math.max(Math.abs(estimate - x), Math.abs(estimate - coarse[i]));
    if (change <= error[i]) {
      value[i] = estimate;
      error[i] = change;
    }
    return estimate;
  });
}

function sides(
  f: (step: number) => Float64Array,
  center: Float64Array,
  largest: Float64Array,
): Pick<Slopes, "left" | "right" | "kink"> {
  const [wideRight, wideLeft] = quotients(f, center, WIDE);
  const [right, left] = quotients(f, center, CLOSE);
  const kink = new Uint8Array(center.length);
  for (let i = 0; i < center.length; i++) {
    const gap = Math.abs(right[i] - left[i]);
    const wideGap = Math.abs(wideRight[i] - wideLeft[i]);
    const noise = (8 * EPSILON * largest[i]) / CLOSE;
    const scale = Math.max(Math.abs(right[i]), Math.abs(left[i]));
    kink[i] = Number.isFinite(gap) && (gap <= 1e-4 * scale + noise || gap < 0.5 * wideGap) ? 0 : 1;
  }
  return { left, right, kink };
}

function quotients(f: (step: number) => Float64Array, center: Float64Array, step: number): Float64Array[] {
  const above = f(step);
  const below = f(-step);
  return [above.map((x, i) => (x - center[i]) / step), below.map((x, i) => (center[i] - x) / step)];
}

/** How far an analytic derivative may be from the numeric one. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/**
 * Whether an analytic derivative is that of the differences: to `absolute + relative · scale` and what the differences
 * themselves are unsure of, but never so much that a factor of 1.001 could pass.
 */
export function agree(
  analytic: number,
  numeric: number,
  scale: number,
  error: number,
  { absolute, relative }: Tolerance,
): boolean {
  // Where rounding alone exceeds the derivative (1e30 + x), the differences say nothing.
  const drowned = error > 1e-3 * scale && error > absolute;
  const allowance = drowned ? 4 * error : Math.min(4 * error, 1e-5 * scale);
  return Math.abs(analytic - numeric) <= absolute + relative * scale + allowance;
}
