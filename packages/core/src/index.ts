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
export { type DType, dtypes, isFloating, type TypedArray } from "./dtype.js";
export type { Shape } from "./shape.js";
export { type Hook, type NestedArray, Tensor } from "./tensor.js";
export { enableGrad, noGrad, Node } from "./node.js";
export { Value, value } from "./value.js";
export { type Derived, Formula, type Step } from "./formula.js";
export {
  type Binary,
  elementwise,
  type ElementwiseDetails,
  ElementwiseOp,
  type Operand,
  type SymbolicOptions,
  type Ternary,
  type Unary,
  type UnaryWithOptions,
} from "./op.js";
export { defineOp, type OpContext, type OpDefinition, type OpFunction, StructuralOp } from "./structural.js";
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
export { Parameter, State } from "./state.js";
export { defaultGenerator, Generator, manualSeed, rand, randn, type RandomOptions } from "./random.js";
export { type Executor, withExecutor } from "./executors.js";
export { lift, lower } from "./lift.js";
export {
  abs,
  add,
  ceil,
  div,
  floor,
  lerp,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  pow,
  reciprocal,
  round,
  rsqrt,
  sign,
  sqrt,
  square,
  sub,
} from "./ops/arithmetic.js";
export { erf, exp, expm1, log, log10, log1p, log2 } from "./ops/exponential.js";
export { atan, cos, sin, tan, tanh } from "./ops/trigonometric.js";
export { elu, gelu, leakyRelu, logSigmoid, mish, relu, sigmoid, silu, softplus } from "./ops/activation.js";
export { eq, ge, gt, isNaN, le, logicalAnd, logicalNot, lt, ne, where } from "./ops/compare.js";
export { cast } from "./ops/cast.js";
export { expand, flatten, permute, reshape, squeeze, transpose, unsqueeze } from "./ops/shape.js";
export { concat, split, stack } from "./ops/join.js";
export { flip, type Index, narrow, pad, type Padding, slice } from "./ops/slice.js";
export { argmax, argmin, type ArgOptions, max, mean, min, type ReduceOptions, sum } from "./ops/reduce.js";
export { matmul } from "./ops/matmul.js";
export { gather, indexSelect, oneHot } from "./ops/gather.js";
export { type AxisOptions, logSoftmax, logsumexp, softmax } from "./ops/softmax.js";
