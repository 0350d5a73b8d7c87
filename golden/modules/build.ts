import type { AnyModule } from "@adjoint/nn";
import type { Tensor } from "@adjoint/core";
import type { Named, Outputs } from "../cases.js";
import { renamed } from "../rename.js";

/** A class of PyTorch's modules in our words. */
export interface ModuleCall {
  /** The module that PyTorch makes of these keyword arguments; `params` is the state dict that will be loaded into it. */
  readonly make: (attrs: Named<never>, params?: Named<Tensor>) => AnyModule;
  /**
   * The outputs by name, from the module, the inputs by name, and the keyword arguments of `forward` (default: all inputs, in
   * their order, give `out`).
   */
  readonly run?: (module: never, inputs: Named<Tensor>, forward: Named<never>) => Outputs;
}

/** Classes of PyTorch's modules by name. */
export type Modules = Named<ModuleCall>;

/** What PyTorch takes and we do without: where it computes, and what it writes over. */
const meaningless = new Set(["training", "forward", "inplace", "device", "dtype", "sparse"]);

/**
 * How a class of ours is made of PyTorch's keyword arguments: those of the given names go first, in their order, and the rest
 * become options of the same names in camelCase. `changes` are other names, or functions for other contents.
 */
export function built(
  layer: new (...args: never[]) => AnyModule,
  positional: readonly string[] = [],
  otherNames: Named<string> = {},
): (attrs: Named<never>) => AnyModule {
  return (attrs) => {
    const options = Object.entries(attrs).filter(([name]) => !positional.includes(name) && !meaningless.has(name));
    const given = renamed(Object.fromEntries(options.map(([name, x]) => [otherNames[name] ?? name, x])));
    const first = positional.map((name) => attrs[name]);
    return Reflect.construct(layer, Object.keys(given).length > 0 ? [...first, given] : first) as AnyModule;
  };
}
