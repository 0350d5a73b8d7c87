export {
  AdjointError,
  ArgumentError,
  DTypeError,
  FormatError,
  GradientError,
  IndexError,
  ShapeError,
  TraceError,
} from "./errors.js";
export { Value, value } from "./value.js";
export { checkOptions, checkTensor } from "./arguments.js";
export { type DType, dtypes, isFloating, type TypedArray } from "./dtype.js";
export type { Shape } from "./shape.js";
export { Tensor, type TensorJSON } from "./tensor.js";
export { type Hook, type NestedArray, TensorNode, type TensorOp } from "./tensor-node.js";
export { enableGrad, noGrad, Node } from "./node.js";
export { type Derived, Formula } from "./formula.js";
export type { Step } from "./program.js";
export {
  type Binary,
  elementwise,
  type ElementwiseDetails,
  ElementwiseOp,
  type OfArity,
  type Operand,
  type ScalarFormula,
  type SymbolicOptions,
  type Ternary,
  type Unary,
  type UnaryWithOptions,
} from "./op.js";
export { compose, type Composed, type ComposedDetails, ComposedOp, type Results } from "./composed.js";
export {
  type BatchContext,
  customGradient,
  type CustomGradientDefinition,
  defineOp,
  type OpContext,
  type OpDefinition,
  type OpFunction,
  type OpRules,
  StructuralOp,
} from "./structural.js";
export { detectAnomaly } from "./anomaly.js";
export { checkpoint } from "./checkpoint.js";
export { backward, type BackwardOptions, gradients, type GradientsOptions } from "./autograd.js";
export {
  fromTypedArray,
  full,
  fullLike,
  type NestedBooleans,
  ones,
  onesLike,
  tensor,
  type TensorOptions,
  zeros,
  zerosLike,
} from "./create.js";
export * from "./create-buffer.js";
export * from "./create-matrices.js";
export * from "./create-random.js";
export * from "./create-ranges.js";
export { grad, type GradientOf, type GradOptions, type ValueAndGrad, valueAndGrad } from "./transforms/grad.js";
export { vjp, type VjpResult } from "./transforms/vjp.js";
export { jvp, type JvpResult, linearize, type Linearized, type TangentOf, type Tangents } from "./transforms/jvp.js";
export { hessian, hvp, jacobian, type JacobianOf, type JacobianOptions } from "./transforms/jacobian.js";
export { type MappedAxes, vmap, type VmapOptions } from "./transforms/vmap.js";
export type { Tree } from "./transforms/tree.js";
export { Parameter, State } from "./state.js";
export {
  defaultGenerator,
  Generator,
  manualSeed,
  rand,
  randint,
  randn,
  type RandomOptions,
  randperm,
} from "./random.js";
export {
  bernoulli,
  beta,
  type DistributionOptions,
  exponential,
  gamma,
  gumbel,
  poisson,
  truncatedNormal,
} from "./distributions.js";
export { categorical, type CategoricalOptions, multinomial, type MultinomialOptions } from "./categorical.js";
export { type Executor, withExecutor } from "./executors.js";
export { lift, lower } from "./lift.js";
export * from "./ops/arithmetic.js";
export * from "./ops/exponential.js";
export * from "./ops/trigonometric.js";
export * from "./ops/activation.js";
export * from "./ops/compare.js";
export * from "./ops/clamp.js";
export * from "./ops/polar.js";
export * from "./ops/rounding.js";
export * from "./ops/inverse-trigonometric.js";
export * from "./ops/hyperbolic.js";
export * from "./ops/shrink.js";
export * from "./ops/error-function.js";
export * from "./ops/gamma-function.js";
export * from "./ops/logarithms.js";
export * from "./ops/nan-to-num.js";
export * from "./ops/is-close.js";
export { gelu, type Gelu, type GeluOptions } from "./ops/gelu.js";
export * from "./ops/bitwise.js";
export * from "./ops/cast.js";
export * from "./ops/shape.js";
export * from "./ops/axes.js";
export * from "./ops/broadcast.js";
export * from "./ops/tile.js";
export * from "./ops/join.js";
export * from "./ops/slice.js";
export * from "./ops/pad.js";
export * from "./ops/roll.js";
export * from "./ops/diagonal.js";
export * from "./ops/triangle.js";
export * from "./ops/reduce.js";
export type { ReduceOptions } from "./ops/reduction.js";
export * from "./ops/extreme.js";
export * from "./ops/histogram.js";
export * from "./ops/logic.js";
export * from "./ops/median.js";
export * from "./ops/mode.js";
export * from "./ops/norm.js";
export * from "./ops/product.js";
export * from "./ops/quantile.js";
export * from "./ops/scan.js";
export * from "./ops/statistics.js";
export { variance as var } from "./ops/statistics.js"; // `var` is no name for a variable, but one for a member: `core.var(x)`
export type { ArgOptions, IndexOptions, ValuesAndIndices } from "./ops/selection.js";
export { matmul } from "./ops/matmul.js";
export * from "./ops/products.js";
export * from "./ops/tensordot.js";
export * from "./ops/einsum.js";
export * from "./ops/linalg/cholesky.js";
export * from "./ops/linalg/determinant.js";
export * from "./ops/linalg/eigh.js";
export * from "./ops/linalg/inverse.js";
export * from "./ops/linalg/lstsq.js";
export * from "./ops/linalg/matrix-exp.js";
export * from "./ops/linalg/pinv.js";
export * from "./ops/linalg/qr.js";
export * from "./ops/linalg/solve.js";
export * from "./ops/linalg/svd.js";
export { triangularSolve, type TriangularSolveOptions } from "./ops/linalg/triangular-solve.js";
export * from "./ops/gather.js";
export * from "./ops/index-select.js";
export * from "./ops/scatter.js";
export * from "./ops/mask.js";
export * from "./ops/embedding.js";
export * from "./ops/segment.js";
export * from "./ops/sort.js";
export * from "./ops/search.js";
export * from "./ops/softmax.js";
export type { PerAxis, WindowPadding } from "./windows.js";
export { conv1d, conv2d, conv3d, type ConvOptions } from "./ops/conv.js";
export { convTranspose1d, convTranspose2d, convTranspose3d, type ConvTransposeOptions } from "./ops/conv-transpose.js";
export {
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type AvgPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type MaxPoolAxesOptions,
  type MaxPoolOptions,
  type MaxPoolResult,
  maxPoolWithIndices,
} from "./ops/pool.js";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  adaptiveMaxPoolWithIndices,
  type OutputSize,
} from "./ops/adaptive-pool.js";
export * from "./ops/fft.js";
export * from "./ops/frequencies.js";
export * from "./ops/lp-pool.js";
export * from "./ops/unpool.js";
export * from "./ops/interpolate.js";
export * from "./ops/grid-sample.js";
export * from "./ops/pixel-shuffle.js";
export * from "./ops/attention.js";
export * from "./ops/normalize.js";
export { fold, type FoldOptions, im2col, unfold, type UnfoldOptions } from "./ops/unfold.js";
