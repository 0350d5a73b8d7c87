import { checkOptions, type Tensor, type UnaryWithOptions } from "@adjoint/core";
import { settings } from "../checks.js";
import { Module } from "../module.js";

/** An activation with the options of a function of core; a number alone is the first of them. */
export abstract class Adjustable<Options extends Record<string, number>> extends Module {
  readonly options: Partial<Options>; // those that were given
  private readonly activate: UnaryWithOptions<Options>;

  constructor(activate: UnaryWithOptions<Options>, options: number | Partial<Options>) {
    super();
    const { optionNames, optionDefaults } = activate.op;
    this.options = typeof options === "number" ? ({ [optionNames[0]]: options } as Partial<Options>) : options;
    checkOptions(new.target.name, this.options, `{ ${optionNames[0]}: ${optionDefaults[0]} }`, optionNames);
    activate(0, this.options); // Refuses what is no number here rather than in the first call.
    this.activate = activate;
  }

  forward(x: Tensor): Tensor {
    return this.activate(x, this.options);
  }

  protected override extraRepr(): string {
    return settings(this.options);
  }
}
