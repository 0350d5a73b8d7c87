import { backward, type BackwardOptions } from "./autograd.js";
import { ArgumentError, describe, GradientError, TraceError } from "./errors.js";
import { type Cotangent, type Emit, isRecording, Node, now } from "./node.js";
import type { ElementwiseOp } from "./op.js";
import { relu, sigmoid } from "./ops/activation.js";
import { isPlainObject } from "./options.js";
import { type Algebra, type InstructionName, instructions, numbers, type ScalarOp } from "./scalar.js";
import { isTracing } from "./tracing.js";

/**
 * A scalar in a computation graph: a float64 number that remembers how it was computed.
 *
 * Operations on Values give Values; `backward()` then fills `grad`, the derivative of the result with
 * respect to each Value on the way. Leaves add up over several backward walks, other Values show the last one.
 *
 * @example
 * ```ts
 * import { value } from "@adjoint/core";
 * const x = value(3);
 * const y = x.mul(x).add(1);
 * y.backward();
 * console.log(y.data, x.grad); // → 10 6
 * ```
 */
export class Value extends Node {
  /** @internal Replaced only through the setter of `data`. */
  number: number;
  /** The derivative found by the last backward walk; 0 before. Leaves accumulate: set it to 0 between steps. */
  grad: number;
  override readonly op: ScalarOp | null;

  /** @internal Use {@link value}. */
  constructor(data: number, op: ScalarOp | null, inputs: readonly Node[] | null, requiresGrad: boolean) {
    super(inputs, requiresGrad);
    this.number = data;
    this.grad = 0;
    this.op = op;
  }

  /** @internal */
  override get level(): number {
    return 1;
  }

  /** The number. A leaf's can be replaced, as in `w.data -= 0.1 * w.grad`; graphs recorded before are then stale. */
  get data(): number {
    if (isTracing()) {
      throw new TraceError(
        "TRACE_READ",
        "data: a formula is traced without numbers, so it cannot read or branch on them; use where(condition, a, b)",
      );
    }
    return this.number;
  }

  /** @throws GradientError `ASSIGN_TO_RESULT` unless this is a leaf, ArgumentError `NOT_A_NUMBER`. */
  set data(next: number) {
    if (this.op !== null) {
      throw new GradientError(
        "ASSIGN_TO_RESULT",
        `data: this Value is the result of ${this.op.name}; only leaves can be assigned`,
      );
    }
    if (typeof next !== "number") {
      throw new ArgumentError("NOT_A_NUMBER", `data: ${String(next)} is not a number`);
    }
    this.number = next;
    this.assignedAt = now();
  }

  /** `this + y`. */
  add(y: Value | number): Value {
    return recordPair(instructions.add, this, y);
  }
  /** `this - y`. */
  sub(y: Value | number): Value {
    return recordPair(instructions.sub, this, y);
  }
  /** `this · y`. */
  mul(y: Value | number): Value {
    return recordPair(instructions.mul, this, y);
  }
  /** `this / y`. */
  div(y: Value | number): Value {
    return recordPair(instructions.div, this, y);
  }
  /** `this ^ y`. */
  pow(y: Value | number): Value {
    return recordPair(instructions.pow, this, y);
  }
  /** `-this`. */
  neg(): Value {
    return record(instructions.neg, [this]);
  }
  /** `e ^ this`. */
  exp(): Value {
    return record(instructions.exp, [this]);
  }
  /** The natural logarithm. */
  log(): Value {
    return record(instructions.log, [this]);
  }
  /** The square root. */
  sqrt(): Value {
    return record(instructions.sqrt, [this]);
  }
  /** The absolute value, with derivative 0 at 0. */
  abs(): Value {
    return record(instructions.abs, [this]);
  }
  /** `this²`. */
  square(): Value {
    return recordPair(instructions.mul, this, this);
  }
  /** The larger of the two. */
  maximum(y: Value | number): Value {
    return recordPair(instructions.max, this, y);
  }
  /** The smaller of the two. */
  minimum(y: Value | number): Value {
    return recordPair(instructions.min, this, y);
  }
  /** `max(0, this)`, with derivative 0 at 0. */
  relu(): Value {
    return relu(this);
  }
  /** `1 / (1 + e^-this)`. */
  sigmoid(): Value {
    return sigmoid(this);
  }
  /** The sine. */
  sin(): Value {
    return record(instructions.sin, [this]);
  }
  /** The cosine. */
  cos(): Value {
    return record(instructions.cos, [this]);
  }
  /** The hyperbolic tangent. */
  tanh(): Value {
    return record(instructions.tanh, [this]);
  }

  /**
   * Walks the graph backward: leaves ∂this/∂v in `v.grad` of every Value v on the way.
   *
   * @param cotangent - where to start (default 1)
   * @throws GradientError `NO_GRAPH` when nothing was recorded, `ASSIGNED_SINCE` when a leaf was replaced meanwhile.
   */
  backward(cotangent?: number | BackwardOptions, options?: BackwardOptions): void {
    if (options === undefined && isPlainObject(cotangent)) backward(this, undefined, cotangent);
    else backward(this, cotangent, options);
  }

  /** The same number as a new leaf, out of reach of gradients. */
  detach(): Value {
    return new Value(this.number, null, null, false);
  }

  /** The number, so that `Number(v)`, comparisons and templates work. */
  override valueOf(): number {
    return this.data;
  }

  override toString(): string {
    return `Value(${this.number})`;
  }

  /** How Node's `console.log` shows a Value. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Value(data=${this.number}, grad=${this.grad}${this.op ? `, op=${this.op.name}` : ""})`;
  }

  /** @internal */
  override elementwise(op: ElementwiseOp, operands: readonly unknown[]): Value {
    return op.scalar(operands as (Value | number)[]);
  }

  /** @internal */
  override seed(cotangent: unknown, createGraph: boolean): Cotangent {
    const g = cotangent ?? 1;
    if (typeof g !== "number" && !(g instanceof Value)) {
      throw new GradientError("COTANGENT_KIND", "backward: the cotangent of a Value is a number or a Value");
    }
    if (createGraph) return typeof g === "number" ? constant(g) : g;
    return typeof g === "number" ? g : g.number;
  }

  /** @internal */
  override pullback(cotangent: Cotangent, createGraph: boolean, emit: Emit): void {
    const op = this.op;
    if (op === null) return;
    if (createGraph) this.pullbackIn(values, cotangent as Value, this, this.inputs as readonly Value[], emit);
    else this.pullbackNumbers(op, cotangent as number, emit);
  }

  private pullbackNumbers(op: ScalarOp, g: number, emit: Emit): void {
    const inputs = this.inputs as readonly Value[];
    const x = inputs[0].number;
    const y = inputs.length > 1 ? inputs[1].number : 0;
    const z = inputs.length > 2 ? inputs[2].number : 0;
    for (let i = 0; i < inputs.length; i++) {
      const rule = op.pullbacks[i];
      if (rule !== null && inputs[i].requiresGrad) emit(i, rule(numbers, g, this.number, x, y, z));
    }
  }

  private pullbackIn(algebra: Algebra<Value>, g: Value, out: Value, inputs: readonly Value[], emit: Emit): void {
    const [x, y = x, z = x] = inputs;
    for (let i = 0; i < inputs.length; i++) {
      const rule = this.op?.pullbacks[i];
      if (rule && inputs[i].requiresGrad) emit(i, rule(algebra, g, out, x, y, z));
    }
  }

  /** @internal */
  override accumulate(a: Cotangent, b: Cotangent, createGraph: boolean): Cotangent {
    return createGraph ? values.add(a as Value, b as Value) : (a as number) + (b as number);
  }

  /** @internal */
  override keep(cotangent: Cotangent): void {
    const g = typeof cotangent === "number" ? cotangent : (cotangent as Value).number;
    this.grad = this.op === null ? this.grad + g : g;
  }

  /** @internal */
  override runHooks(cotangent: Cotangent): Cotangent {
    return cotangent;
  }

  /** @internal */
  override wrap(cotangent: Cotangent | undefined): Value {
    return cotangent instanceof Value ? cotangent : constant((cotangent as number | undefined) ?? 0);
  }

  /** @internal A Value saves nothing but the graph, which stays for drawing and further walks. */
  override release(): void {}
}

/**
 * A scalar leaf that takes gradients.
 *
 * @param data - the number
 * @param label - a name for graphs and messages
 * @throws ArgumentError `NOT_A_NUMBER`
 * @example
 * ```ts
 * import { value } from "@adjoint/core";
 * const apple = value(100, "apple");
 * console.log(apple.mul(2).data); // → 200
 * ```
 */
export function value(data: number, label?: string): Value {
  if (typeof data !== "number") {
    throw new ArgumentError(
      "NOT_A_NUMBER",
      `value: ${String(data)} is not a number; a Value holds one, tensor() holds arrays`,
    );
  }
  const leaf = new Value(data, null, null, true);
  leaf.label = label;
  return leaf;
}

/** A scalar that takes no gradient. */
export function constant(x: number): Value {
  return new Value(x, null, null, false);
}

/** Computes `op` on Values and numbers and, when gradients can flow, records it. */
export function record(op: ScalarOp, operands: (Value | number)[]): Value {
  let requiresGrad = false;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (operand instanceof Value) requiresGrad ||= operand.requiresGrad;
    else operands[i] = constant(checkNumber(op.name, operand));
  }
  const inputs = operands as Value[];
  const x = inputs[0].number;
  const y = inputs.length > 1 ? inputs[1].number : 0;
  const z = inputs.length > 2 ? inputs[2].number : 0;
  const result = op.number(x, y, z);
  if (!isTracing() && !(requiresGrad && isRecording())) return constant(result);
  return new Value(result, op, inputs, requiresGrad);
}

/** {@link record} for the two operands of a method, where a loop over them would take a tenth of the time. */
function recordPair(op: ScalarOp, x: Value, y: Value | number): Value {
  const other = y instanceof Value ? y : constant(checkNumber(op.name, y));
  const result = op.number(x.number, other.number, 0);
  const requiresGrad = x.requiresGrad || other.requiresGrad;
  if (!isTracing() && !(requiresGrad && isRecording())) return constant(result);
  return new Value(result, op, [x, other], requiresGrad);
}

function checkNumber(name: string, x: unknown): number {
  if (typeof x === "number") return x;
  throw new ArgumentError("OPERAND_KIND", `${name}: ${describe(x)} is not an operand; use a number or a Value`);
}

/** The algebra of Values: every instruction makes a node. */
export const values: Algebra<Value> = {
  ...(Object.fromEntries(
    Object.values(instructions).map((op) => [
      op.name,
      (...operands: Value[]) => record(op, operands.slice(0, op.pullbacks.length)),
    ]),
  ) as { [name in InstructionName]: (x: Value, y?: Value, z?: Value) => Value }),
  constant,
};
