import * as core from "@adjoint/core";
import { add, mul, sub, type Tensor } from "@adjoint/core";
import type { Call, Calls } from "../cases.js";

const unary =
  (fn: (x: Tensor) => Tensor): Call =>
  ({ input }) =>
    fn(input);
const binary =
  (fn: (x: Tensor, y: Tensor | number) => Tensor): Call =>
  ({ input, other }, attrs) =>
    fn(input, other ?? attrs.other);

/** Unary, binary and comparing functions. */
export const calls: Calls = {
  neg: unary(core.neg),
  abs: unary(core.abs),
  sign: unary(core.sign),
  exp: unary(core.exp),
  expm1: unary(core.expm1),
  log: unary(core.log),
  log1p: unary(core.log1p),
  log2: unary(core.log2),
  sqrt: unary(core.sqrt),
  rsqrt: unary(core.rsqrt),
  square: unary(core.square),
  reciprocal: unary(core.reciprocal),
  sin: unary(core.sin),
  cos: unary(core.cos),
  tan: unary(core.tan),
  atan: unary(core.atan),
  tanh: unary(core.tanh),
  sigmoid: unary(core.sigmoid),
  relu: unary(core.relu),
  erf: unary(core.erf),
  silu: unary(core.silu),
  mish: unary(core.mish),
  logsigmoid: unary(core.logSigmoid),
  floor: unary(core.floor),
  ceil: unary(core.ceil),
  round: unary(core.round),
  isnan: unary(core.isNaN),
  softplus: ({ input }) => core.softplus(input),
  gelu: ({ input }) => core.gelu(input),
  elu: ({ input }, { alpha }) => core.elu(input, { alpha }),
  leaky_relu: ({ input }, { negative_slope: negativeSlope }) => core.leakyRelu(input, { negativeSlope }),
  add: ({ input, other }, attrs) => add(input, mul(other ?? attrs.other, attrs.alpha ?? 1)),
  sub: ({ input, other }, attrs) => sub(input, mul(other ?? attrs.other, attrs.alpha ?? 1)),
  mul: binary(mul),
  div: binary(core.div),
  pow: ({ input, exponent }, attrs) => core.pow(input ?? attrs.input, exponent ?? attrs.exponent),
  maximum: binary(core.maximum),
  minimum: binary(core.minimum),
  remainder: binary(core.mod),
  eq: binary(core.eq),
  ne: binary(core.ne),
  lt: binary(core.lt),
  le: binary(core.le),
  gt: binary(core.gt),
  ge: binary(core.ge),
  logical_and: binary(core.logicalAnd),
  logical_not: unary(core.logicalNot),
  where: ({ condition, input, other }, attrs) => core.where(condition, input ?? attrs.input, other ?? attrs.other),
};
