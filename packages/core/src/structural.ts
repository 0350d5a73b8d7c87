import type { DType, TypedArray } from "./dtype.js";
import { ArgumentError, describe } from "./errors.js";
import { Node } from "./node.js";
import type { Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** What a rule sees of the node it differentiates. */
export interface OpContext<T> {
  readonly inputs: readonly Tensor[]; // the tensors that the op was applied to
  readonly output: Tensor; // the result
  readonly attributes: T; // as `call` gave them
  /** Which inputs need a cotangent; a rule may return null for the others. */
  readonly needs: readonly boolean[];
}

/** What a batch rule sees besides the inputs. */
export interface BatchContext {
  readonly size: number; // how many examples there are: the size of axis 0 of every input
  /** Which inputs differ from example to example; the others are one tensor, repeated along axis 0 as a view. */
  readonly batched: readonly boolean[];
}

/** What the forms of ops over whole tensors have in common: `A` are the arguments of the function, `T` the attributes. */
export interface OpRules<A extends readonly unknown[], T> {
  readonly name: string; // as in messages and graphs
  /** Checks the arguments and sorts them into tensors and attributes (default: all arguments are tensors). */
  readonly call?: (...args: A) => {
    readonly inputs: readonly Tensor[]; // the tensors, which gradients can flow to
    readonly attributes: T; // what the rules need besides them
  };
  /**
   * From the cotangent of the result to those of the inputs, in ops, null for none. A result that is broader than its
   * input is summed to the input's shape by the engine. Left out: the op is not differentiable.
   */
  readonly vjp?: (cotangent: Tensor, context: OpContext<T>) => readonly (Tensor | null)[];
  /**
   * From the tangents of the inputs (null: zero) to that of the result. `"linear"`: the op applied to them, for ops
   * linear in all their tensor inputs together. Left out: found by differentiating the vjp.
   */
  readonly jvp?: "linear" | ((tangents: readonly (Tensor | null)[], context: OpContext<T>) => Tensor | null);
  /** Argument lists for the conformance suite; floating tensors in them are replaced by random ones of the same shape. */
  readonly samples: () => readonly A[];
  /**
   * What takes the place of the `index`-th floating tensor of a sample, made from a tensor of normal numbers (default: that
   * tensor), for ops that are not defined, or not smooth, everywhere.
   */
  readonly domain?: (normal: Tensor, index: number) => Tensor;
}

/** A structural op: what it computes, its shape, and its derivative, written with ops. */
export interface OpDefinition<A extends readonly unknown[], T> extends OpRules<A, T> {
  /** The shape of the result. */
  readonly shape: (inputs: readonly Tensor[], attributes: T) => Shape;
  /** The dtype of the result (default: the promoted dtype of the inputs). */
  readonly dtype?: (inputs: readonly Tensor[], attributes: T) => DType;
  /**
   * The elements of the result in row-major order, or a tensor whose elements the result shares (a view). The `data` of
   * the inputs is in row-major order.
   */
  readonly forward: (inputs: readonly Tensor[], attributes: T, shape: Shape, dtype: DType) => TypedArray | Tensor;
  /**
   * The op on a batch, for `vmap`: every input has a new axis 0 that holds the examples, and so must the result.
   * `"front"`: the op itself with the same attributes, for ops that treat all axes in front of their last ones alike and
   * take their sizes from the inputs. Left out: the examples are computed one after the other.
   */
  readonly batch?: "front" | ((inputs: readonly Tensor[], attributes: T, context: BatchContext) => Tensor);
}

/** A function written with ops, and the derivative to use in place of theirs. */
export interface CustomGradientDefinition<A extends readonly unknown[], T> extends OpRules<A, T> {
  /** The result, computed with ops; nothing in it is recorded. */
  readonly forward: (inputs: readonly Tensor[], attributes: T) => Tensor;
}

/** A structural op as a function; its definition is `.op`. */
export interface OpFunction<A extends readonly unknown[]> {
  (...args: A): Tensor;
  /** The definition, with its rules. */
  readonly op: StructuralOp<A>;
}

/** What {@link defineOp} and {@link customGradient} make of a definition; nodes carry it with the engine's rules around it. */
export class StructuralOp<A extends readonly unknown[], T = unknown> {
  readonly name: string; // that of the definition
  readonly definition: OpDefinition<A, T> | CustomGradientDefinition<A, T>; // as given to `defineOp` or `customGradient`
  /** @internal The op as tensors carry it, made on first use. */
  run: unknown = null;

  constructor(definition: OpDefinition<A, T> | CustomGradientDefinition<A, T>) {
    this.name = definition.name;
    this.definition = definition;
  }

  /** Computes the op and records it. */
  apply(inputs: readonly Tensor[], attributes: T): Tensor {
    for (const input of inputs) {
      // A Node of level 2 is a Tensor; the class itself uses ops, which are defined before it.
      if (!(input instanceof Node && input.level === 2)) throw this.wrongInput(input);
    }
    if (inputs.length === 0) throw this.wrongInput(undefined);
    return inputs[0].structural(this, inputs, attributes);
  }

  private wrongInput(input: unknown): ArgumentError {
    return new ArgumentError(
      "OPERAND_KIND",
      `${this.name}: ${describe(input)} is not a Tensor; tensor(...) makes one from numbers and arrays` +
        (this.definition.call ? "" : ", and what is no tensor is sorted into attributes by `call` in the definition"),
    );
  }
}

/**
 * Defines an op on whole tensors. `forward` computes, `vjp` differentiates; the engine checks, records, sums
 * broadcast cotangents and gives second order and forward mode from the same rules.
 *
 * @example
 * ```ts
 * import { defineOp, type OpFunction, type Tensor, tensor } from "@adjoint/core";
 * const reverse: OpFunction<[x: Tensor]> = defineOp<[x: Tensor], undefined>({
 *   name: "reverse",
 *   shape: ([x]) => x.shape,
 *   forward: ([x]) => x.data.slice().reverse(),
 *   vjp: (cotangent) => [reverse(cotangent)],
 *   jvp: "linear",
 *   samples: () => [[tensor([1, 2, 3])]],
 * });
 * const x = tensor([1, 2, 3], { requiresGrad: true });
 * reverse(x).mul(tensor([1, 10, 100])).sum().backward();
 * console.log(String(x.grad)); // → tensor([100,  10,   1])
 * ```
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<A extends readonly unknown[], T>(definition: OpDefinition<A, T>): OpFunction<A> {
  if (
    typeof definition?.forward !== "function" ||
    typeof definition.shape !== "function" ||
    typeof definition.samples !== "function"
  ) {
    throw new ArgumentError(
      "DEFINITION_KIND",
      `defineOp ${describe(definition?.name)}: a definition has at least name, shape, forward and samples (a function that gives argument lists)`,
    );
  }
  return functionOf(new StructuralOp(definition));
}

/**
 * Gives a function written with ops a derivative of its own: for results of an iteration (the implicit function theorem), for
 * gradients that are clipped or passed straight through, or where the derived one is numerically poor. As with {@link defineOp}, second
 * order and forward mode come from `vjp`; `vmap` passes through `forward`.
 *
 * @throws ArgumentError `DEFINITION_KIND`; GradientError `RULE_RESULT` in the backward walk when `vjp` does not give one
 * cotangent for each input.
 * @example
 * ```ts
 * import { customGradient, type OpFunction, round, type Tensor, tensor } from "@adjoint/core";
 * const roundStraightThrough: OpFunction<[x: Tensor]> = customGradient<[x: Tensor], undefined>({
 *   name: "roundStraightThrough",
 *   forward: ([x]) => round(x),
 *   vjp: (cotangent) => [cotangent],
 *   samples: () => [],
 * });
 * const x = tensor([0.4, 1.6], { requiresGrad: true });
 * roundStraightThrough(x).sum().backward();
 * console.log(String(x.grad)); // → tensor([1, 1])
 * ```
 */
/* @__NO_SIDE_EFFECTS__ */
export function customGradient<A extends readonly unknown[], T = undefined>(
  definition: CustomGradientDefinition<A, T>,
): OpFunction<A> {
  if (
    typeof definition?.forward !== "function" ||
    typeof definition.vjp !== "function" ||
    typeof definition.samples !== "function" ||
    "shape" in definition
  ) {
    throw new ArgumentError(
      "DEFINITION_KIND",
      `customGradient ${describe(definition?.name)}: a definition has name, forward (which gives a tensor, computed with ops), vjp and samples`,
    );
  }
  return functionOf(new StructuralOp(definition));
}

function functionOf<A extends readonly unknown[], T>(op: StructuralOp<A, T>): OpFunction<A> {
  const { call } = op.definition;
  const run = (...args: A): Tensor => {
    if (call === undefined) return op.apply(args as unknown as readonly Tensor[], undefined as T);
    const { inputs, attributes } = call(...args);
    return op.apply(inputs, attributes);
  };
  // The function keeps the types of its arguments; those of the attributes stay inside the block.
  return Object.assign(run, { op: op as unknown as StructuralOp<A> });
}
