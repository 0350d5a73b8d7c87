import { expectTypeOf, test } from "vitest";
import {
  exp,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  linearize,
  mul,
  sum,
  type Tensor,
  tensor,
  type Value,
  value,
  valueAndGrad,
  vjp,
  vmap,
} from "../index.js";

const x = tensor([1, 2]);
const v = value(1);

test("types follow from the function, which needs none for Tensors", () => {
  expectTypeOf(grad((a) => sum(a))(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(grad((a) => sum(grad((b) => sum(mul(a, b)))(x)))(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(valueAndGrad((a) => sum(a))(x).grad).toEqualTypeOf<Tensor>();
  expectTypeOf(grad((a, b) => sum(mul(a, b)), { argnums: [0, 1] })(x, x)[1]).toEqualTypeOf<Tensor>();
  expectTypeOf(valueAndGrad((a, b) => sum(mul(a, b)), { argnums: 1 })(x, x).grad).toEqualTypeOf<Tensor>();
  expectTypeOf(vmap((a, b) => mul(a, b))(x, x)).toEqualTypeOf<Tensor>();
  expectTypeOf(vmap((a) => ({ total: sum(a) }))(tensor([[1], [2]]))).toEqualTypeOf<{ total: Tensor }>();
  expectTypeOf(jvp((a, b) => mul(a, b), [x, x], [x, x]).tangent).toEqualTypeOf<Tensor>();
  expectTypeOf(vjp((a) => mul(a, 2), [x]).pullback(x)).toEqualTypeOf<[Tensor]>();
  expectTypeOf(linearize((a) => mul(a, 2), [x]).tangent([x])).toEqualTypeOf<Tensor>();
  expectTypeOf(jacobian((a) => mul(a, 2))(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(hessian((a) => sum(a))(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(hvp((a) => sum(a.pow(2)), [x], [x])).toEqualTypeOf<[Tensor]>();
});

test("types of Values and of nested arguments are kept", () => {
  interface Weights {
    w: Tensor;
    s: Value;
  }
  const weights: Weights = { w: x, s: v };
  const weighted = (p: Weights, a: Tensor): Tensor => sum(mul(mul(p.w, p.s), a));
  expectTypeOf(grad((s: Value) => exp(s))(v)).toEqualTypeOf<Value>();
  expectTypeOf(grad(weighted)(weights, x)).toEqualTypeOf<Weights>();
  expectTypeOf(grad(weighted, { argnums: [1, 0] })(weights, x)).toEqualTypeOf<[Tensor, Weights]>();
  expectTypeOf(vmap(weighted, { inAxes: [null, 0] })(weights, tensor([[1, 2]]))).toEqualTypeOf<Tensor>();
  expectTypeOf(jvp((s) => mul(s, s), [v], [1]).tangent).toEqualTypeOf<Value>();
  expectTypeOf(jacobian((a) => ({ twice: mul(a, 2) }))(x).twice).toEqualTypeOf<Tensor>();
});
