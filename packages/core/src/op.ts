import { ArgumentError, describe } from "./errors.js";
import { type CompositeOp, type Derived, Formula } from "./formula.js";
import { Node } from "./node.js";
import { checkOptions, isPlainObject } from "./options.js";
import { type Instruction, type Pullback, type ResultKind } from "./scalar.js";
import type { Tensor } from "./tensor.js";
import { record, Value } from "./value.js";

/** What an elementwise op takes: numbers stay numbers, a Value makes a Value, a Tensor a Tensor. */
export type Operand = number | Value | Tensor;

/**
 * An elementwise op of one operand: a tensor gives a tensor of its shape, a number a number, a Value a Value. Ops whose
 * results are fractions (`exp`, `sqrt`, `sigmoid`) give float32 for integers, others keep the dtype.
 *
 * @throws ArgumentError `OPERAND_KIND` for anything else than a Tensor, Value or number, `OPERAND_COUNT`.
 */
export interface Unary {
  (x: Tensor): Tensor;
  (x: Value): Value;
  (x: number): number;
  /** The definition. */
  readonly op: ElementwiseOp;
}

/**
 * An elementwise op of two operands. Shapes broadcast as in NumPy: aligned at their last axes, sizes must be equal or one of
 * them 1. Dtypes promote; a number takes the dtype of the tensor beside it, but a fraction makes integers float32.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast; ArgumentError `OPERAND_KIND`, `OPERAND_COUNT`.
 */
export interface Binary {
  (x: Tensor, y: Operand): Tensor;
  (x: Operand, y: Tensor): Tensor;
  (x: Value, y: Value | number): Value;
  (x: number, y: Value): Value;
  (x: number, y: number): number;
  /** The definition. */
  readonly op: ElementwiseOp;
}

/**
 * An elementwise op of three operands, which broadcast and promote as those of a {@link Binary} one.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast; ArgumentError `OPERAND_KIND`, `OPERAND_COUNT`.
 */
export interface Ternary {
  (x: Operand, y: Operand, z: Tensor): Tensor;
  (x: Operand, y: Tensor, z: Operand): Tensor;
  (x: Tensor, y: Operand, z: Operand): Tensor;
  (x: Value, y: Value | number, z: Value | number): Value;
  (x: Value | number, y: Value, z: Value | number): Value;
  (x: Value | number, y: Value | number, z: Value): Value;
  (x: number, y: number, z: number): number;
  /** The definition. */
  readonly op: ElementwiseOp;
}

/**
 * An elementwise op of one operand with numeric options; the rest as in {@link Unary}.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`.
 */
export interface UnaryWithOptions<O> {
  (x: Tensor, options?: Partial<O>): Tensor;
  (x: Value, options?: Partial<O>): Value;
  (x: number, options?: Partial<O>): number;
  /** The definition. */
  readonly op: ElementwiseOp;
}

/** A scalar function of one, two or three operands, written with ops. */
export type ScalarFormula = (x: Value, y: Value, z: Value) => Value;

/** The function that {@link elementwise} makes of a formula of so many operands. */
export type OfArity<N extends number> = N extends 1 ? Unary : N extends 2 ? Binary : Ternary;

/** Options as the formula sees them. */
export type SymbolicOptions<O> = { readonly [name in keyof O]: Value };

/** What makes an elementwise op besides its formula. */
export interface ElementwiseDetails {
  /**
   * Points at which the conformance suite tests the op, one array of operands each: ordinary ones, kinks, and those
   * where a careless formula would overflow.
   */
  readonly samples: readonly (readonly number[])[];
  /** For each operand the interval from which random test points come (default -3 … 3). */
  readonly domain?: readonly (readonly [low: number, high: number])[];
  /**
   * ∂f/∂x for each operand as a function of the operands (with the options) and the result. Only for a formula whose
   * derived derivative is numerically poor.
   */
  readonly partials?: readonly ((...operandsAndResult: Value[]) => Value | number)[];
  /**
   * The dtype of the result on tensors: `"same"` as the operands, `"float"`, or `"bool"` (default: what the instructions of
   * the formula give). For a formula that divides and rounds, so that integers stay integers.
   */
  readonly result?: ResultKind;
}

type Formulas = (...operands: Value[]) => Value | number;

/** The definition that an elementwise op function carries as `.op`. */
export class ElementwiseOp implements CompositeOp {
  readonly name: string; // as in messages and graphs
  /** The number of operands, options not counted. */
  readonly arity: number;
  readonly optionNames: readonly string[]; // in the order in which the formula takes them
  readonly optionDefaults: readonly number[]; // one for each option
  readonly details: ElementwiseDetails; // samples, and partials where they are given
  /** The instruction, for the ops that are just one. */
  readonly instruction: Instruction | null;
  /** @internal The op as tensors carry it, made on first use. */
  map: unknown = null;
  private readonly write: Formulas;
  private traced: Formula | null = null;
  private readonly rules: (Pullback | null)[];

  constructor(
    name: string,
    source: Instruction | Formulas,
    options: Readonly<Record<string, number>>,
    details: ElementwiseDetails,
  ) {
    this.name = name;
    this.optionNames = Object.keys(options);
    this.optionDefaults = Object.values(options);
    this.details = details;
    this.instruction = typeof source === "function" ? null : source;
    this.write = typeof source === "function" ? source : (...operands) => record(source, operands);
    this.arity =
      typeof source === "function" ? source.length - (this.optionNames.length > 0 ? 1 : 0) : source.pullbacks.length;
    this.rules = (details.partials ?? []).map(
      (partial): Pullback =>
        (s, g, out, x, y, z) =>
          s.mul(g, this.partialIn(partial, [x, y, z], out)),
    );
  }

  /** The op as a straight program over its operands and options. */
  get formula(): Formula {
    const names = this.arity === 1 ? ["x"] : ["x", "y", "z"].slice(0, this.arity);
    return (this.traced ??= Formula.trace(this.name, [...names, ...this.optionNames], (...inputs) =>
      this.written(inputs),
    ));
  }

  /** The dtype rule of the result on tensors. */
  get result(): ResultKind {
    return this.details.result ?? this.formula.result;
  }

  /** The derivative rule of one operand, as a program; null where it is zero everywhere. */
  pullback(index: number): Derived | null {
    return this.formula.pullback(index, this.details.partials?.[index]);
  }

  /** For Values: the rules of an op that brings its own partials and is therefore one node. */
  get pullbacks(): readonly (Pullback | null)[] {
    return this.rules;
  }

  /** The op on plain numbers. */
  number(...operands: number[]): number {
    // A Value's op is always called with three numbers, of which it uses the first.
    return this.formula.evaluate(...operands.slice(0, this.formula.inputs));
  }

  /** The op on Values: one node for an instruction or an op with its own partials, else the nodes of its formula. */
  scalar(operands: (Value | number)[]): Value {
    if (this.instruction) return record(this.instruction, operands);
    if (this.details.partials && operands.length <= 3) return record(this, operands);
    const result = this.written(operands.map((x) => (typeof x === "number" ? new Value(x, null, null, false) : x)));
    return typeof result === "number" ? new Value(result, null, null, false) : result;
  }

  /** Calls the written formula, which takes the options as one object behind the operands. */
  private written(inputs: Value[]): Value | number {
    const options = Object.fromEntries(this.optionNames.map((name, i) => [name, inputs[this.arity + i]]));
    return this.write(
      ...inputs.slice(0, this.arity),
      ...(this.optionNames.length > 0 ? [options as unknown as Value] : []),
    );
  }

  /** Partials are written with generic ops, so they serve numbers and Values alike; the types say Value only. */
  private partialIn<T>(partial: (...operandsAndResult: Value[]) => Value | number, operands: readonly T[], out: T): T {
    return partial(...([...operands.slice(0, this.formula.inputs), out] as unknown as Value[])) as unknown as T;
  }
}

/**
 * Defines an elementwise op from a scalar formula, written with other elementwise ops. The formula is
 * traced once; derivatives of every order, the tensor kernels and the tests come from it.
 *
 * The formula has one, two or three operands. `options` gives numeric parameters with their defaults; the formula gets them as Values in one object behind the operands.
 *
 * @throws TraceError on first use when the formula reads a number instead of computing with it.
 * @example
 * ```ts
 * import { elementwise, mul, sigmoid, tensor } from "@adjoint/core";
 * const swish = elementwise("swish", { formula: (x) => mul(x, sigmoid(x)), samples: [[0], [1], [-1]] });
 * const x = tensor([0, 1], { requiresGrad: true });
 * swish(x).sum().backward();
 * console.log(String(x.grad)); // → tensor([0.5000, 0.9277])
 * ```
 */
export function elementwise<O extends Record<string, number>>(
  name: string,
  definition: ElementwiseDetails & { formula: (x: Value, options: SymbolicOptions<O>) => Value; options: O },
): UnaryWithOptions<O>;
export function elementwise<F extends ScalarFormula>(
  name: string,
  definition: ElementwiseDetails & { formula: F },
): OfArity<Parameters<F>["length"]>;
export function elementwise<F extends Unary | Binary | Ternary>(
  name: string,
  definition: ElementwiseDetails & { formula: Instruction },
): F;
/* @__NO_SIDE_EFFECTS__ */
export function elementwise(
  name: string,
  definition: ElementwiseDetails & {
    formula: Instruction | ((...operands: never[]) => Value);
    options?: Record<string, number>;
  },
): unknown {
  if (!isPlainObject(definition) || !("formula" in definition) || !Array.isArray(definition.samples)) {
    throw new ArgumentError(
      "DEFINITION_KIND",
      `elementwise ${describe(name)}: the definition is an object with a formula and samples, as in { formula: (x) => mul(x, x), samples: [[1]] }`,
    );
  }
  const { formula, options = {}, ...details } = definition;
  const op = new ElementwiseOp(name, formula as Instruction | Formulas, options, details);
  const call = op.optionNames.length > 0 ? withOptions(op) : plain(op);
  return Object.assign(call, { op });
}

function plain(op: ElementwiseOp): (...operands: Operand[]) => Operand {
  return (...operands) => {
    if (operands.length !== op.arity) throw wrongCount(op, operands.length);
    return dispatch(op, operands, operands);
  };
}

function withOptions(op: ElementwiseOp): (x: Operand, options?: Record<string, number>) => Operand {
  return (x, given = {}) => {
    checkOptions(op.name, given, `{ ${op.optionNames[0]}: ${op.optionDefaults[0]} }`, op.optionNames);
    for (const name of Object.keys(given)) {
      if (given[name] !== undefined && typeof given[name] !== "number") {
        throw new ArgumentError("OPTION_KIND", `${op.name}: ${name} is ${describe(given[name])}; use a number`);
      }
    }
    const options = op.optionNames.map((name, i) => given[name] ?? op.optionDefaults[i]);
    return dispatch(op, [x], [x, ...options]);
  };
}

/** The highest kind among the operands decides who computes: tensors over Values over numbers. */
function dispatch(op: ElementwiseOp, operands: readonly Operand[], inputs: Operand[]): Operand {
  let highest: Node | null = null;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (operand instanceof Node) {
      if (highest === null || operand.level > highest.level) highest = operand;
    } else checkOperand(op.name, operand);
  }
  if (highest === null) return op.number(...(inputs as number[]));
  return highest.elementwise(op, inputs) as Operand;
}

function wrongCount(op: ElementwiseOp, count: number): ArgumentError {
  return new ArgumentError("OPERAND_COUNT", `${op.name}: got ${count} operands; it takes ${op.arity}`);
}

/** Checks an operand before it is given to ops of other names. @throws ArgumentError `OPERAND_KIND` */
export function checkOperand(name: string, operand: unknown): void {
  if (typeof operand === "number" || operand instanceof Node) return;
  throw new ArgumentError(
    "OPERAND_KIND",
    `${name}: ${describe(operand)} is not an operand; use a number, a Value or a Tensor (tensor(...) makes one from arrays)`,
  );
}
