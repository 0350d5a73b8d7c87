import { describe, expect, test } from "vitest";
import {
  add,
  customGradient,
  div,
  exp,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  linearize,
  matmul,
  mul,
  noGrad,
  ones,
  type OpFunction,
  Parameter,
  sin,
  softmax,
  square,
  stack,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor,
  type Tree,
  type Value,
  value,
  valueAndGrad,
  vjp,
  vmap,
} from "../index.js";
import { conform } from "../testing/index.js";

const double = { dtype: "float64" } as const;
const x = tensor([0.5, -1, 2], double);
const rows = tensor(
  [
    [1, 2, -0.5],
    [0.3, -0.7, 1.1],
  ],
  double,
);

function expectNear(got: Tensor, want: Tensor): void {
  expect(got.shape).toEqual(want.shape);
  want.data.forEach((w, i) => expect(got.data[i]).toBeCloseTo(w, 12));
}

describe("grad", () => {
  const cubes = (x: Tensor): Tensor => sum(x.pow(3));

  test("differentiates by one argument or several, nested as they are", () => {
    const f = (a: Tensor, b: { c: Tensor; rest: readonly [Tensor, string] }): Tensor =>
      sum(mul(mul(a, b.c), b.rest[0]));
    const b = { c: ones([3], double), rest: [x, "as it is"] } as const;
    expectNear(grad(f)(x, b), x);
    const [ga, gb] = grad(f, { argnums: [0, 1] })(x, b);
    expectNear(ga, x);
    expectNear(gb.c, square(x));
    expectNear(gb.rest[0], x);
    expect(gb.rest[1]).toBe("as it is");
  });

  test("gives the value as well, zeros for what does not matter, and touches no .grad", () => {
    const leaf = tensor([1, 2], { requiresGrad: true });
    const { value: y, grad: g } = valueAndGrad((a: Tensor, b: Tensor) => add(sum(square(a)), mul(0, sum(b))))(
      leaf,
      leaf,
    );
    expect([y.item(), g.toArray(), leaf.grad]).toEqual([5, [2, 4], null]);
    expect(grad<[Tensor]>(() => ones([]))(leaf).toArray()).toEqual([0, 0]);
  });

  test("of grad of grad is the third derivative", () => {
    const f = (v: Value): Value => exp(mul(2, v));
    expect(grad(grad(grad(f)))(value(0.3)).data).toBeCloseTo(8 * Math.exp(0.6), 10);
    const second = grad((x: Tensor) => sum(grad(cubes)(x)));
    expectNear(second(x), mul(x, 6));
  });

  test("does not confuse the perturbations of nested calls", () => {
    // d/dx (x · d/dy (x + y)) = 1; taking the inner perturbation for the outer one gives 2.
    const wrongIfMixed = grad((x: Value) => mul(x, grad((y: Value) => add(x, y))(value(1))));
    expect(wrongIfMixed(value(1)).data).toBe(1);
    const { tangent } = jvp(
      (x) => mul(x, jvp((y) => add(x, y), [tensor(1)], [tensor(1)]).tangent),
      [tensor(1)],
      [tensor(1)],
    );
    expect(tangent.item()).toBe(1);
    const mixed = grad((x: Tensor) => mul(x, jvp((y) => mul(x, y), [x], [tensor(1)]).tangent));
    expect(mixed(tensor(3)).item()).toBe(6);
  });

  test("lets backward through when something outside requires a gradient, and records nothing otherwise", () => {
    const w = new Parameter(tensor([1, 2]));
    const g = grad((a: Tensor) => sum(mul(square(a), w)))(tensor([3, 4]));
    g.sum().backward();
    expect(w.grad?.toArray()).toEqual([6, 8]);
    expect(grad(cubes)(x).requiresGrad).toBe(false);
    expect(noGrad(() => grad((a: Tensor) => sum(mul(square(a), w)))(tensor([3, 4]))).requiresGrad).toBe(false);
  });

  test("says what is wrong", () => {
    const code = (code: string): unknown => expect.objectContaining({ code });
    expect(() => grad((a: Tensor) => a)(x)).toThrow(code("NOT_SCALAR"));
    expect(() => grad((a: Tensor) => a.sum().item() as never)(x)).toThrow(code("FUNCTION_RESULT"));
    expect(() => grad(sum as never)(3 as never)).toThrow(code("NO_PRIMALS"));
    expect(() => grad(sum as never, { argnums: [0, 4] })(x as never)).toThrow("grad: argument 4 is missing");
    expect(() => hessian((a: Tensor) => sum(a), { argnums: 1 })(x)).toThrow("hessian: argument 1 is missing");
    expect(() => jacobian((a: Tensor) => a)("x" as never)).toThrow('jacobian: argument 0 is "x"');
    const cyclic: Record<string, unknown> = { x };
    cyclic.self = cyclic;
    expect(() => grad((p: typeof cyclic) => sum(p.x as Tensor))(cyclic)).toThrow(code("TREE_STRUCTURE"));
    expect(() => grad((async (a: Tensor) => a) as never)(x as never)).toThrow("transforms take synchronous functions");
    for (const argnums of [[], [0, 0]]) expect(() => grad(cubes, { argnums })).toThrow(code("ARGNUMS_INVALID"));
    expect(() => grad(5 as never)).toThrow(code("NOT_A_FUNCTION"));
    expect(() => grad(sum)(tensor([1], { dtype: "int32" }))).toThrow(code("GRADIENT_DTYPE"));
    expect(() => grad(cubes, { argnums: -1 as 0 })).toThrow(code("INTEGER_INVALID"));
    expect(() => grad(cubes, { argument: 0 } as never)).toThrow(code("OPTION_UNKNOWN"));
  });
});

describe("vjp, jvp and linearize", () => {
  const f = (p: { a: Tensor; b: Tensor }): readonly [Tensor, { y: Tensor }] => [sin(p.a), { y: matmul(p.a, p.b) }];
  const primal = { a: x, b: rows.T };
  const direction = { a: ones([3], double), b: rows.T.mul(2) };

  test("are transposes of each other over nested results", () => {
    const { pullback } = vjp(f, [primal]);
    const { tangent } = jvp(f, [primal], [direction]);
    const [u0, u1] = [tensor([1, -2, 3], double), tensor([0.5, 2], double)];
    const [back] = pullback([u0, { y: u1 }]);
    const forward = sum(mul(u0, tangent[0])).add(sum(mul(u1, tangent[1].y)));
    expectNear(sum(mul(back.a, direction.a)).add(sum(mul(back.b, direction.b))), forward);
  });

  test("a pullback and a linear map can be used again", () => {
    const { value: y, pullback } = vjp((a) => square(a), [x]);
    expectNear(y, square(x));
    expectNear(pullback(ones([3], double))[0], mul(x, 2));
    expectNear(pullback(x)[0], mul(square(x), 2));
    const { tangent } = linearize((a) => square(a), [x]);
    expectNear(tangent([ones([3], double)]), mul(x, 2));
    expectNear(tangent([x]), mul(square(x), 2));
  });

  test("say where a tangent or cotangent does not fit", () => {
    const code = (code: string): unknown => expect.objectContaining({ code });
    expect(() => jvp(f, [primal], [{ a: x } as never])).toThrow(code("TANGENT_KIND"));
    expect(() => jvp(f, [primal], [x as never])).toThrow(code("TREE_STRUCTURE"));
    expect(() => vjp(f, [primal]).pullback([x, x as never])).toThrow(code("TREE_STRUCTURE"));
    expect(() => vjp(f, [primal]).pullback([x, { y: x }])).toThrow(code("COTANGENT_SHAPE"));
    expect(() => vjp((a) => a, [x]).pullback(3 as never)).toThrow(code("COTANGENT_KIND"));
  });
});

describe("jacobian and hessian", () => {
  const f = (a: Tensor): Tensor => softmax(tanh(matmul(rows, a)));

  test("forward and reverse agree, with the rows of single gradients", () => {
    const reverse = jacobian(f)(x);
    expectNear(jacobian(f, { mode: "forward" })(x), reverse);
    expectNear(reverse, stack([0, 1].map((i) => grad((a: Tensor) => f(a).slice(i))(x))));
  });

  test("have the shapes of the result, then of the argument", () => {
    const g = (a: Tensor): Tensor => matmul(a, a.T);
    expect(jacobian(g)(rows).shape).toEqual([2, 2, 2, 3]);
    expectNear(jacobian(g, { mode: "forward" })(rows), jacobian(g)(rows));
    expect(hessian((a: Tensor) => sum(g(a)))(rows).shape).toEqual([2, 3, 2, 3]);
  });

  test("nest as the arguments do", () => {
    const h = hessian((p: { a: Tensor; b: Value }) => mul(p.b, sum(square(p.a))))({ a: x, b: value(3) });
    expectNear(
      h.a.a,
      tensor(
        [
          [6, 0, 0],
          [0, 6, 0],
          [0, 0, 6],
        ],
        double,
      ),
    );
    expectNear(h.a.b as unknown as Tensor, mul(x, 2));
    expect((h.b.b as unknown as Value).data).toBe(0);
  });

  test("work on Values", () => {
    const h = hessian((p: readonly [Value, Value]) => mul(mul(p[0], p[0]), sin(p[1])))([value(2), value(0.5)]);
    const numbers = h.map((row) => row.map((v) => v.data));
    expect(numbers[0][0]).toBeCloseTo(2 * Math.sin(0.5), 12);
    expect(numbers[0][1]).toBeCloseTo(4 * Math.cos(0.5), 12);
    expect(numbers[1][1]).toBeCloseTo(-4 * Math.sin(0.5), 12);
  });

  test("a product with the hessian needs no hessian", () => {
    const scalar = (a: Tensor): Tensor => sum(exp(sin(a)));
    expectNear(hvp(scalar, [x], [x])[0], matmul(hessian(scalar)(x), x));
  });
});

describe("vmap", () => {
  const loss = (w: Tensor, x: Tensor, y: Tensor): Tensor => square(sub(matmul(w, x), y));
  const y = tensor([1, -1], double);

  test("of a gradient gives the gradient of each example, in one pass", () => {
    const each = vmap(grad(loss), { inAxes: [null, 0, 0] })(x, rows, y);
    expectNear(each, stack([0, 1].map((i) => grad(loss)(x, rows.slice(i), y.slice(i)))));
  });

  test("lets gradients through to what is shared and to what is mapped", () => {
    const total = (w: Tensor, all: Tensor): Tensor => sum(vmap(loss, { inAxes: [null, 0, 0] })(w, all, y));
    const [gw, gx] = grad(total, { argnums: [0, 1] })(x, rows);
    const each = [0, 1].map((i) => grad(loss, { argnums: [0, 1] })(x, rows.slice(i), y.slice(i)));
    expectNear(gw, each[0][0].add(each[1][0]));
    expectNear(gx, stack([each[0][1], each[1][1]]));
    const w = new Parameter(x);
    vmap((row: Tensor, label: Tensor) => loss(w, row, label))(rows, y)
      .sum()
      .backward();
    expectNear(w.grad ?? x, gw);
  });

  test("nests with itself and with every transform", () => {
    const scalar = (a: Tensor): Tensor => sum(exp(sin(a)));
    expectNear(vmap((a: Tensor) => vmap((b: Tensor) => sum(mul(a, b)))(rows))(rows), matmul(rows, rows.T));
    expectNear(vmap(hessian(scalar))(rows), stack([0, 1].map((i) => hessian(scalar)(rows.slice(i)))));
    expectNear(
      vmap(jacobian((a: Tensor) => softmax(a)))(rows),
      stack([0, 1].map((i) => jacobian((a: Tensor) => softmax(a))(rows.slice(i)))),
    );
    const summed = (all: Tensor): Tensor => sum(square(vmap(scalar)(all)));
    const H = hessian(summed)(rows).reshape([6, 6]);
    expectNear(H, H.T);
    expectNear(hvp(summed, [rows], [rows])[0].reshape([6]), matmul(H, rows.reshape([6])));
    expectNear(
      jvp((all) => vmap(grad(scalar))(all), [rows], [rows]).tangent,
      stack([0, 1].map((i) => hvp(scalar, [rows.slice(i)], [rows.slice(i)])[0])),
    );
    expectNear(
      vmap((a: Tensor) => jvp(scalar, [a], [a]).tangent)(rows),
      vmap((a: Tensor) => sum(mul(grad(scalar)(a), a)))(rows),
    );
  });

  test("maps other axes and trees, and passes on what is no tensor", () => {
    const f = (p: { a: Tensor; k: number }, b: Tensor): { s: Tensor; d: Tensor } => ({
      s: add(p.a, b),
      d: mul(b, p.k),
    });
    const { s, d } = vmap(f, { inAxes: [{ a: 1, k: null }, null], outAxes: { s: 1, d: 0 } })({ a: rows, k: 2 }, y);
    expectNear(s, add(rows, y.reshape([2, 1])));
    expect(d.shape).toEqual([3, 2]);
  });

  test("carries MAML: a gradient step inside, a gradient through it, over tasks", () => {
    const adapted = (w: Tensor, x: Tensor, y: Tensor): Tensor => sub(w, grad(loss)(w, x, y).mul(0.1));
    const meta = (w: Tensor): Tensor => sum(vmap((x: Tensor, y: Tensor) => loss(adapted(w, x, y), x, y))(rows, y));
    const looped = (w: Tensor): Tensor =>
      [0, 1]
        .map((i) => loss(adapted(w, rows.slice(i), y.slice(i)), rows.slice(i), y.slice(i)))
        .reduce((a, b) => a.add(b));
    expectNear(grad(meta)(x), grad(looped)(x));
  });

  test("says what is wrong", () => {
    const code = (code: string): unknown => expect.objectContaining({ code });
    expect(() => vmap((a: Tensor) => a.item() as never)(x)).toThrow(code("BATCH_READ"));
    expect(() => vmap((a: Tensor) => (Number(a) > 0 ? a : a.neg()))(x)).toThrow(code("BATCH_READ"));
    expect(() => vmap((a: Tensor, b: Tensor) => add(a, b))(x, y)).toThrow(code("BATCH_SIZE"));
    expect(() => vmap((a: Tensor) => a, { inAxes: 3 })(x)).toThrow(code("AXIS_OUT_OF_RANGE"));
    expect(() => vmap((a: Tensor) => a, { inAxes: [0, 0] })(x)).toThrow(code("BATCH_AXES"));
    expect(() => vmap((a: Tensor) => a, { inAxes: null })(x)).toThrow(code("BATCH_AXES"));
    expect(() => vmap((a: Tensor) => a.size)(x)).toThrow(code("FUNCTION_RESULT"));
    let leaked: Tensor | undefined;
    vmap((a: Tensor) => (leaked = a))(x);
    expect(() => leaked?.item()).toThrow(code("BATCH_READ"));
    expect(String(leaked)).toBe("tensor(3 examples, shape=[], dtype=float64)");
  });

  test("over no examples gives none", () => {
    expect(vmap((a: Tensor) => sum(square(a)))(ones([0, 3])).shape).toEqual([0]);
  });
});

/** The root of `x² = a` by Newton's method, with the gradient of the implicit function theorem, `1 / 2x`. */
const newtonSqrt: OpFunction<[a: Tensor]> = customGradient<[a: Tensor]>({
  name: "newtonSqrt",
  forward: ([a]) => {
    let root = a;
    for (let i = 0; i < 30; i++) root = add(root, div(a, root)).mul(0.5);
    return root;
  },
  vjp: (cotangent, { output }) => [div(cotangent, output.mul(2))],
  samples: () => [[ones([2, 3])], [ones([])], [ones([0])]],
  domain: (normal) => add(square(normal), 0.5),
});

describe("customGradient", () => {
  test("conforms: first and second order, forward mode, vmap", () => {
    expect(conform(newtonSqrt).differentiable).toEqual([0]);
  });

  test("can pass gradients straight through", () => {
    const straight = customGradient<[x: Tensor]>({
      name: "straight",
      forward: ([a]) => a.gt(0).to(a.dtype),
      vjp: (g) => [g],
      samples: () => [],
    });
    expect(grad((a: Tensor) => sum(straight(a)))(x).toArray()).toEqual([1, 1, 1]);
  });

  test("refuses a definition without its parts, and rules with wrong results", () => {
    expect(() => customGradient({ name: "no" } as never)).toThrow(expect.objectContaining({ code: "DEFINITION_KIND" }));
    const wrong = customGradient<[x: Tensor]>({
      name: "wrong",
      forward: () => 3 as never,
      vjp: () => [],
      samples: () => [],
    });
    expect(() => wrong(x)).toThrow(expect.objectContaining({ code: "FORWARD_RESULT" }));
  });
});

test("trees are what the types say", () => {
  const tree: Tree = { a: x, list: [x, value(1)] };
  expect(Object.keys(tree)).toEqual(["a", "list"]);
});
