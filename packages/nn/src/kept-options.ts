import { checkOptions } from "@adjoint/core";
import { settings } from "./checks.js";
import { Module } from "./module.js";

/** A layer that is a function of core with its options kept. */
export abstract class KeptOptions<Options extends object, Inputs extends readonly unknown[]> extends Module<Inputs> {
  readonly options: Readonly<Options>; // what the function is given, with what stood in front

  constructor(fixed: Partial<Options>, given: Partial<Options>, example: string, known: readonly string[]) {
    super();
    checkOptions(new.target.name, given, example, known);
    this.options = { ...fixed, ...given } as Options;
  }

  protected override extraRepr(): string {
    return settings(this.options);
  }
}
