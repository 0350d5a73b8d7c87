import { ArgumentError, describe, GradientError, ShapeError } from "../errors.js";
import { lift, lower } from "../lift.js";
import { enableGrad, isRecording, Node, withRecording } from "../node.js";
import { cast } from "../ops/cast.js";
import { expand } from "../ops/shape.js";
import type { ScalarOp } from "../scalar.js";
import { formatShape, sameShape } from "../shape.js";
import { checkDifferentiable, Tensor } from "../tensor.js";
import type { TensorOp } from "../tensor-node.js";
import { constant, Value, values } from "../value.js";

/** A result of forward mode: the value of the function and its derivative along the given direction. */
export interface JvpResult<R> {
  readonly value: R; // what the function returned
  readonly tangent: R; // its derivative along the direction, in the same shape
}

/** What can be given as the tangent of a primal: a tensor for a tensor, a number or Value for a Value. */
export type TangentOf<P> = P extends Tensor ? Tensor : P extends Value ? Value | number : Tensor | Value | number;

/**
 * Forward mode: `f(x)` together with the directional derivative `J_f(x)·t`, where `J_f` is the Jacobian of `f` at `x`.
 *
 * `fn` is recorded once, and tangents are pushed through what it recorded, oldest node first, so one call costs about
 * as much as one backward walk but gives the derivative of every output element along one direction of the inputs. The
 * rules are ops: the tangent can be differentiated again, by `backward`, `gradients` or `jvp` itself.
 *
 * @param fn - takes Tensors and Values and returns one
 * @param primals - where to differentiate; tensors must be float32 or float64
 * @param tangents - the direction: one entry for each primal, in its shape
 * @returns `value: fn(...primals)` and `tangent`, of the same kind and shape; zeros when `fn` does not depend on the primals
 * @throws ArgumentError `TANGENT_COUNT`, `TANGENT_KIND`, `PRIMAL_KIND`, `FUNCTION_RESULT`, `GRADIENT_DTYPE`; ShapeError
 * `TANGENT_SHAPE`; GradientError `ASSIGNED_SINCE` when `fn` assigns a state after using it.
 * @example
 * ```ts
 * import { jvp, mul, tensor } from "@adjoint/core";
 * const { value, tangent } = jvp((x) => mul(x, x), [tensor([1, 2, 3])], [tensor([1, 0, 10])]);
 * console.log(value.toArray()); // → [ 1, 4, 9 ]
 * console.log(tangent.toArray()); // → [ 2, 0, 60 ]
 * ```
 */
export function jvp<P extends readonly Node[], R extends Node>(
  fn: (...primals: NoInfer<P>) => R,
  primals: readonly [...P],
  tangents: { readonly [i in keyof P]: TangentOf<P[i]> },
): JvpResult<R> {
  const directions = checkTangents(primals, tangents);
  const starts = primals.map(start);
  const value: Node = enableGrad(() => fn(...(starts as readonly Node[] as NoInfer<P>)));
  if (!(value instanceof Node)) {
    throw new ArgumentError(
      "FUNCTION_RESULT",
      `jvp: the function returned ${describe(value)}; return a Tensor or Value`,
    );
  }
  const known = new Map<Node, Node>(starts.map((node, i) => [node, directions[i]]));
  const { nodes, reachesOut } = recordedSince(starts, value);
  const wanted = isRecording() && (reachesOut || directions.some((t) => t.requiresGrad));
  withRecording(wanted, () => nodes.forEach((node) => push(node, known)));
  const tangent = known.get(value) ?? value.wrap(undefined);
  return { value: (wanted ? value : detached(value)) as R, tangent: (wanted ? tangent : detached(tangent)) as R };
}

/** Hands a primal through under a new identity, so that the same tensor inside and outside of `fn` is told apart. */
const PRIMAL: TensorOp = {
  name: "primal",
  backward: (_node, cotangent, emit) => emit(0, cotangent),
  tangent: (_node, tangents) => tangents[0],
};

const SCALAR_PRIMAL: ScalarOp = { name: "primal", number: (x) => x, pullbacks: [(_s, g) => g] };

function start(primal: Node): Node {
  const inner = primal.requiresGrad && isRecording();
  const inputs = inner ? [primal] : null;
  if (primal instanceof Tensor) {
    const { shape, dtype } = primal;
    return new Tensor(primal.view ?? primal.data, shape, dtype, inner ? PRIMAL : null, inputs, undefined, true);
  }
  return new Value((primal as Value).number, inner ? SCALAR_PRIMAL : null, inputs, true);
}

function checkTangents(primals: readonly Node[], tangents: readonly unknown[]): Node[] {
  if (!Array.isArray(primals) || !Array.isArray(tangents)) {
    throw new ArgumentError("PRIMAL_KIND", "jvp: takes arrays of primals and tangents, as in jvp(f, [x], [t])");
  }
  if (primals.length !== tangents.length) {
    throw new ArgumentError(
      "TANGENT_COUNT",
      `jvp: ${tangents.length} tangents for ${primals.length} primals; give one for each`,
    );
  }
  return primals.map((primal, i) => {
    if (primal instanceof Tensor) return tensorTangent(primal, tangents[i], i);
    if (primal instanceof Value) return valueTangent(tangents[i], i);
    throw new ArgumentError("PRIMAL_KIND", `jvp: primal ${i} is ${describe(primal)}; use a Tensor or a Value`);
  });
}

function tensorTangent(primal: Tensor, tangent: unknown, index: number): Tensor {
  checkDifferentiable("jvp", primal.dtype);
  if (!(tangent instanceof Tensor)) {
    throw new ArgumentError("TANGENT_KIND", `jvp: tangent ${index} is ${describe(tangent)}; its primal is a Tensor`);
  }
  if (!sameShape(primal.shape, tangent.shape)) {
    throw new ShapeError(
      "TANGENT_SHAPE",
      `jvp: tangent ${index} has shape ${formatShape(tangent.shape)}, its primal ${formatShape(primal.shape)}; make them equal`,
    );
  }
  return tangent.dtype === primal.dtype ? tangent : cast(tangent, primal.dtype);
}

function valueTangent(tangent: unknown, index: number): Value {
  if (tangent instanceof Value) return tangent;
  if (typeof tangent === "number") return constant(tangent);
  throw new ArgumentError(
    "TANGENT_KIND",
    `jvp: tangent ${index} is ${describe(tangent)}; its primal is a Value, so use a number or a Value`,
  );
}

/**
 * The nodes under `root` that can depend on the starts, oldest first, and whether anything else that requires a gradient
 * is reached. What is older than the first start cannot depend on any.
 */
function recordedSince(starts: readonly Node[], root: Node): { nodes: Node[]; reachesOut: boolean } {
  const oldest = starts.length > 0 ? starts[0].id : Infinity;
  const found = new Set<Node>();
  const stack = [root];
  let reachesOut = root.requiresGrad && root.id < oldest;
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (found.has(node) || node.id < oldest) continue;
    found.add(node);
    reachesOut ||= node.isLeaf && node.requiresGrad && !starts.includes(node);
    for (const input of node.inputs) {
      if (!input.requiresGrad) continue;
      reachesOut ||= input.id < oldest;
      stack.push(input);
    }
  }
  return { nodes: [...found].sort((a, b) => a.id - b.id), reachesOut };
}

/** Finds the tangent of a node from those of its inputs, if any has one. */
function push(node: Node, known: Map<Node, Node>): void {
  if (known.has(node) || !node.inputs.some((input) => known.has(input))) return;
  node.checkInputs();
  const tangents = node.inputs.map((input) => known.get(input) ?? null);
  const tangent = node instanceof Tensor ? pushTensor(node, tangents) : pushValue(node as Value, tangents);
  if (tangent !== null) known.set(node, tangent);
}

/** A tensor whose input is a Value was lifted from it, and so is its tangent. */
function pushTensor(node: Tensor, tangents: readonly (Node | null)[]): Tensor | null {
  const lifted = tangents.map((t) => (t instanceof Value ? lift(t, node.dtype) : (t as Tensor | null)));
  const tangent = node.op?.tangent(node, lifted) ?? null;
  if (tangent === null) return null;
  const typed = tangent.dtype === node.dtype ? tangent : cast(tangent, node.dtype);
  return sameShape(typed.shape, node.shape) ? typed : broadcastTangent(typed, node);
}

/** Where an operand was broadcast, so is its tangent: `x + y` hands the tangent of x on in the shape of x. */
function broadcastTangent(tangent: Tensor, node: Tensor): Tensor {
  const missing = node.ndim - tangent.ndim;
  if (missing >= 0 && tangent.shape.every((n, i) => n === 1 || n === node.shape[i + missing])) {
    return expand(tangent, node.shape);
  }
  throw new GradientError(
    "RULE_RESULT",
    `${node.op?.name ?? "jvp"}: the jvp gave shape ${formatShape(tangent.shape)}, which does not broadcast to the result's ${formatShape(node.shape)}`,
  );
}

/** The rules of scalar ops are linear in the cotangent, so they take tangents as well: `Σᵢ tᵢ · ∂out/∂xᵢ`. */
function pushValue(node: Value, tangents: readonly (Node | null)[]): Value | null {
  const lowered = node.inputs[0] instanceof Tensor ? tangents[0] : null;
  if (lowered !== null) return lower(lowered as Tensor);
  const [x, y = x, z = x] = node.inputs as readonly Value[];
  let total: Value | null = null;
  tangents.forEach((t, i) => {
    const rule = node.op?.pullbacks[i];
    if (t === null || !rule) return;
    const part = rule(values, t as Value, node, x, y, z);
    total = total === null ? part : values.add(total, part);
  });
  return total;
}

function detached(node: Node): Node {
  return node instanceof Tensor || node instanceof Value ? node.detach() : node;
}
