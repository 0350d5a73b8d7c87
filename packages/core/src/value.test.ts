import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  add,
  elementwise,
  exp,
  gradients,
  leakyRelu,
  mul,
  noGrad,
  sigmoid,
  softplus,
  tanh,
  type Value,
  value,
  where,
} from "./index.js";
import { instructions, numbers } from "./scalar.js";
import { values } from "./value.js";

const withCode = (code: string): unknown => expect.objectContaining({ code });

describe("a Value", () => {
  test("JSON has the number of a Value, not its graph", () => {
    let y = value(2);
    for (let i = 0; i < 100_000; i++) y = y.mul(1);
    expect(JSON.stringify({ y })).toBe('{"y":2}');
  });

  test("computes in float64 with methods, functions and plain numbers alike", () => {
    const x = value(0.1);
    expect(x.add(0.2).data).toBe(0.1 + 0.2);
    expect(add(0.2, x).data).toBe(0.2 + 0.1);
    expect(mul(x, x).sub(1).div(3).pow(2).data).toBe(((0.1 * 0.1 - 1) / 3) ** 2);
    expect(add(1, 2)).toBe(3);
  });

  test("shows the gradients of all Values on the way after one walk", () => {
    const [x, y] = [value(2), value(5)];
    const product = x.mul(y);
    const result = product.add(x);
    result.backward();
    expect([x.grad, y.grad, product.grad, result.grad]).toEqual([6, 2, 1, 1]);
  });

  test("adds up the gradients of several walks in leaves, and shows the last one elsewhere", () => {
    const x = value(2);
    const y = x.mul(3);
    y.backward();
    y.backward(10);
    expect(x.grad).toBe(33);
    expect(y.grad).toBe(10);
    x.grad = 0;
    y.backward();
    expect(x.grad).toBe(3);
  });

  test("takes a new number as a leaf, which makes graphs recorded before stale", () => {
    const w = value(2);
    const old = w.mul(w);
    w.data = 3;
    expect(w.data).toBe(3);
    expect(() => old.backward()).toThrow(withCode("ASSIGNED_SINCE"));
    const fresh = w.mul(w);
    fresh.backward();
    expect(w.grad).toBe(6);
  });

  test("refuses a new number as a result, and anything but numbers", () => {
    const x = value(1);
    const y = x.mul(2);
    expect(() => {
      y.data = 3;
    }).toThrow(withCode("ASSIGN_TO_RESULT"));
    expect(() => {
      x.data = "1" as never;
    }).toThrow(withCode("NOT_A_NUMBER"));
    expect(() => value(null as never)).toThrow(withCode("NOT_A_NUMBER"));
  });

  test("is trained by plain gradient descent", () => {
    const w = value(0);
    for (let step = 0; step < 50; step++) {
      w.grad = 0;
      w.sub(3).pow(2).backward();
      w.data -= 0.2 * w.grad;
    }
    expect(w.data).toBeCloseTo(3, 9);
  });

  test("records nothing under noGrad, and detach cuts it off", () => {
    const x = value(2);
    expect(noGrad(() => x.mul(3)).requiresGrad).toBe(false);
    const y = x.detach().mul(x);
    y.backward();
    expect(x.grad).toBe(2);
  });

  test("has no gradient where nothing was recorded", () => {
    expect(() => noGrad(() => value(1).mul(2)).backward()).toThrow(withCode("NO_GRAPH"));
  });

  test("prints its number, and when inspected its gradient and op", () => {
    const x = value(2);
    const y = x.mul(3);
    y.backward();
    expect(`${String(x)} ${Number(y) > 5}`).toBe("Value(2) true");
    expect(inspect(x)).toBe("Value(data=2, grad=3)");
    expect(inspect(y)).toBe("Value(data=6, grad=1, op=mul)");
  });

  test("has derivatives of every order", () => {
    const x = value(2);
    let y: Value = x.pow(4);
    const found = [y.data];
    for (let order = 0; order < 4; order++) {
      [y] = gradients(y, [x], { createGraph: true });
      found.push(y.data);
    }
    expect(found).toEqual([16, 32, 48, 48, 24]);
  });

  test("goes through ops with partials of their own as one node, with their derivative", () => {
    const x = value(-1000);
    const y = sigmoid(x);
    expect([y.data, y.op?.name]).toEqual([0, "sigmoid"]);
    expect(gradients(y, [x])[0].data).toBe(0);
    expect(softplus(value(1000)).data).toBe(1000);
    const half = value(0);
    sigmoid(half).backward();
    expect(half.grad).toBe(0.25);
  });

  test("goes through other formulas as visible nodes", () => {
    const square = elementwise("square", { formula: (x) => mul(x, x), samples: [[1]] });
    expect(square(value(3)).op?.name).toBe("mul");
  });

  test("takes the options of ops", () => {
    const x = value(-2);
    const y = leakyRelu(x, { negativeSlope: 0.5 });
    y.backward();
    expect([y.data, x.grad]).toEqual([-1, 0.5]);
  });

  test("sends gradients only into the branch that where takes", () => {
    const [a, b] = [value(1), value(2)];
    where(value(0), exp(a), tanh(b)).backward();
    expect([a.grad, b.grad]).toEqual([0, 1 - Math.tanh(2) ** 2]);
  });
});

describe("the scalar instructions", () => {
  test.each(Object.values(instructions))("$name is the same on numbers and on Values", ({ name, pullbacks }) => {
    for (const operands of [
      [0.5, 2, -1],
      [-1.5, 2, 3],
      [0, 0, 0],
      [2, 2, 2],
      [NaN, 1, 1],
    ]) {
      const given = operands.slice(0, pullbacks.length).map((x) => value(x));
      const [x, y, z] = given;
      const [a, b, c] = operands;
      expect(values[name](x, y, z).data).toBe(numbers[name](a, b, c));
    }
  });

  test("follow IEEE 754 and PyTorch at their edges", () => {
    expect(numbers.round(2.5)).toBe(2);
    expect(numbers.round(-0.5)).toBe(-0);
    expect(numbers.mod(-5, 3)).toBe(1);
    expect(numbers.mod(5, -3)).toBe(-1);
    expect(numbers.pow(1, NaN)).toBe(1);
    expect(numbers.pow(0, 0)).toBe(1);
    expect(numbers.max(NaN, 1)).toBeNaN();
    expect(numbers.erf(6.5)).toBe(1);
    expect(numbers.erf(0.5)).toBeCloseTo(0.5204998778130465, 15);
  });
});
