import {
  add,
  checkOptions,
  checkTensor,
  mean,
  mul,
  ones,
  Parameter,
  rsqrt,
  type Shape,
  ShapeError,
  square,
  type Tensor,
  zeros,
} from "@adjoint/core";
import { checkAmount, checkCount, shapeText } from "./checks.js";
import { Module } from "./module.js";
import { scaled, standardized } from "./standardize.js";

/** Options of {@link RMSNorm}. */
export interface RMSNormOptions {
  /** What is added to the mean square before the root (default the machine epsilon of the dtype). */
  readonly eps?: number | null;
  /** Scale each element by a learned number (default true). */
  readonly elementwiseAffine?: boolean;
}

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions {
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
  /** Scale and shift each element by learned numbers (default true). */
  readonly elementwiseAffine?: boolean;
  /** Shift too (default true). */
  readonly bias?: boolean;
}

/** What the normalisations over the last axes have in common. */
abstract class LastAxesNorm extends Module {
  readonly normalizedShape: Shape; // the last axes, over which is normalised
  readonly weight: Parameter | null; // normalizedShape, starts at 1

  constructor(normalizedShape: number | Shape, affine: boolean) {
    super();
    const { name } = new.target;
    const shape: readonly number[] = Array.isArray(normalizedShape) ? normalizedShape : [normalizedShape as number];
    if (shape.length === 0) checkCount(name, "the number of axes in normalizedShape", 0);
    this.normalizedShape = Array.from(shape, (n) => checkCount(name, "normalizedShape", n));
    this.weight = affine ? new Parameter(ones(this.normalizedShape)) : null;
  }

  /** The axes of `x` over which is normalised. @throws ShapeError `INPUT_SHAPE`. */
  protected axesOf(x: Tensor): number[] {
    const { name } = this.constructor;
    checkTensor(name, x);
    const { normalizedShape } = this;
    const start = x.ndim - normalizedShape.length;
    if (start >= 0 && normalizedShape.every((n, i) => n === x.shape[start + i])) {
      return normalizedShape.map((_, i) => start + i);
    }
    throw new ShapeError(
      "INPUT_SHAPE",
      `${name}: input ${shapeText(x.shape)}; its last axes must be ${shapeText(normalizedShape)}`,
    );
  }
}

/**
 * `y = (x - mean) / √(variance + ε) · weight + bias` over the last axes of each example. Ba, Kiros and Hinton, 2016, arXiv:1607.06450.
 *
 * `x: [..., ...normalizedShape]` gives y in the same shape; the variance is the biased one. Weight starts at 1 and bias at 0, one
 * number for each place of `normalizedShape`.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { LayerNorm } from "@adjoint/nn";
 * console.log(new LayerNorm(2, { eps: 0 }).forward(tensor([[1, 3], [50, 10]])).toArray()); // → [ [ -1, 1 ], [ 1, -1 ] ]
 * ```
 */
export class LayerNorm extends LastAxesNorm {
  readonly bias: Parameter | null; // normalizedShape, starts at 0
  readonly eps: number; // what is added to the variance before the root

  constructor(normalizedShape: number | Shape, options: LayerNormOptions = {}) {
    checkOptions("LayerNorm", options, "{ eps: 1e-6 }", ["eps", "elementwiseAffine", "bias"]);
    const { eps = 1e-5, elementwiseAffine = true, bias = true } = options;
    super(normalizedShape, elementwiseAffine);
    this.eps = checkAmount("LayerNorm", "eps", eps);
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape)) : null;
  }

  forward(x: Tensor): Tensor {
    return scaled(standardized(x, this.axesOf(x), this.eps), this.weight, this.bias);
  }

  protected override extraRepr(): string {
    return `${shapeText(this.normalizedShape)}, eps=${this.eps}, elementwiseAffine=${this.weight !== null}`;
  }
}

/**
 * `y = x / √(mean(x²) + ε) · weight` over the last axes of each example. Zhang and Sennrich, 2019, arXiv:1910.07467.
 *
 * `x: [..., ...normalizedShape]` gives y in the same shape. The weight starts at 1. The default ε is the machine epsilon of the dtype,
 * as in PyTorch.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { RMSNorm } from "@adjoint/nn";
 * console.log(String(new RMSNorm(2, { eps: 0 }).forward(tensor([[1, 7]])))); // → tensor([[0.2000, 1.4000]])
 * ```
 */
export class RMSNorm extends LastAxesNorm {
  readonly eps: number | null; // what is added to the mean square before the root; null: the machine epsilon

  constructor(normalizedShape: number | Shape, options: RMSNormOptions = {}) {
    checkOptions("RMSNorm", options, "{ eps: 1e-6 }", ["eps", "elementwiseAffine"]);
    const { eps = null, elementwiseAffine = true } = options;
    super(normalizedShape, elementwiseAffine);
    this.eps = eps === null ? null : checkAmount("RMSNorm", "eps", eps);
  }

  forward(x: Tensor): Tensor {
    const axis = this.axesOf(x);
    const eps = this.eps ?? (x.dtype === "float64" ? 2 ** -52 : 2 ** -23);
    const y = mul(x, rsqrt(add(mean(square(x), { axis, keepDims: true }), eps)));
    return scaled(y, this.weight, null);
  }

  protected override extraRepr(): string {
    return `${shapeText(this.normalizedShape)}, eps=${this.eps}, elementwiseAffine=${this.weight !== null}`;
  }
}
