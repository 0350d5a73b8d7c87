import { State, Tensor } from "@adjoint/core";
import { checkRole, settings } from "../checks.js";
import { Module } from "../module.js";
import { type Known, settle } from "./options.js";

/**
 * A loss as a module: the options of the function of the same name first, then what it compares. Weights among the options become
 * buffers under their names, so that they move and are saved with the model, as in PyTorch.
 */
export abstract class Loss<
  Options extends object,
  Inputs extends readonly unknown[] = [x: Tensor, y: Tensor],
> extends Module<Inputs> {
  readonly options: Options; // those of the function, weights excepted
  private readonly weights: readonly (keyof Options & string)[]; // the names of the options that are weights

  constructor(known: Known<Options>, options: Options = {} as Options) {
    super();
    settle(new.target.name, options, known);
    const names = Object.keys(known) as (keyof Options & string)[];
    // What must be a tensor is a weight.
    this.weights = names.filter((name) => known[name][1] === checkRole);
    this.options = { ...options };
    for (const name of this.weights) {
      const x = options[name];
      Reflect.set(this, name, x instanceof Tensor ? new State(x.detach()) : null);
      delete this.options[name];
    }
  }

  /** The options of the function, weights included. */
  protected get withWeights(): Options {
    const weights = this.weights.map((name) => [name, Reflect.get(this, name) ?? undefined] as const);
    return { ...this.options, ...(Object.fromEntries(weights) as Partial<Options>) };
  }

  protected override extraRepr(): string {
    return settings(this.options);
  }
}
