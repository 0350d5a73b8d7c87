import { describe, expect, test } from "vitest";
import {
  cos,
  defineOp,
  elementwise,
  exp,
  expm1,
  fromTypedArray,
  Generator,
  mul,
  ones,
  type OpFunction,
  relu,
  sin,
  square,
  sum,
  Tensor,
  tensor,
  value,
  type Value,
  zeros,
} from "../index.js";
import { conform, gradcheck, gradgradcheck } from "./index.js";

const float64 = { dtype: "float64" } as const;
const points = new Generator(3).normal([2, 3], 0, 1, float64);
const samples = [[0.3], [1], [-1]];

/** A structural sine; its parts can be replaced by wrong ones. */
function sine(
  parts: { vjp?: (g: Tensor, x: Tensor) => Tensor; jvp?: (t: Tensor, x: Tensor) => Tensor } = {},
): OpFunction<[x: Tensor]> {
  const { vjp = (g, x) => mul(g, cos(x)), jvp } = parts;
  return defineOp<[x: Tensor], undefined>({
    name: "sine",
    shape: ([x]) => x.shape,
    forward: ([x]) => x.data.map(Math.sin),
    vjp: (g, { inputs: [x] }) => [vjp(g, x)],
    jvp: jvp && (([t], { inputs: [x] }) => t && jvp(t, x)),
    samples: () => [[ones([2, 3])], [ones([0, 2])], [ones([])]],
  });
}

describe("gradcheck", () => {
  test("passes right rules to ten digits", () => {
    const tight = { relative: 1e-10, absolute: 1e-11 };
    expect(gradcheck((x) => mul(x, sin(x)), [points], tight)).toBe(true);
    expect(gradgradcheck((x) => mul(x, sin(x)), [points], tight)).toBe(true);
    expect(gradcheck((x) => sum(exp(x)), [points], { ...tight, maxEntries: 0 })).toBe(true);
  });

  test("takes Values, several results and integer inputs", () => {
    const index = tensor([1, 0, 1], { dtype: "int32" });
    const fn = (x: Value, y: Tensor, i: Tensor): (Tensor | Value)[] => [mul(x, sin(x)), mul(y, x), i, mul(y, i)];
    expect(gradcheck(fn, [value(0.7), points, index])).toBe(true);
    expect(gradgradcheck(fn, [value(0.7), points, index])).toBe(true);
  });

  test("fails for a gradient wrong by a factor of 1.001, naming input, entry and both values", () => {
    const wrong = sine({ vjp: (g, x) => mul(g, mul(1.001, cos(x))) });
    const run = (): true => gradcheck((y, x) => mul(y, wrong(x)), [ones([], float64), tensor([0], float64)]);
    expect(run).toThrowErrorMatchingInlineSnapshot(
      `[GradientError: gradcheck: reverse mode gives the derivative 0.1810927550905925 (analytic) for input 1 at [0], differences give 0.18091184324734516 (numeric); check the rule]`,
    );
    expect(run).toThrow(expect.objectContaining({ code: "GRADCHECK_FAILED" }));
    expect(() => gradcheck((x) => wrong(x), [points], { maxEntries: 0 })).toThrow("random direction 0");
  });

  test("fails for a forward rule wrong by a factor of 1.001, unless told to leave forward mode out", () => {
    const wrong = sine({ jvp: (t, x) => mul(t, mul(1.001, cos(x))) });
    expect(() => gradcheck((x) => wrong(x), [points])).toThrow("forward mode");
    expect(gradcheck((x) => wrong(x), [points], { forward: false })).toBe(true);
  });

  test("finds a second derivative that is lost because the rule used detached data", () => {
    const wrong = sine({ vjp: (g, x) => mul(g, fromTypedArray(x.data.map(Math.cos), x.shape)) });
    expect(gradcheck((x) => wrong(x), [points])).toBe(true);
    expect(() => gradgradcheck((x) => wrong(x), [points])).toThrow("gradgradcheck: reverse mode");
  });

  test("says so at a kink, and leaves kinks out on demand", () => {
    expect(() => gradcheck((x) => relu(x), [zeros([1], float64)])).toThrow("left and right are 0 and 1: a kink");
    expect(gradcheck((x) => relu(x), [tensor([0, 1, -1], float64)], { skipKinks: true })).toBe(true);
  });

  test("refuses float32, as input and as result, and inputs without anything to differentiate", () => {
    expect(() => gradcheck((x) => sin(x), [ones([2])])).toThrow(expect.objectContaining({ code: "GRADCHECK_DTYPE" }));
    expect(() => gradcheck((x) => x.to("float32"), [points])).toThrow(
      expect.objectContaining({ code: "GRADCHECK_DTYPE" }),
    );
    expect(() => gradcheck((x) => x, [ones([2], { dtype: "int32" })])).toThrow(
      expect.objectContaining({ code: "NO_VARIABLES" }),
    );
  });
});

describe("conform", () => {
  test("reports what it compared", () => {
    const report = conform(sine());
    expect(report).toMatchObject({ name: "sine", kind: "structural", differentiable: [0] });
    expect(report.checks.map(({ check }) => check)).toEqual([
      "forward on views",
      "forward in float32",
      "executors agree",
      "shapes and dtypes of gradients",
      "derivatives",
      "forward mode is reverse mode transposed",
      "second derivatives",
      "vmap is a loop",
      "no examples",
    ]);
  });

  test("fails for partials wrong by a factor of 1.001", () => {
    const wrong = elementwise("wrong", { formula: (x) => sin(x), partials: [(x) => mul(1.001, cos(x))], samples });
    expect(() => conform(wrong)).toThrow("conform: wrong: derivatives (samples and random points): reverse mode");
    expect(() => conform(wrong)).toThrow(expect.objectContaining({ code: "CONFORM_FAILED" }));
  });

  test("fails for partials wrong at one sample only", () => {
    // At 1000 the derivative of x/(1 + x) as (1 + x - x)/(1 + x)² is right; with e^x for x it is ∞/∞.
    const wrong = elementwise("wrong", {
      formula: (x) => sin(x),
      partials: [(x) => mul(cos(x), mul(exp(x), exp(mul(x, -1))))],
      samples: [[0], [1000]],
    });
    expect(() => conform(wrong)).toThrow("operand 0 at (1000)");
  });

  test("fails for a vjp wrong by a factor of 1.001", () => {
    const wrong = sine({ vjp: (g, x) => mul(g, mul(1.001, cos(x))) });
    expect(() => conform(wrong)).toThrow(
      'conform: sine: derivatives (sample 0: ["float32 [2, 3]"]): conform: reverse mode',
    );
  });

  test("fails for a jvp wrong by a factor of 1.001", () => {
    const wrong = sine({ jvp: (t, x) => mul(t, mul(1.001, cos(x))) });
    expect(() => conform(wrong)).toThrow("forward mode");
  });

  test("fails for a second derivative that is lost", () => {
    const wrong = sine({
      vjp: (g, x) => mul(g, fromTypedArray(x.data.map(Math.cos), x.shape)),
      jvp: (t, x) => mul(t, cos(x)),
    });
    expect(() => conform(wrong)).toThrow("second derivatives");
  });

  test("fails for a forward that is not the formula", () => {
    const wrong = Object.assign((x: Tensor) => exp(x), { op: expm1.op });
    expect(() => conform(wrong)).toThrow("conform: expm1: forward (samples and random points): at (0): got 1, want 0");
    const onValues = Object.assign((x: Tensor | Value) => (x instanceof Tensor ? sin(x) : cos(x)), { op: sin.op });
    expect(() => conform(onValues)).toThrow("forward on numbers and Values");
  });

  test("fails for a forward that depends on the order of its input in memory", () => {
    const wrong = defineOp<[x: Tensor], undefined>({
      name: "wrong",
      shape: ([x]) => x.shape,
      forward: ([x]) => Float64Array.from(x.view?.base ?? x.data),
      samples: () => [[ones([2, 3])]],
    });
    expect(() => conform(wrong)).toThrow("conform: wrong: forward on views");
  });

  test("fails for a gradient that requires a gradient where there is no rule, and for rules at kinks only", () => {
    const kinks = elementwise("kinks", { formula: (x) => relu(x), samples: [[0]], domain: [[0, 0]] });
    expect(() => conform(kinks)).toThrow("are at kinks");
  });

  test("fails for samples of the wrong length and for functions that are no ops", () => {
    const wrong = elementwise("wrong", { formula: (x) => square(x), samples: [[1, 2]] });
    expect(() => conform(wrong)).toThrow(expect.objectContaining({ code: "SAMPLES_INVALID" }));
    expect(() => conform(Math.sin as never)).toThrow(expect.objectContaining({ code: "NOT_AN_OP" }));
  });
});
