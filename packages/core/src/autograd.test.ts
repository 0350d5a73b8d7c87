import { describe, expect, test } from "vitest";
import {
  add,
  backward,
  concat,
  enableGrad,
  exp,
  expand,
  gradients,
  jvp,
  lift,
  log,
  lower,
  maximum,
  minimum,
  mul,
  noGrad,
  Parameter,
  relu,
  sin,
  State,
  sub,
  sum,
  Tensor,
  tensor,
  value,
} from "./index.js";
import { gradcheck, gradgradcheck } from "./testing/index.js";

const float64 = { dtype: "float64" } as const;
const leaf = (data: number | number[] | number[][]): Tensor => tensor(data, { ...float64, requiresGrad: true });
/** The gradient as it is now: TypeScript takes it for null after an assignment. */
const gradOf = (x: Tensor): Tensor | null => x.grad;
const withCode = (code: string): unknown => expect.objectContaining({ code });

describe("deep graphs", () => {
  test("a chain of 1,000,000 Values differentiates without overflowing the stack", () => {
    const x = value(0.5);
    let y = x;
    for (let i = 0; i < 1_000_000; i++) y = i % 2 === 0 ? y.mul(2) : y.mul(0.5);
    y.backward();
    expect(x.grad).toBe(1);
  });

  test("a chain of 100,000 tensors differentiates without overflowing the stack", () => {
    const x = leaf([1, 2]);
    let y: Tensor = x;
    for (let i = 0; i < 100_000; i++) y = add(y, x);
    sum(y).backward();
    expect(x.grad?.toArray()).toEqual([100_001, 100_001]);
  });

  test("a long chain goes through forward mode too", () => {
    const { tangent } = jvp(
      (x) => {
        let y = x;
        for (let i = 0; i < 50_000; i++) y = y.add(x);
        return y;
      },
      [value(1)],
      [2],
    );
    expect(tangent.data).toBe(100_002);
  });

  test("a node that is used many times is visited once", () => {
    let y = value(1);
    const x = y;
    for (let i = 0; i < 60; i++) y = y.add(y);
    y.backward();
    expect(x.grad).toBe(2 ** 60);
  });
});

describe("leaves", () => {
  test("gradients of several walks add up in leaves, and setting grad to null starts anew", () => {
    const x = leaf([1, 2]);
    for (let i = 0; i < 3; i++) sum(mul(x, x)).backward();
    expect(x.grad?.toArray()).toEqual([6, 12]);
    x.grad = null;
    sum(x).backward();
    expect(gradOf(x)?.toArray()).toEqual([1, 1]);
  });

  test("intermediate tensors keep no gradient unless asked to", () => {
    const x = leaf([1, 2]);
    const [y, z] = [mul(x, 2), mul(x, 3)];
    y.retainGrad();
    sum(mul(y, z)).backward();
    expect(y.grad?.toArray()).toEqual([3, 6]);
    expect(z.grad).toBeNull();
  });

  test("gradients returns derivatives with respect to any node and leaves grad alone", () => {
    const x = leaf([1, 2]);
    const y = mul(x, x);
    const [dy, dx] = gradients(sum(mul(y, x)), [y, x]);
    expect(dy.toArray()).toEqual([1, 2]);
    expect(dx.toArray()).toEqual([3, 12]);
    expect(x.grad).toBeNull();
  });

  test("an input that the output does not depend on is an error, or zeros on demand", () => {
    const [x, y] = [leaf([1, 2]), leaf([[3]])];
    expect(() => gradients(sum(x), [y])).toThrow(withCode("UNUSED_INPUT"));
    expect(gradients(sum(x), [x, y], { allowUnused: true })[1].toArray()).toEqual([[0]]);
  });

  test("gradients visits nothing older than what is asked for", () => {
    const x = leaf([1, 2]);
    const old = mul(x, x);
    let reached = false;
    old.registerHook(() => {
      reached = true;
    });
    const y = exp(old);
    expect(gradients(sum(mul(y, y)), [y])[0].toArray()).toEqual([...y.data].map((value) => 2 * value));
    expect(reached).toBe(false);
  });

  test("several outputs are differentiated together, each with its cotangent", () => {
    const x = leaf([1, 2]);
    const outputs = [mul(x, x), sum(x)];
    const cotangents = [tensor([1, 10], float64), tensor(100, float64)];
    expect(gradients(outputs, [x], { cotangents })[0].toArray()).toEqual([102, 140]);
  });

  test("the gradient of a float32 leaf is float32, also through float64 arithmetic", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    sum(mul(x.to("float64"), tensor([3, 4], float64))).backward();
    expect(x.grad?.dtype).toBe("float32");
    expect(x.grad?.toArray()).toEqual([3, 4]);
  });
});

describe("the life of a graph", () => {
  test("a second walk needs retainGraph on the first", () => {
    const x = leaf([3]);
    const y = sum(mul(x, x));
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(x.grad?.toArray()).toEqual([12]);
    expect(() => y.backward()).toThrow(withCode("GRAPH_FREED"));
  });

  test("a freed part is found from another output that shares it", () => {
    const x = leaf([3]);
    const shared = exp(x);
    sum(shared).backward();
    expect(() => sum(mul(shared, 2)).backward()).toThrow(withCode("GRAPH_FREED"));
  });

  test("createGraph records the walk, so gradients have gradients", () => {
    const x = leaf([0.5, 2]);
    const [g] = gradients(sum(mul(mul(x, x), x)), [x], { createGraph: true });
    expect(g.requiresGrad).toBe(true);
    sum(g).backward();
    expect(x.grad?.toArray()).toEqual([3, 12]);
  });

  test("without createGraph the results require no gradient", () => {
    const x = leaf([0.5]);
    expect(gradients(sum(exp(x)), [x])[0].requiresGrad).toBe(false);
  });

  test("backward with createGraph leaves gradients that can be differentiated", () => {
    const x = value(2);
    x.pow(3).backward(1, { createGraph: true });
    expect(x.grad).toBe(12);
    const y = leaf([2]);
    sum(mul(y, mul(y, y))).backward(undefined, { createGraph: true });
    expect(gradients(sum(y.grad as Tensor), [y])[0].toArray()).toEqual([12]);
  });

  test("detach gives the same elements out of reach of gradients", () => {
    const x = leaf([1, 2]);
    const y = x.detach();
    expect(y.data).toBe(x.data);
    expect(y.requiresGrad).toBe(false);
    sum(mul(x, y)).backward();
    expect(x.grad?.toArray()).toEqual([1, 2]);
  });

  test("a start cotangent weights the output, and a non-scalar output needs one", () => {
    const x = leaf([1, 2]);
    mul(x, x).backward(tensor([1, 10]));
    expect(x.grad?.toArray()).toEqual([2, 40]);
    expect(() => mul(x, x).backward()).toThrow(withCode("NOT_SCALAR"));
    expect(() => mul(x, x).backward(tensor([1]))).toThrow(withCode("COTANGENT_SHAPE"));
  });
});

describe("switching recording", () => {
  test("noGrad records nothing and enableGrad records inside it", () => {
    const x = leaf([1]);
    const [off, on] = noGrad(() => [mul(x, 2), enableGrad(() => mul(x, 2))]);
    expect([off.requiresGrad, on.requiresGrad, mul(x, 2).requiresGrad]).toEqual([false, true, true]);
    expect(noGrad(() => value(1).mul(2)).requiresGrad).toBe(false);
  });

  test("recording is restored after an error", () => {
    expect(() =>
      noGrad(() => {
        throw new RangeError("inside");
      }),
    ).toThrow("inside");
    expect(mul(leaf([1]), 2).requiresGrad).toBe(true);
  });

  test("promises are refused, because recording would be switched back before they run", () => {
    expect(() => noGrad(() => Promise.resolve(1))).toThrow(withCode("ASYNC_FUNCTION"));
    expect(() => enableGrad(async () => 1)).toThrow(withCode("ASYNC_FUNCTION"));
  });
});

describe("hooks", () => {
  test("see the cotangent and replace it", () => {
    const x = leaf([1, 2]);
    const y = mul(x, 3);
    const seen: unknown[] = [];
    y.registerHook((g) => {
      seen.push(g.toArray());
      return mul(g, 10);
    });
    sum(y).backward();
    expect(seen).toEqual([[1, 1]]);
    expect(x.grad?.toArray()).toEqual([30, 30]);
  });

  test("run in their order and can be removed", () => {
    const x = leaf([1]);
    const remove = x.registerHook((g) => mul(g, 10));
    x.registerHook((g) => add(g, 1));
    sum(x).backward();
    expect(x.grad?.toArray()).toEqual([11]);
    remove();
    x.grad = null;
    sum(x).backward();
    expect(gradOf(x)?.toArray()).toEqual([2]);
  });

  test("run once, with the sum over all uses of the tensor", () => {
    const x = leaf([1]);
    const y = mul(x, 2);
    let calls = 0;
    y.registerHook((g) => {
      calls++;
      expect(g.toArray()).toEqual([7]);
    });
    add(sum(mul(y, 3)), sum(mul(y, 4))).backward();
    expect(calls).toBe(1);
  });

  test("must return the shape of the tensor, and need a tensor that is reached", () => {
    const x = leaf([1, 2]);
    x.registerHook(() => tensor([1]));
    expect(() => sum(x).backward()).toThrow(withCode("COTANGENT_SHAPE"));
    expect(() => tensor([1]).registerHook((g) => g)).toThrow(withCode("NO_GRAPH"));
  });

  test("may fail to walk the same graph without harm to the walk they run in", () => {
    const [x, z] = [leaf([2]), leaf([3])];
    const y = mul(x, x);
    const root = sum(mul(mul(y, z), x));
    y.registerHook(() => {
      expect(() => root.backward(tensor([1, 2]))).toThrow(withCode("COTANGENT_SHAPE"));
    });
    root.backward();
    expect([x.grad?.item(), z.grad?.item()]).toEqual([36, 8]);
  });

  test("may walk the same graph themselves", () => {
    const x = leaf([2]);
    const y = mul(x, x);
    const z = sum(mul(y, x));
    let inner: unknown = null;
    y.registerHook((g) => {
      if (inner === null) {
        inner = [];
        inner = gradients(z, [x], { retainGraph: true })[0].toArray();
      }
      return g;
    });
    z.backward();
    expect(inner).toEqual([12]);
    expect(x.grad?.toArray()).toEqual([12]);
  });
});

describe("assigned states", () => {
  test("a graph recorded before an assign does not differentiate at the new contents", () => {
    const w = new Parameter(tensor([1, 2], float64));
    const loss = sum(mul(w, w));
    w.assign(tensor([3, 4], float64));
    expect(() => loss.backward()).toThrow(withCode("ASSIGNED_SINCE"));
    sum(mul(w, w)).backward();
    expect(w.grad?.toArray()).toEqual([6, 8]);
  });

  test("an assign after backward, as an optimizer does it, is fine", () => {
    const w = new Parameter(tensor([1], float64));
    for (let step = 0; step < 3; step++) {
      w.grad = null;
      sum(mul(w, w)).backward();
      w.assign(sub(w, mul(gradOf(w) as Tensor, 0.25)).detach());
    }
    expect(w.toArray()).toEqual([0.125]);
  });

  test("a buffer that requires no gradient is guarded as well", () => {
    const scale = new State(tensor([2], float64));
    const x = leaf([1]);
    const y = sum(mul(x, scale));
    scale.assign(tensor([5], float64));
    expect(() => y.backward()).toThrow(withCode("ASSIGNED_SINCE"));
  });

  test("forward mode notices an assign inside the function", () => {
    const scale = new State(tensor([2], float64));
    const run = (): unknown =>
      jvp(
        (x) => {
          const y = mul(x, scale);
          scale.assign(tensor([3], float64));
          return y;
        },
        [tensor([1], float64)],
        [tensor([1], float64)],
      );
    expect(run).toThrow(withCode("ASSIGNED_SINCE"));
  });
});

describe("broadcasting", () => {
  test("a gradient is summed over the axes along which its operand was repeated", () => {
    const [x, y, z] = [leaf([[1, 2, 3]]), leaf([[10], [20]]), leaf(2)];
    sum(mul(mul(x, y), z)).backward();
    expect(x.grad?.toArray()).toEqual([[60, 60, 60]]);
    expect(y.grad?.toArray()).toEqual([[12], [12]]);
    expect(z.grad?.toArray()).toBe(180);
  });

  test("sizes 0 give gradients of zero", () => {
    const x = leaf([[1, 2]]);
    sum(expand(x, [0, 2])).backward();
    expect(x.grad?.toArray()).toEqual([[0, 0]]);
  });

  test("one tensor as both operands gets both gradients", () => {
    const x = leaf([3]);
    sum(mul(x, x)).backward();
    expect(x.grad?.toArray()).toEqual([6]);
    const [g] = gradients(sum(concat([x, x, x])), [x]);
    expect(g.toArray()).toEqual([3]);
  });
});

describe("kinks", () => {
  test("relu and abs have derivative 0 at 0, and extremes split a tie evenly", () => {
    const slope = (f: (x: Tensor) => Tensor, at: number): number => {
      const x = leaf(at);
      return gradients(f(x), [x], { allowUnused: true })[0].item();
    };
    expect(slope(relu, 0)).toBe(0);
    expect(slope((x) => x.abs(), 0)).toBe(0);
    expect(slope((x) => maximum(x, 1), 1)).toBe(0.5);
    expect(slope((x) => minimum(x, 1), 1)).toBe(0.5);
    const x = leaf([2, 1, 2]);
    x.max().backward();
    expect(x.grad?.toArray()).toEqual([0.5, 0, 0.5]);
  });
});

describe("Values and tensors in one expression", () => {
  test("a Value times a tensor gives both their gradients", () => {
    const [a, x] = [value(3), leaf([1, 2])];
    const y = sum(mul(a, mul(x, x)));
    expect(y).toBeInstanceOf(Tensor);
    y.backward();
    expect(a.grad).toBe(5);
    expect(x.grad?.toArray()).toEqual([6, 12]);
  });

  test("gradients cross the bridge in both directions, in first and second order and forward mode", () => {
    const there = (x: Tensor): Tensor => {
      const scalar = lower(sum(mul(x, x)));
      return mul(lift(scalar.mul(scalar).sin(), "float64"), x);
    };
    const x = tensor([0.3, -0.4, 0.5], float64);
    expect(gradcheck(there, [x])).toBe(true);
    expect(gradgradcheck(there, [x])).toBe(true);
    expect(gradgradcheck((a, y) => mul(exp(mul(a, y)), a), [value(0.7), x])).toBe(true);
  });

  test("a float32 tensor stays float32 beside a Value", () => {
    const a = value(0.1);
    const y = mul(tensor([1, 2]), a);
    expect(y.dtype).toBe("float32");
    sum(y).backward();
    expect(a.grad).toBe(3);
  });

  test("only a tensor of no axes is a Value", () => {
    expect(() => lower(tensor([1]))).toThrow(withCode("NOT_SCALAR"));
  });
});

describe("forward mode", () => {
  test("gives value and directional derivative", () => {
    const x = tensor([1, 2], float64);
    const { value: y, tangent } = jvp((a) => mul(a, sin(a)), [x], [tensor([1, -1], float64)]);
    expect(y.toArray()).toEqual([Math.sin(1), 2 * Math.sin(2)]);
    expect(tangent.toArray()).toEqual([Math.sin(1) + Math.cos(1), -(Math.sin(2) + 2 * Math.cos(2))]);
    expect([y.requiresGrad, tangent.requiresGrad]).toEqual([false, false]);
  });

  test("a function that does not depend on the primals has tangent zero", () => {
    expect(jvp(() => tensor([1, 2]), [value(1)], [1]).tangent.toArray()).toEqual([0, 0]);
    expect(jvp((x) => x, [tensor([3])], [tensor([4])]).tangent.toArray()).toEqual([4]);
  });

  test("does not confuse the directions of nested calls", () => {
    // d/dx (x · d/dy (x + y)) = 1, where confusing y with x gives 2.
    const outer = jvp((x) => x.mul(jvp((y) => x.add(y), [value(1)], [1]).tangent), [value(5)], [1]);
    expect(outer.tangent.data).toBe(1);
    const same = jvp(
      (x) => jvp((y) => mul(x, y), [x], [tensor([1], float64)]).tangent,
      [leaf([3])],
      [tensor([1], float64)],
    );
    expect(same.tangent.toArray()).toEqual([1]);
  });

  test("can be differentiated by reverse mode with respect to primals, tangents and captured tensors", () => {
    const [x, t, w] = [leaf([2]), leaf([3]), leaf([5])];
    const { value: y, tangent } = jvp((a) => mul(w, mul(a, mul(a, a))), [x], [t]);
    expect(gradients(sum(tangent), [x, t, w], { retainGraph: true }).map((g) => g.item())).toEqual([180, 60, 36]);
    expect(gradients(sum(y), [x])[0].item()).toBe(60);
  });

  test("runs inside noGrad, without leaving a graph", () => {
    const w = leaf([2]);
    const { value: y, tangent } = noGrad(() =>
      jvp((a) => mul(w, log(a)), [tensor([1], float64)], [tensor([3], float64)]),
    );
    expect([tangent.item(), tangent.requiresGrad, y.requiresGrad]).toEqual([6, false, false]);
  });
});

test("backward as a function does what the method does", () => {
  const x = leaf([1, 2]);
  backward(sum(mul(x, x)));
  expect(x.grad?.toArray()).toEqual([2, 4]);
});
