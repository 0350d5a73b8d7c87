import { checkOptions, type Tensor, type UnaryWithOptions } from "@adjoint/core";
import { settings } from "../checks.js";
import { Module } from "../module.js";

/** An activation with the options of a function of core, by their names; a number alone is the first of them. */
export abstract class Adjustable<Name extends string> extends Module {
  readonly options: Partial<Record<Name, number>>; // those that were given
  private readonly activate: UnaryWithOptions<Record<Name, number>>;

  constructor(activate: UnaryWithOptions<Record<Name, number>>, options: number | Partial<Record<Name, number>>) {
    super();
    const { optionNames, optionDefaults } = activate.op;
    this.options =
      typeof options === "number" ? ({ [optionNames[0]]: options } as Partial<Record<Name, number>>) : options;
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
