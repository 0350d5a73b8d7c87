import { relu, sigmoid, tanh, type Tensor } from "@adjoint/core";
import { Module } from "./module.js";

/**
 * The rectifier `max(0, x)`, element by element.
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

/** The logistic function `1 / (1 + e^-x)`, element by element. */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/** The hyperbolic tangent, element by element. */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}
