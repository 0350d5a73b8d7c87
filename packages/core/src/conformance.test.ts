import { afterAll, describe, expect, test } from "vitest";
import * as core from "./index.js";
import { Generator, type Shape, type Tensor, tensor } from "./index.js";
import { conform, type Conformable, type ConformReport, gradcheck, gradgradcheck } from "./testing/index.js";

const exported: [string, unknown][] = Object.entries(core);

function isOp(x: unknown): x is Conformable {
  return typeof x === "function" && "op" in x;
}

const generator = new Generator(7);
const x = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });
const labels = tensor([0, 2, 1, 2], { dtype: "int32" });

type Composed = (...inputs: Tensor[]) => Tensor | readonly Tensor[];
type Case = readonly [name: string, fn: Composed, ...inputs: Tensor[]];

/** Functions made of ops, which have no definition of their own: each is checked by differences in first and second order. */
const composed: Readonly<Record<string, readonly Case[]>> = {
  conv1d: [
    ["strided", (a, w, bias) => core.conv1d(a, w, { bias, stride: 2, padding: 1 }), x(2, 2, 6), x(3, 2, 3), x(3)],
  ],
  conv2d: [
    ["plain", (a, w) => core.conv2d(a, w), x(1, 2, 4, 4), x(2, 2, 3, 2)],
    ["groups", (a, w, bias) => core.conv2d(a, w, { bias, groups: 2, padding: 1 }), x(1, 2, 3, 3), x(2, 1, 2, 2), x(2)],
    ["dilated", (a, w) => core.conv2d(a, w, { dilation: 2 }), x(1, 1, 5, 5), x(1, 1, 2, 2)],
  ],
  conv3d: [["plain", (a, w) => core.conv3d(a, w), x(1, 1, 3, 3, 2), x(2, 1, 2, 2, 2)]],
  convTranspose1d: [["strided", (a, w) => core.convTranspose1d(a, w, { stride: 2 }), x(1, 2, 3), x(2, 2, 3)]],
  convTranspose2d: [
    [
      "padded",
      (a, w, bias) => core.convTranspose2d(a, w, { bias, stride: 2, padding: 1 }),
      x(1, 2, 3, 3),
      x(2, 1, 3, 3),
      x(1),
    ],
  ],
  convTranspose3d: [["plain", (a, w) => core.convTranspose3d(a, w), x(1, 1, 2, 2, 2), x(1, 1, 2, 2, 2)]],
  maxPool1d: [["padded", (a) => core.maxPool1d(a, { kernelSize: 3, stride: 2, padding: 1 }), x(1, 2, 6)]],
  maxPool2d: [["dilated", (a) => core.maxPool2d(a, { kernelSize: 2, dilation: 2, stride: 1 }), x(1, 2, 4, 4)]],
  maxPool3d: [["plain", (a) => core.maxPool3d(a, { kernelSize: 2 }), x(1, 1, 2, 4, 2)]],
  maxPoolWithIndices: [["values", (a) => core.maxPoolWithIndices(a, { kernelSize: [2, 2] }).values, x(1, 4, 4)]],
  avgPool1d: [["padded", (a) => core.avgPool1d(a, { kernelSize: 3, stride: 2, padding: 1 }), x(1, 2, 6)]],
  avgPool2d: [["overlapping", (a) => core.avgPool2d(a, { kernelSize: 2, stride: 1 }), x(1, 2, 3, 3)]],
  avgPool3d: [["plain", (a) => core.avgPool3d(a, { kernelSize: 2 }), x(1, 1, 2, 4, 2)]],
  adaptiveAvgPool1d: [["uneven", (a) => core.adaptiveAvgPool1d(a, 3), x(1, 2, 5)]],
  adaptiveAvgPool2d: [["uneven", (a) => core.adaptiveAvgPool2d(a, [2, 3]), x(1, 2, 3, 4)]],
  adaptiveAvgPool3d: [["plain", (a) => core.adaptiveAvgPool3d(a, 1), x(1, 1, 2, 3, 2)]],
  adaptiveMaxPool1d: [["uneven", (a) => core.adaptiveMaxPool1d(a, 3), x(1, 2, 5)]],
  adaptiveMaxPool2d: [["uneven", (a) => core.adaptiveMaxPool2d(a, [2, 3]), x(1, 2, 3, 4)]],
  adaptiveMaxPool3d: [["plain", (a) => core.adaptiveMaxPool3d(a, 1), x(1, 1, 2, 3, 2)]],
  unfold: [["strided", (a) => core.unfold(a, { kernelSize: 2, stride: 2, padding: 1 }), x(1, 2, 3, 4)]],
  fold: [["overlapping", (a) => core.fold(a, { outputSize: [3, 3], kernelSize: 2 }), x(1, 4, 4)]],
  im2col: [["plain", (a) => core.im2col(a, { kernelSize: 2 }), x(1, 2, 3, 3)]],
  flatten: [["middle axes", (a) => core.flatten(a, 1, 2), x(2, 2, 2, 2)]],
  squeeze: [["all and one", (a) => [core.squeeze(a), core.squeeze(a, 0)], x(1, 3, 1)]],
  unsqueeze: [["end", (a) => core.unsqueeze(a, -1), x(3)]],
  transpose: [["two axes", (a) => core.transpose(a, 0, 2), x(2, 3, 2)]],
  stack: [["new last axis", (a, b) => core.stack([a, b, a], -1), x(2, 3), x(2, 3)]],
  split: [
    ["even", (a) => core.split(a, 2, 1), x(2, 5)],
    ["sizes", (a) => core.split(a, [1, 0, 4], 1).map((part) => core.square(part)), x(2, 5)],
  ],
  slice: [
    ["index, step back, range", (a) => core.slice(a, 1, [null, null, -2], [1]), x(2, 5, 3)],
    ["nothing", (a) => core.slice(a, [2, 2]), x(4)],
  ],
  narrow: [["middle", (a) => core.narrow(a, 1, 1, 3), x(2, 4)]],
  flip: [["two axes", (a) => core.flip(a, [0, -1]), x(2, 2, 3)]],
  pad: [
    [
      "around and off",
      (a) =>
        core.pad(a, [
          [1, 2],
          [-1, 1],
        ]),
      x(2, 3),
    ],
  ],
  mean: [
    ["all", (a) => core.mean(a), x(2, 3)],
    ["one axis", (a) => core.mean(core.square(a), { axis: 0, keepDims: true }), x(2, 3)],
  ],
  matmul: [
    ["matrices", (a, b) => core.matmul(a, b), x(2, 3), x(3, 2)],
    ["broadcast", (a, b) => core.matmul(a, b), x(2, 1, 2, 3), x(3, 3, 2)],
    ["one matrix on the right", (a, b) => core.matmul(a, b), x(2, 2, 3), x(3, 2)],
    ["one matrix on the left", (a, b) => core.matmul(a, b), x(2, 3), x(2, 3, 2)],
    ["vectors", (a, b) => core.matmul(a, b), x(3), x(3)],
    ["vector and matrices", (a, b) => [core.matmul(a, b), core.matmul(b, core.slice(a, [0, 2]))], x(3), x(2, 3, 2)],
    ["transposed", (a, b) => core.matmul(core.transpose(a), core.transpose(b)), x(3, 2), x(2, 3)],
    ["empty", (a, b) => core.matmul(a, b), x(2, 0), x(0, 3)],
  ],
};

/** Everything else: no functions of tensors, or without a gradient. */
const other = new Set(
  (
    "AdjointError ArgumentError DTypeError FormatError GradientError IndexError ShapeError TraceError dtypes isFloating " +
    "compose ComposedOp " +
    "Tensor checkOptions checkTensor TensorNode Node Value value Formula elementwise ElementwiseOp defineOp StructuralOp enableGrad noGrad backward gradients grad valueAndGrad vjp jvp linearize jacobian hessian hvp vmap detectAnomaly checkpoint customGradient " +
    "arange eye fromTypedArray full linspace ones onesLike tensor zeros zerosLike Parameter State lift lower withExecutor " +
    "defaultGenerator Generator manualSeed rand randn oneHot"
  ).split(" "),
);

/** What takes the place of the tensors in the samples of ops that are not defined for every tensor. */
const draws: Readonly<Record<string, (shape: Shape, random: Generator) => Tensor>> = {};

const reports: [string, ConformReport][] = [];

const ops = exported.filter((entry): entry is [string, Conformable] => isOp(entry[1]));

test.each(ops)("the op %s conforms", (name, op) => {
  const report = conform(op, { draw: draws[name] });
  reports.push([name, report]);
  expect(report.checks.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(0);
});

describe("every composed function has right first and second derivatives", () => {
  for (const [name, cases] of Object.entries(composed)) {
    for (const [what, fn, ...inputs] of cases) {
      test(`${name}: ${what}`, () => {
        expect(gradcheck(fn, inputs)).toBe(true);
        expect(gradgradcheck(fn, inputs, { maxEntries: 0 })).toBe(true);
      });
    }
  }
});

test("every export is an op, a composed function in the table, or listed as neither", () => {
  const known = (name: string): boolean => Object.hasOwn(composed, name) || other.has(name);
  expect(exported.filter(([name, value]) => !isOp(value) && !known(name)).map(([name]) => name)).toEqual([]);
});

test("the tables name only what is exported", () => {
  const names = new Set(exported.map(([name]) => name));
  expect([...Object.keys(composed), ...other, ...Object.keys(draws)].filter((name) => !names.has(name))).toEqual([]);
});

test("oneHot is constant: it has no gradient to check", () => {
  expect(core.oneHot(labels, 3).requiresGrad).toBe(false);
});

afterAll(() => {
  const lines = reports.map(([name, { kind, differentiable, checks }]) => {
    const skipped = checks.reduce((sum, check) => sum + check.skipped, 0);
    const gradient = differentiable.length > 0 ? `gradient in ${differentiable.join(", ")}` : "no gradient";
    return `${name.padEnd(16)}${kind.padEnd(13)}${gradient}${skipped > 0 ? ` (${skipped} points at kinks left out)` : ""}`;
  });
  console.log(lines.join("\n"));
});
