import { afterAll, expect, test, vi } from "vitest";
import * as core from "./index.js";
import { conform, type Conformable, type ConformReport } from "./testing/index.js";

const exported: [string, unknown][] = Object.entries(core);

function isOp(x: unknown): x is Conformable {
  return typeof x === "function" && "op" in x;
}

/** What is exported besides ops: nothing in it takes tensors to tensors by a rule or formula of its own. */
const other = new Set(
  [
    "AdjointError ArgumentError DTypeError FormatError GradientError IndexError ShapeError TraceError",
    "Tensor TensorNode Node Value State Parameter Formula Generator ElementwiseOp StructuralOp ComposedOp",
    "elementwise defineOp compose customGradient checkOptions checkTensor dtypes isFloating withExecutor",
    "backward gradients enableGrad noGrad checkpoint detectAnomaly",
    "grad valueAndGrad vjp jvp linearize jacobian hessian hvp vmap",
    "tensor value lift lower fromBuffer fromTypedArray zeros ones full zerosLike onesLike fullLike randLike randnLike",
    "arange linspace logspace eye tri fftfreq rfftfreq",
    "defaultGenerator manualSeed rand randn randint randperm bernoulli beta categorical exponential gamma gumbel",
    "multinomial poisson truncatedNormal",
  ].flatMap((line) => line.split(" ")),
);

const ops = exported.filter((entry): entry is [string, Conformable] => isOp(entry[1]));
const reports = new Map<string, ConformReport>();
const warnings = vi.spyOn(console, "warn");

test.each(ops)("the op %s conforms", (name, op) => {
  const report = conform(op);
  reports.set(name, report);
  expect(report.checks.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(0);
});

test("every export is an op, or listed as something else", () => {
  expect(exported.filter(([name, value]) => !isOp(value) && !other.has(name)).map(([name]) => name)).toEqual([]);
});

test("the list names only what is exported", () => {
  const names = new Set(exported.map(([name]) => name));
  expect([...other].filter((name) => !names.has(name))).toEqual([]);
});

test("no op falls back to a loop under vmap", () => {
  const found = warnings.mock.calls.flat().map(String);
  expect(found.filter((text) => text.startsWith("vmap:"))).toEqual([]);
});

afterAll(() => {
  const lines = [...reports].map(([name, { kind, differentiable, checks }]) => {
    const skipped = checks.reduce((sum, check) => sum + check.skipped, 0);
    const modes = checks.some(({ check }) => check === "second derivatives") ? "both modes, second order" : "";
    const gradient = differentiable.length > 0 ? `gradient in ${differentiable.join(", ")}: ${modes}` : "no gradient";
    const batches = checks.some(({ check }) => check === "vmap is a loop") ? "vmap" : "";
    return [name.padEnd(28), kind.padEnd(13), gradient.padEnd(48), batches, skipped > 0 ? ` ${skipped} at kinks` : ""]
      .join("")
      .trimEnd();
  });
  console.log([`${lines.length} ops`, ...lines].join("\n"));
});
