import {
  add,
  checkOptions,
  checkTensor,
  einsum,
  type Generator,
  Parameter,
  ShapeError,
  type Tensor,
} from "@adjoint/core";
import { checkCount, checkGenerator, checkRole, settings, shapeText, checkFlags } from "./checks.js";
import { Module } from "./module.js";

/** Options of {@link bilinear}. */
export interface BilinearFunctionOptions {
  /** A number for each output feature, `[outFeatures]` (default none). */
  readonly bias?: Tensor | null;
}

/**
 * The bilinear form `y[k] = x₁ᵀ·W[k]·x₂ + b[k]` of vectors along the last axes: `x1: [..., in1Features]`, `x2: [..., in2Features]` and
 * `weight: [outFeatures, in1Features, in2Features]` give `[..., outFeatures]`; the axes in front are the same in both.
 *
 * @throws ShapeError `INPUT_SHAPE`, `WEIGHT_SHAPE`; ArgumentError `OPERAND_KIND`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { eye, tensor } from "@adjoint/core";
 * import { bilinear } from "@adjoint/nn";
 * const dot = eye(2).reshape([1, 2, 2]);
 * console.log(bilinear(tensor([[1, 2]]), tensor([[3, 4]]), dot).toArray()); // → [ [ 11 ] ]
 * ```
 */
export function bilinear(x1: Tensor, x2: Tensor, weight: Tensor, options: BilinearFunctionOptions = {}): Tensor {
  checkOptions("bilinear", options, "{ bias }", ["bias"]);
  return form("bilinear", x1, x2, weight, options.bias);
}

function form(name: string, x1: Tensor, x2: Tensor, weight: Tensor, bias: Tensor | null | undefined): Tensor {
  checkTensor(name, x1);
  checkRole(name, "x2", x2);
  checkRole(name, "weight", weight);
  if (bias) checkRole(name, "bias", bias);
  const [outFeatures, in1Features, in2Features] = weight.shape;
  if (weight.ndim !== 3 || (bias && (bias.ndim !== 1 || bias.size !== outFeatures))) {
    const beside = bias ? ` and a bias ${shapeText(bias.shape)}` : "";
    throw new ShapeError(
      "WEIGHT_SHAPE",
      `${name}: a weight ${shapeText(weight.shape)}${beside}; give [outFeatures, in1Features, in2Features] and [outFeatures]`,
    );
  }
  const front = x1.shape.slice(0, -1);
  const [first, second] = [
    [...front, in1Features],
    [...front, in2Features],
  ].map(shapeText);
  if (x1.ndim === 0 || shapeText(x1.shape) !== first || shapeText(x2.shape) !== second) {
    throw new ShapeError(
      "INPUT_SHAPE",
      `${name}: inputs ${shapeText(x1.shape)} and ${shapeText(x2.shape)}; the last axes must be ${in1Features} and ` +
        `${in2Features}, and those in front the same`,
    );
  }
  const y = einsum("...i,oij,...j->...o", x1, weight, x2);
  return bias ? add(y, bias) : y;
}

/** Options of {@link Bilinear}. */
export interface BilinearOptions {
  /** Add a bias (default true). */
  readonly bias?: boolean;
  /** Where the initial weights come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/**
 * The bilinear map `y[k] = x₁ᵀ·W[k]·x₂ + b[k]` of two inputs over their last axes: `[..., in1Features]` and `[..., in2Features]` to
 * `[..., outFeatures]`. Weight and bias start uniform in `±1/√in1Features`, as in PyTorch.
 *
 * @throws ArgumentError `SIZE_INVALID`, `GENERATOR_KIND`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`,
 * ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Bilinear } from "@adjoint/nn";
 * console.log(new Bilinear(3, 4, 2).forward(ones([5, 3]), ones([5, 4])).shape); // → [ 5, 2 ]
 * ```
 */
export class Bilinear extends Module<[x1: Tensor, x2: Tensor]> {
  readonly weight: Parameter; // [outFeatures, in1Features, in2Features]
  readonly bias: Parameter | null; // [outFeatures]

  constructor(in1Features: number, in2Features: number, outFeatures: number, options: BilinearOptions = {}) {
    super();
    checkOptions("Bilinear", options, "{ bias: false }", ["bias", "generator"]);
    const { bias = true } = options;
    checkFlags("Bilinear", { bias });
    const generator = checkGenerator("Bilinear", options.generator);
    for (const [name, n] of Object.entries({ in1Features, in2Features, outFeatures })) checkCount("Bilinear", name, n);
    const bound = 1 / Math.sqrt(in1Features);
    this.weight = new Parameter(generator.uniform([outFeatures, in1Features, in2Features], -bound, bound));
    this.bias = bias ? new Parameter(generator.uniform([outFeatures], -bound, bound)) : null;
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return form("Bilinear", x1, x2, this.weight, this.bias);
  }

  protected override extraRepr(): string {
    const [outFeatures, in1Features, in2Features] = this.weight.shape;
    return settings({ in1Features, in2Features, outFeatures, bias: this.bias !== null });
  }
}
