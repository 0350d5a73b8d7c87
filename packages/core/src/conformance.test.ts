import { afterAll, describe, expect, test } from "vitest";
import * as core from "./index.js";
import { Generator, type Shape, type Tensor } from "./index.js";
import { conform, type Conformable, type ConformReport, gradcheck, gradgradcheck } from "./testing/index.js";

const exported: [string, unknown][] = Object.entries(core);

function isOp(x: unknown): x is Conformable {
  return typeof x === "function" && "op" in x;
}

const generator = new Generator(7);
const x = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });

type Composed = (...inputs: Tensor[]) => Tensor | readonly Tensor[];
type Case = readonly [name: string, fn: Composed, ...inputs: Tensor[]];

/** Functions made of ops, which have no definition of their own: each is checked by differences in first and second order. */
const composed: Readonly<Record<string, readonly Case[]>> = {
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
    "arange eye fromBuffer fromTypedArray full fullLike linspace logspace ones onesLike randLike randnLike tensor tri zeros zerosLike Parameter State lift lower withExecutor " +
    "defaultGenerator Generator manualSeed rand randn " +
    "fftfreq rfftfreq"
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

afterAll(() => {
  const lines = reports.map(([name, { kind, differentiable, checks }]) => {
    const skipped = checks.reduce((sum, check) => sum + check.skipped, 0);
    const gradient = differentiable.length > 0 ? `gradient in ${differentiable.join(", ")}` : "no gradient";
    return `${name.padEnd(16)}${kind.padEnd(13)}${gradient}${skipped > 0 ? ` (${skipped} points at kinks left out)` : ""}`;
  });
  console.log(lines.join("\n"));
});
