/**
 * The heavy ops on float32 tensors, eager, one thread: `npm run bench ops`, or `npm run bench ops conv` for the rows whose
 * name holds "conv".
 *
 * Every call makes its result anew, copies between the tensors and the kernels' memory included. Backward rows walk one
 * recorded op back. Where PyTorch was measured on the same kind of machine (1.13 or 2.13, one thread; the convolutions are
 * oneDNN in a layout of its own), its time stands at the end of the line.
 */
import { setThreads } from "@adjoint/kernels";
import {
  add,
  argmax,
  conv2d,
  cumsum,
  gather,
  Generator,
  logSoftmax,
  logsumexp,
  max,
  maxPool2d,
  mean,
  mul,
  relu,
  softmax,
  sort,
  sum,
  tanh,
  type Tensor,
  tensor,
  transpose,
} from "adjoint";
import { type Case, measure, milliseconds } from "./measure.js";

setThreads(1);
const generator = new Generator(1);

function row(name: string, run: () => unknown, torch?: string): Case {
  const beside = torch === undefined ? "" : `PyTorch ${torch} ms`;
  return { name, work: 1, run: () => void run(), show: milliseconds, beside };
}

/** The walk back through `y = fn(x)` to those of its inputs that require a gradient. */
function walkBack(name: string, y: Tensor, leaves: readonly Tensor[], torch?: string): Case {
  const cotangent = generator.normal(y.shape);
  const run = (): void => {
    for (const leaf of leaves) leaf.grad = null;
    y.backward(cotangent, { retainGraph: true });
  };
  return row(name, run, torch);
}

const vector = generator.normal([1_000_000]);
const other = generator.normal([1_000_000]);
const elementwise = [
  row("add, 10^6", () => add(vector, other)),
  row("mul, 10^6", () => mul(vector, other)),
  row("relu, 10^6", () => relu(vector)),
  row("tanh, 10^6", () => tanh(vector), "3.1 to 3.8"),
];

const matrix = generator.normal([1000, 1000]);
const axes = [
  ["all", {}],
  ["axis 0", { axis: 0 }],
  ["axis 1", { axis: 1 }],
] as const;
const reductions = [
  ...axes.map(([where, options]) => row(`sum, 1000x1000, ${where}`, () => sum(matrix, options), "0.05 to 0.2")),
  ...axes.map(([where, options]) => row(`mean, 1000x1000, ${where}`, () => mean(matrix, options), "0.05 to 0.2")),
  ...axes.map(([where, options]) => row(`max, 1000x1000, ${where}`, () => max(matrix, options))),
  ...axes.map(([where, options]) => row(`argmax, 1000x1000, ${where}`, () => argmax(matrix, options))),
  ...[1, 0].map((axis) => row(`softmax, 1000x1000, axis ${axis}`, () => softmax(matrix, { axis }), "1.6 to 2.4")),
  ...[1, 0].map((axis) => row(`logSoftmax, 1000x1000, axis ${axis}`, () => logSoftmax(matrix, { axis }))),
  ...[1, 0].map((axis) => row(`logsumexp, 1000x1000, axis ${axis}`, () => logsumexp(matrix, { axis }), "1.6 to 2.4")),
];

const places = tensor(Int32Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1_000_000));
const moves = [
  row("transpose, 1000x1000", () => transpose(matrix).data),
  row("gather, 10^6 of 10^6", () => gather(vector, places, 0)),
  row("sort, 10^6", () => sort(vector)),
  row("cumsum, 10^6", () => cumsum(vector, 0)),
];

const images = generator.normal([100, 16, 28, 28], 0, 1, { requiresGrad: true });
const weight = generator.normal([16, 16, 3, 3], 0, 1, { requiresGrad: true });
const plainImages = images.detach();
const plainWeight = weight.detach();
const windows = [
  row("conv2d, 100x16x28x28, 16 of 3x3", () => conv2d(plainImages, plainWeight, { padding: 1 }), "5.0"),
  walkBack("conv2d back to the input", conv2d(images, plainWeight, { padding: 1 }), [images], "3.8"),
  walkBack("conv2d back to the weight", conv2d(plainImages, weight, { padding: 1 }), [weight], "5.7"),
  row("maxPool2d, 100x16x28x28, 2x2", () => maxPool2d(plainImages, { kernelSize: 2 })),
  walkBack("maxPool2d back", maxPool2d(images, { kernelSize: 2 }), [images]),
];

const wanted = process.argv[2] ?? "";
const rows = [...elementwise, ...reductions, ...moves, ...windows].filter(({ name }) => name.includes(wanted));
measure("Ops of float32, 1 thread", rows);
