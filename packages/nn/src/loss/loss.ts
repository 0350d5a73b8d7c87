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

  constructor(known: Known<Options>, options: Options = {} as Options) {
    super();
    settle(new.target.name, options, known);
    const others: Partial<Options> = {};
    for (const name in known) {
      const x = options[name];
      // What must be a tensor is a weight.
      if (known[name][1] === checkRole) Reflect.set(this, name, x instanceof Tensor ? new State(x.detach()) : null);
      else if (x !== undefined) others[name] = x;
    }
    this.options = others as Options;
  }

  /** The options of the function, weights included. */
  protected get withWeights(): Options {
    const weights = Object.entries(this).filter(([, x]) => x instanceof State);
    return { ...this.options, ...(Object.fromEntries(weights) as Partial<Options>) };
  }

  protected override extraRepr(): string {
    return settings(this.options);
  }
}
