import { inspectNumber, isWatching } from "./anomaly.js";
import { ArgumentError, describe } from "./errors.js";
import { isRecording } from "./node.js";
import { type Algebra, type InstructionName, instructions, type ScalarOp } from "./scalar.js";
import { isTracing } from "./tracing.js";
import { Value } from "./value.js";

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
      `value: ${describe(data)} is not a number; a Value holds one, tensor() holds arrays`,
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
  return made(op, op.number(x, y, z), inputs, requiresGrad);
}

/** {@link record} for the two operands of a method, where a loop over them would take a tenth of the time. */
export function recordPair(op: ScalarOp, x: Value, y: Value | number): Value {
  const other = y instanceof Value ? y : constant(checkNumber(op.name, y));
  const result = op.number(x.number, other.number, 0);
  return made(op, result, [x, other], x.requiresGrad || other.requiresGrad);
}

/** A result with its place in the graph, if one is needed. */
function made(op: ScalarOp, result: number, inputs: Value[], requiresGrad: boolean): Value {
  const isRecorded = isTracing() || (requiresGrad && isRecording());
  const out = isRecorded ? new Value(result, op, inputs, requiresGrad) : constant(result);
  if (isWatching() && !isTracing()) inspectNumber(op.name, out, result, inputs);
  return out;
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
