import {
  hardsigmoid,
  hardswish,
  hardtanh,
  logSigmoid,
  sigmoid,
  softplus,
  softsign,
  tanh,
  type Tensor,
} from "@adjoint/core";
import { Module } from "../module.js";
import { Adjustable } from "./adjustable.js";

/**
 * The logistic function `1 / (1 + e^-x)`, element by element.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Sigmoid } from "@adjoint/nn";
 * console.log(new Sigmoid().forward(tensor([0, 2]))); // → tensor([0.5000, 0.8808])
 * ```
 */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/**
 * The logarithm of the logistic function, `-ln(1 + e^-x)`, element by element; finite also where the sigmoid rounds to 0.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { LogSigmoid } from "@adjoint/nn";
 * console.log(new LogSigmoid().forward(tensor([0, -1000]))); // → tensor([   -0.6931, -1000.0000])
 * ```
 */
export class LogSigmoid extends Module {
  forward(x: Tensor): Tensor {
    return logSigmoid(x);
  }
}

/**
 * The sigmoid in three straight pieces, `min(max(0, x + 3), 6) / 6`, element by element.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Hardsigmoid } from "@adjoint/nn";
 * console.log(new Hardsigmoid().forward(tensor([-4, 0, 1.5]))); // → tensor([0.0000, 0.5000, 0.7500])
 * ```
 */
export class Hardsigmoid extends Module {
  forward(x: Tensor): Tensor {
    return hardsigmoid(x);
  }
}

/**
 * The swish in straight pieces and a parabola, `x · min(max(0, x + 3), 6) / 6`, element by element. Howard et al., 2019,
 * arXiv:1905.02244.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Hardswish } from "@adjoint/nn";
 * console.log(new Hardswish().forward(tensor([-4, -1, 4]))); // → tensor([ 0.0000, -0.3333,  4.0000])
 * ```
 */
export class Hardswish extends Module {
  forward(x: Tensor): Tensor {
    return hardswish(x);
  }
}

/**
 * The hyperbolic tangent, `(e^x - e^-x) / (e^x + e^-x)`, element by element.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Tanh } from "@adjoint/nn";
 * console.log(new Tanh().forward(tensor([0, 1]))); // → tensor([0.0000, 0.7616])
 * ```
 */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

/**
 * `x` held between `min` and `max` (default -1 and 1; PyTorch's `min_val` and `max_val`), element by element, with derivative 0 at
 * both.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Hardtanh } from "@adjoint/nn";
 * console.log(new Hardtanh({ min: 0, max: 2 }).forward(tensor([-2, 0.5, 3]))); // → tensor([0.0000, 0.5000, 2.0000])
 * ```
 */
export class Hardtanh extends Adjustable<"min" | "max"> {
  constructor(options: number | { readonly min?: number; readonly max?: number } = {}) {
    super(hardtanh, options);
  }
}

/**
 * `x / (1 + |x|)`, element by element, from -1 to 1.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Softsign } from "@adjoint/nn";
 * console.log(new Softsign().forward(tensor([0, 1, -3]))); // → tensor([ 0.0000,  0.5000, -0.7500])
 * ```
 */
export class Softsign extends Module {
  forward(x: Tensor): Tensor {
    return softsign(x);
  }
}

/**
 * The smooth rectifier `ln(1 + e^(βx)) / β`, element by element; `x` itself where `βx` is above the threshold (defaults β = `beta` =
 * 1 and 20).
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Softplus } from "@adjoint/nn";
 * console.log(new Softplus({ beta: 2 }).forward(tensor([0, 1]))); // → tensor([0.3466, 1.0635])
 * ```
 */
export class Softplus extends Adjustable<"beta" | "threshold"> {
  constructor(options: number | { readonly beta?: number; readonly threshold?: number } = {}) {
    super(softplus, options);
  }
}
