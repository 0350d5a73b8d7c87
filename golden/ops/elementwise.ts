import * as core from "@adjoint/core";
import { add, cast, mul, sub, type Tensor } from "@adjoint/core";
import type { Call, Calls, Named } from "../cases.js";
import { renamed } from "../rename.js";

const unary =
  (fn: (x: Tensor) => Tensor): Call =>
  ({ input }) =>
    fn(input);
/** Either operand may be a number among the attributes. */
const binary =
  (fn: (x: Tensor, y: Tensor | number) => Tensor): Call =>
  ({ input, other }, attrs) =>
    fn(input ?? attrs.input, other ?? attrs.other);
/** A function with options, whose names are ours in snake case but for those that are given. */
const withOptions =
  (fn: (x: Tensor, options: Named<never>) => Tensor, names: Named<string> = {}): Call =>
  ({ input }, attrs) =>
    fn(input, renamed(Object.fromEntries(Object.entries(attrs).map(([name, x]) => [names[name] ?? name, x]))));

/** The quotient, rounded as `rounding_mode` says; rounded ones of integers are integers. */
function divide(x: Tensor, y: Tensor | number, mode: string | null = null): Tensor {
  if (mode === "floor") return core.floorDiv(x, y);
  const quotient = core.div(x, y);
  if (mode === null) return quotient;
  const whole = core.trunc(quotient);
  return core.isFloating(core.add(x, y).dtype) ? whole : cast(whole, core.add(x, y).dtype);
}

const clamped: Call = ({ input, min, max }, attrs) =>
  core.clamp(input, renamed({ min: min ?? attrs.min ?? null, max: max ?? attrs.max ?? null }));

const rounded: Call = ({ input }, { decimals = 0 }) =>
  decimals === 0 ? core.round(input) : core.div(core.round(core.mul(input, 10 ** decimals)), 10 ** decimals);

const added: Call = ({ input, other }, attrs) => add(input ?? attrs.input, mul(other ?? attrs.other, attrs.alpha ?? 1));
const subtracted: Call = ({ input, other }, attrs) =>
  sub(input ?? attrs.input, mul(other ?? attrs.other, attrs.alpha ?? 1));
const divided: Call = ({ input, other }, attrs) =>
  divide(input ?? attrs.input, other ?? attrs.other, attrs.rounding_mode);

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
  pow: ({ input, exponent }, attrs) => core.pow(input ?? attrs.input, exponent ?? attrs.exponent),
  maximum: binary(core.maximum),
  minimum: binary(core.minimum),
  remainder: binary(core.mod),
  fmod: binary(core.fmod),
  atan2: binary(core.atan2),
  arctan2: binary(core.atan2),
  hypot: binary(core.hypot),
  logaddexp: binary(core.logaddexp),
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
  where: ({ condition, input, other }, attrs) => core.where(condition, input ?? attrs.input, other ?? attrs.other),
  lerp: ({ input, end, weight }, attrs) => core.lerp(input, end ?? attrs.end, weight ?? attrs.weight),
  addcmul: ({ input, tensor1, tensor2 }, { value = 1 }) => add(input, mul(mul(tensor1, tensor2), value)),
  addcdiv: ({ input, tensor1, tensor2 }, { value = 1 }) => add(input, mul(core.div(tensor1, tensor2), value)),
};

/** Unary, binary and comparing functions. */
export const calls: Calls = { ...unaries, ...activations, ...binaries };
