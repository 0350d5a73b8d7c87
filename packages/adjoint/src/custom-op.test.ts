import {
  checkpoint,
  defineOp,
  grad,
  hessian,
  jvp,
  matmul,
  mul,
  type OpFunction,
  sin,
  stack,
  sum,
  tensor,
  type Tensor,
  viz,
  vmap,
} from "./index.js";
import { conform } from "./testing/index.js";
import { describe, expect, test, vi } from "vitest";

// What a user writes, in fifteen lines: the first differences along the last axis of a vector, and nothing more.
const differences: OpFunction<[x: Tensor]> = defineOp<[x: Tensor], undefined>({
  name: "differences",
  shape: ([x]) => [x.size - 1],
  forward: ([x]) => x.data.slice(1).map((next, i) => next - x.data[i]),
  vjp: (cotangent) => [accumulated(cotangent)],
  samples: () => [[tensor([1, 4, 9, 16])]],
});
const accumulated: OpFunction<[g: Tensor]> = defineOp<[g: Tensor], undefined>({
  name: "accumulated",
  shape: ([g]) => [g.size + 1],
  forward: ([g]) => Float64Array.from({ length: g.size + 1 }, (_, i) => (g.data[i - 1] ?? 0) - (g.data[i] ?? 0)),
  vjp: (cotangent) => [differences(cotangent)],
  samples: () => [[tensor([1, 4, 9])]],
});

const x = tensor([0.5, -1, 2, 0.25], { dtype: "float64" });
/** The differences as a matrix, to compare with. */
const D = tensor(
  [
    [-1, 1, 0, 0],
    [0, -1, 1, 0],
    [0, 0, -1, 1],
  ],
  { dtype: "float64" },
);
const scalar =
  (op: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    sum(sin(mul(op(x), op(x))));
const got = scalar(differences);
const want = scalar((x) => matmul(D, x));

function expectClose(a: Tensor, b: Tensor): void {
  expect(a.shape).toEqual(b.shape);
  a.data.forEach((value, i) => expect(value).toBeCloseTo(b.data[i], 12));
}

describe("an op of fifteen lines", () => {
  // Without a batch rule vmap says once that it computes the examples one after the other.
  const warning = vi.spyOn(console, "warn").mockImplementation(() => undefined);

  test("conforms, with both of its halves", () => {
    expect(conform(differences).differentiable).toEqual([0]);
    expect(conform(accumulated).differentiable).toEqual([0]);
    expect(warning.mock.calls.flat().filter((text) => String(text).includes("differences"))).toHaveLength(1);
  });

  test("has first and second derivatives, and forward mode without a rule for it", () => {
    expectClose(grad(got)(x), grad(want)(x));
    expectClose(hessian(got)(x), hessian(want)(x));
    expectClose(jvp(got, [x], [x]).tangent, jvp(want, [x], [x]).tangent);
  });

  test("goes under vmap and into checkpoints", () => {
    const rows = stack([x, x.mul(2)]);
    expectClose(vmap(grad(got))(rows), vmap(grad(want))(rows));
    expectClose(grad((x: Tensor) => sum(checkpoint(got)(x)))(x), grad(want)(x));
  });

  test("stands in the graph view by its name", async () => {
    const leaf = tensor(x.data, { requiresGrad: true });
    expect(await viz.graphSvg(differences(leaf))).toContain("differences");
  });
});
