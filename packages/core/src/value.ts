import { inspectNumber, isWatching } from "./anomaly.js";
import { backward, type BackwardOptions } from "./autograd.js";
import { ArgumentError, describe, GradientError, TraceError } from "./errors.js";
import { type Cotangent, type Emit, Node, now } from "./node.js";
import type { ElementwiseOp } from "./op.js";
import { isPlainObject } from "./options.js";
import { constant, record, recordPair, values } from "./record.js";
import { instructions, logistic, numbers, type ScalarOp } from "./scalar.js";
import { isTracing } from "./tracing.js";

export { constant, record, value, values } from "./record.js";

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
      throw new ArgumentError("NOT_A_NUMBER", `data: ${describe(next)} is not a number`);
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
  /** The remainder of `this / y`, with the sign of y. */
  mod(y: Value | number): Value {
    return recordPair(instructions.mod, this, y);
  }
  /** `this ^ y`. */
  pow(y: Value | number): Value {
    return recordPair(instructions.pow, this, y);
  }
  /** The larger of the two. */
  maximum(y: Value | number): Value {
    return recordPair(instructions.max, this, y);
  }
  /** The smaller of the two. */
  minimum(y: Value | number): Value {
    return recordPair(instructions.min, this, y);
  }
  /** `-this`. */
  neg(): Value {
    return record(instructions.neg, [this]);
  }
  /** The absolute value, with derivative 0 at 0. */
  abs(): Value {
    return record(instructions.abs, [this]);
  }
  /** -1, 0 or 1. */
  sign(): Value {
    return record(instructions.sign, [this]);
  }
  /** `this²`. */
  square(): Value {
    return recordPair(instructions.mul, this, this);
  }
  /** The square root. */
  sqrt(): Value {
    return record(instructions.sqrt, [this]);
  }
  /** `e ^ this`. */
  exp(): Value {
    return record(instructions.exp, [this]);
  }
  /** `e ^ this - 1`, exact near 0. */
  expm1(): Value {
    return record(instructions.expm1, [this]);
  }
  /** The natural logarithm. */
  log(): Value {
    return record(instructions.log, [this]);
  }
  /** `ln(1 + this)`, exact near 0. */
  log1p(): Value {
    return record(instructions.log1p, [this]);
  }
  /** The sine. */
  sin(): Value {
    return record(instructions.sin, [this]);
  }
  /** The cosine. */
  cos(): Value {
    return record(instructions.cos, [this]);
  }
  /** The tangent. */
  tan(): Value {
    return record(instructions.tan, [this]);
  }
  /** The inverse tangent. */
  atan(): Value {
    return record(instructions.atan, [this]);
  }
  /** The hyperbolic tangent. */
  tanh(): Value {
    return record(instructions.tanh, [this]);
  }
  /** The error function. */
  erf(): Value {
    return record(instructions.erf, [this]);
  }
  /** The largest integer not above. */
  floor(): Value {
    return record(instructions.floor, [this]);
  }
  /** The smallest integer not below. */
  ceil(): Value {
    return record(instructions.ceil, [this]);
  }
  /** The nearest integer, halves to even. */
  round(): Value {
    return record(instructions.round, [this]);
  }
  /** `max(0, this)`, with derivative 0 at 0. */
  relu(): Value {
    return record(instructions.select, [recordPair(instructions.le, this, 0), 0, this]);
  }
  /** `1 / (1 + e^-this)`. */
  sigmoid(): Value {
    return record(logistic, [this]);
  }
  /** 1 where `this = y`, else 0. */
  eq(y: Value | number): Value {
    return recordPair(instructions.eq, this, y);
  }
  /** 1 where `this ≠ y`, else 0. */
  ne(y: Value | number): Value {
    return recordPair(instructions.ne, this, y);
  }
  /** 1 where `this < y`, else 0. */
  lt(y: Value | number): Value {
    return recordPair(instructions.lt, this, y);
  }
  /** 1 where `this ≤ y`, else 0. */
  le(y: Value | number): Value {
    return recordPair(instructions.le, this, y);
  }
  /** 1 where `this > y`, else 0. */
  gt(y: Value | number): Value {
    return recordPair(instructions.gt, this, y);
  }
  /** 1 where `this ≥ y`, else 0. */
  ge(y: Value | number): Value {
    return recordPair(instructions.ge, this, y);
  }

  /**
   * Walks the graph backward: leaves ∂this/∂v in `v.grad` of every Value v on the way.
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

  /** For `JSON.stringify`: the number, without the graph. */
  toJSON(): number {
    return this.data;
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
    const rules = this.op?.pullbacks ?? [];
    const inputs = this.inputs as readonly Value[];
    const [x, y, z] = [inputs[0], inputs[1] ?? inputs[0], inputs[2] ?? inputs[0]];
    for (let i = 0; i < inputs.length; i++) {
      const rule = rules[i];
      if (!rule || !inputs[i].requiresGrad) continue;
      if (createGraph) emit(i, rule(values, cotangent as Value, this as Value, x, y, z));
      else {
        const g = rule(numbers, cotangent as number, this.number, x.number, y.number, z.number);
        if (isWatching()) inspectNumber(`${this.op?.name}'`, this, g, [...inputs, { number: cotangent as number }]);
        emit(i, g);
      }
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
