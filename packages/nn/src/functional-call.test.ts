import {
  AdjointError,
  grad,
  hvp,
  matmul,
  mul,
  ones,
  Parameter,
  relu,
  square,
  stack,
  State,
  sub,
  sum,
  tensor,
  type Tensor,
  vmap,
  zeros,
} from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { normal } from "./conformance/cases.js";
import {
  BatchNorm1d,
  Conv2d,
  Flatten,
  functionalCall,
  Linear,
  LSTMCell,
  Module,
  ReLU,
  Sequential,
  stackModuleState,
  Tanh,
  weightNorm,
} from "./index.js";

type Params = Record<string, Tensor>;

/** The code of what `fn` throws. */
function code(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof AdjointError) return error.code;
    throw error;
  }
  return "none";
}

const paramsOf = (module: Module<never[], unknown>): Params =>
  Object.fromEntries(module.namedParameters().map(([key, x]) => [key, x.detach()]));

function expectClose(got: Tensor, want: Tensor, tolerance = 1e-12): void {
  expect(got.shape).toEqual(want.shape);
  expect(Math.max(0, ...sub(got, want).data.map(Math.abs))).toBeLessThanOrEqual(tolerance);
}

const network = (): Sequential => new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 2)).to("float64");

describe("gradients for each example are those of a loop", () => {
  const images = new Sequential(new Conv2d(1, 2, 3), new ReLU(), new Flatten(), new Linear(8, 2)).to("float64");
  const cell = new LSTMCell(3, 2).to("float64");
  const mlp = network();
  const cases: readonly [string, Module<never[], unknown>, (params: Params, x: Tensor) => Tensor, Tensor][] = [
    ["of an MLP", mlp, (params, x) => functionalCall(mlp, params, x), normal([4, 3])],
    ["of a CNN", images, (params, x) => functionalCall(images, params, x.unsqueeze(0)), normal([4, 1, 4, 4])],
    [
      "of an LSTMCell",
      cell,
      (params, x) => functionalCall(cell, params, x, functionalCall(cell, params, x))[0],
      normal([4, 3]),
    ],
  ];
  test.each(cases)("%s", (_name, module, call, xs) => {
    const loss = (params: Params, x: Tensor): Tensor => sum(square(call(params, x)));
    const params = paramsOf(module);
    const together = vmap(grad(loss), { inAxes: [null, 0] })(params, xs);
    const each = [0, 1, 2, 3].map((i) => grad(loss)(params, xs.slice(i)));
    for (const key of Object.keys(params)) expectClose(together[key], stack(each.map((gradient) => gradient[key])));
    // What backward gives is their sum.
    module.zeroGrad();
    for (let i = 0; i < 4; i++) loss(Object.fromEntries(module.namedParameters()), xs.slice(i)).backward();
    for (const [key, parameter] of module.namedParameters())
      expectClose(together[key].sum({ axis: 0 }), parameter.grad!);
  });
});

/** Central differences of a function of one number among parameters. */
function slope(fn: (params: Params) => Tensor, params: Params, key: string, place: number): number {
  const at = (step: number): number => {
    const moved = Float64Array.from(params[key].data, (x, i) => (i === place ? x + step : x));
    return fn({ ...params, [key]: tensor(moved, { shape: [...params[key].shape] }) }).item();
  };
  return (at(1e-5) - at(-1e-5)) / 2e-5;
}

test("the gradient through a step of descent (MAML) is that of differences, and exact to second order", () => {
  const model = network();
  const [x, y] = [normal([5, 3], 1), normal([5, 2], 2)];
  const loss = (params: Params): Tensor => square(sub(functionalCall(model, params, x), y)).mean();
  const outer = (params: Params, isFirstOrder = false): Tensor => {
    const slopes = grad(loss)(params);
    const stepped = Object.entries(params).map(([key, p]) => {
      const g = isFirstOrder ? slopes[key].detach() : slopes[key];
      return [key, sub(p, mul(g, 0.3))];
    });
    return square(functionalCall(model, Object.fromEntries(stepped) as Params, x)).mean();
  };
  const params = paramsOf(model);
  const gradients = grad((p: Params) => outer(p))(params);
  for (const [key, g] of Object.entries(gradients)) {
    for (let i = 0; i < g.size; i++) expect(Math.abs(g.data[i] - slope(outer, params, key, i))).toBeLessThan(1e-8);
  }
  const first = grad((p: Params) => outer(p, true))(params);
  expect(Math.abs(sub(first["0.weight"], gradients["0.weight"]).data[0])).toBeGreaterThan(1e-6);
});

test("a Hessian-vector product of a model is the slope of its gradient", () => {
  const model = network();
  const x = normal([5, 3], 1);
  const loss = (params: Params): Tensor => square(functionalCall(model, params, x)).mean();
  const params = paramsOf(model);
  const direction = Object.fromEntries(Object.entries(params).map(([key, p], i) => [key, normal(p.shape, 10 + i)]));
  const product = hvp(loss, [params], [direction]);
  const at = (step: number): Params =>
    grad(loss)(Object.fromEntries(Object.entries(params).map(([key, p]) => [key, p.add(direction[key].mul(step))])));
  const [up, down] = [at(1e-5), at(-1e-5)];
  const parts = (Array.isArray(product) ? product[0] : product) as Params;
  for (const key of Object.keys(params)) expectClose(parts[key], sub(up[key], down[key]).div(2e-5), 1e-8);
});

describe("an ensemble", () => {
  const models = [0, 1, 2].map(() => new Sequential(new Linear(3, 2), new BatchNorm1d(2)).to("float64").eval());
  const x = normal([5, 3]);

  test("under vmap is what the models give one by one, and its parameters can be trained", () => {
    const [params, buffers] = stackModuleState(models);
    expect(Object.keys(params)).toEqual(models[0].namedParameters().map(([key]) => key));
    expect(Object.keys(buffers)).toEqual(models[0].namedBuffers().map(([key]) => key));
    const call = (p: Params, b: Params): Tensor => functionalCall(models[0], { ...p, ...b }, x);
    const together = vmap((p: Params, b: Params) => call(p, b))(params, buffers);
    expectClose(together, stack(models.map((model) => model.forward(x))));
    square(together).sum().backward();
    models.forEach((model, i) => {
      model.zeroGrad();
      square(model.forward(x)).sum().backward();
      for (const [key, { grad: g }] of model.namedParameters()) expectClose(params[key].grad!.slice(i), g!);
    });
  });

  test("in training keeps what each example assigns to its buffers to itself", () => {
    const [params, buffers] = stackModuleState(models);
    const before = models[0].stateDict();
    models[0].train();
    const y = vmap((p: Params, b: Params) => functionalCall(models[0], { ...p, ...b }, x))(params, buffers);
    models[0].eval();
    expect(y.shape).toEqual([3, 5, 2]);
    for (const [key, b] of Object.entries(models[0].stateDict())) expect(b.toArray()).toEqual(before[key].toArray());
  });

  test("is made of modules of one architecture", () => {
    expect(code(() => stackModuleState([]))).toBe("MODULE_KIND");
    expect(code(() => stackModuleState([3 as never]))).toBe("MODULE_KIND");
    expect(code(() => stackModuleState(new Linear(1, 1) as never))).toBe("MODULE_KIND");
    expect(code(() => stackModuleState([new Linear(1, 1), new Linear(1, 1, { bias: false })]))).toBe("MODULES_DIFFER");
    expect(code(() => stackModuleState([new Linear(1, 1), new Linear(1, 2)]))).toBe("SHAPE_MISMATCH");
  });
});

describe("a functional call", () => {
  test("within a call of the same module, with other parameters, leaves those of the outer one", () => {
    class Twice extends Module {
      readonly weight = new Parameter(tensor([1]));
      inner: Params | null = null;
      forward(x: Tensor): Tensor {
        const { inner } = this;
        this.inner = null;
        const once = inner ? functionalCall(this, inner, x) : x;
        return mul(once, this.weight);
      }
    }
    const module = new Twice();
    const { weight } = module;
    module.inner = { weight: tensor([10]) };
    expect(functionalCall(module, { weight: tensor([3]) }, tensor([2])).toArray()).toEqual([60]);
    const same = tensor([3]);
    module.inner = { weight: same };
    expect(functionalCall(module, { weight: same }, tensor([2])).toArray()).toEqual([18]);
    expect(module.weight).toBe(weight);
  });

  test("shows its tensors as the parameters of the module, and only as long as it runs", () => {
    class Decayed extends Module {
      readonly weight = new Parameter(ones([2]));
      readonly shift = new State(zeros([2]));
      kept: Tensor | null = null;
      forward(): Tensor {
        this.kept = this.weight;
        expect(this.buffers()).toHaveLength(1);
        return sum(square(this.getParameter("weight"))).add(this.getBuffer("shift").sum());
      }
    }
    const module = new Decayed();
    const w = tensor([1, 2], { requiresGrad: true });
    functionalCall(module, { weight: w, shift: ones([2]) }).backward();
    expect(w.grad!.toArray()).toEqual([2, 4]);
    expect(module.weight.grad).toBeNull();
    expect(module.parameters()).toEqual([module.weight]);
  });

  test("lets forward assign named buffers, which others in it see, and forgets them", () => {
    class Counter extends Module {
      readonly count = new State(tensor(0));
      readonly same = [this.count];
      forward(by: Tensor): Tensor {
        this.count.assign(this.count.add(by));
        this.count.assign(this.count.add(by));
        return this.same[0].add(0);
      }
    }
    const counter = new Counter();
    expect(functionalCall(counter, { count: tensor(5) }, tensor(1)).item()).toBe(7);
    expect(grad((by: Tensor) => functionalCall(counter, { count: tensor(5) }, by))(tensor(1)).item()).toBe(2);
    expect(vmap((c: Tensor) => functionalCall(counter, { count: c }, tensor(1)))(tensor([1, 2])).toArray()).toEqual([
      3, 4,
    ]);
    expect(counter.count.item()).toBe(0);
    expect(counter.same[0]).toBe(counter.count);
  });

  test("replaces what is shared in all its places, by any of its keys", () => {
    const shared = new Linear(1, 1, { bias: false });
    const model = new Sequential(shared, shared);
    for (const key of ["0.weight", "1.weight"]) {
      expect(functionalCall(model, { [key]: tensor([[3]]) }, tensor([1])).toArray()).toEqual([9]);
    }
  });

  test("puts everything back when forward throws, and runs hooks and computed parameters", () => {
    const layer = weightNorm(new Linear(2, 1, { bias: false }));
    const before = layer.parameters();
    const params = { weight_g: tensor([[5]]), weight_v: tensor([[3, 4]]) };
    let calls = 0;
    layer.registerForwardHook(() => void calls++);
    expectClose(functionalCall(layer, params, ones([1, 2])), tensor([[7]]), 1e-6);
    expect(code(() => functionalCall(layer, params, ones([1, 3])))).toBe("INPUT_SHAPE");
    expect([calls, layer.parameters()]).toEqual([1, before]);
  });

  test("does not compute with half of the parameters of a module that is frozen by JavaScript", () => {
    class Fixed extends Module {
      readonly first = new Parameter(ones([1]));
      readonly weights = Object.freeze([new Parameter(ones([1]))]);
      forward(x: Tensor): Tensor {
        return matmul(relu(x), this.weights[0]);
      }
    }
    const fixed = new Fixed();
    const params = { first: zeros([1]), "weights.0": zeros([1]) };
    expect(code(() => functionalCall(fixed, params, ones([1])))).toBe("FIELD_FROZEN");
    expect(fixed.first).toBeInstanceOf(Parameter);
    expect(code(() => fixed.to("float64"))).toBe("FIELD_FROZEN");
  });

  test("answers mistakes with codes", () => {
    const layer = new Linear(2, 1);
    const x = ones([1, 2]);
    expect(code(() => functionalCall(3 as never, {}, x))).toBe("MODULE_KIND");
    for (const junk of [null, undefined, 3, [], x]) {
      expect(code(() => functionalCall(layer, junk as never, x))).toBe("PARAMETERS_KIND");
    }
    expect(code(() => functionalCall(layer, { weigth: x }, x))).toBe("PARAMETER_UNKNOWN");
    expect(code(() => functionalCall(layer, { weight: 3 as never }, x))).toBe("OPERAND_KIND");
    expect(code(() => functionalCall(layer, { weight: ones([2, 1]) }, x))).toBe("PARAMETER_SHAPE");
  });
});
