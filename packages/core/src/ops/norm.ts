import { checkFloating } from "../arguments.js";
import { ones } from "../create.js";
import { allocate, type TypedArray } from "../dtype.js";
import { ArgumentError, describe } from "../errors.js";
import { type Binary, elementwise, type Ternary } from "../op.js";
import { reducedShape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { abs, add, div, mul, pow, sign, sub } from "./arithmetic.js";
import { eq, where } from "./compare.js";
import { sum } from "./reduce.js";
import {
  batchReduction,
  checkNonEmpty,
  eachResult,
  type ReduceOptions,
  type Reduction,
  reduction,
  restore,
} from "./reduction.js";
import { shares } from "./selection.js";

/** Options of `norm`. */
export interface NormOptions extends ReduceOptions {
  /** The exponent: any number, ±Infinity included (default 2). */
  readonly p?: number;
}

interface Norm extends Reduction {
  readonly p: number;
}

/** The unit vector `x / n`, taken as 0 for the vector 0. */
const unit: Binary = elementwise("unit", {
  formula: (x, n) => where(eq(n, 0), 0, div(x, where(eq(n, 0), 1, n))),
  samples: [
    [0, 0],
    [3, 5],
  ],
});

/**
 * `∂‖x‖ₚ/∂x = sign(x)·(|x|/n)^(p-1)`, whose quotient cannot overflow; taken as 0 for the vector 0, and for elements 0 where the power is
 * infinite there.
 */
const slope: Ternary = elementwise("slope", {
  formula: (x, n, p) => {
    const zero = add(eq(x, 0), eq(n, 0));
    return where(zero, 0, mul(sign(x), pow(where(zero, 1, div(abs(x), where(eq(n, 0), 1, n))), sub(p, 1))));
  },
  samples: [
    [0, 0, 1.5],
    [-3, 5, 3],
    [0, 5, 0.5],
  ],
});

/** The derivatives of the norm by each element. */
function gradientOf(x: Tensor, output: Tensor, { axes, p }: Norm): Tensor {
  const n = restore(output, x, axes);
  if (p === 2) return unit(x, n);
  if (p === 1) return sign(x);
  if (Math.abs(p) === Infinity) return mul(sign(x), shares(abs(x), output, axes));
  return slope(x, n, p);
}

/**
 * The norm `‖x‖ₚ = (Σ |x|^p)^(1/p)` of the vectors along some axes, or of all elements. `p = ∞` is the largest and `-∞` the
 * smallest absolute value, 0 the number of elements that are not 0. Elements scaled near the limits of the dtype neither overflow nor
 * vanish. The gradient at the vector 0 is 0.
 *
 * @throws DTypeError `DTYPE_FLOATING`; ArgumentError `NORM_ORDER`; ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`, and `EMPTY_REDUCTION` over
 * no elements where p is negative or infinite.
 * @example
 * ```ts
 * import { norm, tensor } from "@adjoint/core";
 * const x = tensor([3, -4]);
 * console.log(norm(x).item(), norm(x, { p: 1 }).item(), norm(x, { p: Infinity }).item()); // → 5 7 4
 * ```
 */
export const norm: OpFunction<[x: Tensor, options?: NormOptions]> = defineOp<[x: Tensor, options?: NormOptions], Norm>({
  name: "norm",
  call: (x, options = {}) => {
    const attributes = reduction("norm", x, options, ["p"]);
    checkFloating("norm", x);
    const { p = 2 } = options;
    if (typeof p !== "number" || p !== p) {
      throw new ArgumentError("NORM_ORDER", `norm: p is ${describe(p)}; use a number, such as 2, 1 or Infinity`);
    }
    if (p < 0 || p === Infinity) checkNonEmpty("norm", x, attributes.axes);
    return { inputs: [x], attributes: { ...attributes, p } };
  },
  shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
  forward: ([x], { axes, p }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    eachResult(x, axes, (data, start, stride, count, result) => {
      out[result] = lineNorm(data, start, stride, count, p);
    });
    return out;
  },
  vjp: (g, { inputs: [x], output, attributes }) => [
    attributes.p === 0 ? null : mul(gradientOf(x, output, attributes), restore(g, x, attributes.axes)),
  ],
  jvp: ([t], { inputs: [x], output, attributes }) =>
    t && attributes.p !== 0
      ? sum(mul(gradientOf(x, output, attributes), t), { axis: attributes.axes, keepDims: attributes.keepDims })
      : null,
  batch: batchReduction((x, options) => norm(x, options)),
  samples: () => [
    [ones([2, 3])],
    [ones([2, 3]), { p: 1, axis: 1 }],
    [ones([2, 3]), { p: Infinity, axis: 0 }],
    [ones([2, 3]), { p: -Infinity, axis: [-1], keepDims: true }],
    [ones([2, 3]), { p: 3, axis: [0, 1] }],
    [ones([2, 3]), { p: -1.5, axis: 1 }],
    [ones([0, 3]), { axis: 0 }],
    [ones([]), { p: 0.5 }],
  ],
});

function lineNorm(data: TypedArray, start: number, stride: number, count: number, p: number): number {
  if (p === 0) return fold(data, start, stride, count, (total, size) => total + Number(size !== 0), 0);
  if (p === Infinity) return fold(data, start, stride, count, Math.max, 0);
  if (p === -Infinity) return fold(data, start, stride, count, Math.min, Infinity);
  const total = powerSum(data, start, stride, count, p, 1);
  if (total !== total || (total > 1e-280 && total < Infinity)) return root(total, p);
  // Powers overflow or vanish: those of the ratios to the element that counts most do not.
  const scale =
    p > 0 ? fold(data, start, stride, count, Math.max, 0) : fold(data, start, stride, count, Math.min, Infinity);
  if (scale === 0 || scale === Infinity) return scale;
  return scale * root(powerSum(data, start, stride, count, p, scale), p);
}

const root = (total: number, p: number): number => (p === 2 ? Math.sqrt(total) : p === 1 ? total : total ** (1 / p));

function powerSum(data: TypedArray, start: number, stride: number, count: number, p: number, scale: number): number {
  let total = 0;
  for (let k = 0, at = start; k < count; k++, at += stride) {
    const ratio = Math.abs(data[at] / scale);
    total += p === 2 ? ratio * ratio : p === 1 ? ratio : ratio ** p;
  }
  return total;
}

function fold(
  data: TypedArray,
  start: number,
  stride: number,
  count: number,
  step: (total: number, size: number) => number,
  first: number,
): number {
  let total = first;
  for (let k = 0, at = start; k < count; k++, at += stride) total = step(total, Math.abs(data[at]));
  return total;
}
