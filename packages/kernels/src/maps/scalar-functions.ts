import type { MapOp } from "./program.js";

/** The instructions of maps on doubles, one number at a time: what float64 kernels call and what tests compare with. */
export const SCALAR_FUNCTIONS: Readonly<
  Record<Exclude<MapOp, "constant">, (x: number, y: number, z: number) => number>
> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  max: (x, y) => Math.max(x, y),
  min: (x, y) => Math.min(x, y),
  pow: power,
  exp: Math.exp,
  log: Math.log,
  expm1: Math.expm1,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  atan: Math.atan,
  tanh: Math.tanh,
  erf: errorFunction,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfEven,
  mod: floorModulo,
  select: (condition, x, y) => (condition !== 0 ? x : y),
  eq: (x, y) => Number(x === y),
  ne: (x, y) => Number(x !== y),
  lt: (x, y) => Number(x < y),
  le: (x, y) => Number(x <= y),
  gt: (x, y) => Number(x > y),
  ge: (x, y) => Number(x >= y),
};

/** IEEE 754's pow: JavaScript's, but `pow(1, y) = 1` for all y and `pow(-1, ±∞) = 1`. */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

/** `x - ⌊x/y⌋·y` from the exact remainder, with the sign of y also for 0. */
function floorModulo(x: number, y: number): number {
  const remainder = x % y;
  if (remainder === 0) return y < 0 || Object.is(y, -0) ? -0 : 0;
  return remainder < 0 !== y < 0 ? remainder + y : remainder;
}

/** The nearest integer, halves to even, with the sign of x. */
function roundHalfEven(x: number): number {
  // From 2⁵² on every double is an integer, and adding 2⁵² rounds what is smaller.
  const magnitude = Math.abs(x);
  if (!(magnitude < 2 ** 52)) return x;
  const rounded = magnitude + 2 ** 52 - 2 ** 52;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/**
 * The error function, to about 10⁻¹⁵ relative: `2/√π·e^(-x²)·Σ 2ⁿx²ⁿ⁺¹/(2n + 1)!!` below 2.5, and one minus the
 * continued fraction `e^(-x²)/√π · 1/(x + ½/(x + 1/(x + 3/2/(x + …))))` above (Abramowitz and Stegun, 7.1.6 and 7.1.14).
 */
function errorFunction(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 6)) return Number.isNaN(x) ? NaN : Math.sign(x);
  // Smaller numbers lose bits when their square underflows.
  if (magnitude < 1e-9) return x * (2 / Math.sqrt(Math.PI));
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (magnitude < 2.5) {
    let term = 2 * x;
    let sum = 0;
    for (let n = 1; sum + term !== sum; n++) {
      sum += term;
      term *= (x * x) / (n + 0.5);
    }
    return scale * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (magnitude + fraction);
  return Math.sign(x) * (1 - scale / (magnitude + fraction));
}
