import { ArgumentError, describe } from "./errors.js";
import type { Tensor } from "./tensor.js";

/** What a composed function gives: a tensor, several, or several by name. */
export type Results = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor };

/** How the conformance suite tests a composed function. */
export interface ComposedDetails<A extends readonly unknown[]> {
  /** Argument lists; floating tensors in them are replaced by random ones of the same shape. */
  readonly samples: () => readonly A[];
  /**
   * What takes the place of the `index`-th floating tensor of a sample, made from a tensor of normal numbers (default: that
   * tensor), for functions that are not defined, or not smooth, everywhere.
   */
  readonly domain?: (normal: Tensor, index: number) => Tensor;
  /** False for a function that reads elements, such as one whose result's shape depends on them: `vmap` cannot pass it. */
  readonly batch?: false;
}

/** The description that a composed function carries as `.op`. */
export class ComposedOp<A extends readonly unknown[] = readonly never[]> {
  readonly name: string; // as in messages
  readonly definition: ComposedDetails<A>; // how it is tested

  constructor(name: string, definition: ComposedDetails<A>) {
    this.name = name;
    this.definition = definition;
  }
}

/**
 * A function made of ops, with its samples.
 *
 * @typeParam F - the function
 */
export type Composed<F extends (...args: never[]) => Results> = F & {
  readonly op: ComposedOp<Readonly<Parameters<F>>>; // its name and samples
};

/**
 * Names a function made of other ops and gives it samples, so that it is tested as every op is. Its derivatives, forward mode
 * and `vmap` come from what it calls.
 *
 * @typeParam F - the function
 * @example
 * ```ts
 * import { compose, type Composed, mean, sub, type Tensor, tensor } from "@adjoint/core";
 * const centered: Composed<(x: Tensor) => Tensor> = compose("centered", (x) => sub(x, mean(x)), {
 *   samples: () => [[tensor([1, 2, 6])]],
 * });
 * console.log(centered(tensor([1, 2, 6]))); // → tensor([-2, -1,  3])
 * ```
 */
/* @__NO_SIDE_EFFECTS__ */
export function compose<F extends (...args: never[]) => Results>(
  name: string,
  call: F,
  details: ComposedDetails<Readonly<Parameters<F>>>,
): Composed<F> {
  if (typeof call !== "function" || typeof details?.samples !== "function") {
    throw new ArgumentError(
      "DEFINITION_KIND",
      `compose ${describe(name)}: takes a name, a function and samples, as in compose("twice", (x) => mul(x, 2), { samples: () => [[ones([2])]] })`,
    );
  }
  return Object.assign(call, { op: new ComposedOp(name, details) });
}
