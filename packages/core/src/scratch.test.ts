import { test } from "vitest";
import * as A from "./index.js";
test("scratch", () => {
  const x = A.tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { requiresGrad: true, dtype: "float64" },
  );
  const y = A.mul(x, x).sum();
  y.backward();
  console.log(String(x.grad), y.item());
  console.log(String(A.silu.op.formula));
  const s = A.tensor([0, 1, -1000], { requiresGrad: true, dtype: "float64" });
  const g = A.gradients(A.silu(s).sum(), [s], { createGraph: true })[0];
  const g2 = A.gradients(g.sum(), [s], { createGraph: true })[0];
  const g3 = A.gradients(g2.sum(), [s])[0];
  console.log(String(g), String(g2), String(g3));
  const w = A.randn([3, 2], { requiresGrad: true });
  const out = A.matmul(A.tensor([[1, 2, 3]]), w)
    .tanh()
    .mean();
  out.backward();
  console.log(w, w.grad, A.softmax(A.tensor([1010, 1000, 990])));
  const v = A.value(3);
  const z = A.mul(v, A.tensor([1, 2])).sum();
  z.backward();
  console.log(v);
  const st = new A.Parameter(A.tensor([1, 2]));
  const l = A.mul(st, st).sum();
  st.assign(A.tensor([3, 4]));
  try {
    l.backward();
  } catch (e) {
    console.log(String(e));
  }
  let c = A.value(1);
  const c0 = c;
  for (let i = 0; i < 1e6; i++) c = c.add(1);
  c.backward();
  console.log(c0.grad);
  console.log(A.leakyRelu(A.tensor([-1, 1]), { negativeSlope: 0.5 }), A.leakyRelu(-2));
  console.log(A.expand(A.tensor([[1], [2]]), [2, 3]), A.slice(A.arange(10), [null, null, -3]));
});
