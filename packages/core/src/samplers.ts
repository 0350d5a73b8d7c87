import type { ElementStream } from "./philox.js";
import { exp, log } from "./portable.js";

/*
 * Numbers of distributions, each from the stream of one element. Rejection draws until it accepts: the number of draws is
 * random, but they are all in the element's own stream.
 */

/** Above this, the cube of Marsaglia and Tsang is a gamma variable to 1e-12. */
const LARGE_CONCENTRATION = 2 ** 33;

/** A gamma variable of concentration 1 or more: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. */
function gammaFromOne(stream: ElementStream, concentration: number): number {
  const d = concentration - 1 / 3;
  const c = 1 / (3 * Math.sqrt(d));
  for (;;) {
    const x = stream.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const square = x * x;
    const u = stream.uniform();
    // 1 - v + ln v loses its digits where v is near 1.
    if (u < 1 - 0.0331 * square * square || d > LARGE_CONCENTRATION) return d * v;
    if (log(u) < square / 2 + d * (1 - v + log(v))) return d * v;
  }
}

/** A gamma variable of rate 1; for concentrations a below 1 by `X_a = X_(a+1)·U^(1/a)`. */
export function gamma(stream: ElementStream, concentration: number): number {
  if (concentration >= 1) return gammaFromOne(stream, concentration);
  return gammaFromOne(stream, concentration + 1) * exp(-stream.exponential() / concentration);
}

/** The logarithm of a gamma variable, which for small concentrations is below the smallest double. */
function logGamma(stream: ElementStream, concentration: number): number {
  if (concentration >= 1) return log(gammaFromOne(stream, concentration));
  return log(gammaFromOne(stream, concentration + 1)) - stream.exponential() / concentration;
}

/** `G_a / (G_a + G_b)` of two gamma variables. */
export function beta(stream: ElementStream, a: number, b: number): number {
  if (a >= 1 && b >= 1) return 1 / (1 + 1 / (gammaFromOne(stream, a) / gammaFromOne(stream, b)));
  const first = logGamma(stream, a);
  const second = logGamma(stream, b);
  // Both below every double: almost all of the distribution is at 0 and 1.
  if (first === -Infinity && second === -Infinity) return stream.uniform() < a / (a + b) ? 1 : 0;
  return 1 / (1 + exp(second - first));
}

/** `-ln(-ln u)`, u from the inner 53-bit fractions. */
export const gumbel = (stream: ElementStream): number => -log(-log(Math.max(1, stream.bits()) * 2 ** -53));

/**
 * A count of events. Below rate 10 by inversion from one uniform number; above by transformed rejection (Hörmann, "The
 * transformed rejection method for generating Poisson random variables", 1993).
 */
export function poisson(stream: ElementStream, rate: number): number {
  if (rate < 10) return countBelow(stream.uniform(), rate);
  const spread = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * spread;
  const inverse = 1.1239 + 1.1328 / (spread - 3.4);
  const sure = 0.9277 - 3.6224 / (spread - 2);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = 1 - stream.uniform();
    const rest = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / rest + spread) * u + rate + 0.43);
    if (rest >= 0.07 && v <= sure) return k;
    if (k < 0 || (rest < 0.013 && v > rest)) continue;
    if (log((v * inverse) / (a / (rest * rest) + spread)) <= logProbability(k, rate)) return k;
  }
}

/** The smallest k whose distribution function is above u. */
function countBelow(u: number, rate: number): number {
  let term = exp(-rate);
  let sum = term;
  let k = 0;
  while (u >= sum && term > 1e-20) {
    term *= rate / ++k;
    sum += term;
  }
  return k;
}

/**
 * `ln(rate^k·e^(-rate) / k!)`, for large k by the saddle-point form, in which nothing cancels (Loader, "Fast and accurate
 * computation of binomial probabilities", 2000).
 */
function logProbability(k: number, rate: number): number {
  if (k < 16) {
    let factorial = 1;
    for (let i = 2; i <= k; i++) factorial *= i;
    return k * log(rate) - rate - log(factorial);
  }
  const square = 1 / (k * k);
  const stirling = (1 / 12 - (1 / 360 - (1 / 1260 - square / 1680) * square) * square) / k;
  return -HALF_LOG_TAU - log(k) / 2 - stirling - deviance(k, rate);
}

const HALF_LOG_TAU = 0.9189385332046727; // ln(2π)/2

/** `k·ln(k/rate) + rate - k`. */
function deviance(k: number, rate: number): number {
  const difference = k - rate;
  if (Math.abs(difference) >= 0.1 * (k + rate)) return k * log(k / rate) - difference;
  const v = difference / (k + rate);
  let sum = difference * v;
  let term = 2 * k * v;
  for (let j = 3; ; j += 2) {
    term *= v * v;
    const next = sum + term / j;
    if (next === sum) return sum;
    sum = next;
  }
}

/** A normal number, given that it is between low and high; a deviation of 0 gives what is nearest to the mean. */
export function truncatedNormal(
  stream: ElementStream,
  mean: number,
  deviation: number,
  low: number,
  high: number,
): number {
  const inside = (x: number): number => Math.min(high, Math.max(low, x));
  if (deviation === 0 || low === high) return inside(mean);
  const a = (low - mean) / deviation;
  const b = (high - mean) / deviation;
  if (a === Infinity) return low;
  if (b === -Infinity) return high;
  return inside(mean + deviation * (b <= 0 ? -between(stream, -b, -a) : between(stream, a, b)));
}

/**
 * A standard normal number between a and b, b above 0, by rejection from the normal, the uniform or the shifted exponential
 * distribution, of which at least about half are accepted (Robert, "Simulation of truncated normal variables", 1995).
 */
function between(stream: ElementStream, a: number, b: number): number {
  // The rate of the exponential proposal, a itself where a² would lose the 4.
  const rate = a > 1e8 ? a : (a + Math.sqrt(a * a + 4)) / 2;
  const narrow = a > 0 ? rate * (b - a) < 1 : b - a < 2.5;
  for (;;) {
    if (narrow) {
      const x = a + stream.uniform() * (b - a);
      const peak = Math.max(a, 0);
      if (-stream.exponential() <= ((peak - x) * (peak + x)) / 2) return x;
    } else if (a > 0) {
      const x = a + stream.exponential() / rate;
      if (x <= b && (a > 1e8 || stream.exponential() >= ((x - rate) * (x - rate)) / 2)) return x;
    } else {
      const x = stream.normal();
      if (x >= a && x <= b) return x;
    }
  }
}
