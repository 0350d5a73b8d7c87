import { test, expect } from "vitest";
import * as A from "./index.js";
import { gradcheck, gradgradcheck } from "./testing/index.js";
test("x", () => {
  const f64 = { dtype: "float64" } as const;
  const x = A.randn([3, 4], f64),
    y = A.randn([4], f64),
    w = A.randn([4, 5], f64);
  expect(
    gradcheck((a: A.Tensor, b: A.Tensor) => A.mul(a, A.sin(b)), [x, y], { relative: 1e-10, absolute: 1e-11 }),
  ).toBe(true);
  expect(gradgradcheck((a: A.Tensor, b: A.Tensor) => A.add(a, A.mul(A.exp(b), a)), [x, y], { relative: 1e-9 })).toBe(
    true,
  );
  expect(gradgradcheck((a: A.Tensor, b: A.Tensor) => A.softmax(A.matmul(a, b)), [x, w], { relative: 1e-9 })).toBe(true);
  const v = A.value(2);
  expect(gradgradcheck((a: A.Tensor, b: A.Value) => A.mul(a, A.exp(b)), [x, v], { relative: 1e-9 })).toBe(true);
  expect(gradgradcheck((b: A.Value) => A.mul(b, A.exp(b)), [v], { relative: 1e-9 })).toBe(true);
  const bad = A.elementwise("bad", {
    formula: (x) => A.sin(x),
    partials: [(x) => A.mul(1.001, A.cos(x))],
    samples: [[0]],
  });
  for (const e of [{}, { maxEntries: 1 }])
    try {
      gradcheck((a: A.Tensor) => bad(a), [x], e);
      throw 1;
    } catch (e) {
      console.log(String(e));
    }
  try {
    gradcheck((a: A.Tensor) => A.relu(a), [A.zeros([2], f64)]);
    throw 1;
  } catch (e) {
    console.log(String(e));
  }
});
