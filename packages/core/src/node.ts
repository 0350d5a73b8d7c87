import { ArgumentError, GradientError } from "./errors.js";
import type { ElementwiseOp } from "./op.js";

/** The clock of the graph: every node takes the next number, so inputs are older than what uses them. */
let clock = 0;
let recordingOn = true;

/** The creation number of the newest node; what is assigned now is newer than every node so far. */
export function now(): number {
  return ++clock;
}

/** Whether operations are recorded for differentiation at this moment. */
export function isRecording(): boolean {
  return recordingOn;
}

/** Runs `fn` with recording switched to `on`, and back afterwards, also when it throws. */
export function withRecording<T>(on: boolean, fn: () => T): T {
  const before = recordingOn;
  recordingOn = on;
  try {
    return fn();
  } finally {
    recordingOn = before;
  }
}

function checkFunction<T>(name: string, fn: () => T): () => T {
  if (typeof fn === "function") return fn;
  throw new ArgumentError("NOT_A_FUNCTION", `${name}: takes a function to run, as in ${name}(() => model.forward(x))`);
}

function synchronous<T>(name: string, result: T): T {
  if (result instanceof Promise) {
    throw new ArgumentError(
      "ASYNC_FUNCTION",
      `${name}: the function returned a Promise; recording is switched for synchronous code only, so call ${name} inside the async function`,
    );
  }
  return result;
}

/**
 * Runs `fn` without recording: results require no gradient and hold no graph.
 *
 * @throws ArgumentError `ASYNC_FUNCTION` when `fn` returns a Promise.
 * @example
 * ```ts
 * import { noGrad, tensor, mul } from "@adjoint/core";
 * const x = tensor([1, 2], { requiresGrad: true });
 * console.log(noGrad(() => mul(x, 2)).requiresGrad); // → false
 * ```
 */
export function noGrad<T>(fn: () => T): T {
  return synchronous("noGrad", withRecording(false, checkFunction("noGrad", fn)));
}

/**
 * Runs `fn` with recording on, also inside {@link noGrad}.
 *
 * @throws ArgumentError `ASYNC_FUNCTION` when `fn` returns a Promise.
 */
export function enableGrad<T>(fn: () => T): T {
  return synchronous("enableGrad", withRecording(true, checkFunction("enableGrad", fn)));
}

/**
 * What flows backward through a node: a plain number or a Value for a {@link Value}, a Tensor for a
 * Tensor. Only the node that receives it looks inside.
 */
export type Cotangent = unknown;

/** Takes the cotangent of a node's `index`-th input. */
export type Emit = (index: number, cotangent: Cotangent) => void;

const NO_INPUTS: readonly Node[] = Object.freeze([]);

/**
 * A node of the computation graph: one class under scalar Values and Tensors, so that they share
 * the recording, the backward walk and the graph view.
 */
export abstract class Node {
  /** The creation number: larger than that of every input. */
  readonly id: number;
  /** The nodes this one was computed from; empty for leaves and when nothing was recorded. */
  inputs: readonly Node[];
  /** Whether gradients flow to or through this node. */
  requiresGrad: boolean;
  /** A name for graphs and messages. */
  label: string | undefined;
  /** When the contents were last replaced (0: never); a node older than that cannot use them any more. */
  assignedAt: number;
  /** @internal The walk that visited this node last, and its place there. */
  walk: number;
  /** @internal */
  slot: number;

  protected constructor(inputs: readonly Node[] | null, requiresGrad: boolean) {
    this.id = ++clock;
    this.inputs = inputs ?? NO_INPUTS;
    this.requiresGrad = requiresGrad;
    this.label = undefined;
    this.assignedAt = 0;
    this.walk = 0;
    this.slot = 0;
  }

  /** The operation that made this node, or null for a leaf. */
  abstract readonly op: {
    readonly name: string; // as in messages and graphs
  } | null;

  /** Whether this node is a start of the graph: made by the user, or by code that was not recorded. */
  get isLeaf(): boolean {
    return this.op === null;
  }

  /** @internal Scalars are 1, tensors 2; in a mixed expression the highest decides. */
  abstract readonly level: number;
  /** @internal Computes an elementwise op whose highest operand is of this kind. */
  abstract elementwise(op: ElementwiseOp, operands: readonly unknown[]): Node;
  /** @internal Checks a given start cotangent, or makes the default one. */
  abstract seed(cotangent: unknown, createGraph: boolean): Cotangent;
  /** @internal Sends the cotangents of the inputs to `emit`, by the op's rule. */
  abstract pullback(cotangent: Cotangent, createGraph: boolean, emit: Emit): void;
  /** @internal The sum of two cotangents of this node. */
  abstract accumulate(a: Cotangent, b: Cotangent, createGraph: boolean): Cotangent;
  /** @internal Keeps the cotangent from a walk that began at `root` in `.grad`, where this node wants that. */
  abstract keep(cotangent: Cotangent, root: Node): void;
  /** @internal Runs the hooks, which may replace the cotangent. */
  abstract runHooks(cotangent: Cotangent): Cotangent;
  /** @internal The cotangent as the node that `gradients` returns. */
  abstract wrap(cotangent: Cotangent | undefined): Node;
  /** @internal Lets go of what was saved for the backward walk. */
  abstract release(): void;

  /** @internal Throws when {@link release} let go of what is needed now. */
  checkReleased(): void {}

  /** @internal Throws when an input was assigned after this node was computed from it. */
  checkInputs(): void {
    for (let i = 0; i < this.inputs.length; i++) {
      const input = this.inputs[i];
      if (input.assignedAt > this.id) {
        throw new GradientError(
          "ASSIGNED_SINCE",
          `backward: ${input.label ?? "an input"} of ${this.op?.name ?? "a leaf"} was assigned after it was used here, so its ` +
            "gradient at the recorded value is lost; run the forward computation again, or assign after backward()",
        );
      }
    }
  }
}
