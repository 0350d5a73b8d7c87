import { afterAll, expect, test } from "vitest";
import * as core from "./index.js";
import type { Generator, Shape, Tensor } from "./index.js";
import { conform, type Conformable, type ConformReport } from "./testing/index.js";

const exported: [string, unknown][] = Object.entries(core);

function isOp(x: unknown): x is Conformable {
  return typeof x === "function" && "op" in x;
}

/** Everything else: no functions of tensors, or without a gradient. */
const other = new Set(
  (
    "AdjointError ArgumentError DTypeError FormatError GradientError IndexError ShapeError TraceError dtypes isFloating " +
    "compose ComposedOp " +
    "Tensor checkOptions checkTensor TensorNode Node Value value Formula elementwise ElementwiseOp defineOp StructuralOp enableGrad noGrad backward gradients grad valueAndGrad vjp jvp linearize jacobian hessian hvp vmap detectAnomaly checkpoint customGradient " +
    "arange eye fromBuffer fromTypedArray full fullLike linspace logspace ones onesLike randLike randnLike tensor tri zeros zerosLike Parameter State lift lower withExecutor " +
    "defaultGenerator Generator manualSeed rand randn " +
    "fftfreq rfftfreq bernoulli beta categorical exponential gamma gumbel multinomial poisson randint randperm truncatedNormal"
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

test("every export is an op, a composed function, or listed as neither", () => {
  const known = (name: string): boolean => other.has(name);
  expect(exported.filter(([name, value]) => !isOp(value) && !known(name)).map(([name]) => name)).toEqual([]);
});

test("the tables name only what is exported", () => {
  const names = new Set(exported.map(([name]) => name));
  expect([...other, ...Object.keys(draws)].filter((name) => !names.has(name))).toEqual([]);
});

afterAll(() => {
  const lines = reports.map(([name, { kind, differentiable, checks }]) => {
    const skipped = checks.reduce((sum, check) => sum + check.skipped, 0);
    const gradient = differentiable.length > 0 ? `gradient in ${differentiable.join(", ")}` : "no gradient";
    return `${name.padEnd(16)}${kind.padEnd(13)}${gradient}${skipped > 0 ? ` (${skipped} points at kinks left out)` : ""}`;
  });
  console.log(lines.join("\n"));
});
