import { AdjointError, matmul, ones, Parameter, State, type Tensor, tensor, transpose } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  CrossEntropyLoss,
  Dropout,
  Embedding,
  Flatten,
  GRU,
  Linear,
  LSTM,
  Module,
  ReLU,
  Sequential,
} from "./index.js";

const network = (): Sequential =>
  new Sequential(
    new Sequential(new Conv2d(3, 8, 3, { padding: 1, stride: 2 }), new BatchNorm2d(8), new ReLU()),
    new Flatten(),
    new Dropout(0.5),
    new Linear(128, 10),
  );

test("a summary has a row for each module, parents first, with what is its own", () => {
  const summary = network().summary([2, 3, 8, 8]);
  expect(
    summary.rows.map(({ path, name, parameters, multiplyAdds }) => [path, name, parameters, multiplyAdds]),
  ).toEqual([
    ["", "Sequential", 0, 0],
    ["0", "Sequential", 0, 0],
    ["0.0", "Conv2d", 8 * 27 + 8, 8 * 27 * 16 * 2],
    ["0.1", "BatchNorm2d", 16, 0],
    ["0.2", "ReLU", 0, 0],
    ["1", "Flatten", 0, 0],
    ["2", "Dropout", 0, 0],
    ["3", "Linear", 1290, 1280 * 2],
  ]);
  expect(summary.rows.map(({ outputs }) => outputs[0].join())).toEqual([
    "2,10",
    "2,8,4,4",
    "2,8,4,4",
    "2,8,4,4",
    "2,8,4,4",
    "2,128",
    "2,128",
    "2,10",
  ]);
  // A Flatten, and a Dropout in evaluation, give what they were given.
  expect(summary.rows.map(({ outputBytes }) => outputBytes)).toEqual([0, 0, 1024, 1024, 1024, 0, 0, 80]);
  expect(summary.stateBytes).toBe(4 * (summary.parameters + 16 + 1));
  expect([summary.parameters, summary.trainable]).toEqual([1530, 1530]);
});

test("it leaves the module as it was", () => {
  const model = network();
  (model.at(2) as Dropout).eval();
  model.at(0).freeze();
  const before = { dict: model.stateDict(), modes: model.modules().map(({ training }) => training) };
  expect(model.summary([2, 3, 8, 8]).trainable).toBe(1290);
  expect(model.modules().map(({ training }) => training)).toEqual(before.modes);
  expect(model.parameters().map(({ requiresGrad, grad }) => [requiresGrad, grad])).toEqual([
    ...new Array(4).fill([false, null]),
    ...new Array(2).fill([true, null]),
  ]);
  for (const [key, x] of Object.entries(model.stateDict())) expect(x.data).toBe(before.dict[key].data);
  expect(() => model.summary([2, 4, 8, 8])).toThrow(/in model\.0\.0\)$/);
  expect(model.modules().map(({ training }) => training)).toEqual(before.modes);
});

test("it restores what a module assigns in evaluation too", () => {
  class Counter extends Module {
    readonly count = new State(tensor(0));
    forward(x: Tensor): Tensor {
      this.count.assign(this.count.add(1));
      return x;
    }
  }
  const counter = new Counter();
  counter.summary([1]);
  expect(counter.count.item()).toBe(0);
});

test("what is shared counts once, what it computes each time", () => {
  const shared = new Linear(4, 4);
  const summary = new Sequential(shared, new ReLU(), shared).summary([3, 4]);
  expect(summary.rows).toHaveLength(3);
  expect([summary.parameters, summary.multiplyAdds, summary.outputBytes]).toEqual([20, 96, 3 * 48]);
  class Tied extends Module {
    readonly encode = new Linear(4, 2, { bias: false });
    readonly weight = this.encode.weight;
    forward(x: Tensor): Tensor {
      return matmul(this.encode.forward(x), this.weight);
    }
  }
  const tied = new Tied().summary([5, 4]);
  expect(tied.rows.map(({ parameters, multiplyAdds }) => [parameters, multiplyAdds])).toEqual([
    [8, 40],
    [0, 40],
  ]);
});

describe("multiply-adds", () => {
  test.each<[string, Module<never[], unknown>, readonly number[], number]>([
    ["of groups", new Conv2d(4, 6, 3, { groups: 2, bias: false }), [1, 4, 5, 5], 6 * 2 * 9 * 9],
    ["transposed", new ConvTranspose2d(4, 6, 3, { stride: 2 }), [2, 4, 5, 5], 4 * 6 * 9 * 25 * 2],
    ["of an LSTM at all times", new LSTM(4, 8, { numLayers: 2 }), [5, 2, 4], (32 * 12 + 32 * 16) * 10],
    ["of an LSTM with projections", new LSTM(4, 8, { projSize: 3 }), [5, 2, 4], (32 * 7 + 24) * 10],
    ["of a GRU in both directions", new GRU(4, 8, { bidirectional: true }), [5, 2, 4], 2 * 24 * 12 * 10],
  ])("%s", (_what, module, shape, count) => {
    expect(module.summary(shape).multiplyAdds).toBe(count);
    expect(module.freeze().summary(shape).multiplyAdds).toBe(count);
  });
});

test("inputs are shapes, tensors or several of them, of any dtype", () => {
  const words = new Sequential(new Embedding(10, 4), new Linear(4, 2)).freeze();
  const summary = words.summary([7], { dtype: "int32" });
  expect([summary.multiplyAdds, summary.trainable, summary.rows[2].outputs]).toEqual([56, 0, [[7, 2]]]);
  expect(words.summary(tensor([1, 2], { dtype: "int32" })).rows[0].outputs).toEqual([[2, 2]]);
  const loss = new CrossEntropyLoss().summary([[5, 3], tensor([0, 1, 2, 0, 1], { dtype: "int32" })]);
  expect(loss.rows[0].outputs).toEqual([[]]);
  expect(new Linear(2, 2).to("float64").summary([1, 2]).outputBytes).toBe(16);
});

test("what is not called, or gives what it was given, has its row as well", () => {
  class Partial extends Module {
    readonly unused = new Linear(2, 2);
    readonly scale = new Parameter(ones([3, 2]));
    forward(): Tensor {
      return this.scale;
    }
  }
  const text = String(new Partial().summary([1]));
  expect(text).toContain("unused: Linear  -");
  expect(new Partial().summary([1]).rows.map(({ parameters, outputBytes }) => [parameters, outputBytes])).toEqual([
    [6, 0],
    [6, 0],
  ]);
  expect(new Sequential(new Linear(2, 2)).summary(transpose(ones([2, 1]))).outputBytes).toBe(8);
});

test("mistakes are answered with codes", () => {
  const model = new Linear(2, 2);
  for (const junk of [3, null, undefined, "x", {}, [[1], "x"], [NaN, 2], [-1, 2], [0.5]]) {
    expect(() => model.summary(junk as never), String(junk)).toThrow(AdjointError);
  }
  expect(() => model.summary([1, 2], { bogus: 1 } as never)).toThrow(AdjointError);
  expect(() => model.summary([1, 2], { dtype: "int64" } as never)).toThrow(AdjointError);
});
