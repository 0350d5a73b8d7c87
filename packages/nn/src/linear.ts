import {
  add,
  checkOptions,
  checkTensor,
  type Generator,
  matmul,
  Parameter,
  ShapeError,
  type Tensor,
  transpose,
} from "@adjoint/core";
import { checkCount, checkGenerator, shapeText, checkFlags } from "./checks.js";
import { Module } from "./module.js";

/** Options of {@link Linear}. */
export interface LinearOptions {
  /** Add a bias (default true). */
  readonly bias?: boolean;
  /** Where the initial weights come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/**
 * The affine map `y = x·Wᵀ + b` over the last axis of `x`.
 *
 * `x: [..., inFeatures]` gives `y: [..., outFeatures]`. Weight and bias start
 * uniform in `±1/√inFeatures`, as in PyTorch.
 *
 * @throws ArgumentError `SIZE_INVALID` unless both sizes are positive integers, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward`
 * ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Linear } from "@adjoint/nn";
 * const layer = new Linear(3, 2);
 * console.log(layer.forward(ones([5, 3])).shape); // → [ 5, 2 ]
 * ```
 */
export class Linear extends Module {
  readonly weight: Parameter; // [outFeatures, inFeatures]
  readonly bias: Parameter | null; // [outFeatures]

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    checkOptions("Linear", options, "{ bias: false }", ["bias", "generator"]);
    const { bias = true } = options;
    checkFlags("Linear", { bias });
    const generator = checkGenerator("Linear", options.generator);
    checkCount("Linear", "inFeatures", inFeatures);
    checkCount("Linear", "outFeatures", outFeatures);
    const bound = 1 / Math.sqrt(inFeatures);
    this.weight = new Parameter(generator.uniform([outFeatures, inFeatures], -bound, bound));
    this.bias = bias ? new Parameter(generator.uniform([outFeatures], -bound, bound)) : null;
  }

  forward(x: Tensor): Tensor {
    this.check(x);
    const y = matmul(x, transpose(this.weight));
    return this.bias ? add(y, this.bias) : y;
  }

  private check(x: Tensor): void {
    checkTensor("Linear", x);
    const [, inFeatures] = this.weight.shape;
    if (x.shape[x.ndim - 1] === inFeatures) return;
    throw new ShapeError(
      "INPUT_SHAPE",
      `Linear: input ${shapeText(x.shape)}; the last axis must be ${inFeatures} (inFeatures)`,
    );
  }

  protected override extraRepr(): string {
    const [outFeatures, inFeatures] = this.weight.shape;
    return `inFeatures=${inFeatures}, outFeatures=${outFeatures}, bias=${this.bias !== null}`;
  }
}
