import { checkOptions, checkTensor, ones, Parameter, type Shape, ShapeError, type Tensor, zeros } from "@adjoint/core";
import { checkAmount, checkCount, settings, shapeText, checkFlags } from "./checks.js";
import { Module } from "./module.js";
import { type Affine, perMeanSquare, scaled, standardize } from "./standardize.js";

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions {
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
  /** Scale and shift each element by learned numbers (default true). */
  readonly elementwiseAffine?: boolean;
  /** Shift too (default true). */
  readonly bias?: boolean;
}

/** Options of {@link RMSNorm}. */
export interface RMSNormOptions {
  /** What is added to the mean square before the root (default null: the machine epsilon of the dtype). */
  readonly eps?: number | null;
  /** Scale each element by a learned number (default true). */
  readonly elementwiseAffine?: boolean;
}

/** Options of the function {@link layerNorm}; weight and bias are of the shape `normalizedShape`. */
export interface LayerNormFunctionOptions extends Affine {
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
}

/** Options of the function {@link rmsNorm}. */
export interface RMSNormFunctionOptions {
  /** What the result is multiplied by, of the shape `normalizedShape` (default nothing). */
  readonly weight?: Tensor | null;
  /** What is added to the mean square before the root (default null: the machine epsilon of the dtype). */
  readonly eps?: number | null;
}

/**
 * `y = (x - mean) / √(variance + ε) · weight + bias` over the last axes, which have the sizes `normalizedShape`. See {@link LayerNorm}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; ShapeError `INPUT_SHAPE`,
 * `PARAMETER_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { layerNorm } from "@adjoint/nn";
 * const x = tensor([[1, 3], [50, 10]]);
 * console.log(layerNorm(x, 2, { bias: tensor([0, 5]), eps: 0 }).toArray()); // → [ [ -1, 6 ], [ 1, 4 ] ]
 * ```
 */
export function layerNorm(x: Tensor, normalizedShape: number | Shape, options: LayerNormFunctionOptions = {}): Tensor {
  checkOptions("layerNorm", options, "{ eps: 1e-6 }", ["weight", "bias", "eps"]);
  return centredOver("layerNorm", x, sizesOf("layerNorm", normalizedShape), options);
}

/**
 * `y = x / √(mean(x²) + ε) · weight` over the last axes, which have the sizes `normalizedShape`. See {@link RMSNorm}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; ShapeError `INPUT_SHAPE`,
 * `PARAMETER_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { rmsNorm } from "@adjoint/nn";
 * console.log(rmsNorm(tensor([[1, 7]]), 2, { weight: tensor([10, 10]) })); // → tensor([[ 2, 14]])
 * ```
 */
export function rmsNorm(x: Tensor, normalizedShape: number | Shape, options: RMSNormFunctionOptions = {}): Tensor {
  checkOptions("rmsNorm", options, "{ eps: 1e-6 }", ["weight", "eps"]);
  return uncentredOver("rmsNorm", x, sizesOf("rmsNorm", normalizedShape), options);
}

/** The sizes of the last axes, one or several. @throws ArgumentError `SIZE_INVALID`. */
function sizesOf(caller: string, normalizedShape: number | Shape): number[] {
  const sizes: readonly number[] = Array.isArray(normalizedShape) ? normalizedShape : [normalizedShape as number];
  checkCount(caller, "the number of axes in normalizedShape", sizes.length);
  return Array.from(sizes, (n) => checkCount(caller, "normalizedShape", n));
}

/** The last axes of x, of these sizes. @throws ShapeError `INPUT_SHAPE`. */
function lastAxes(caller: string, x: Tensor, sizes: Shape): number[] {
  checkTensor(caller, x);
  const start = x.ndim - sizes.length;
  if (start >= 0 && sizes.every((n, i) => n === x.shape[start + i])) return sizes.map((_, i) => start + i);
  throw new ShapeError(
    "INPUT_SHAPE",
    `${caller}: input ${shapeText(x.shape)}; its last axes must be ${shapeText(sizes)}`,
  );
}

function centredOver(caller: string, x: Tensor, sizes: Shape, options: LayerNormFunctionOptions): Tensor {
  const { weight, bias, eps = 1e-5 } = options;
  const axis = lastAxes(caller, x, sizes);
  return scaled(caller, standardize(x, axis, checkAmount(caller, "eps", eps)).y, { weight, bias }, sizes);
}

function uncentredOver(caller: string, x: Tensor, sizes: Shape, options: RMSNormFunctionOptions): Tensor {
  const axis = lastAxes(caller, x, sizes);
  const { weight, eps } = options;
  const amount = checkAmount(caller, "eps", eps ?? (x.dtype === "float64" ? 2 ** -52 : 2 ** -23));
  return scaled(caller, perMeanSquare(x, axis, amount), { weight }, sizes);
}

/** What the normalisations over the last axes have in common. */
abstract class LastAxesNorm extends Module {
  readonly normalizedShape: Shape; // the last axes, over which is normalised
  readonly weight: Parameter | null; // normalizedShape, starts at 1
  abstract readonly eps: number | null;

  constructor(normalizedShape: number | Shape, affine: boolean) {
    super();
    this.normalizedShape = sizesOf(new.target.name, normalizedShape);
    this.weight = affine ? new Parameter(ones(this.normalizedShape)) : null;
  }

  protected override extraRepr(): string {
    const { normalizedShape, eps, weight } = this;
    return settings({ normalizedShape, eps, elementwiseAffine: weight !== null });
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
    checkFlags("LayerNorm", { elementwiseAffine, bias });
    super(normalizedShape, elementwiseAffine);
    this.eps = checkAmount("LayerNorm", "eps", eps);
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape)) : null;
  }

  forward(x: Tensor): Tensor {
    return centredOver(this.constructor.name, x, this.normalizedShape, this);
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
 * console.log(String(new RMSNorm(2, { eps: 0 }).forward(tensor([[1, 7]])))); // → tensor([[0.2000, 1.4000]], requiresGrad)
 * ```
 */
export class RMSNorm extends LastAxesNorm {
  readonly eps: number | null; // what is added to the mean square before the root; null: the machine epsilon

  constructor(normalizedShape: number | Shape, options: RMSNormOptions = {}) {
    checkOptions("RMSNorm", options, "{ eps: 1e-6 }", ["eps", "elementwiseAffine"]);
    const { eps = null, elementwiseAffine = true } = options;
    checkFlags("RMSNorm", { elementwiseAffine });
    super(normalizedShape, elementwiseAffine);
    this.eps = eps === null ? null : checkAmount("RMSNorm", "eps", eps);
  }

  forward(x: Tensor): Tensor {
    return uncentredOver(this.constructor.name, x, this.normalizedShape, this);
  }
}
