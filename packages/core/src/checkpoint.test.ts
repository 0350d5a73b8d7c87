import { describe, expect, test } from "vitest";
import {
  checkpoint,
  defaultGenerator,
  grad,
  gradients,
  hessian,
  jvp,
  lift,
  manualSeed,
  mul,
  Parameter,
  rand,
  State,
  sum,
  type Tensor,
  tensor,
  value,
  vmap,
} from "./index.js";

const double = { dtype: "float64" } as const;
const x0 = tensor([0.5, -1, 2], double);
const weight = new Parameter(tensor([1, 2, 3], double));

/** A function with a captured parameter, and the same one checkpointed. */
const plain = (x: Tensor): Tensor => x.mul(weight).sin().mul(x).exp();
const thrifty = checkpoint(plain);

describe("checkpoint", () => {
  test("gives the same value, and the same gradients of arguments and of what is captured", () => {
    const leaf = (): Tensor => tensor(x0.data, { requiresGrad: true });
    const [a, b] = [leaf(), leaf()];
    const want = gradients(plain(a).sum(), [a, weight]);
    const got = gradients(thrifty(b).sum(), [b, weight]);
    expect(thrifty(b).data).toEqual(plain(a).data);
    expect(got.map((g) => g.data)).toEqual(want.map((g) => g.data));
  });

  test("works under every transform", () => {
    const scalar =
      (fn: (x: Tensor) => Tensor) =>
      (x: Tensor): Tensor =>
        sum(fn(x));
    expect(grad(scalar(thrifty))(x0).data).toEqual(grad(scalar(plain))(x0).data);
    expect(hessian(scalar(thrifty))(x0).data).toEqual(hessian(scalar(plain))(x0).data);
    expect(jvp(thrifty, [x0], [x0]).tangent.data).toEqual(jvp(plain, [x0], [x0]).tangent.data);
    const rows = x0.reshape([3, 1]);
    expect(vmap(grad(scalar(thrifty)))(rows).data).toEqual(vmap(grad(scalar(plain)))(rows).data);
  });

  test("takes several results, of several dtypes, in objects", () => {
    const fn = (x: Tensor): { a: Tensor; b: readonly [Tensor, Tensor] } => ({
      a: x.sin(),
      b: [x.to("float32").square(), x.argmax()],
    });
    const leaf = tensor(x0.data, { requiresGrad: true });
    const { a, b } = checkpoint(fn)(leaf);
    expect([a.dtype, b[0].dtype, b[1].dtype]).toEqual(["float64", "float32", "int32"]);
    expect(a.data).toEqual(fn(leaf).a.data);
    const total = (r: ReturnType<typeof fn>): Tensor => r.a.sum().add(r.b[0].sum().to("float64"));
    expect(gradients(total({ a, b }), [leaf])[0].data).toEqual(gradients(total(fn(leaf)), [leaf])[0].data);
  });

  test("draws the same random numbers twice, and leaves the generator where one run leaves it", () => {
    const leaf = tensor([1, 1, 1, 1], { requiresGrad: true });
    const noisy = (x: Tensor): Tensor => mul(x, rand([4])).square();
    manualSeed(3);
    const want = gradients(noisy(leaf).sum(), [leaf])[0];
    const position = defaultGenerator.counter.item();
    manualSeed(3);
    const y = checkpoint(noisy)(leaf).sum();
    expect(defaultGenerator.counter.item()).toBe(position);
    expect(gradients(y, [leaf])[0].data).toEqual(want.data);
    expect(defaultGenerator.counter.item()).toBe(position);
  });

  test("assigns a State once only", () => {
    const count = new State(tensor(0));
    const leaf = tensor([1, 2], { requiresGrad: true });
    const y = checkpoint((x: Tensor) => {
      count.assign(count.add(1));
      return x.square();
    })(leaf);
    y.sum().backward();
    expect(count.item()).toBe(1);
  });

  test("passes gradients to Values that are captured", () => {
    const scale = value(3);
    checkpoint((x: Tensor) => mul(x, lift(scale, "float64")))(x0)
      .sum()
      .backward();
    expect(scale.grad).toBe(1.5);
  });

  test("calls hooks of what it captures once, and does not free the graph before it", () => {
    const leaf = tensor(x0.data, { requiresGrad: true });
    const middle = leaf.square();
    let calls = 0;
    middle.registerHook(() => void calls++);
    const y = thrifty(middle).sum();
    y.backward({ retainGraph: true });
    expect(calls).toBe(1);
    y.backward();
    expect(calls).toBe(2);
  });

  test("refuses a parameter that was assigned in between, and a second run of another shape", () => {
    const parameter = new Parameter(tensor([1, 2]));
    const y = checkpoint((x: Tensor) => x.mul(parameter))(tensor([3, 4])).sum();
    parameter.assign(tensor([5, 6]));
    expect(() => y.backward()).toThrow(expect.objectContaining({ code: "ASSIGNED_SINCE" }));
    let length = 2;
    const changing = checkpoint((x: Tensor) => x.slice([0, length++]))(tensor([1, 2, 3, 4], { requiresGrad: true }));
    expect(() => changing.sum().backward()).toThrow(expect.objectContaining({ code: "CHECKPOINT_CHANGED" }));
  });

  test("refuses a second run that computes something else, rather than give its gradient", () => {
    const leaf = tensor([1, NaN], { requiresGrad: true });
    const factor = new State(tensor(2));
    const y = checkpoint((x: Tensor) => x.mul(factor.mul(2)))(leaf).sum(); // what is done to a State alone is not recorded
    y.backward({ retainGraph: true });
    factor.assign(tensor(3));
    expect(() => y.backward()).toThrow(expect.objectContaining({ code: "CHECKPOINT_CHANGED" }));
    manualSeed(1);
    const z = checkpoint((x: Tensor) => x.mul(rand([2])))(leaf).sum();
    manualSeed(2);
    expect(() => z.backward()).toThrow(expect.objectContaining({ code: "CHECKPOINT_CHANGED" }));
  });

  test("nests", () => {
    const leaf = tensor(x0.data, { requiresGrad: true });
    const outer = checkpoint((x: Tensor) => thrifty(thrifty(x).sin()).log());
    const want = gradients(plain(plain(leaf).sin()).log().sum(), [leaf, weight]);
    expect(gradients(outer(leaf).sum(), [leaf, weight]).map((g) => g.data)).toEqual(want.map((g) => g.data));
  });
});
