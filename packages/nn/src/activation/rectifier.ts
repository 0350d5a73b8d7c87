import {
  celu,
  elu,
  gelu,
  type GeluOptions,
  leakyRelu,
  mish,
  relu,
  relu6,
  selu,
  silu,
  type Tensor,
  threshold,
} from "@adjoint/core";
import { settings } from "../checks.js";
import { Module } from "../module.js";
import { Adjustable } from "./adjustable.js";

/**
 * The rectifier `max(0, x)`, element by element, with derivative 0 at 0.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { ReLU } from "@adjoint/nn";
 * console.log(new ReLU().forward(tensor([-1, 2])).toArray()); // → [ 0, 2 ]
 * ```
 */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/**
 * The rectifier that stops at 6, `min(max(0, x), 6)`, element by element. Howard et al., 2017, arXiv:1704.04861.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { ReLU6 } from "@adjoint/nn";
 * console.log(new ReLU6().forward(tensor([-1, 2, 8])).toArray()); // → [ 0, 2, 6 ]
 * ```
 */
export class ReLU6 extends Module {
  forward(x: Tensor): Tensor {
    return relu6(x);
  }
}

/**
 * The leaky rectifier, element by element: `x` above 0 and `negativeSlope · x` (default 0.01) elsewhere. Maas et al., 2013.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { LeakyReLU } from "@adjoint/nn";
 * const layer = new LeakyReLU(0.2); // or { negativeSlope: 0.2 }
 * console.log(layer.forward(tensor([-1, 2]))); // → tensor([-0.2000,  2.0000])
 * ```
 */
export class LeakyReLU extends Adjustable<"negativeSlope"> {
  constructor(options: number | { readonly negativeSlope?: number } = {}) {
    super(leakyRelu, options);
  }
}

/**
 * Element by element `x` where it is above a threshold, else `value`.
 *
 * @throws ArgumentError `OPTION_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Threshold } from "@adjoint/nn";
 * console.log(new Threshold(1, -1).forward(tensor([-2, 0.5, 3]))); // → tensor([-1, -1,  3])
 * ```
 */
export class Threshold extends Adjustable<"threshold" | "value"> {
  constructor(bound: number, value: number) {
    super(threshold, { threshold: bound, value });
  }
}

/**
 * The exponential linear unit, element by element: `x` above 0 and `alpha · (e^x - 1)` (default alpha 1) elsewhere. Clevert et
 * al., 2015, arXiv:1511.07289.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { ELU } from "@adjoint/nn";
 * console.log(new ELU({ alpha: 2 }).forward(tensor([-1, 2]))); // → tensor([-1.2642,  2.0000])
 * ```
 */
export class ELU extends Adjustable<"alpha"> {
  constructor(options: number | { readonly alpha?: number } = {}) {
    super(elu, options);
  }
}

/**
 * The continuously differentiable exponential linear unit, element by element: `x` above 0 and `alpha · (e^(x/alpha) - 1)`
 * (default alpha 1) elsewhere. Barron, 2017, arXiv:1704.07483.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { CELU } from "@adjoint/nn";
 * console.log(new CELU({ alpha: 2 }).forward(tensor([-1, 2]))); // → tensor([-0.7869,  2.0000])
 * ```
 */
export class CELU extends Adjustable<"alpha"> {
  constructor(options: number | { readonly alpha?: number } = {}) {
    super(celu, options);
  }
}

/**
 * The scaled exponential linear unit, element by element: `λ·x` above 0 and `λ·α·(e^x - 1)` elsewhere, with λ ≈ 1.0507 and α ≈
 * 1.6733, for which mean 0 and variance 1 are a fixed point. Klambauer et al., 2017, arXiv:1706.02515.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { SELU } from "@adjoint/nn";
 * console.log(new SELU().forward(tensor([-1, 2]))); // → tensor([-1.1113,  2.1014])
 * ```
 */
export class SELU extends Module {
  forward(x: Tensor): Tensor {
    return selu(x);
  }
}

/**
 * The Gaussian error linear unit `x · Φ(x)`, element by element, with the normal distribution function Φ, or, with
 * `approximate: "tanh"`, its usual approximation by tanh. Hendrycks and Gimpel, 2016, arXiv:1606.08415.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { GELU } from "@adjoint/nn";
 * console.log(new GELU().forward(tensor([-1, 0, 1]))); // → tensor([-0.1587,  0.0000,  0.8413])
 * ```
 */
export class GELU extends Module {
  readonly options: GeluOptions; // those that were given

  constructor(options: GeluOptions = {}) {
    super();
    gelu(0, options); // Refuses what is no option here rather than in the first call.
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return gelu(x, this.options);
  }

  protected override extraRepr(): string {
    return settings(this.options);
  }
}

/**
 * The sigmoid linear unit `x · σ(x)`, or swish, element by element. Elfwing et al., 2017, arXiv:1702.03118.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { SiLU } from "@adjoint/nn";
 * console.log(new SiLU().forward(tensor([-1, 0, 1]))); // → tensor([-0.2689,  0.0000,  0.7311])
 * ```
 */
export class SiLU extends Module {
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/**
 * `x · tanh(ln(1 + e^x))`, element by element. Misra, 2019, arXiv:1908.08681.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Mish } from "@adjoint/nn";
 * console.log(new Mish().forward(tensor([-1, 0, 1]))); // → tensor([-0.3034,  0.0000,  0.8651])
 * ```
 */
export class Mish extends Module {
  forward(x: Tensor): Tensor {
    return mish(x);
  }
}
