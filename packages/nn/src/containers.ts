import type { Tensor } from "@adjoint/core";
import { ArgumentError, IndexError } from "@adjoint/core";
import { shown } from "./checks.js";
import { Module } from "./module.js";

/**
 * Modules one after the other: each takes what the one before gave. State-dict keys are the places: `0.weight`.
 *
 * @throws ArgumentError `MODULE_KIND` for something that is not a module, or has no `forward`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Flatten, Linear, ReLU, Sequential } from "@adjoint/nn";
 * const model = new Sequential(new Flatten(), new Linear(16, 8), new ReLU(), new Linear(8, 2));
 * console.log(model.forward(ones([3, 4, 4])).shape); // → [ 3, 2 ]
 * console.log(Object.keys(model.stateDict()).join(" ")); // → 1.weight 1.bias 3.weight 3.bias
 * ```
 */
export class Sequential extends Module implements Iterable<Module> {
  private readonly steps: readonly Module[];

  constructor(...modules: readonly Module[]) {
    super();
    modules.forEach((module, i) => {
      if (!(module instanceof Module)) {
        throw new ArgumentError(
          "MODULE_KIND",
          `Sequential: argument ${i} is ${shown(module)}, not a Module; wrap functions in a class that extends Module, as ReLU does`,
        );
      }
      // Where no compiler checks it, a class can leave out what is abstract.
      if (typeof module.forward !== "function") {
        throw new ArgumentError(
          "MODULE_KIND",
          `Sequential: argument ${i}, of class ${module.constructor.name}, has no forward; give its class a method forward(x)`,
        );
      }
    });
    this.steps = modules;
  }

  forward(x: Tensor): Tensor {
    let y = x;
    for (const module of this.steps) y = module.forward(y);
    return y;
  }

  /** The number of modules. */
  get length(): number {
    return this.steps.length;
  }

  /**
   * The module at a place; negative ones count from the end.
   *
   * @throws IndexError `INDEX_OUT_OF_RANGE`.
   */
  at(index: number): Module {
    const module = this.steps.at(index);
    if (module !== undefined && Number.isInteger(index)) return module;
    throw new IndexError("INDEX_OUT_OF_RANGE", `Sequential: there is no module ${index}; it has ${this.length}`);
  }

  /** The modules in order. */
  [Symbol.iterator](): Iterator<Module> {
    return this.steps[Symbol.iterator]();
  }

  override fields(): Iterable<readonly [field: string, content: unknown]> {
    return this.steps.map((module, i) => [String(i), module] as const);
  }
}

/** `y = x`: a module that does nothing, to stand where another can be. */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}
