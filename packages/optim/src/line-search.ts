import type { Tensor } from "@adjoint/core";

/** A point on the way: how far, the loss there, the gradient, and the slope along the way. */
export interface Point {
  readonly t: number;
  readonly loss: number;
  readonly gradient: Tensor;
  readonly slope: number;
}

/** The smallest point of the cubic through two points with these slopes, held between bounds. */
function cubicMinimum(a: Point, b: Point, low = Math.min(a.t, b.t), high = Math.max(a.t, b.t)): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const d2 = Math.sqrt(square);
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const least = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return Math.min(Math.max(least, low), high);
}

const SUFFICIENT = 1e-4;
const CURVATURE = 0.9;
const MOST = 25;

/**
 * A step after which the loss has fallen enough and the slope is small, by the strong Wolfe conditions: first an interval that has such a
 * point in it is sought, then the interval is made smaller by cubic interpolation. Nocedal and Wright, 2006, algorithms 3.5 and 3.6.
 *
 * @param start - where the way begins, `t = 0`
 * @param at - the point after `t`
 * @param first - the `t` to begin with
 * @param reach - the largest movement of a parameter for `t = 1`
 * @param least - movements that are smaller end the search
 */
export function strongWolfe(
  start: Point,
  at: (t: number) => Point,
  first: number,
  reach: number,
  least: number,
): { readonly point: Point; readonly evaluations: number } {
  const isHigh = (point: Point): boolean => point.loss > start.loss + SUFFICIENT * point.t * start.slope;
  const isFlat = (point: Point): boolean => Math.abs(point.slope) <= -CURVATURE * start.slope;
  let [before, now] = [start, at(first)];
  let rounds = 0;
  let bracket: [Point, Point] | null = null;
  for (; rounds < MOST && bracket === null;) {
    if (isHigh(now) || (rounds > 1 && now.loss >= before.loss)) bracket = [before, now];
    else if (isFlat(now)) return { point: now, evaluations: rounds + 1 };
    else if (now.slope >= 0) bracket = [before, now];
    else {
      const next = cubicMinimum(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10);
      [before, now] = [now, at(next)];
      rounds++;
    }
  }
  return zoom(bracket ?? [start, now], rounds, at, { isHigh, isFlat, reach, least });
}

interface Conditions {
  readonly isHigh: (point: Point) => boolean;
  readonly isFlat: (point: Point) => boolean;
  readonly reach: number;
  readonly least: number;
}

function zoom(
  bracket: [Point, Point],
  begun: number,
  at: (t: number) => Point,
  { isHigh, isFlat, reach, least }: Conditions,
): { readonly point: Point; readonly evaluations: number } {
  let [a, b] = bracket;
  let rounds = begun;
  let isStuck = false;
  // The lower of the two ends is the best point so far.
  let isLowFirst = a.loss <= b.loss;
  while (rounds < MOST && Math.abs(b.t - a.t) * reach >= least) {
    const [left, right] = [Math.min(a.t, b.t), Math.max(a.t, b.t)];
    let t = cubicMinimum(a, b);
    const margin = 0.1 * (right - left);
    if (Math.min(right - t, t - left) < margin) {
      const atEnd: boolean = isStuck || t >= right || t <= left;
      if (atEnd) t = Math.abs(t - right) < Math.abs(t - left) ? right - margin : left + margin;
      isStuck = !atEnd;
    } else isStuck = false;
    const now = at(t);
    rounds++;
    const [low, high] = isLowFirst ? [a, b] : [b, a];
    if (isHigh(now) || now.loss >= low.loss) {
      [a, b] = isLowFirst ? [low, now] : [now, low];
      isLowFirst = a.loss <= b.loss;
      continue;
    }
    const other = now.slope * (high.t - low.t) >= 0 ? low : high;
    [a, b] = isLowFirst ? [now, other] : [other, now];
    if (isFlat(now)) break;
  }
  return { point: isLowFirst ? a : b, evaluations: rounds + 1 };
}
