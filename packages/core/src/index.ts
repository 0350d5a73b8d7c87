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
  arange,
  eye,
  fromTypedArray,
  full,
  linspace,
  ones,
  onesLike,
  tensor,
  type TensorOptions,
  zeros,
  zerosLike,
} from "./create.js";
export { grad, type GradientOf, type GradOptions, type ValueAndGrad, valueAndGrad } from "./transforms/grad.js";
export { vjp, type VjpResult } from "./transforms/vjp.js";
export { jvp, type JvpResult, linearize, type Linearized, type TangentOf, type Tangents } from "./transforms/jvp.js";
export { hessian, hvp, jacobian, type JacobianOf, type JacobianOptions } from "./transforms/jacobian.js";
export { type MappedAxes, vmap, type VmapOptions } from "./transforms/vmap.js";
export type { Tree } from "./transforms/tree.js";
export { Parameter, State } from "./state.js";
export { defaultGenerator, Generator, manualSeed, rand, randn, type RandomOptions } from "./random.js";
export { type Executor, withExecutor } from "./executors.js";
export { lift, lower } from "./lift.js";
export * from "./ops/arithmetic.js";
export * from "./ops/exponential.js";
export * from "./ops/trigonometric.js";
export * from "./ops/activation.js";
export * from "./ops/compare.js";
export * from "./ops/cast.js";
export * from "./ops/shape.js";
export * from "./ops/join.js";
export * from "./ops/slice.js";
export * from "./ops/reduce.js";
export * from "./ops/matmul.js";
export * from "./ops/gather.js";
export * from "./ops/softmax.js";
export type { PerAxis, Window, WindowPadding } from "./windows.js";
export { type Convolution, convolution, type ConvolutionRole } from "./ops/convolution.js";
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
  type OutputSize,
} from "./ops/adaptive-pool.js";
export { type Averaging, averagesUnder, largestUnder, planeGather, planeScatter, spreadUnder } from "./ops/pooling.js";
export type { Divisors, Places } from "./ops/pool-loops.js";
export { fold, im2col, unfold, type UnfoldOptions } from "./ops/unfold.js";
