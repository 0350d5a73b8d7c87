import { describe, expect, test } from "vitest";
import {
  abs,
  add,
  div,
  elementwise,
  exp,
  Formula,
  gt,
  log,
  mul,
  pow,
  relu,
  sigmoid,
  silu,
  sin,
  softplus,
  sub,
  tensor,
  value,
  where,
  type Value,
} from "./index.js";

const withCode = (code: string): unknown => expect.objectContaining({ code });

describe("a formula", () => {
  test("is a straight program, printed a step a line", () => {
    const formula = Formula.trace("f", ["x", "y"], (x, y) => mul(add(x, y), exp(x)));
    expect(String(formula)).toBe(["f(x, y) =", "  %2 = add(x, y)", "  %3 = exp(x)", "  %4 = mul(%2, %3)"].join("\n"));
    expect(formula.evaluate(2, 3)).toBe(5 * Math.exp(2));
  });

  test("computes equal expressions once and constants beforehand", () => {
    const formula = Formula.trace("f", ["x"], (x) => add(exp(x), mul(exp(x), value(2).mul(3))));
    expect(String(formula)).toBe(["f(x) =", "  %1 = exp(x)", "  %3 = mul(%1, 6)", "  %4 = add(%1, %3)"].join("\n"));
  });

  test("leaves out what the result does not need", () => {
    const formula = Formula.trace("f", ["x"], (x) => {
      exp(x);
      return mul(x, 1);
    });
    expect(formula.steps).toEqual([]);
    expect(String(formula)).toBe("f(x) =\n  x");
  });

  test("writes out the formulas of other ops", () => {
    expect(String(silu.op.formula)).toContain("exp");
    expect(silu.op.formula.evaluate(1)).toBe(1 / (1 + Math.exp(-1)));
  });

  test("has derivative programs that may use the result", () => {
    const derived = exp.op.pullback(0);
    expect(derived?.formula.inputNames).toEqual(["out", "g"]);
    expect(derived?.uses).toEqual([1, 2]);
    const product = mul.op.pullback(0);
    expect(product?.formula.inputNames).toEqual(["y", "g"]);
    expect(product?.formula.evaluate(5, 2)).toBe(10);
  });

  test("has no derivative program where the derivative is zero everywhere", () => {
    const steps = elementwise("steps", { formula: (x) => gt(x, 0), samples: [[1]] });
    expect(steps.op.pullback(0)).toBeNull();
    const second = Formula.trace("f", ["x", "y"], (x, y) => add(mul(x, 0), y)).pullback(1);
    expect(second?.formula.steps).toEqual([]);
  });

  test("knows the dtype rule of its result from its instructions", () => {
    const kind = (fn: (x: Value) => Value): string => Formula.trace("f", ["x"], fn).result;
    expect(kind((x) => add(x, 1))).toBe("same");
    expect(kind((x) => add(x, 0.5))).toBe("float");
    expect(kind((x) => div(x, 2))).toBe("float");
    expect(kind((x) => gt(x, 0))).toBe("bool");
    expect(kind((x) => where(gt(x, 0), x, 0))).toBe("same");
    expect(kind((x) => where(gt(x, 0), gt(x, 1), gt(x, 2)))).toBe("bool");
    expect(kind((x) => where(gt(x, 0), log(x), 0))).toBe("float");
  });

  test("may be a constant, or hand an input through", () => {
    expect(Formula.trace("f", ["x"], () => 3).evaluate(1)).toBe(3);
    expect(Formula.trace("f", ["x"], (x) => x).evaluate(7)).toBe(7);
  });

  test("cannot read or branch on numbers", () => {
    expect(() => Formula.trace("f", ["x"], (x) => (x.data > 0 ? x : mul(x, 2)))).toThrow(withCode("TRACE_READ"));
    expect(() => Formula.trace("f", ["x"], (x) => (x > value(0) ? x : mul(x, 2)))).toThrow(withCode("TRACE_READ"));
    expect(value(1).data).toBe(1);
  });

  test("must return a Value", () => {
    expect(() => Formula.trace("f", ["x"], () => "x" as never)).toThrow(withCode("FORMULA_RESULT"));
  });

  test("differentiates to any order through derived formulas", () => {
    const f = (x: number): number => Math.exp(-x * x) * Math.sin(x);
    const bump = elementwise("bump", { formula: (x) => mul(exp(mul(mul(x, x), -1)), sin(x)), samples: [[0], [1]] });
    const h = 2 ** -6;
    const third = bump.op.pullback(0);
    expect(third).not.toBeNull();
    const slope = (f(0.3 + h) - f(0.3 - h)) / (2 * h);
    const inputs = { x: 0.3, out: f(0.3), g: 1 };
    const given = third?.formula.inputNames.map((name) => inputs[name as keyof typeof inputs]) ?? [];
    expect(third?.formula.evaluate(...given)).toBeCloseTo(slope, 3);
  });
});

describe("an elementwise op of a user", () => {
  const swish = elementwise("swish", { formula: (x) => mul(x, sigmoid(x)), samples: [[0], [1]] });
  const scaled = elementwise("scaled", {
    formula: (x, { by }) => mul(x, by),
    options: { by: 2 },
    samples: [[1]],
  });

  test("works on numbers, Values and tensors with one gradient", () => {
    const [v, t] = [value(1), tensor([1], { dtype: "float64", requiresGrad: true })];
    swish(v).backward();
    swish(t).backward();
    const s = 1 / (1 + Math.exp(-1));
    expect(swish(1)).toBe(s);
    expect(v.grad).toBeCloseTo(s + s * (1 - s), 14);
    expect(t.grad?.item()).toBeCloseTo(v.grad, 14);
  });

  test("takes numeric options by name and refuses others", () => {
    expect(scaled(3)).toBe(6);
    expect(scaled(3, { by: 5 })).toBe(15);
    expect(scaled(tensor([1, 2]), { by: 10 }).toArray()).toEqual([10, 20]);
    expect(() => scaled(1, { to: 3 } as never)).toThrow(withCode("OPTION_UNKNOWN"));
  });

  test("refuses wrong operands and wrong numbers of them", () => {
    expect(() => swish("1" as never)).toThrow(withCode("OPERAND_KIND"));
    expect(() => (add as (...operands: number[]) => number)(1)).toThrow(withCode("OPERAND_COUNT"));
  });

  test("keeps the derivative that its formula means where a careless one is NaN", () => {
    const derivative = (f: (x: Value) => Value, at: number): number => {
      const x = value(at);
      f(x).backward();
      return x.grad;
    };
    expect(derivative(softplus, -1000)).toBe(0);
    expect(derivative(softplus, 1000)).toBe(1);
    expect(derivative(silu, -1000)).toBeCloseTo(0, 12);
    expect(derivative((x) => pow(x, 0), 0)).toBe(0);
    expect(derivative((x) => sub(relu(x), abs(x)), 0)).toBe(0);
  });
});
