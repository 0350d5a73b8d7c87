import { ArgumentError, describe, GradientError, ShapeError } from "../errors.js";
import { lift, lower } from "../lift.js";
import { isRecording, type Node, withRecording } from "../node.js";
import { cast } from "../ops/cast.js";
import { expand } from "../ops/shape.js";
import { formatShape, sameShape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { constant, Value, values } from "../value.js";
import { checkFunction, checkPrimal, checkResult, detached, recordedSince, startAt } from "./primal.js";
import { leavesOf, pairLeaves, type Tree, withLeaves } from "./tree.js";

/** A result of forward mode: the value of the function and its derivative along the given direction. */
export interface JvpResult<R> {
  readonly value: R; // what the function returned
  readonly tangent: R; // its derivative along the direction, nested and shaped as it is
}

/** A function at a point: its value there, and the linear map that is its derivative. */
export interface Linearized<P extends readonly unknown[], R> {
  readonly value: R; // what the function returned
  /** From a direction, nested as the primals are, to the derivative along it: `J·t`. It can be called many times. */
  readonly tangent: (tangents: Tangents<P>) => R;
}

/** What can be given as the tangent of a primal: a tensor for a tensor, a number or Value for a Value. */
export type TangentOf<P> = P extends Tensor
  ? Tensor
  : P extends Value
    ? Value | number
    : P extends Node
      ? Tensor | Value | number
      : { readonly [k in keyof P]: TangentOf<P[k]> };

/** A tangent for each primal. */
export type Tangents<P extends readonly unknown[]> = { readonly [i in keyof P]: TangentOf<P[i]> };

/**
 * Forward mode: `f(x)` together with the directional derivative `J_f(x)·t`, where `J_f` is the Jacobian of `f` at `x`.
 *
 * `fn` is recorded once, and tangents are pushed through what it recorded, oldest node first, so one call costs about
 * as much as one backward walk but gives the derivative of every output element along one direction of the inputs. The
 * rules are ops: the tangent can be differentiated again, by `backward`, `grad`, `jvp` itself and the others.
 *
 * @param fn - takes Tensors and Values, perhaps in arrays and objects, and returns the same
 * @param primals - the arguments at which to differentiate; tensors must be float32 or float64
 * @param tangents - the direction: one entry for each primal, nested and shaped as it is
 * @returns `value: fn(...primals)` and `tangent`, of the same kind and shape; zeros when `fn` does not depend on the primals
 * @throws ArgumentError `TANGENT_COUNT`, `TANGENT_KIND`, `TREE_STRUCTURE`, `PRIMAL_KIND`, `FUNCTION_RESULT`, `GRADIENT_DTYPE`,
 * `NOT_A_FUNCTION`; ShapeError `TANGENT_SHAPE`; GradientError `ASSIGNED_SINCE` when `fn` assigns a state after using it.
 * @example
 * ```ts
 * import { jvp, mul, tensor } from "@adjoint/core";
 * const { value, tangent } = jvp((x) => mul(x, x), [tensor([1, 2, 3])], [tensor([1, 0, 10])]);
 * console.log(value.toArray()); // → [ 1, 4, 9 ]
 * console.log(tangent.toArray()); // → [ 2, 0, 60 ]
 * ```
 */
export function jvp<P extends readonly unknown[], R extends Tree>(
  fn: (...primals: NoInfer<P>) => R,
  primals: readonly [...P],
  tangents: Tangents<NoInfer<P>>,
): JvpResult<R> {
  // The tangents are checked before the function runs.
  const directions = checkTangents("jvp", primals, tangents);
  const { value, push, wanted } = recorded("jvp", fn, primals);
  const shown = wanted(directions) ? value : withLeaves(value, leavesOf(value).map(detached));
  return { value: shown, tangent: push(directions) };
}

/**
 * The derivative of `fn` at the primals as a linear map, `t ↦ J·t`, recorded once and applied as often as one likes.
 *
 * @throws as {@link jvp}
 * @example
 * ```ts
 * import { linearize, tensor } from "@adjoint/core";
 * const { value, tangent } = linearize((x) => x.mul(x), [tensor([1, 2])]);
 * console.log(value.toArray()); // → [ 1, 4 ]
 * console.log(tangent([tensor([1, 0])]).toArray(), tangent([tensor([0, 1])]).toArray()); // → [ 2, 0 ] [ 0, 4 ]
 * ```
 */
export function linearize<P extends readonly unknown[], R extends Tree>(
  fn: (...primals: NoInfer<P>) => R,
  primals: readonly [...P],
): Linearized<P, R> {
  const { value, push, wanted } = recorded("linearize", fn, primals);
  const shown = wanted([]) ? value : withLeaves(value, leavesOf(value).map(detached));
  return { value: shown, tangent: (tangents) => push(checkTangents("linearize", primals, tangents)) };
}

/** A function recorded at a point, with the way forward through what was recorded. */
export interface Pushed<R> {
  readonly value: R; // what the function returned
  /** The tangent of the value from those of the leaves of the primals. */
  readonly push: (directions: readonly Node[]) => R;
  /** Whether results are to be recorded: something outside that requires a gradient matters to them. */
  readonly wanted: (directions: readonly Node[]) => boolean;
}

/** Calls a function at new nodes in the places of the leaves of its arguments, recording. */
export function recorded<P extends readonly unknown[], R>(
  name: string,
  fn: (...primals: NoInfer<P>) => R,
  primals: readonly [...P],
): Pushed<R> {
  checkFunction(name, fn);
  if (!Array.isArray(primals)) throw primalsKind(name);
  const starts = leavesOf(primals).map((leaf) => startAt(checkPrimal(name, leaf)));
  const value = withRecording(true, () => fn(...(withLeaves(primals as readonly unknown[], starts) as NoInfer<P>)));
  const outputs = leavesOf(value);
  checkResult(name, outputs, value);
  const { nodes, reachesOut } = recordedSince(starts, outputs);
  const wanted = (directions: readonly Node[]): boolean =>
    isRecording() && (reachesOut || directions.some((t) => t.requiresGrad));
  const push = (directions: readonly Node[]): R => {
    const known = new Map<Node, Node>(starts.map((node, i) => [node, directions[i]]));
    const keep = wanted(directions);
    withRecording(keep, () => nodes.forEach((node) => pushNode(node, known)));
    const tangents = outputs.map((output) => known.get(output) ?? output.wrap(undefined));
    return withLeaves(value, keep ? tangents : tangents.map(detached));
  };
  return { value, push, wanted };
}

function primalsKind(name: string): ArgumentError {
  return new ArgumentError(
    "PRIMAL_KIND",
    `${name}: takes a function and an array of its arguments, as in ${name}(f, [x], …)`,
  );
}

/** The leaves of the tangents, checked against those of the primals. */
export function checkTangents(name: string, primals: unknown, tangents: unknown): Node[] {
  if (!Array.isArray(primals)) throw primalsKind(name);
  if (!Array.isArray(tangents) || primals.length !== tangents.length) {
    throw new ArgumentError(
      "TANGENT_COUNT",
      `${name}: ${Array.isArray(tangents) ? tangents.length : "no array of"} tangents for ${primals.length} primals; give one for each`,
    );
  }
  return pairLeaves(name, "the list of tangents", primals, tangents).map(([primal, tangent, path]) => {
    if (primal instanceof Tensor) return tensorTangent(name, primal, tangent, path);
    if (tangent instanceof Value) return tangent;
    if (typeof tangent === "number") return constant(tangent);
    throw new ArgumentError(
      "TANGENT_KIND",
      `${name}: tangent${path} is ${describe(tangent)}; its primal is a Value, so use a number or a Value`,
    );
  });
}

function tensorTangent(name: string, primal: Tensor, tangent: unknown, path: string): Tensor {
  checkPrimal(name, primal);
  if (!(tangent instanceof Tensor)) {
    throw new ArgumentError("TANGENT_KIND", `${name}: tangent${path} is ${describe(tangent)}; its primal is a Tensor`);
  }
  if (!sameShape(primal.shape, tangent.shape)) {
    throw new ShapeError(
      "TANGENT_SHAPE",
      `${name}: tangent${path} has shape ${formatShape(tangent.shape)}, its primal ${formatShape(primal.shape)}; make them equal`,
    );
  }
  return tangent.dtype === primal.dtype ? tangent : cast(tangent, primal.dtype);
}

/** The tangent of `root` from the known ones of nodes before it, or null where it depends on none of them. */
export function pushAll(root: Node, known: Map<Node, Node>): Node | null {
  const { nodes } = recordedSince([...known.keys()], [root], known);
  for (const node of nodes) pushNode(node, known);
  return known.get(root) ?? null;
}

/** Finds the tangent of a node from those of its inputs, if any has one. */
function pushNode(node: Node, known: Map<Node, Node>): void {
  if (known.has(node)) return;
  node.checkReleased(); // What was released has no inputs any more, and would count as a constant.
  if (!node.inputs.some((input) => known.has(input))) return;
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
