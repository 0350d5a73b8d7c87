import { checkOptions, type PerAxis } from "@adjoint/core";
import { checkPerAxis, settings } from "../checks.js";
import { Module } from "../module.js";

/** A pool over windows, with the options of a function of core, of which some are arguments here. */
export abstract class WindowPool<
  Options extends { readonly kernelSize: PerAxis },
  Inputs extends readonly unknown[],
  Output,
> extends Module<Inputs, Output> {
  readonly options: Options; // with the kernel size

  /** @param required - those options that are arguments */
  constructor(spatial: number, required: Partial<Options>, options: object, known: readonly string[]) {
    super();
    const { name } = new.target;
    checkPerAxis(name, "kernelSize", required.kernelSize, spatial);
    checkOptions(name, options, "{ stride: 2 }", ["stride", ...known]);
    this.options = { ...required, ...options } as Options;
  }

  protected override extraRepr(): string {
    return settings(this.options);
  }
}
