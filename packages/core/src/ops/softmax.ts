import { checkOptions, checkTensor } from "../arguments.js";
import { ones } from "../create.js";
import { allocate, allocateUncleared, type TypedArray } from "../dtype.js";
import { linesAlong, normaliseByKernel } from "../lines.js";
import { reducedShape, type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { mul, sub } from "./arithmetic.js";
import { exp } from "./exponential.js";
import { sum } from "./reduce.js";
import {
  batchLines,
  batchReduction,
  eachResult,
  lineAxis,
  linesOver,
  type ReduceOptions,
  type Reduction,
  reduction,
  restore,
} from "./reduction.js";

/** Options of the softmax family. */
export interface AxisOptions {
  /** The axis along which the results belong together (default the last). */
  readonly axis?: number;
}

type Call = [x: Tensor, options?: AxisOptions];

function call(name: string): (x: Tensor, options?: AxisOptions) => { inputs: Tensor[]; attributes: number } {
  return (x, options = {}) => {
    checkTensor(name, x);
    checkOptions(name, options, "{ axis: 0 }", ["axis"]);
    const { axis = -1 } = options;
    return { inputs: [x], attributes: lineAxis(name, x, axis) };
  };
}

const floatingType = ([x]: readonly Tensor[]): "float32" | "float64" => (x.dtype === "float64" ? "float64" : "float32");

/** Calls `visit` with the start, stride and length of every line along an axis. */
function eachLine(shape: Shape, axis: number, visit: (start: number, stride: number, length: number) => void): void {
  const length = shape.length === 0 ? 1 : shape[axis];
  const stride = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  if (length === 0) return;
  for (let o = 0; o < outer; o++) for (let i = 0; i < stride; i++) visit(o * length * stride + i, stride, length);
}

function largest(data: TypedArray, start: number, stride: number, length: number): number {
  let best = -Infinity;
  for (let i = 0, at = start; i < length; i++, at += stride) if (data[at] > best) best = data[at];
  return best;
}

/**
 * `e^xᵢ / Σⱼ e^xⱼ` along an axis (default the last), in the shape of `x`; always floating. The largest element is subtracted first: `e^1000` would overflow.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { softmax, tensor } from "@adjoint/core";
 * console.log(softmax(tensor([1010, 1000, 990]))); // → tensor([9.9995e-1, 4.5398e-5, 2.0611e-9])
 * ```
 */
export const softmax: OpFunction<Call> = defineOp<Call, number>({
  name: "softmax",
  call: call("softmax"),
  shape: ([x]) => x.shape,
  dtype: floatingType,
  forward: ([x], axis, shape, dtype) => {
    const { data } = x;
    const out = allocateUncleared(dtype, data.length);
    if (normaliseByKernel("softmax", linesAlong(data, shape, axis), out)) return out;
    eachLine(shape, axis, (start, stride, length) => {
      const shift = largest(data, start, stride, length);
      let total = 0;
      for (let i = 0, at = start; i < length; i++, at += stride) total += out[at] = Math.exp(data[at] - shift);
      for (let i = 0, at = start; i < length; i++, at += stride) out[at] /= total;
    });
    return out;
  },
  vjp: (g, { output: y, attributes: axis }) => [mul(y, sub(g, inner(g, y, axis)))],
  jvp: ([t], { output: y, attributes: axis }) => t && mul(y, sub(t, inner(t, y, axis))),
  batch: batchLines(([x], axis) => softmax(x, { axis })),
  samples: () => [[ones([2, 3])], [ones([2, 3, 2]), { axis: 1 }], [ones([])], [ones([0, 3])]],
});

function inner(a: Tensor, b: Tensor, axis: number): Tensor {
  return sum(mul(a, b), along(a, axis));
}

function along(x: Tensor, axis: number): ReduceOptions {
  return x.ndim === 0 ? {} : { axis, keepDims: true };
}

/**
 * `xᵢ - ln Σⱼ e^xⱼ` along an axis (default the last), in the shape of `x`: the logarithm of the softmax, finite also where the
 * softmax rounds to 0; always floating.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { logSoftmax, tensor } from "@adjoint/core";
 * console.log(logSoftmax(tensor([0, 0, -1000]))); // → tensor([   -0.6931,    -0.6931, -1000.6932])
 * ```
 */
export const logSoftmax: OpFunction<Call> = defineOp<Call, number>({
  name: "logSoftmax",
  call: call("logSoftmax"),
  shape: ([x]) => x.shape,
  dtype: floatingType,
  forward: ([x], axis, shape, dtype) => {
    const { data } = x;
    const out = allocateUncleared(dtype, data.length);
    if (normaliseByKernel("logSoftmax", linesAlong(data, shape, axis), out)) return out;
    eachLine(shape, axis, (start, stride, length) => {
      const shift = largest(data, start, stride, length);
      const rest = logTotal(data, start, stride, length, shift);
      // Not x - (shift + rest): beside a large shift the rest would be lost.
      for (let i = 0, at = start; i < length; i++, at += stride) out[at] = data[at] - shift - rest;
    });
    return out;
  },
  vjp: (g, { output: y, attributes: axis }) => [sub(g, mul(exp(y), sum(g, along(g, axis))))],
  jvp: ([t], { output: y, attributes: axis }) => t && sub(t, inner(t, exp(y), axis)),
  batch: batchLines(([x], axis) => logSoftmax(x, { axis })),
  samples: () => [[ones([2, 3])], [ones([2, 3, 2]), { axis: 1 }], [ones([])], [ones([0, 3])]],
});

/** `ln Σ e^(x - shift)`. */
function logTotal(data: TypedArray, start: number, stride: number, length: number, shift: number): number {
  let total = 0;
  for (let i = 0, at = start; i < length; i++, at += stride) total += Math.exp(data[at] - shift);
  return Math.log(total);
}

/**
 * `ln Σ e^x` over some axes, or over all; finite also where `e^x` overflows, -∞ over no elements, and always floating.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { logsumexp, tensor } from "@adjoint/core";
 * console.log(logsumexp(tensor([1000, 1000]))); // → tensor(1000.6932)
 * ```
 */
export const logsumexp: OpFunction<[x: Tensor, options?: ReduceOptions]> = defineOp<
  [x: Tensor, options?: ReduceOptions],
  Reduction
>({
  name: "logsumexp",
  call: (x, options = {}) => ({ inputs: [x], attributes: reduction("logsumexp", x, options) }),
  shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
  dtype: floatingType,
  forward: ([x], { axes }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    if (normaliseByKernel("logsumexp", linesOver(x, axes), out)) return out;
    eachResult(x, axes, (data, start, stride, count, result) => {
      const most = largest(data, start, stride, count);
      const shift = Number.isFinite(most) ? most : 0;
      out[result] = shift + logTotal(data, start, stride, count, shift);
    });
    return out;
  },
  vjp: (g, { inputs: [x], output, attributes: { axes } }) => [
    mul(restore(g, x, axes), exp(sub(x, restore(output, x, axes)))),
  ],
  jvp: ([t], { inputs: [x], output, attributes: { axes, keepDims } }) =>
    t && sum(mul(t, exp(sub(x, restore(output, x, axes)))), { axis: axes, keepDims }),
  batch: batchReduction((x, options) => logsumexp(x, options)),
  samples: () => [
    [ones([2, 3]), { axis: -1 }],
    [ones([2, 3, 2]), { axis: [0, 2], keepDims: true }],
    [ones([2, 0]), { axis: 1 }],
    [ones([])],
  ],
});
