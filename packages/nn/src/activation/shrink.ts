import { hardshrink, softshrink, tanhshrink, type Tensor } from "@adjoint/core";
import { Module } from "../module.js";
import { Adjustable } from "./adjustable.js";

/**
 * Element by element `x` where `|x| > lambd` (default 0.5), else 0.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Hardshrink } from "@adjoint/nn";
 * console.log(new Hardshrink().forward(tensor([-2, 0.4, 1]))); // → tensor([-2,  0,  1])
 * ```
 */
export class Hardshrink extends Adjustable<"lambd"> {
  constructor(options: number | { readonly lambd?: number } = {}) {
    super(hardshrink, options);
  }
}

/**
 * `x` moved towards 0 by `lambd` (default 0.5), element by element, and 0 where `|x| ≤ lambd`: the proximal map of `lambd·|x|`.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Softshrink } from "@adjoint/nn";
 * console.log(new Softshrink().forward(tensor([-2, 0.4, 1]))); // → tensor([-1.5000,  0.0000,  0.5000])
 * ```
 */
export class Softshrink extends Adjustable<"lambd"> {
  constructor(options: number | { readonly lambd?: number } = {}) {
    super(softshrink, options);
  }
}

/**
 * What `tanh` takes away, `x - tanh x`, element by element.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Tanhshrink } from "@adjoint/nn";
 * console.log(new Tanhshrink().forward(tensor([0, 1, -2]))); // → tensor([ 0.0000,  0.2384, -1.0360])
 * ```
 */
export class Tanhshrink extends Module {
  forward(x: Tensor): Tensor {
    return tanhshrink(x);
  }
}
