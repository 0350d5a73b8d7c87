import { isWatching, remember, walkingAt } from "./anomaly.js";
import { insideAgain, runningVmaps } from "./batch.js";
import { cotangentsAt } from "./autograd.js";
import { ArgumentError, describe, GradientError } from "./errors.js";
import { lower } from "./lift.js";
import { type Emit, isRecording, type Node, now, withRecording } from "./node.js";
import { concat } from "./ops/join.js";
import { reshape } from "./ops/shape.js";
import { narrow } from "./ops/slice.js";
import { formatShape, sameShape } from "./shape.js";
import { type Journal, journalled, replayed, State } from "./state.js";
import { Tensor } from "./tensor.js";
import type { TensorOp } from "./tensor-node.js";
import { pushAll } from "./transforms/jvp.js";
import { leavesOf, withLeaves } from "./transforms/tree.js";

/**
 * The same function, which forgets its intermediate results and computes them again when the backward walk needs them: memory
 * for time (Chen et al., 2016, arXiv:1604.06174). Results and gradients are exactly the same.
 *
 * What `fn` is given and what it captures (parameters, tensors outside) both receive their gradients. Random numbers are the same
 * in the second run, and States that `fn` assigns (counters, running statistics) are assigned once only. Of a deep network,
 * checkpoint stretches of about the square root of its depth.
 *
 * @param fn - takes anything, and returns Tensors, perhaps in arrays and objects
 * @throws ArgumentError `NOT_A_FUNCTION`, `FUNCTION_RESULT`; in the backward walk GradientError `CHECKPOINT_CHANGED` when the second
 * run gives other results, and `ASSIGNED_SINCE` when a parameter was assigned in between.
 * @example
 * ```ts
 * import { checkpoint, tensor, type Tensor } from "@adjoint/core";
 * const block = checkpoint((x: Tensor) => x.exp().sin().square());
 * const x = tensor([0, 1], { requiresGrad: true });
 * block(x).sum().backward();
 * console.log(String(x.grad)); // → tensor([ 0.9093, -2.0361])
 * ```
 */
export function checkpoint<A extends readonly unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  if (typeof fn !== "function") {
    throw new ArgumentError(
      "NOT_A_FUNCTION",
      `checkpoint: ${describe(fn)} is not a function; give one, and call what it returns`,
    );
  }
  return (...args) => {
    const start = now();
    const { result, before } = journalled(() => fn(...args));
    if (!isRecording()) return result;
    const outputs = checkOutputs(result).filter((output) => output.requiresGrad);
    const captured = capturedBy(outputs, start);
    if (!captured.some((node) => node.requiresGrad)) return result;
    const op = new CheckpointOp(fn, args, before);
    const all = withRecording(false, () => bundled(outputs));
    const bundle = new Tensor(all.contents, all.shape, all.dtype, op, captured, undefined, true);
    if (isWatching()) remember(bundle);
    const parts = unbundled(bundle, outputs);
    return withLeaves(
      result,
      leavesOf(result).map((leaf) => parts.get(leaf) ?? leaf),
    );
  };
}

function checkOutputs(result: unknown): readonly Tensor[] {
  const leaves = leavesOf(result);
  if (leaves.length > 0 && leaves.every((leaf) => leaf instanceof Tensor)) return leaves;
  throw new ArgumentError(
    "FUNCTION_RESULT",
    `checkpoint: the function returned ${describe(leaves.find((leaf) => !(leaf instanceof Tensor)) ?? result)}; return Tensors, perhaps in arrays and objects`,
  );
}

/** The older nodes on which the outputs depend: those that gradients flow to, and States that must not change meanwhile. */
function capturedBy(outputs: readonly Node[], start: number): Node[] {
  const captured = new Set<Node>();
  const seen = new Set<Node>(outputs);
  const stack = [...outputs];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.id < start) captured.add(node);
    else {
      for (const input of node.inputs) {
        if (seen.has(input) || !(input.requiresGrad || input instanceof State)) continue;
        seen.add(input);
        stack.push(input);
      }
    }
  }
  return [...captured];
}

/** Several tensors as one, since a node has one result. */
function bundled(outputs: readonly Tensor[]): Tensor {
  if (outputs.length === 1) return outputs[0];
  return concat(outputs.map((output) => reshape(output, [output.size])));
}

function unbundled(bundle: Tensor, outputs: readonly Tensor[]): Map<Node, Tensor> {
  if (outputs.length === 1) return new Map([[outputs[0], bundle]]);
  let from = 0;
  return new Map(
    outputs.map((output) => {
      const part = narrow(bundle, 0, from, output.size);
      from += output.size;
      return [output, reshape(part, output.shape).to(output.dtype)];
    }),
  );
}

/** Whether a function computed the same again; if not, its gradient would be that of something else. */
function sameElements(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  return true;
}

/** A function that was run without keeping its graph, and how to run it again. */
class CheckpointOp<A extends readonly unknown[]> implements TensorOp {
  readonly name = "checkpoint";
  // No closure over the first run: it would keep alive all that is to be forgotten.
  private readonly fn: (...args: A) => unknown;
  private readonly args: A;
  private readonly before: Journal;
  private readonly vmaps = runningVmaps();

  constructor(fn: (...args: A) => unknown, args: A, before: Journal) {
    this.fn = fn;
    this.args = args;
    this.before = before;
  }

  private recompute(node: Tensor): Tensor {
    const again = (): unknown => replayed(this.before, () => withRecording(true, () => this.fn(...this.args)));
    const result = walkingAt(null, () => insideAgain(this.vmaps, again));
    const out = withRecording(true, () => bundled(checkOutputs(result).filter((output) => output.requiresGrad)));
    const isShapeSame = sameShape(out.shape, node.shape);
    if (isShapeSame && sameElements(out.everyElement, node.everyElement)) return out;
    throw new GradientError(
      "CHECKPOINT_CHANGED",
      `checkpoint: the second run gave ${isShapeSame ? "other elements than the first" : `${formatShape(out.shape)}, the first ${formatShape(node.shape)}`}; the function must do the same each ` +
        "time: draw random numbers from a Generator, and change what it reads (States, seeds) only after backward()",
    );
  }

  backward(node: Tensor, cotangent: Tensor, emit: Emit): void {
    const found = cotangentsAt(this.recompute(node), cotangent, node.inputs, isRecording());
    found.forEach((g, i) => {
      if (g !== undefined) emit(i, g);
    });
  }

  tangent(node: Tensor, tangents: readonly (Tensor | null)[]): Tensor | null {
    const known = new Map<Node, Node>();
    node.inputs.forEach((input, i) => {
      const t = tangents[i];
      if (t) known.set(input, input instanceof Tensor ? t : lower(t));
    });
    return pushAll(this.recompute(node), known) as Tensor | null;
  }
}
