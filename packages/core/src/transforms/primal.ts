import { ArgumentError, describe } from "../errors.js";
import { isRecording, type Node } from "../node.js";
import type { ScalarOp } from "../scalar.js";
import { checkDifferentiable, Tensor } from "../tensor.js";
import type { TensorOp } from "../tensor-node.js";
import { Value } from "../value.js";
import { leavesOf } from "./tree.js";

/** Hands a primal through under a new identity, so that the same tensor inside and outside of a function is told apart. */
const PRIMAL: TensorOp = {
  name: "primal",
  backward: (_node, cotangent, emit) => emit(0, cotangent),
  tangent: (_node, tangents) => tangents[0],
};

const SCALAR_PRIMAL: ScalarOp = { name: "primal", number: (x) => x, pullbacks: [(_s, g) => g] };

/** What a transform differentiates a function at: new nodes with the contents of the given ones, which require a gradient. */
export function startAt(primal: Node): Node {
  const inner = primal.requiresGrad && isRecording();
  const inputs = inner ? [primal] : null;
  if (primal instanceof Tensor) {
    return new Tensor(primal.contents, primal.shape, primal.dtype, inner ? PRIMAL : null, inputs, undefined, true);
  }
  return new Value((primal as Value).number, inner ? SCALAR_PRIMAL : null, inputs, true);
}

/** Checks that a leaf of an argument can be differentiated by. @throws ArgumentError `GRADIENT_DTYPE` */
export function checkPrimal(name: string, primal: Node): Node {
  if (primal instanceof Tensor) checkDifferentiable(name, primal.dtype);
  return primal;
}

/** Checks that something differentiable is among the arguments at `places`. @throws ArgumentError `NO_PRIMALS` */
export function checkHolds(name: string, args: readonly unknown[], places: readonly number[]): void {
  if (places.some((place) => leavesOf(args[place]).length > 0)) return;
  const missing = places.filter((place) => place >= args.length);
  const problem =
    missing.length > 0
      ? `argument ${missing[0]} is missing (they count from 0, and ${args.length} were given)`
      : `argument ${places.join(", ")} is ${describe(args[places[0]])}, which holds no Tensor or Value to differentiate by; make one with tensor(…) or value(…)`;
  throw new ArgumentError("NO_PRIMALS", `${name}: ${problem}`);
}

/** Checks the function that a transform takes. @throws ArgumentError `NOT_A_FUNCTION` */
export function checkFunction(name: string, fn: unknown): void {
  if (typeof fn === "function") return;
  throw new ArgumentError(
    "NOT_A_FUNCTION",
    `${name}: ${describe(fn)} is not a function; give one of Tensors and Values`,
  );
}

/** The nodes that can depend on the starts of a transform, and whether the results depend on anything else. */
export interface Recorded {
  readonly nodes: readonly Node[]; // oldest first
  readonly reachesOut: boolean; // whether something else that requires a gradient was used
}

/**
 * Looks at what was recorded since the starts; what is older than the oldest of them cannot depend on any. Nothing is looked
 * for behind nodes of `ends`.
 */
export function recordedSince(
  starts: readonly Node[],
  roots: readonly Node[],
  ends: { has(node: Node): boolean } = new Set(),
): Recorded {
  const oldest = starts.reduce((id, start) => Math.min(id, start.id), Infinity);
  const own = new Set(starts);
  const found = new Set<Node>();
  const stack = [...roots];
  let reachesOut = roots.some((root) => root.requiresGrad && root.id < oldest);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (found.has(node) || node.id < oldest) continue;
    found.add(node);
    if (ends.has(node)) continue;
    reachesOut ||= node.isLeaf && node.requiresGrad && !own.has(node);
    for (const input of node.inputs) {
      if (!input.requiresGrad) continue;
      reachesOut ||= input.id < oldest;
      stack.push(input);
    }
  }
  return { nodes: [...found].sort((a, b) => a.id - b.id), reachesOut };
}

/** The same contents as a leaf, out of reach of gradients. */
export function detached<N extends Node>(node: N): N {
  const other: Node = node instanceof Tensor || node instanceof Value ? node.detach() : node;
  return other as N;
}

/** Checks that a function gave Tensors and Values. @throws ArgumentError `FUNCTION_RESULT` */
export function checkResult(name: string, leaves: readonly Node[], result: unknown): void {
  if (leaves.length > 0) return;
  const hint =
    result instanceof Promise
      ? "transforms take synchronous functions"
      : "return a Tensor or Value, or some in arrays and objects";
  throw new ArgumentError("FUNCTION_RESULT", `${name}: the function returned ${describe(result)}; ${hint}`);
}
