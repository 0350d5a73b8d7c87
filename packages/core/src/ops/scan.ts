import { checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { allocate, allocateUncleared, type DType, isFloating, type TypedArray } from "../dtype.js";
import { sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { mul, sub } from "./arithmetic.js";
import { eq, gt, where } from "./compare.js";
import { exp } from "./exponential.js";
import { pick } from "./picking.js";
import { delayed, recurrence } from "./recurrence.js";
import { axesOf, batchLines, eachResult, lineAxis } from "./reduction.js";
import type { ValuesAndIndices } from "./selection.js";
import { flip } from "./slice.js";

type Call = [x: Tensor, axis: number];

function call(name: string): (x: Tensor, axis: number) => { inputs: Tensor[]; attributes: number } {
  return (x, axis) => {
    checkTensor(name, x);
    return { inputs: [x], attributes: lineAxis(name, x, axis) };
  };
}

const samples = (): Call[] => [
  [ones([2, 3]), 1],
  [ones([3, 2]), 0],
  [ones([0, 2]), -2],
  [ones([]), 0],
];

/** The sums or products of each element and all before it on its line, in float64; memory is read in order. */
function accumulated({ data, shape }: Tensor, axis: number, dtype: DType, multiplies: boolean): TypedArray {
  const out = allocateUncleared(dtype, data.length);
  const line = sizeOf(shape.slice(axis));
  const totals = new Float64Array(sizeOf(shape.slice(axis + 1)));
  for (let start = 0; start < data.length; start += line) {
    if (totals.length === 1) {
      accumulateLine(data, out, start, start + line, multiplies);
      continue;
    }
    totals.fill(multiplies ? 1 : 0);
    for (let at = start; at < start + line;) {
      for (let i = 0; i < totals.length; i++, at++) {
        const total = multiplies ? totals[i] * data[at] : totals[i] + data[at];
        totals[i] = total;
        out[at] = total;
      }
    }
  }
  return out;
}

/** A line of neighbours: its total stays in a register, where a round through memory takes three times as long. */
function accumulateLine(data: TypedArray, out: TypedArray, start: number, end: number, multiplies: boolean): void {
  let total = multiplies ? 1 : 0;
  if (multiplies) for (let at = start; at < end; at++) out[at] = total *= data[at];
  else for (let at = start; at < end; at++) out[at] = total += data[at];
}

const totalType = ([x]: readonly Tensor[]): DType => (isFloating(x.dtype) ? x.dtype : "int32");

/**
 * The running sums `yᵢ = x₀ + … + xᵢ` along an axis, in the shape of `x`; int32 for integers and booleans.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { cumsum, tensor } from "@adjoint/core";
 * console.log(cumsum(tensor([[1, 2, 3], [4, 5, 6]]), 1).toArray()); // → [ [ 1, 3, 6 ], [ 4, 9, 15 ] ]
 * ```
 */
export const cumsum: OpFunction<Call> = defineOp<Call, number>({
  name: "cumsum",
  call: call("cumsum"),
  shape: ([x]) => x.shape,
  dtype: totalType,
  forward: ([x], axis, _shape, dtype) => accumulated(x, axis, dtype, false),
  vjp: (g, { attributes: axis }) => [g.ndim === 0 ? g : flip(cumsum(flip(g, axis), axis), axis)],
  jvp: ([t], { attributes: axis }) => t && cumsum(t, axis),
  batch: batchLines(([x], axis) => cumsum(x, axis)),
  samples,
});

/**
 * The running products `yᵢ = x₀ · … · xᵢ` along an axis, in the shape of `x`; int32 for integers and booleans. The gradient does not
 * divide, so it is exact beside zeros.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { cumprod, tensor } from "@adjoint/core";
 * const x = tensor([2, 0, 3], { requiresGrad: true });
 * cumprod(x, 0).sum().backward();
 * console.log(cumprod(x, 0).toArray(), x.grad?.toArray()); // → [ 2, 0, 0 ] [ 1, 8, 0 ]
 * ```
 */
export const cumprod: OpFunction<Call> = defineOp<Call, number>({
  name: "cumprod",
  call: call("cumprod"),
  shape: ([x]) => x.shape,
  dtype: totalType,
  forward: ([x], axis, _shape, dtype) => accumulated(x, axis, dtype, true),
  vjp: (g, { inputs: [x], output, attributes: axis }) => [
    mul(delayed(output, axis, 1), recurrence(x, g, axis, "backward")),
  ],
  jvp: ([t], { inputs: [x], output, attributes: axis }) =>
    t && recurrence(x, mul(delayed(output, axis, 1), t), axis, "forward"),
  batch: batchLines(([x], axis) => cumprod(x, axis)),
  samples,
  // Some elements are 0, where a gradient that divides by them fails.
  domain: (normal) => where(gt(normal, -0.5), normal, 0),
});

/**
 * The running `yᵢ = ln(e^x₀ + … + e^xᵢ)` along an axis, in the shape of `x`, finite also where `e^x` overflows; always floating.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { logcumsumexp, tensor } from "@adjoint/core";
 * console.log(logcumsumexp(tensor([1000, 1000, -1000]), 0)); // → tensor([1000.0000, 1000.6932, 1000.6932])
 * ```
 */
export const logcumsumexp: OpFunction<Call> = defineOp<Call, number>({
  name: "logcumsumexp",
  call: call("logcumsumexp"),
  shape: ([x]) => x.shape,
  dtype: ([x]) => (x.dtype === "float64" ? "float64" : "float32"),
  forward: ([x], axis, shape, dtype) => {
    const out = allocate(dtype, x.size);
    eachResult(x, axesOf(shape, axis), (data, start, stride, count) => {
      // The sum of e^(x - largest) so far: a larger element rescales it.
      let largest = -Infinity;
      let sum = 0;
      for (let k = 0, at = start; k < count; k++, at += stride) {
        const value = data[at];
        if (value > largest) {
          sum = sum * Math.exp(largest - value) + 1;
          largest = value;
        } else if (value !== -Infinity) {
          sum += value === largest ? 1 : Math.exp(value - largest);
        }
        out[at] = largest + Math.log(sum);
      }
    });
    return out;
  },
  vjp: (g, { inputs: [x], output, attributes: axis }) => {
    const { rise, weights } = runningWeights(x, output, axis);
    return [mul(weights, recurrence(rise, g, axis, "backward"))];
  },
  jvp: ([t], { inputs: [x], output, attributes: axis }) => {
    const { rise, weights } = runningWeights(x, output, axis);
    return t && recurrence(rise, mul(weights, t), axis, "forward");
  },
  batch: batchLines(([x], axis) => logcumsumexp(x, axis)),
  samples,
});

/** With `∂yᵢ/∂xₖ = e^(xₖ-yᵢ)`: `weights = e^(xₖ-yₖ)` and `rise = e^(yₖ₋₁-yₖ)`, neither above 1; 0 where only `e^-∞` was summed. */
function runningWeights(x: Tensor, y: Tensor, axis: number): { rise: Tensor; weights: Tensor } {
  const finite = where(eq(y, -Infinity), 0, y);
  return { rise: exp(sub(delayed(y, axis, -Infinity), finite)), weights: exp(sub(x, finite)) };
}

/** The place along the axis of the largest (or smallest) element so far: the last of equal ones, the last NaN after one. */
const runningPlaces: OpFunction<[x: Tensor, axis: number, sign: 1 | -1]> = defineOp<
  [x: Tensor, axis: number, sign: 1 | -1],
  { readonly axis: number; readonly sign: 1 | -1 }
>({
  name: "runningPlaces",
  call: (x, axis, sign) => ({ inputs: [x], attributes: { axis, sign } }),
  shape: ([x]) => x.shape,
  dtype: () => "int32",
  forward: ([x], { axis, sign }, shape) => {
    const out = new Int32Array(x.size);
    eachResult(x, axesOf(shape, axis), (data, start, stride, count) => {
      let champion = data[start];
      let best = 0;
      for (let k = 0, at = start; k < count; k++, at += stride) {
        const value = data[at];
        if (value !== value || sign * value >= sign * champion) {
          champion = value;
          best = k;
        }
        out[at] = best;
      }
    });
    return out;
  },
  batch: ([x], { axis, sign }) => batchLines((inputs, at) => runningPlaces(inputs[0], at, sign))([x], axis),
  samples: () => [[ones([2, 3]), 1, 1]],
});

function running(name: string, x: Tensor, axis: number, sign: 1 | -1): ValuesAndIndices {
  checkTensor(name, x);
  const at = lineAxis(name, x, axis);
  const indices = runningPlaces(x, at, sign);
  return { values: x.ndim === 0 ? x : pick(x, indices, at), indices };
}

/**
 * The largest element so far, `max(x₀, …, xᵢ)`, along an axis, and its index: the last of equal ones, which gets the gradient. A NaN
 * stays.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { cummax, tensor } from "@adjoint/core";
 * const { values, indices } = cummax(tensor([1, 3, 2, 3]), 0);
 * console.log(values.toArray(), indices.toArray()); // → [ 1, 3, 3, 3 ] [ 0, 1, 1, 3 ]
 * ```
 */
export const cummax: Composed<(x: Tensor, axis: number) => ValuesAndIndices> = compose(
  "cummax",
  (x, axis) => running("cummax", x, axis, 1),
  { samples },
);

/**
 * The smallest element so far, `min(x₀, …, xᵢ)`, along an axis, and its index; the rest as {@link cummax}.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { cummin, tensor } from "@adjoint/core";
 * console.log(cummin(tensor([3, 1, 2]), 0).values.toArray()); // → [ 3, 1, 1 ]
 * ```
 */
export const cummin: Composed<(x: Tensor, axis: number) => ValuesAndIndices> = compose(
  "cummin",
  (x, axis) => running("cummin", x, axis, -1),
  { samples: () => [[ones([2, 3]), 1]] },
);
