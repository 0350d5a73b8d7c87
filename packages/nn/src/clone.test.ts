import { Generator, noGrad, ones, Parameter, State, tensor, type Tensor, zeros } from "@adjoint/core";
import { expect, test } from "vitest";
import {
  type AnyModule,
  BatchNorm1d,
  Dropout,
  Linear,
  Module,
  ReLU,
  Sequential,
  spectralNorm,
  weightNorm,
} from "./index.js";

class Model extends Module {
  readonly layers = [new Linear(2, 2), new ReLU(), [new Linear(2, 2)]];
  readonly heads = new Map<string, AnyModule>([["left", new Linear(2, 1)]]);
  readonly tied = this.layers[0];
  readonly scale = new Parameter(ones([1]));
  readonly same = [this.scale];
  readonly count = new State(tensor(3, { dtype: "int32" }));
  readonly options = { deep: [1, 2] };
  readonly generator = new Generator(1);
  me: AnyModule | null = null;
  calls = 0;
  constructor(needed: string) {
    super();
    if (needed !== "given") throw new Error("the constructor ran again");
  }
  forward(x: Tensor): Tensor {
    this.calls++;
    return (this.layers[0] as Linear).forward(x).mul(this.scale);
  }
}

test("a copy has the class, the contents and the structure, and nothing that changes in common", () => {
  const model = new Model("given");
  model.me = model;
  model.layers[1] = new BatchNorm1d(2);
  model.eval();
  const copy = model.clone();
  expect(copy).toBeInstanceOf(Model);
  expect(String(copy)).toBe(String(model));
  expect(copy.training).toBe(false);
  const before = model.stateDict();
  expect(Object.keys(copy.stateDict())).toEqual(Object.keys(before));
  for (const [key, x] of Object.entries(copy.stateDict())) {
    expect(x.toArray()).toEqual(before[key].toArray());
    expect(x.dtype).toBe(before[key].dtype);
  }
  const own = new Set<unknown>([...model.modules(), ...model.parameters(), ...model.buffers()]);
  expect([...copy.modules(), ...copy.parameters(), ...copy.buffers()].some((x) => own.has(x))).toBe(false);
  noGrad(() => copy.scale.assign(zeros([1])));
  expect([model.scale.item(), copy.same[0].item()]).toEqual([1, 0]);
  copy.layers.push(new ReLU());
  copy.heads.delete("left");
  expect([model.layers.length, model.heads.size]).toEqual([3, 1]);
});

test("what is shared or refers to itself does so in the copy", () => {
  const model = new Model("given");
  model.me = model;
  const copy = model.clone();
  expect(copy.me).toBe(copy);
  expect(copy.tied).toBe(copy.layers[0]);
  expect(copy.same[0]).toBe(copy.scale);
  expect([copy.generator, copy.options]).toEqual([model.generator, model.options]);
  expect(copy.generator).toBe(model.generator);
});

test("forward computes with the copy, and errors name its places", () => {
  const model = new Model("given");
  const copy = model.clone();
  const { forward } = copy;
  forward(ones([1, 2]));
  expect([model.calls, copy.calls]).toEqual([0, 1]);
  expect(() => copy.forward(ones([1, 3]))).toThrow(/in model\.layers\.0\)$/);
});

test("frozen parameters are frozen in the copy, labels stay, gradients are not copied, hooks are", () => {
  const layer = new Linear(1, 1);
  layer.weight.label = "w";
  layer.bias!.requiresGrad = false;
  layer.forward(ones([1])).backward();
  const seen: AnyModule[] = [];
  const hook = layer.registerForwardHook((module) => void seen.push(module));
  const copy = layer.clone();
  hook.remove();
  copy.forward(ones([1]));
  layer.forward(ones([1]));
  expect(seen).toEqual([copy]);
  expect([copy.weight.label, copy.weight.grad, copy.bias!.requiresGrad]).toEqual(["w", null, false]);
});

test("computed parameters are computed from those of the copy", () => {
  for (const normalise of [weightNorm, spectralNorm]) {
    const layer = normalise(new Linear(3, 2)).eval();
    const copy = layer.clone();
    const x = ones([1, 3]);
    expect(copy.forward(x).toArray()).toEqual(layer.forward(x).toArray());
    for (const parameter of copy.parameters()) noGrad(() => parameter.assign(parameter.mul(0).add(0.5)));
    expect(copy.forward(x).toArray()).not.toEqual(layer.forward(x).toArray());
    expect(copy.to("float64").forward(x.to("float64")).dtype).toBe("float64");
    expect(layer.parameters()[0].dtype).toBe("float32");
  }
});

test("a copy draws from the same generator as the original", () => {
  const layer = new Dropout(0.5, { generator: new Generator(7) });
  const copy = layer.clone();
  const [first, second] = [layer.forward(ones([64])), copy.forward(ones([64]))];
  expect(first.toArray()).not.toEqual(second.toArray());
  expect(new Sequential(copy).clone().at(0)).toBeInstanceOf(Dropout);
});
