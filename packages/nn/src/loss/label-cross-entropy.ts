import {
  defineOp,
  div,
  type DType,
  mul,
  ne,
  ones,
  type OpFunction,
  reshape,
  softmax,
  sub,
  sum,
  tensor,
  type Tensor,
  type TypedArray,
  unsqueeze,
} from "@adjoint/core";
import { classAxis, labelError, labelShape } from "./labels.js";
import type { Reduction } from "./options.js";

interface Attributes {
  readonly reduction: Reduction;
  readonly ignoreIndex: number;
}

type Call = [scores: Tensor, labels: Tensor, attributes: Attributes];

const call = (
  scores: Tensor,
  labels: Tensor,
  attributes: Attributes,
): { inputs: Tensor[]; attributes: Attributes } => ({
  inputs: [scores, labels],
  attributes,
});

const floatingType = ([x]: readonly Tensor[]): "float32" | "float64" => (x.dtype === "float64" ? "float64" : "float32");

const samples = (): Call[] => [
  [ones([3, 2]), tensor([1, 0, -100], { dtype: "int32" }), { reduction: "mean", ignoreIndex: -100 }],
  [
    ones([2, 3, 2]),
    tensor(
      [
        [1, 0],
        [2, 2],
      ],
      { dtype: "int32" },
    ),
    { reduction: "none", ignoreIndex: -100 },
  ],
  [ones([2]), tensor(1, { dtype: "int32" }), { reduction: "sum", ignoreIndex: -100 }],
];

/** Scores as `outer` blocks of `classes` rows of `inner` elements; labels as `outer · inner`. */
function layout(scores: Tensor): [outer: number, classes: number, inner: number] {
  const axis = classAxis(scores);
  const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
  return [size(scores.shape.slice(0, axis)), scores.shape[axis], size(scores.shape.slice(axis + 1))];
}

/** The number of labels that count, each of them checked. */
function countLabels(labels: Tensor, classes: number, ignoreIndex: number): number {
  const { data } = labels;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i] === ignoreIndex) continue;
    if (data[i] < 0 || data[i] >= classes) {
      const other = `, or ${ignoreIndex} to leave an example out`;
      throw labelError("crossEntropy", data[i], i, labels.shape, classes, other);
    }
    count++;
  }
  return count;
}

/**
 * Writes `e^(x - largest)` for the `n` scores of one example, `stride` apart, and returns their largest and their sum: e^1000
 * itself would overflow.
 */
function exponentials(x: TypedArray, start: number, stride: number, n: number, out: Float64Array): [number, number] {
  let largest = -Infinity;
  for (let c = 0, at = start; c < n; c++, at += stride) if (x[at] > largest) largest = x[at];
  let total = 0;
  for (let c = 0, at = start; c < n; c++, at += stride) total += out[c] = Math.exp(x[at] - largest);
  return [largest, total];
}

/** The examples of a vmap as more of the batch that the op has anyway: `[size, n, …]` as `[size · n, …]`. */
function folded(x: Tensor): Tensor {
  return reshape(x, [x.shape[0] * x.shape[1], ...x.shape.slice(2)]);
}

/** One op on the scores and labels of all examples at once, without a reduction. */
function onAll(op: OpFunction<Call>, [scores, labels]: readonly Tensor[], attributes: Attributes): Tensor {
  // A single example has scores [classes] and a label [], so that the axis of the examples is that of the batch.
  const single = scores.ndim === 2;
  return op(single ? scores : folded(scores), single ? labels : folded(labels), attributes);
}

/** The labels of each example that count, as `[size, 1, …]` with `rank` axes. */
function countsOf(labels: Tensor, { ignoreIndex }: Attributes, rank: number, dtype: DType): Tensor {
  const axes = labels.shape.map((_, axis) => axis).slice(1);
  const counts = sum(ne(labels, ignoreIndex).to(dtype), { axis: axes });
  return reshape(counts, [labels.shape[0], ...new Array<number>(rank - 1).fill(1)]);
}

/**
 * `ln Σ_c e^x_c - x_y` for scores x and labels y, in one pass, with the reduction: the usual end of a classifier, and with it
 * the usual start of the backward walk.
 */
export const labelCrossEntropy: OpFunction<Call> = defineOp<Call, Attributes>({
  name: "crossEntropy",
  call,
  shape: ([scores], { reduction }) => (reduction === "none" ? labelShape(scores) : []),
  dtype: floatingType,
  forward: ([scores, labels], { reduction, ignoreIndex }) => {
    const [, classes, inner] = layout(scores);
    const { data } = scores;
    const count = countLabels(labels, classes, ignoreIndex);
    const { data: chosen } = labels;
    const losses = new Float64Array(chosen.length);
    const powers = new Float64Array(classes);
    let total = 0;
    for (let i = 0; i < chosen.length; i++) {
      if (chosen[i] === ignoreIndex) continue;
      const start = Math.floor(i / inner) * classes * inner + (i % inner);
      const [largest, sum] = exponentials(data, start, inner, classes, powers);
      losses[i] = Math.log(sum) + (largest - data[start + chosen[i] * inner]);
      total += losses[i];
    }
    if (reduction === "none") return losses;
    return Float64Array.of(reduction === "sum" ? total : total / count);
  },
  vjp: (g, { inputs: [scores, labels], attributes }) => [
    mul(attributes.reduction === "none" ? unsqueeze(g, classAxis(scores)) : g, residual(scores, labels, attributes)),
    null,
  ],
  jvp: ([t], { inputs: [scores, labels], attributes }) => {
    if (t === null) return null;
    const axis = attributes.reduction === "none" ? classAxis(scores) : undefined;
    return sum(mul(t, residual(scores, labels, attributes)), { axis });
  },
  batch: (inputs, attributes) => {
    const [, labels] = inputs;
    const losses = reshape(onAll(labelCrossEntropy, inputs, { ...attributes, reduction: "none" }), labels.shape);
    if (attributes.reduction === "none") return losses;
    const total = sum(losses, { axis: labels.shape.map((_, axis) => axis).slice(1) });
    return attributes.reduction === "sum" ? total : div(total, countsOf(labels, attributes, 1, losses.dtype));
  },
  samples,
});

/** The derivative of the loss by the scores: `softmax(x) - onehot(y)`, by the number of labels for a mean, 0 where ignored. */
export const residual: OpFunction<Call> = defineOp<Call, Attributes>({
  name: "crossEntropyResidual",
  call,
  shape: ([scores]) => scores.shape,
  dtype: floatingType,
  forward: ([scores, labels], { reduction, ignoreIndex }, _shape, dtype) => {
    const [, classes, inner] = layout(scores);
    const { data } = scores;
    const { data: chosen } = labels;
    const out = dtype === "float64" ? new Float64Array(data.length) : new Float32Array(data.length);
    const powers = new Float64Array(classes);
    const share = reduction === "mean" ? 1 / countLabels(labels, classes, ignoreIndex) : 1;
    for (let i = 0; i < chosen.length; i++) {
      if (chosen[i] === ignoreIndex) continue;
      const start = Math.floor(i / inner) * classes * inner + (i % inner);
      const [, sum] = exponentials(data, start, inner, classes, powers);
      powers[chosen[i]] -= sum;
      for (let c = 0, at = start; c < classes; c++, at += inner) out[at] = (share / sum) * powers[c];
    }
    return out;
  },
  vjp: (g, { inputs: [scores, labels], attributes }) => [curvature(g, scores, labels, attributes), null],
  jvp: ([t], { inputs: [scores, labels], attributes }) => t && curvature(t, scores, labels, attributes),
  batch: (inputs, attributes) => {
    const [scores, labels] = inputs;
    const out = reshape(onAll(residual, inputs, { ...attributes, reduction: "sum" }), scores.shape);
    return attributes.reduction === "mean" ? div(out, countsOf(labels, attributes, scores.ndim, out.dtype)) : out;
  },
  samples,
});

/** The second derivative, which is symmetric, times `v`: `y·(v - Σ_c v_c·y_c)` with `y = softmax(x)`. */
function curvature(v: Tensor, scores: Tensor, labels: Tensor, attributes: Attributes): Tensor {
  const axis = classAxis(scores);
  const y = softmax(scores, { axis });
  const centred = sub(v, sum(mul(v, y), { axis, keepDims: true }));
  const shares = labelShares(labels, { ...attributes, classes: scores.shape[axis], dtype: y.dtype });
  return mul(unsqueeze(shares, axis), mul(y, centred));
}

type SharesCall = [labels: Tensor, attributes: Attributes & { readonly classes: number; readonly dtype: DType }];

/** The share of each label in the loss: 0 for the ignored, for a mean the others evenly. */
export const labelShares: OpFunction<SharesCall> = defineOp<SharesCall, SharesCall[1]>({
  name: "labelShares",
  call: (labels, attributes) => ({ inputs: [labels], attributes }),
  shape: ([labels]) => labels.shape,
  dtype: (_inputs, { dtype }) => dtype,
  forward: ([labels], { reduction, ignoreIndex, classes }) => {
    const share = reduction === "mean" ? 1 / countLabels(labels, classes, ignoreIndex) : 1;
    return Float64Array.from(labels.data, (label) => (label === ignoreIndex ? 0 : share));
  },
  batch: ([labels], attributes) => {
    const valid = ne(labels, attributes.ignoreIndex).to(attributes.dtype);
    if (attributes.reduction !== "mean") return valid;
    return div(valid, countsOf(labels, attributes, labels.ndim, attributes.dtype));
  },
  samples: () => [
    [tensor([1, -100], { dtype: "int32" }), { reduction: "mean", ignoreIndex: -100, classes: 2, dtype: "float64" }],
  ],
});
