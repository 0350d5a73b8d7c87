import { describe, expect, test } from "vitest";
import {
  checkpoint,
  customGradient,
  grad,
  gradients,
  hessian,
  jacobian,
  jvp,
  linearize,
  mul,
  type OpFunction,
  Parameter,
  square,
  stack,
  State,
  sum,
  type Tensor,
  tensor,
  vjp,
  vmap,
} from "../index.js";

const double = { dtype: "float64" } as const;
const w = tensor([0.6, -1.2], double);
const xs = tensor(
  [
    [0.3, 0.7],
    [1.1, -0.4],
    [0.2, 0.9],
  ],
  double,
);

type Mapper = (fn: (x: Tensor) => Tensor) => (xs: Tensor) => Tensor;

const batch: Mapper = (fn) => vmap(fn);
const loop: Mapper = (fn) => (all) => stack(Array.from({ length: all.shape[0] }, (_, i) => fn(all.slice(i))));

/** Checks that something written with a mapper is the same with vmap as with a loop. */
function expectSame(write: (map: Mapper) => Tensor): void {
  const got = write(batch);
  const want = write(loop);
  expect(got.shape).toEqual(want.shape);
  want.data.forEach((value, i) => expect(got.data[i]).toBeCloseTo(value, 10));
}

const f = (a: Tensor, b: Tensor): Tensor => mul(a, b).sin().mul(a).add(a);
const scalar = (a: Tensor, b: Tensor): Tensor => sum(f(a, b));

describe("vmap, nested with other transforms, does what a loop does", () => {
  test("when functions capture examples of outer ones", () => {
    expectSame((map) =>
      map((x) =>
        map((y) =>
          map((z) =>
            mul(x, y)
              .mul(z)
              .sub(sum(mul(x, z))),
          )(xs),
        )(xs),
      )(xs),
    );
  });

  test("when a function returns what it captures, or its argument", () => {
    expectSame((map) => grad((a: Tensor) => sum(mul(map(() => a)(xs), xs)))(w));
    expectSame((map) => grad((a: Tensor) => sum(mul(map((x) => map(() => mul(a, x))(xs))(xs), w)))(w));
    expectSame((map) => grad((all: Tensor) => sum(square(map((x) => x)(all))))(xs));
  });

  test("when gradients are taken inside, through it, and of gradients", () => {
    const inner = (x: Tensor, a: Tensor): Tensor => grad((v: Tensor) => mul(scalar(v, x), scalar(a, v)))(a);
    expectSame((map) => grad((a: Tensor) => sum(square(map((x) => inner(x, a))(xs))))(w));
    expectSame((map) => hessian((a: Tensor) => sum(square(map((x) => map((y) => inner(y, mul(a, x)))(xs))(xs))))(w));
  });

  test("in Jacobians of it, inside it, and of Jacobians of it", () => {
    for (const mode of ["forward", "reverse"] as const) {
      const of = (fn: (a: Tensor) => Tensor): Tensor => jacobian(fn, { mode })(w);
      expectSame((map) => of((a) => map((x) => f(a, x))(xs)));
      expectSame((map) => map((x) => of((a) => map((y) => f(mul(a, x), y))(xs)))(xs));
      expectSame((map) => of((a) => of((b) => map((x) => mul(f(b, x), a))(xs))));
      expectSame((map) => of((a) => map((x) => hessian((v: Tensor) => sum(map((y) => f(mul(v, a), y))(x)))(x))(xs)));
    }
  });

  test("in forward mode, and with pullbacks and linear maps that outlive it", () => {
    expectSame((map) => jvp((a, all) => map((x) => grad(scalar)(x, a))(all), [w, xs], [w, xs.exp()]).tangent);
    expectSame((map) => map((x) => jvp((a) => f(a, x), [w], [x]).tangent)(xs));
    const us = stack([xs, xs.exp(), xs.cos()]);
    expectSame((map) => {
      const { pullback } = vjp((a) => map((x) => f(a, x))(xs), [w]);
      return map((u) => mul(pullback(u)[0], sum(u)))(us);
    });
    expectSame((map) => {
      const { tangent } = linearize((a) => map((x) => f(a, x))(xs), [w]);
      return map((t) => mul(tangent([t]), t))(xs);
    });
  });

  test("through an op that has only a reverse rule", () => {
    const op: OpFunction<[a: Tensor, b: Tensor]> = customGradient<[a: Tensor, b: Tensor]>({
      name: "sineOfProduct",
      forward: ([a, b]) => mul(a, b).sin(),
      vjp: (g, { inputs: [a, b], needs }) => {
        const slope = mul(g, mul(a, b).cos());
        return [needs[0] ? mul(slope, b) : null, mul(slope, a)];
      },
      samples: () => [],
    });
    expectSame((map) => jvp((a) => map((x) => op(a, x))(xs), [w], [w]).tangent);
    expectSame((map) => jvp((all) => map((x) => op(w, x))(all), [xs], [xs.exp()]).tangent);
    expectSame((map) => hessian((a: Tensor) => sum(map((x) => op(a, x))(xs)))(w));
    expectSame((map) => map((x) => hessian((a: Tensor) => sum(op(a, mul(a, x))))(w))(xs));
  });

  test("with checkpoints inside and around it", () => {
    const kept = (fn: (x: Tensor) => Tensor): ((x: Tensor) => Tensor) => checkpoint(fn);
    expectSame((map) => hessian((a: Tensor) => sum(map(kept((x) => f(a, x)))(xs)))(w));
    expectSame((map) => hessian((a: Tensor) => sum(kept((all) => map((x) => f(a, x))(all))(xs)))(w));
    expectSame((map) => jacobian((a: Tensor) => map(kept((x) => kept((y) => f(a, y))(mul(x, a))))(xs))(w));
    expectSame((map) => map((x) => grad((a: Tensor) => sum(kept((v) => f(a, v))(x)))(w))(xs));
  });
});

describe("inside vmap", () => {
  test("backward() leaves in an outer parameter the sum over the examples, in a leaf made inside that of each example", () => {
    const loss = (p: Tensor, x: Tensor): Tensor => sum(mul(p, x).add(p)); // the sum passes the same cotangent to all
    const parameters = [new Parameter(w), new Parameter(w)];
    const inside = vmap((x: Tensor) => {
      loss(parameters[0], x).backward();
      const leaf = x.detach();
      leaf.requiresGrad = true;
      loss(w, leaf).backward();
      return leaf.grad ?? x;
    })(xs);
    for (let i = 0; i < xs.shape[0]; i++) loss(parameters[1], xs.slice(i)).backward();
    expect(parameters[0].grad?.data).toEqual(parameters[1].grad?.data);
    expect(inside.toArray()).toEqual([w.toArray(), w.toArray(), w.toArray()]);
  });

  test("hooks of what is the same for all examples get the sum of the cotangents, those of an example its own", () => {
    const parameter = new Parameter(w);
    const shapes: string[] = [];
    parameter.registerHook((g) => void shapes.push(String(g)));
    const product = (x: Tensor): Tensor => {
      const y = mul(parameter, x);
      y.registerHook((g) => void shapes.push(String(g)));
      return y;
    };
    sum(vmap(product)(xs)).backward();
    expect(shapes).toEqual(["tensor(3 examples, shape=[2], dtype=float64)", "tensor([1.6000, 1.2000], dtype=float64)"]);
  });

  test("a State takes nothing that differs from example to example", () => {
    const state = new State(w);
    expect(() => vmap((x: Tensor) => (state.assign(x), x))(xs)).toThrow(
      expect.objectContaining({ code: "BATCH_READ", message: expect.stringContaining("assign: ") as string }),
    );
    expect(state.toArray()).toEqual(w.toArray());
  });

  test("what leaks out says so when it is read", () => {
    let leaked = w;
    vmap((x: Tensor) => (leaked = x))(xs);
    expect(() => leaked.data).toThrow(/a vmap that has ended/);
    const parameter = new Parameter(w);
    vmap((x: Tensor) => (leaked = sum(mul(parameter, x))))(xs);
    expect(() => leaked.backward()).toThrow(/a vmap that has ended/);
    expect(() => gradients(leaked, [parameter])).toThrow(/a vmap that has ended/);
  });
});

test("a linear map whose graph was freed by backward() says so instead of giving zeros", () => {
  const parameter = new Parameter(w);
  const { value, tangent } = linearize((x) => sum(mul(x, parameter)), [w]);
  expect(tangent([w]).item()).toBeCloseTo(1.8, 12);
  value.backward();
  expect(() => tangent([w])).toThrow(expect.objectContaining({ code: "GRAPH_FREED" }));
});
