import { type MapOp, scalarFunctions } from "@adjoint/kernels";

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
  pullbacks: readonly (Pullback | null)[],
  result: ResultKind = "same",
): Instruction {
  return { name, result, number: scalarFunctions[name], pullbacks };
}

const comparison = (name: InstructionName): Instruction => instruction(name, [null, null], "bool");

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
  add: instruction("add", [(_s, g) => g, (_s, g) => g]),
  sub: instruction("sub", [(_s, g) => g, (s, g) => s.neg(g)]),
  mul: instruction("mul", [(s, g, _out, _x, y) => s.mul(g, y), (s, g, _out, x) => s.mul(g, x)]),
  div: instruction(
    "div",
    [(s, g, _out, _x, y) => s.div(g, y), (s, g, out, _x, y) => s.neg(s.div(s.mul(g, out), y))],
    "float",
  ),
  neg: instruction("neg", [(s, g) => s.neg(g)]),
  abs: instruction("abs", [(s, g, _out, x) => s.mul(g, s.sign(x))]),
  sign: instruction("sign", [null]),
  max: instruction("max", [larger, exchanged(larger)]),
  min: instruction("min", [smaller, exchanged(smaller)]),
  pow: instruction("pow", [
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
  exp: instruction("exp", [(s, g, out) => s.mul(g, out)], "float"),
  log: instruction("log", [(s, g, _out, x) => s.div(g, x)], "float"),
  expm1: instruction("expm1", [(s, g, out) => s.mul(g, s.add(out, s.constant(1)))], "float"),
  log1p: instruction("log1p", [(s, g, _out, x) => s.div(g, s.add(x, s.constant(1)))], "float"),
  sqrt: instruction("sqrt", [(s, g, out) => s.div(g, s.mul(out, s.constant(2)))], "float"),
  sin: instruction("sin", [(s, g, _out, x) => s.mul(g, s.cos(x))], "float"),
  cos: instruction("cos", [(s, g, _out, x) => s.neg(s.mul(g, s.sin(x)))], "float"),
  tan: instruction("tan", [(s, g, out) => s.mul(g, s.add(s.mul(out, out), s.constant(1)))], "float"),
  atan: instruction("atan", [(s, g, _out, x) => s.div(g, s.add(s.mul(x, x), s.constant(1)))], "float"),
  tanh: instruction("tanh", [(s, g, out) => s.mul(g, s.sub(s.constant(1), s.mul(out, out)))], "float"),
  erf: instruction(
    "erf",
    [(s, g, _out, x) => s.mul(g, s.mul(s.constant(2 / Math.sqrt(Math.PI)), s.exp(s.neg(s.mul(x, x)))))],
    "float",
  ),
  floor: instruction("floor", [null]),
  ceil: instruction("ceil", [null]),
  round: instruction("round", [null]),
  mod: instruction("mod", [(_s, g) => g, (s, g, _out, x, y) => s.neg(s.mul(g, s.floor(s.div(x, y))))]),
  select: instruction("select", [
    null,
    (s, g, _out, c) => s.select(c, g, s.constant(0)),
    (s, g, _out, c) => s.select(c, s.constant(0), g),
  ]),
  eq: comparison("eq"),
  ne: comparison("ne"),
  lt: comparison("lt"),
  le: comparison("le"),
  gt: comparison("gt"),
  ge: comparison("ge"),
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
