import { ones, tensor, type Tensor } from "@adjoint/core";
import { test } from "vitest";
import { type AnyModule, Linear, LSTMCell, Sequential } from "./index.js";
test("types", () => {
  const l = new Linear(2, 2);
  l.registerForwardHook((m, [x], y) => { const a: Linear = m; const b: Tensor = x; const c: Tensor = y; return c; });
  l.registerForwardPreHook((m, [x]) => [x.mul(2)]);
  new LSTMCell(1, 1).registerForwardHook((m, [x, s], [h, c]) => { m.weightHh; x.mul(1); s?.[0]; h.mul(c); });
  new Sequential(l).at(0).registerForwardHook((_m, [x], y) => void x.mul(y));
  const any: AnyModule = l;
  any.registerForwardHook((m, _i, o) => { m.children(); void o; });
  void ones; void tensor;
});
