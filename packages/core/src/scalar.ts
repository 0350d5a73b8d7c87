import type { MapOp } from "@adjoint/kernels";
import { erf } from "./special.js";

/** The names of the scalar instructions: the closed set from which every elementwise op is made, and that kernels compile. */
export type InstructionName = Exclude<MapOp, "constant">;

/**
 * The instructions over some kind of scalar `T`: `s.neg(x)`, `s.add(x, y)`, `s.select(c, x, y)`. Rules
 * written against it serve plain numbers (the backward walk), Values (higher derivatives, formulas)
 * and any later reading alike.
 */
export type Algebra<T> = { readonly [name in InstructionName]: (x: T, y?: T, z?: T) => T } & {
  constant(x: number): T;
};

/**
 * The rule of one input: from the cotangent `g` of the result `out = f(x, y, z)` to that of the
 * input. It is linear in `g`, so it is the tangent rule too.
 */
export type Pullback = <T>(s: Algebra<T>, g: T, out: T, x: T, y: T, z: T) => T;

/** What the dtype of the result is: that of the operands, always floating, or bool. */
export type ResultKind = "same" | "float" | "bool";

/** What makes a Value from Values: an instruction, or an elementwise op with derivatives of its own. */
export interface ScalarOp {
  readonly name: string;
  readonly number: (x: number, y: number, z: number) => number;
  /** One rule an input; null where the derivative is zero everywhere it exists. */
  readonly pullbacks: readonly (Pullback | null)[];
  /** The op in instructions, where it is not one itself: what formulas make of it. */
  readonly expand?: <T>(s: Algebra<T>, x: T, y: T, z: T) => T;
}

/** One scalar instruction: its value on numbers and, for each input, its derivative. */
export interface Instruction extends ScalarOp {
  readonly name: InstructionName;
  readonly result: ResultKind;
}

function instruction(
  name: InstructionName,
  number: (x: number, y: number, z: number) => number,
  pullbacks: readonly (Pullback | null)[],
  result: ResultKind = "same",
): Instruction {
  return { name, result, number, pullbacks };
}

const comparison = (name: InstructionName, number: (x: number, y: number) => number): Instruction =>
  instruction(name, number, [null, null], "bool");

/** Rounds halves to the even neighbour, as IEEE 754 and PyTorch do; `Math.round` rounds them up. */
function roundHalfEven(x: number): number {
  if (Math.abs(x) >= 4503599627370496 || x !== x) return x;
  const below = Math.floor(x);
  const rest = x - below;
  const rounded = rest < 0.5 ? below : rest > 0.5 ? below + 1 : below % 2 === 0 ? below : below + 1;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

/** The remainder with the sign of the divisor, as Python's `%`; JavaScript's takes the dividend's. */
function floorMod(x: number, y: number): number {
  const r = x % y;
  return r !== 0 && r < 0 !== y < 0 ? r + y : r;
}

/** `x` to the `y` as in IEEE 754: `1^y = 1` for every y, where `Math.pow` has NaN for infinite and NaN y. */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && (y === Infinity || y === -Infinity)) ? 1 : x ** y;
}

/** The share of `g` that goes to `x` in `max` (or `min`): all, nothing, or half at a tie. */
const larger: Pullback = (s, g, _out, x, y) =>
  s.select(s.gt(x, y), g, s.select(s.lt(x, y), s.constant(0), s.select(s.eq(x, y), s.mul(g, s.constant(0.5)), g)));
const smaller: Pullback = (s, g, out, x, y, z) => larger(s, g, out, y, x, z);
/** The other operand's rule is the same one with the operands exchanged. */
const exchanged =
  (rule: Pullback): Pullback =>
  (s, g, out, x, y, z) =>
    rule(s, g, out, y, x, z);

/**
 * The instructions by name. Kinks follow PyTorch: `abs'(0) = sign'(x) = 0`, and `max` and `min`
 * split the cotangent of a tie evenly.
 */
export const instructions: { readonly [name in InstructionName]: Instruction } = {
  add: instruction("add", (x, y) => x + y, [(_s, g) => g, (_s, g) => g]),
  sub: instruction("sub", (x, y) => x - y, [(_s, g) => g, (s, g) => s.neg(g)]),
  mul: instruction("mul", (x, y) => x * y, [(s, g, _out, _x, y) => s.mul(g, y), (s, g, _out, x) => s.mul(g, x)]),
  div: instruction(
    "div",
    (x, y) => x / y,
    [(s, g, _out, _x, y) => s.div(g, y), (s, g, out, _x, y) => s.neg(s.div(s.mul(g, out), y))],
    "float",
  ),
  neg: instruction("neg", (x) => -x, [(s, g) => s.neg(g)]),
  abs: instruction("abs", (x) => Math.abs(x), [(s, g, _out, x) => s.mul(g, s.sign(x))]),
  sign: instruction("sign", (x) => Math.sign(x), [null]),
  max: instruction("max", (x, y) => Math.max(x, y), [larger, exchanged(larger)]),
  min: instruction("min", (x, y) => Math.min(x, y), [smaller, exchanged(smaller)]),
  pow: instruction("pow", power, [
    // At y = 0 the factor y kills the derivative, but 0^(y-1) would be infinite; the base is replaced there, rather than
    // the product, so that the next derivative (∂²/∂x∂y = 1/x at y = 0) stays right.
    (s, g, _out, x, y) => {
      const zero = s.constant(0);
      const base = s.select(s.mul(s.eq(x, zero), s.eq(y, zero)), s.constant(1), x);
      return s.mul(g, s.mul(y, s.pow(base, s.sub(y, s.constant(1)))));
    },
    // 0^y has the constant value 0 for y > 0 (and 1 at y = 0), where log x would be -∞.
    (s, g, out, x, y) => {
      const zero = s.constant(0);
      const base = s.select(s.mul(s.eq(x, zero), s.ge(y, zero)), s.constant(1), x);
      return s.mul(g, s.mul(out, s.log(base)));
    },
  ]),
  exp: instruction("exp", Math.exp, [(s, g, out) => s.mul(g, out)], "float"),
  log: instruction("log", Math.log, [(s, g, _out, x) => s.div(g, x)], "float"),
  expm1: instruction("expm1", Math.expm1, [(s, g, out) => s.mul(g, s.add(out, s.constant(1)))], "float"),
  log1p: instruction("log1p", Math.log1p, [(s, g, _out, x) => s.div(g, s.add(x, s.constant(1)))], "float"),
  sqrt: instruction("sqrt", Math.sqrt, [(s, g, out) => s.div(g, s.mul(out, s.constant(2)))], "float"),
  sin: instruction("sin", Math.sin, [(s, g, _out, x) => s.mul(g, s.cos(x))], "float"),
  cos: instruction("cos", Math.cos, [(s, g, _out, x) => s.neg(s.mul(g, s.sin(x)))], "float"),
  tan: instruction("tan", Math.tan, [(s, g, out) => s.mul(g, s.add(s.mul(out, out), s.constant(1)))], "float"),
  atan: instruction("atan", Math.atan, [(s, g, _out, x) => s.div(g, s.add(s.mul(x, x), s.constant(1)))], "float"),
  tanh: instruction("tanh", Math.tanh, [(s, g, out) => s.mul(g, s.sub(s.constant(1), s.mul(out, out)))], "float"),
  erf: instruction(
    "erf",
    erf,
    [(s, g, _out, x) => s.mul(g, s.mul(s.constant(2 / Math.sqrt(Math.PI)), s.exp(s.neg(s.mul(x, x)))))],
    "float",
  ),
  floor: instruction("floor", Math.floor, [null]),
  ceil: instruction("ceil", Math.ceil, [null]),
  round: instruction("round", roundHalfEven, [null]),
  mod: instruction("mod", floorMod, [(_s, g) => g, (s, g, _out, x, y) => s.neg(s.mul(g, s.floor(s.div(x, y))))]),
  select: instruction("select", (c, x, y) => (c !== 0 ? x : y), [
    null,
    (s, g, _out, c) => s.select(c, g, s.constant(0)),
    (s, g, _out, c) => s.select(c, s.constant(0), g),
  ]),
  eq: comparison("eq", (x, y) => (x === y ? 1 : 0)),
  ne: comparison("ne", (x, y) => (x !== y ? 1 : 0)),
  lt: comparison("lt", (x, y) => (x < y ? 1 : 0)),
  le: comparison("le", (x, y) => (x <= y ? 1 : 0)),
  gt: comparison("gt", (x, y) => (x > y ? 1 : 0)),
  ge: comparison("ge", (x, y) => (x >= y ? 1 : 0)),
};

const logisticOf = <T>(s: Algebra<T>, x: T): T => s.div(s.constant(1), s.add(s.exp(s.neg(x)), s.constant(1)));

/** `1 / (1 + e^-x)` with the derivative `σ·(1 - σ)`: that of the quotient is ∞ / ∞ at x = -1000. */
export const logistic: ScalarOp = {
  name: "sigmoid",
  number: (x) => logisticOf(numbers, x),
  pullbacks: [(s, g, out) => s.mul(g, s.mul(out, s.sub(s.constant(1), out)))],
  expand: logisticOf,
};

/** The algebra of plain numbers. */
export const numbers: Algebra<number> = {
  ...(Object.fromEntries(Object.values(instructions).map(({ name, number }) => [name, number])) as {
    [name in InstructionName]: (x: number, y?: number, z?: number) => number;
  }),
  constant: (x) => x,
};
