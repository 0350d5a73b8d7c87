import { checkDifferentiable, Tensor } from "./tensor.js";
import type { TypedArray } from "./dtype.js";
import { ArgumentError, describe, DTypeError, ShapeError, TraceError } from "./errors.js";
import { now } from "./node.js";
import { formatShape, sameShape } from "./shape.js";

/**
 * A tensor that can be replaced by another of its shape and dtype: the one kind of thing in Adjoint that changes.
 * Buffers, optimizer slots, step counts and random counters are States.
 *
 * @example
 * ```ts
 * import { State, tensor } from "@adjoint/core";
 * const count = new State(tensor(0));
 * count.assign(count.add(1));
 * console.log(count.item()); // → 1
 * ```
 */
export class State extends Tensor {
  /** @param initial - the first content, copied by reference: tensors never change. */
  constructor(initial: Tensor, requiresGrad = false) {
    if (!(initial instanceof Tensor)) {
      throw new ArgumentError(
        "OPERAND_KIND",
        `State: ${describe(initial)} is not a Tensor; tensor(...) makes one from numbers and arrays`,
      );
    }
    super(initial.data, initial.shape, initial.dtype, null, null, undefined, requiresGrad);
  }

  /**
   * Replaces the contents. Graphs recorded before can no longer be walked through this state: they say so rather than use
   * the new contents.
   *
   * @throws ShapeError `ASSIGN_SHAPE`, DTypeError `ASSIGN_DTYPE` when `next` does not fit, TraceError `BATCH_READ` when it stands for
   * the examples of a vmap; nothing is changed then.
   */
  assign(next: Tensor): void {
    if (!(next instanceof Tensor)) {
      throw new ArgumentError(
        "OPERAND_KIND",
        `assign: ${describe(next)} is not a Tensor; tensor(...) makes one from numbers and arrays`,
      );
    }
    if (!sameShape(next.shape, this.shape)) {
      throw new ShapeError(
        "ASSIGN_SHAPE",
        `assign: ${formatShape(next.shape)} to a state of shape ${formatShape(this.shape)}; reshape it first`,
      );
    }
    if (next.dtype !== this.dtype) {
      throw new DTypeError(
        "ASSIGN_DTYPE",
        `assign: ${next.dtype} to a state of ${this.dtype}; convert it with .to("${this.dtype}")`,
      );
    }
    if (next.batch !== null) {
      throw new TraceError(
        "BATCH_READ",
        "assign: inside vmap this tensor stands for all examples at once, and a State holds one content; reduce it over the " +
          "examples outside, or return it and assign the result",
      );
    }
    if (journal?.has(this) === false) journal.set(this, this.content);
    this.content = { data: next.data, assignedAt: now() };
  }

  /** @internal What is in it, and since when. */
  get content(): StateContent {
    return { data: this.data, assignedAt: this.assignedAt };
  }

  /** @internal */
  set content({ data, assignedAt }: StateContent) {
    this.storage = data;
    this.assignedAt = assignedAt;
  }
}

interface StateContent {
  readonly data: TypedArray;
  readonly assignedAt: number;
}

/** What the States held before a function assigned them. */
export type Journal = ReadonlyMap<State, StateContent>;

let journal: Map<State, StateContent> | null = null;

/** Runs `fn`, and tells what the States that it assigned held before. */
export function journalled<T>(fn: () => T): { readonly result: T; readonly before: Journal } {
  const outer = journal;
  const own = new Map<State, StateContent>();
  journal = own;
  try {
    return { result: fn(), before: own };
  } finally {
    journal = outer;
    for (const [state, content] of own) if (outer?.has(state) === false) outer.set(state, content);
  }
}

/** Runs `fn` again as it ran before: the States it assigned hold what they held then, and afterwards what they hold now. */
export function replayed<T>(before: Journal, fn: () => T): T {
  const present = [...before.keys()].map((state) => [state, state.content] as const);
  for (const [state, content] of before) state.content = content;
  try {
    return journalled(fn).result;
  } finally {
    for (const [state, content] of present) state.content = content;
  }
}

/**
 * A {@link State} that is trained: it requires a gradient, and modules list it.
 *
 * @throws ArgumentError `GRADIENT_DTYPE` for integers and booleans.
 */
export class Parameter extends State {
  /** @param initial - the first weights. */
  constructor(initial: Tensor, requiresGrad = true) {
    super(initial, requiresGrad);
    checkDifferentiable("Parameter", initial.dtype);
  }
}
