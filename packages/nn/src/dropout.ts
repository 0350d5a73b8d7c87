import {
  checkOptions,
  checkTensor,
  div,
  elementwise,
  type Generator,
  lt,
  mul,
  sub,
  type Tensor,
  type Ternary,
  type Value,
  where,
} from "@adjoint/core";
import { checkGenerator, checkProbability } from "./checks.js";
import { Module } from "./module.js";

/** `x / (1 - p)`, or 0 where the number u from [0, 1) is below p. */
export const dropBelow: Ternary = elementwise("dropout", {
  formula: (x: Value, u: Value, p: Value) => where(lt(u, p), 0, div(x, sub(1, p))),
  samples: [
    [2, 0.7, 0.5],
    [2, 0.2, 0.5],
    [-1, 0.2, 0],
  ],
  domain: [
    [-3, 3],
    [0.6, 1],
    [0.1, 0.5],
  ],
});

/** Options of {@link Dropout}. */
export interface DropoutOptions {
  /** Where the random numbers come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/**
 * In training, sets each element to 0 with probability p (default 0.5) and divides the others by `1 - p`, which keeps the mean;
 * in evaluation `y = x`. Srivastava et al., 2014.
 *
 * @throws ArgumentError `PROBABILITY_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { Generator, ones } from "@adjoint/core";
 * import { Dropout } from "@adjoint/nn";
 * const layer = new Dropout(0.5, { generator: new Generator(1) });
 * console.log([...new Set(layer.forward(ones([100])).data)].sort()); // → [ 0, 2 ]
 * console.log(layer.eval().forward(ones([3])).toArray()); // → [ 1, 1, 1 ]
 * ```
 */
export class Dropout extends Module {
  readonly p: number; // the probability that an element becomes 0 in training
  private readonly generator: Generator;

  constructor(p = 0.5, options: DropoutOptions = {}) {
    super();
    checkOptions("Dropout", options, "{ generator }", ["generator"]);
    this.p = checkProbability("Dropout", "p", p);
    this.generator = checkGenerator("Dropout", options.generator);
  }

  forward(x: Tensor): Tensor {
    checkTensor("Dropout", x);
    if (!this.training || this.p === 0) return x;
    // With p = 1 nothing is left to be divided by 1 - p, and 0/0 would reach the gradient.
    if (this.p === 1) return mul(x, 0);
    const dtype = x.dtype === "float64" ? "float64" : "float32";
    return dropBelow(x, this.generator.uniform(x.shape, 0, 1, { dtype }), this.p);
  }

  protected override extraRepr(): string {
    return `p=${this.p}`;
  }
}
