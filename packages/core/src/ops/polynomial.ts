import type { Value } from "../value.js";
import { add, div, mul } from "./arithmetic.js";

/** The polynomial with these coefficients, that of the highest power first, by Horner's rule. */
export const polynomial = (x: Value, [first, ...rest]: readonly number[]): Value =>
  rest.slice(1).reduce((sum, coefficient) => add(mul(sum, x), coefficient), add(mul(first, x), rest[0]));

/** The quotient of two such polynomials. */
export const quotient = (x: Value, over: readonly number[], under: readonly number[]): Value =>
  div(polynomial(x, over), polynomial(x, under));
