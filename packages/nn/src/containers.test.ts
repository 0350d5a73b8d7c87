import { AdjointError, ones, Parameter, State, tensor, type Tensor, zeros } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import {
  functionalCall,
  Identity,
  Lambda,
  Linear,
  Module,
  ModuleDict,
  ModuleList,
  ParameterDict,
  ParameterList,
  ReLU,
  Residual,
  Sequential,
} from "./index.js";

/** The code and the message of what `fn` throws. */
function failure(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof AdjointError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "nothing was thrown";
}

const scale = (x: number): Parameter => new Parameter(tensor([x]));
const junk: readonly unknown[] = [
  ...[null, 3, "x", true, {}, [], NaN, Symbol("s"), 7n, () => 1, ones([2]), new State(ones([1])), new Map([[1, 2]])],
  new Promise(() => {}),
];

class Model extends Module {
  readonly layers = new ModuleList([new Linear(2, 2)]);
  readonly heads = new ModuleDict<Module>({ leftHead: new Linear(2, 1), "1": new ReLU() });
  readonly scales = new ParameterList([scale(1)]);
  readonly shifts = new ParameterDict({ inner: scale(2) });
  forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = layer.forward(x);
    return this.heads.get("leftHead").forward(x).mul(this.scales.at(0)).add(this.shifts.get("inner"));
  }
}

test("containers give PyTorch's keys, and what is added later is found", () => {
  const model = new Model();
  model.layers.append(new Linear(2, 2, { bias: false }));
  model.heads.set("new", new Linear(1, 1));
  model.scales.append(scale(3));
  model.shifts.set("outer", scale(4));
  expect(Object.keys(model.stateDict()).sort()).toEqual(
    [
      ...["layers.0.weight", "layers.0.bias", "layers.1.weight"],
      ...["heads.leftHead.weight", "heads.leftHead.bias", "heads.new.weight", "heads.new.bias"],
      ...["scales.0", "scales.1", "shifts.inner", "shifts.outer"],
    ].sort(),
  );
  expect(model.getSubmodule("heads.leftHead")).toBe(model.heads.get("leftHead"));
  model.heads.delete("new");
  expect(model.heads.has("new")).toBe(false);
  expect(model.parameters()).toHaveLength(9);
  expect(String(model)).toContain("(heads): ModuleDict(");
});

test("containers convert, copy and stand for others in functional calls", () => {
  const model = new Model().to("float64");
  expect(model.parameters().every(({ dtype }) => dtype === "float64")).toBe(true);
  const x = ones([3, 2], { dtype: "float64" });
  const copy = model.clone();
  expect(copy.forward(x).toArray()).toEqual(model.forward(x).toArray());
  copy.layers.append(new Linear(2, 2));
  copy.shifts.delete("inner");
  expect([model.layers.length, model.shifts.size]).toEqual([1, 1]);
  const params = { "scales.0": tensor([0], { dtype: "float64" }), "shifts.inner": tensor([7], { dtype: "float64" }) };
  expect(functionalCall(model, params, x).toArray()).toEqual([[7], [7], [7]]);
  expect(model.shifts.get("inner")).toBeInstanceOf(Parameter);
  expect(model.loadStateDict(model.stateDict()).missing).toEqual([]);
});

describe.each([
  ["Sequential", (items: Module[]) => new Sequential(...items)],
  ["ModuleList", (items: Module[]) => new ModuleList(items)],
])("%s", (_name, make) => {
  const [a, b, c, d] = [new Linear(1, 1), new ReLU(), new Identity(), new Linear(1, 2)];

  test("is changed as a list", () => {
    const list = make([a, b]).append(c).insert(0, d).insert(-1, a).insert(5, b);
    expect([...list]).toEqual([d, a, b, a, c, b]);
    expect([list.pop(), list.pop(0), list.length]).toEqual([b, d, 4]);
    expect([...list.set(-1, d).extend([a])]).toEqual([a, b, a, d, a]);
    expect([list.at(1), list.at(-2)]).toEqual([b, d]);
    expect([...list.slice(1, -1)]).toEqual([b, a, d]);
    expect([...list.slice(-2)]).toEqual([d, a]);
    expect([...list.slice()]).toEqual([...list]);
    expect(list.slice(1)).toBeInstanceOf(make([]).constructor);
    expect([...list.extend(list)]).toHaveLength(10);
  });

  test("answers mistakes with codes and stays as it was", () => {
    const list = make([a]);
    for (const x of junk) {
      expect(failure(() => list.append(x as never))).toContain("MODULE_KIND");
      expect(failure(() => list.set(0, x as never))).toContain("MODULE_KIND");
      expect(failure(() => list.insert(0, x as never))).toContain("MODULE_KIND");
      if (!(Array.isArray(x) && x.length === 0)) {
        expect(failure(() => list.extend(x as never))).toMatch(/^(MODULE|LIST)_KIND/);
      }
      for (const run of [(i: never) => list.at(i), (i: never) => list.insert(i, a), (i: never) => list.slice(0, i)]) {
        if (x !== 3) expect(failure(() => run(x as never))).toContain("INDEX_OUT_OF_RANGE");
      }
    }
    expect(failure(() => list.extend([b, 3 as never]))).toContain("MODULE_KIND");
    expect(failure(() => make([]).pop())).toContain("INDEX_OUT_OF_RANGE");
    expect([...list]).toEqual([a]);
  });
});

test("ParameterList and the dictionaries take nothing else than what they are for", () => {
  for (const x of junk) {
    expect(failure(() => new ParameterList([x as never]))).toContain("PARAMETER_KIND ParameterList");
    expect(failure(() => new ParameterDict({ a: x as never }))).toContain("PARAMETER_KIND ParameterDict");
    expect(failure(() => new ModuleDict({ a: x as never }))).toContain('MODULE_KIND ModuleDict: "a"');
    if (x !== "x") expect(failure(() => new ModuleDict().set(x as never, new ReLU()))).toContain("NAME_INVALID");
    for (const make of [ModuleList, ParameterList, ModuleDict, ParameterDict]) {
      const made = failure(() => Reflect.construct(make, [x]));
      expect(made).toMatch(/^(nothing was thrown|(LIST|MODULE|PARAMETER)_KIND|NAME_INVALID)/);
    }
  }
  expect(failure(() => new ModuleDict({ "a.b": new ReLU() }))).toContain("NAME_INVALID");
  expect(failure(() => new ModuleDict({ a: new ReLU() }).get("b"))).toContain(
    'NAME_UNKNOWN ModuleDict: there is no "b"; there are "a"',
  );
  expect(failure(() => new ModuleDict().get("b"))).toContain("none");
});

test("dictionaries are walked as Maps are", () => {
  const dict = new ModuleDict([
    ["b", new ReLU()],
    ["a", new Identity()],
  ] as const);
  expect([[...dict.keys()], dict.size, [...dict.entries()]]).toEqual([["b", "a"], 2, [...dict]]);
  expect([...dict.values()].map(String)).toEqual(["ReLU()", "Identity()"]);
});

test("what has no forward says so, with its place", () => {
  for (const module of [new ModuleList(), new ModuleDict(), new ParameterList(), new ParameterDict()]) {
    expect(failure(() => (module as Module<unknown[], unknown>).forward(1))).toContain("FORWARD_MISSING");
  }
  const model = new Sequential(new ModuleList([new ReLU()]) as never);
  expect(failure(() => model.forward(ones([1])))).toMatch(/ModuleList: it has no forward.*\(in model\.0\)$/);
});

test("Residual adds what its body makes to what it was given, or to what its shortcut makes of it", () => {
  const plain = new Residual(new Linear(2, 2));
  expect(Object.keys(plain.stateDict())).toEqual(["body.weight", "body.bias"]);
  const x = ones([3, 2]);
  expect(plain.forward(x).toArray()).toEqual(plain.body.forward(x).add(x).toArray());
  const shorter = new Residual(new Linear(2, 1), new Linear(2, 1, { bias: false }));
  expect(Object.keys(shorter.stateDict())).toContain("shortcut.weight");
  expect(shorter.forward(x).shape).toEqual([3, 1]);
  for (const x of junk.slice(1)) {
    expect(failure(() => new Residual(x as never))).toContain("MODULE_KIND");
    expect(failure(() => new Residual(plain, x as never))).toContain("MODULE_KIND");
  }
  expect(failure(() => plain.forward(zeros([3, 5])))).toMatch(/\(in model\.body\)$/);
});

test("Lambda is a function of anything as a module, printed with a name", () => {
  const both = new Lambda((x: Tensor, y: Tensor) => [x.add(y), x.mul(y)]);
  expect(both.forward(tensor([2]), tensor([3])).map((x) => x.item())).toEqual([5, 6]);
  const shift = (x: Tensor): Tensor => x.add(1);
  expect([new Lambda(shift), new Lambda(shift, "plus one"), new Lambda((x) => x)].map(String)).toEqual([
    "Lambda(shift)",
    "Lambda(plus one)",
    "Lambda()",
  ]);
  for (const x of junk)
    if (typeof x !== "function") expect(failure(() => new Lambda(x as never))).toContain("FUNCTION_KIND");
  expect(new Identity().forward(ones([2])).shape).toEqual([2]);
});
