import * as core from "@adjoint/core";
import { add, cast, mul, sub, type Tensor } from "@adjoint/core";
import type { Call, Calls, Named } from "../cases.js";
import { renamed } from "../rename.js";

const unary =
  (fn: (x: Tensor) => Tensor): Call =>
  ({ input }) =>
    fn(input);
/** An operand among the attributes: a number, or a truth value, which keeps the other operand's kind. */
const scalar = (x: number | boolean): Tensor =>
  (typeof x === "boolean" ? core.tensor(Number(x), { dtype: "bool" }) : x) as Tensor;

/** Either operand may be a number among the attributes. */
const binary =
  (fn: (x: Tensor, y: Tensor | number) => Tensor): Call =>
  ({ input, other }, attrs) =>
    fn(input ?? scalar(attrs.input), other ?? scalar(attrs.other));
/** A function with options, whose names are ours in snake case but for those that are given. */
const withOptions =
  (fn: (x: Tensor, options: Named<never>) => Tensor, names: Named<string> = {}): Call =>
  ({ input }, attrs) =>
    fn(input, renamed(Object.fromEntries(Object.entries(attrs).map(([name, x]) => [names[name] ?? name, x]))));

/** The quotient, rounded as `rounding_mode` says; rounded ones of integers are integers. */
function divide(x: Tensor, y: Tensor | number, mode: string | null = null): Tensor {
  if (mode === "floor") return core.floorDiv(x, y);
  if (mode === null) return core.div(x, y);
  // Quotients of large integers would be rounded as float32.
  return core.isFloating(core.add(x, y).dtype) ? core.trunc(core.div(x, y)) : core.floorDiv(sub(x, core.fmod(x, y)), y);
}

const clamped: Call = ({ input, min, max }, attrs) =>
  core.clamp(input, renamed({ min: min ?? attrs.min ?? null, max: max ?? attrs.max ?? null }));

const rounded: Call = ({ input }, { decimals }) => core.round(input, { decimals });

/** An operand times `alpha`, if there is one. */
const times = (x: Tensor | number, alpha: number | undefined): Tensor =>
  (alpha === undefined ? x : mul(x as Tensor, alpha)) as Tensor;

const added: Call = (inputs, { alpha, ...attrs }) => binary((x, y) => add(x, times(y, alpha)))(inputs, attrs);
const subtracted: Call = (inputs, { alpha, ...attrs }) => binary((x, y) => sub(x, times(y, alpha)))(inputs, attrs);
const divided: Call = ({ input, other }, attrs) =>
  divide(input ?? attrs.input, other ?? attrs.other, attrs.rounding_mode);

const tensorOf = (y: Tensor | number): Tensor => (typeof y === "number" ? core.full([], y, { dtype: "float64" }) : y);

const negative = (x: Tensor): Tensor => core.logicalOr(core.lt(x, 0), core.eq(core.reciprocal(x), -Infinity));

/** `x` with the sign of `y`; like PyTorch's, its derivative at 0 is 0. */
function copySign(x: Tensor, y: Tensor | number): Tensor {
  const signs = tensorOf(y);
  const flips = core.logicalXor(negative(x), negative(signs));
  const size = mul(cast(x, core.div(x, signs).dtype), core.where(flips, -1, 1));
  return core.where(core.eq(x, 0), core.where(negative(signs), -0, 0), size);
}

/** The larger (or smaller) operand, and the other one where one is NaN; a tie gives all of the gradient to the first. */
const besideNaN =
  (precedes: typeof core.ge) =>
  (x: Tensor, y: Tensor | number): Tensor =>
    core.where(core.logicalOr(precedes(x, y), core.isNaN(tensorOf(y))), x, y);

function sinc(x: Tensor): Tensor {
  const turn = mul(core.where(core.eq(x, 0), 1, x), Math.PI);
  return core.where(core.eq(x, 0), 1, core.div(core.sin(turn), turn));
}

/** The slopes of a vector lie along axis 1. */
const prelu: Call = ({ input, weight }) => {
  const slopes =
    weight.size === 1 ? core.reshape(weight, []) : core.reshape(weight, [-1, ...input.shape.slice(2).fill(1)]);
  return core.where(core.gt(input, 0), input, mul(input, slopes));
};

const gated: Call = ({ input }, { dim = -1 }) => {
  const [x, gate] = core.chunk(input, 2, dim);
  return mul(x, core.sigmoid(gate));
};

/** Functions of one tensor without options, with PyTorch's other names for them. */
const unaries: Calls = {
  neg: unary(core.neg),
  negative: unary(core.neg),
  positive: unary((x) => x),
  abs: unary(core.abs),
  absolute: unary(core.abs),
  sign: unary(core.sign),
  sgn: unary(core.sign),
  exp: unary(core.exp),
  exp2: unary(core.exp2),
  expm1: unary(core.expm1),
  log: unary(core.log),
  log1p: unary(core.log1p),
  log2: unary(core.log2),
  log10: unary(core.log10),
  sqrt: unary(core.sqrt),
  rsqrt: unary(core.rsqrt),
  square: unary(core.square),
  reciprocal: unary(core.reciprocal),
  sin: unary(core.sin),
  cos: unary(core.cos),
  tan: unary(core.tan),
  asin: unary(core.asin),
  arcsin: unary(core.asin),
  acos: unary(core.acos),
  arccos: unary(core.acos),
  atan: unary(core.atan),
  arctan: unary(core.atan),
  sinh: unary(core.sinh),
  cosh: unary(core.cosh),
  tanh: unary(core.tanh),
  asinh: unary(core.asinh),
  arcsinh: unary(core.asinh),
  acosh: unary(core.acosh),
  arccosh: unary(core.acosh),
  atanh: unary(core.atanh),
  arctanh: unary(core.atanh),
  sigmoid: unary(core.sigmoid),
  expit: unary(core.sigmoid),
  erf: unary(core.erf),
  erfc: unary(core.erfc),
  erfinv: unary(core.erfinv),
  lgamma: unary(core.lgamma),
  gammaln: unary(core.lgamma),
  digamma: unary(core.digamma),
  psi: unary(core.digamma),
  floor: unary(core.floor),
  ceil: unary(core.ceil),
  trunc: unary(core.trunc),
  fix: unary(core.trunc),
  frac: unary(core.frac),
  signbit: unary(negative),
  sinc: unary(sinc),
  deg2rad: unary((x) => core.mul(x, Math.PI / 180)),
  rad2deg: unary((x) => core.mul(x, 180 / Math.PI)),
  isnan: unary(core.isNaN),
  isinf: unary(core.isInf),
  isfinite: unary(core.isFinite),
  logical_not: unary(core.logicalNot),
  bitwise_not: unary(core.bitwiseNot),
};

/** Activations, and other functions of one tensor with options. */
const activations: Calls = {
  relu: unary(core.relu),
  relu6: unary(core.relu6),
  silu: unary(core.silu),
  mish: unary(core.mish),
  selu: unary(core.selu),
  hardsigmoid: unary(core.hardsigmoid),
  hardswish: unary(core.hardswish),
  logsigmoid: unary(core.logSigmoid),
  softsign: unary(core.softsign),
  tanhshrink: unary(core.tanhshrink),
  softplus: withOptions(core.softplus),
  gelu: withOptions(core.gelu),
  elu: withOptions(core.elu),
  celu: withOptions(core.celu),
  leaky_relu: withOptions(core.leakyRelu),
  hardtanh: withOptions(core.hardtanh, { min_val: "min", max_val: "max" }),
  hardshrink: withOptions(core.hardshrink),
  softshrink: withOptions(core.softshrink),
  threshold: withOptions(core.threshold),
  prelu,
  rrelu: ({ input }, { lower = 1 / 8, upper = 1 / 3 }) => core.leakyRelu(input, { negativeSlope: (lower + upper) / 2 }),
  glu: gated,
  logit: withOptions(core.logit),
  nan_to_num: withOptions(core.nanToNum),
  round: rounded,
  clamp: clamped,
  clip: clamped,
  clamp_min: clamped,
  clamp_max: clamped,
};

/** Functions of two or more operands. */
const binaries: Calls = {
  add: added,
  sub: subtracted,
  subtract: subtracted,
  mul: binary(mul),
  multiply: binary(mul),
  div: divided,
  divide: divided,
  true_divide: binary(core.div),
  floor_divide: binary(core.floorDiv),
  rsub: ({ input, other }, { alpha, other: number }) => sub(other ?? number, times(input, alpha)),
  pow: ({ input, exponent }, attrs) => core.pow(input ?? attrs.input, exponent ?? attrs.exponent),
  float_power: ({ input, exponent }, attrs) =>
    cast(core.pow(input ?? attrs.input, exponent ?? attrs.exponent), "float64"),
  fmax: binary(besideNaN(core.ge)),
  fmin: binary(besideNaN(core.le)),
  copysign: binary(copySign),
  heaviside: ({ input, values }, attrs) =>
    core.where(core.eq(input, 0), values ?? attrs.values, cast(core.gt(input, 0), input.dtype)),
  maximum: binary(core.maximum),
  minimum: binary(core.minimum),
  remainder: binary(core.mod),
  fmod: binary(core.fmod),
  atan2: binary(core.atan2),
  arctan2: binary(core.atan2),
  hypot: binary(core.hypot),
  logaddexp: binary(core.logaddexp),
  logaddexp2: binary((x, y) => core.div(core.logaddexp(mul(x, Math.LN2), mul(y as Tensor, Math.LN2)), Math.LN2)),
  xlogy: binary(core.xlogy),
  eq: binary(core.eq),
  ne: binary(core.ne),
  not_equal: binary(core.ne),
  lt: binary(core.lt),
  less: binary(core.lt),
  le: binary(core.le),
  less_equal: binary(core.le),
  gt: binary(core.gt),
  greater: binary(core.gt),
  ge: binary(core.ge),
  greater_equal: binary(core.ge),
  isclose: ({ input, other }, { other: number, ...attrs }) => core.isClose(input, other ?? number, renamed(attrs)),
  logical_and: binary(core.logicalAnd),
  logical_or: binary(core.logicalOr),
  logical_xor: binary(core.logicalXor),
  bitwise_and: binary(core.bitwiseAnd),
  bitwise_or: binary(core.bitwiseOr),
  bitwise_xor: binary(core.bitwiseXor),
  bitwise_left_shift: binary(core.bitwiseLeftShift),
  bitwise_right_shift: binary(core.bitwiseRightShift),
  where: ({ condition, input, other }, attrs) => {
    const [x, y] = [input ?? attrs.input, other ?? attrs.other];
    // Without branches it tells where the condition holds.
    return x === undefined ? core.unbind(core.nonzero(core.atLeast1d(condition)), 1) : core.where(condition, x, y);
  },
  lerp: ({ input, end, weight }, attrs) => core.lerp(input, end ?? attrs.end, weight ?? attrs.weight),
  addcmul: ({ input, tensor1, tensor2 }, { value = 1 }) => add(input, mul(mul(tensor1, tensor2), value)),
  addcdiv: ({ input, tensor1, tensor2 }, { value = 1 }) => add(input, mul(core.div(tensor1, tensor2), value)),
};

/** Unary, binary and comparing functions. */
export const calls: Calls = { ...unaries, ...activations, ...binaries };
