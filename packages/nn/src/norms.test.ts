import {
  arange,
  cos,
  Generator,
  grad,
  mul,
  noGrad,
  ones,
  reshape,
  square,
  stack,
  State,
  sub,
  sum,
  svd,
  tensor,
  type Tensor,
  vmap,
  zeros,
} from "@adjoint/core";
import { gradcheck, gradgradcheck } from "@adjoint/core/testing";
import { describe, expect, test } from "vitest";
import * as nn from "./index.js";

const random = (shape: readonly number[], seed = 1): Tensor =>
  new Generator(seed).normal(shape, 0, 1, { dtype: "float64" });

const apart = (a: Tensor, b: Tensor): number => Math.max(...sub(a.to("float64"), b.to("float64")).abs().data);

/** A loss whose gradients differ from element to element. */
const someLoss = (y: Tensor): Tensor => sum(mul(square(y), reshape(cos(arange(y.size)), y.shape)));

describe("normalisation far from zero", () => {
  const x = random([4, 6, 10]).add(1e6).to("float32");
  const calls: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    layerNorm: (x) => nn.layerNorm(x, 10),
    groupNorm: (x) => nn.groupNorm(x, 2),
    instanceNorm: (x) => nn.instanceNorm(x),
    batchNorm: (x) => nn.batchNorm(x, null, null, { training: true }),
    "batchNorm in evaluation": (x) =>
      nn.batchNorm(x, tensor(new Array<number>(6).fill(1e6)), ones([6]), { bias: ones([6]), weight: ones([6]) }),
  };
  test.each(Object.keys(calls))("%s of float32 is that of float64, although the mean is rounded to 1/16", (name) => {
    expect(apart(calls[name](x), calls[name](x.to("float64")))).toBeLessThan(1e-5);
  });
});

test("the functions are what the modules compute", () => {
  const [x, weight, bias] = [random([3, 4, 5]), random([4], 2), random([4], 3)];
  const given = { weight, bias };
  const filled = <M extends nn.AnyModule>(module: M): M => {
    module.to("float64").loadStateDict(given, { strict: false });
    return module;
  };
  const [mean, variance] = [new State(zeros([4]).to("float64")), new State(ones([4]).to("float64"))];
  const batch = filled(new nn.BatchNorm1d(4));
  const pairs = [
    [filled(new nn.GroupNorm(2, 4)).forward(x), nn.groupNorm(x, 2, given)],
    [filled(new nn.InstanceNorm1d(4, { affine: true })).forward(x), nn.instanceNorm(x, given)],
    [batch.forward(x), nn.batchNorm(x, mean, variance, { ...given, training: true })],
    [batch.runningMean!, mean],
    [batch.runningVar!, variance],
    [batch.eval().forward(x), nn.batchNorm(x, mean, variance, given)],
    [filled(new nn.LayerNorm(4)).forward(x.transpose(1, 2)), nn.layerNorm(x.transpose(1, 2), [4], given)],
    [new nn.RMSNorm(5).forward(x), nn.rmsNorm(x, 5)],
    [new nn.LocalResponseNorm(3, { alpha: 2 }).forward(x), nn.localResponseNorm(x, 3, { alpha: 2 })],
  ];
  for (const [got, want] of pairs) expect(apart(got, want)).toBe(0);
});

test("root mean square normalisation adds the machine epsilon of the dtype unless another is given", () => {
  const small = tensor([1e-5, 2e-5], { dtype: "float64" });
  const want = (eps: number, x: Tensor): Tensor => x.div(square(x).mean().add(eps).sqrt());
  expect(apart(nn.rmsNorm(small, 2), want(2 ** -52, small))).toBeLessThan(1e-15);
  expect(apart(nn.rmsNorm(small.to("float32"), 2), want(2 ** -23, small))).toBeLessThan(1e-7);
  expect(apart(nn.rmsNorm(small, 2, { eps: 1e-10 }), want(1e-10, small))).toBeLessThan(1e-15);
});

describe("running statistics", () => {
  test("of instances move towards the mean over the batch, without being counted, as in PyTorch", () => {
    const layer = new nn.InstanceNorm1d(2, { trackRunningStats: true });
    layer.forward(arange(6).reshape([2, 3]).to("float32"));
    expect(String(layer.runningMean)).toBe("tensor([0.1000, 0.4000])");
    expect(layer.numBatchesTracked!.item()).toBe(0);
  });

  test("are not spoilt by an empty batch", () => {
    const layer = new nn.BatchNorm1d(2);
    expect(layer.forward(ones([0, 2])).shape).toEqual([0, 2]);
    expect(layer.runningVar!.toArray()).toEqual([1, 1]);
  });

  test("that a functional call brings along stay as they are", () => {
    const layer = new nn.BatchNorm1d(2);
    const { weight, bias, ...buffers } = layer.stateDict();
    const loss = (params: Record<string, Tensor>): Tensor =>
      someLoss(nn.functionalCall(layer, { ...params, ...buffers }, random([3, 2])));
    expect(Object.keys(grad(loss)({ weight, bias }))).toEqual(["weight", "bias"]);
    expect(layer.runningMean!.toArray()).toEqual([0, 0]);
    expect(layer.numBatchesTracked!.item()).toBe(0);
  });

  test("are needed in evaluation, and fit the channels", () => {
    const x = ones([2, 3]);
    expect(() => nn.batchNorm(x, null, null)).toThrow(expect.objectContaining({ code: "STATISTICS_MISSING" }));
    expect(() => nn.batchNorm(x, ones([2]), ones([3]))).toThrow(
      "batchNorm: runningMean is [2]; for this input it must be [3]",
    );
    expect(() => nn.instanceNorm(ones([2, 3, 1]))).toThrow(expect.objectContaining({ code: "BATCH_TOO_SMALL" }));
    const untracked = new nn.BatchNorm1d(3, { trackRunningStats: false }).eval();
    expect(() => untracked.forward(ones([1, 3]))).toThrow(expect.objectContaining({ code: "BATCH_TOO_SMALL" }));
  });
});

test("groups must divide the channels", () => {
  const message = "4 channels in 3 groups; the channels must be a multiple of the groups";
  expect(() => new nn.GroupNorm(3, 4)).toThrow(`GroupNorm: ${message}`);
  expect(() => nn.groupNorm(ones([1, 4]), 3)).toThrow(`groupNorm: ${message}`);
});

describe("gradients of single examples through normalising networks", () => {
  const networks: Readonly<Record<string, readonly [model: nn.AnyModule, example: readonly number[]]>> = {
    "convolutions with GroupNorm": [
      new nn.Sequential(
        new nn.Conv2d(2, 4, 3),
        new nn.GroupNorm(2, 4),
        new nn.ReLU(),
        new nn.Flatten(0),
        new nn.Linear(16, 2),
      ),
      [2, 4, 4],
    ],
    "layers with LayerNorm and RMSNorm": [
      new nn.Sequential(
        new nn.Linear(3, 5),
        new nn.LayerNorm(5),
        new nn.Tanh(),
        new nn.RMSNorm(5),
        new nn.Linear(5, 2),
      ),
      [3],
    ],
    "layers with InstanceNorm and LocalResponseNorm": [
      new nn.Sequential(new nn.Conv1d(2, 3, 1), new nn.InstanceNorm1d(3, { affine: true }), new nn.Flatten(0)),
      [2, 4],
    ],
  };
  test.each(Object.keys(networks))("%s are those of a loop", (name) => {
    const [model, example] = networks[name];
    model.to("float64");
    const call = (params: Record<string, Tensor>, x: Tensor): Tensor =>
      // Convolutions and groups see a batch of one.
      someLoss(nn.functionalCall(model as nn.Module, params, example.length > 2 ? x.unsqueeze(0) : x));
    const gradients = grad(call);
    const xs = random([3, ...example], 7);
    const together = vmap(gradients, { inAxes: [null, 0] })(model.stateDict(), xs);
    const alone = xs.unbind(0).map((x) => gradients(model.stateDict(), x));
    for (const key of Object.keys(model.stateDict())) {
      expect(apart(together[key], stack(alone.map((each) => each[key]))), key).toBeLessThan(1e-12);
    }
  });
});

describe.each([
  ["weight", nn.weightNorm, nn.removeWeightNorm, ["bias", "weight_g", "weight_v"]],
  ["spectral", nn.spectralNorm, nn.removeSpectralNorm, ["bias", "weight_orig", "weight_u", "weight_v"]],
] as const)("%s normalisation", (_name, normalize, remove, keys) => {
  const make = (): nn.Linear => normalize(new nn.Linear(3, 2, { generator: new Generator(1) }).to("float64"));
  const x = random([4, 3]);

  test("has PyTorch's keys, and gives the parameter back", () => {
    const layer = make();
    expect(Object.keys(layer.stateDict())).toEqual(keys);
    expect(String(layer)).toBe("Linear(inFeatures=3, outFeatures=2, bias=true)");
    const before = layer.eval().forward(x);
    expect(() => remove(new nn.Linear(1, 1))).toThrow(expect.objectContaining({ code: "PARAMETER_UNKNOWN" }));
    expect(() => normalize(layer)).toThrow(expect.objectContaining({ code: "PARAMETER_UNKNOWN" }));
    remove(layer);
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
    expect(apart(layer.train().forward(x), before)).toBeLessThan(1e-12);
    expect(Object.keys(normalize(layer).stateDict())).toEqual(keys);
  });

  test("is trained as any other parameter", () => {
    const net = new nn.Sequential(normalize(new nn.Linear(3, 4)), new nn.Tanh(), normalize(new nn.Linear(4, 1)));
    const inputs = x.to("float32");
    const losses = Array.from({ length: 30 }, () => {
      const loss = nn.mseLoss(net.forward(inputs), ones([4, 1]));
      net.zeroGrad();
      loss.backward();
      noGrad(() => net.parameters().forEach((each) => each.assign(each.sub(each.grad!.mul(0.1)))));
      return loss.item();
    });
    expect(losses[29]).toBeLessThan(losses[0] / 4);
  });

  test("goes along with copies, dtypes and functional calls", () => {
    const layer = make();
    const copy = layer.clone().eval();
    const before = layer.eval().forward(x);
    expect(apart(copy.forward(x), before)).toBe(0);
    noGrad(() =>
      copy.parameters().forEach((parameter) => parameter.assign(zeros(parameter.shape).to("float64").add(2))),
    );
    expect(apart(copy.forward(x), before)).toBeGreaterThan(0.01);
    expect(apart(layer.forward(x), before)).toBe(0);
    remove(copy);
    expect(copy.train().forward(x).shape).toEqual([4, 2]);
    expect(apart(layer.to("float32").forward(x.to("float32")), before)).toBeLessThan(1e-6);
    layer.to("float64").train();
    const dict = layer.stateDict();
    const scaled = Object.fromEntries(Object.entries(dict).map(([key, y]) => [key, y.mul(2)]));
    expect(apart(nn.functionalCall(layer, scaled, x), nn.functionalCall(layer, dict, x))).toBeGreaterThan(0.01);
    for (const [key, y] of Object.entries(layer.stateDict())) expect(apart(y, dict[key]), key).toBe(0);
  });

  test("has right derivatives of both orders", () => {
    const layer = make().eval();
    const keys = layer.namedParameters().map(([key]) => key);
    const call = (...params: Tensor[]): Tensor =>
      nn.functionalCall(layer, Object.fromEntries(keys.map((key, i) => [key, params[i]])), x);
    const inputs = layer.parameters().map((parameter) => parameter.detach());
    expect(gradcheck(call, inputs) && gradgradcheck(call, inputs)).toBe(true);
  });

  test("leaves no stale parameter behind when a call fails", () => {
    const layer = make();
    expect(() => layer.forward(ones([2, 7]))).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
    const before = layer.weight.detach();
    noGrad(() => layer.parameters().forEach((parameter) => parameter.assign(parameter.add(1))));
    expect(apart(layer.weight, before)).toBeGreaterThan(0.01);
  });
});

describe("what the normalised weights are", () => {
  test("by weight norm, the lengths along an axis are g", () => {
    for (const axis of [0, 1, -1, null]) {
      const layer = new nn.Conv1d(2, 3, 2);
      const weight = layer.weight.detach();
      nn.weightNorm(layer, { axis });
      expect(apart(layer.weight, weight)).toBeLessThan(1e-6);
      noGrad(() => Reflect.get(layer, "weightG").assign(Reflect.get(layer, "weightG").mul(3)));
      expect(apart(layer.weight, weight.mul(3))).toBeLessThan(1e-6);
    }
  });

  test("by spectral norm, the largest singular value is 1; the vectors move in training alone", () => {
    const layer = nn.spectralNorm(new nn.Conv2d(2, 4, 2), { generator: new Generator(2) });
    for (let k = 0; k < 50; k++) layer.forward(ones([1, 2, 3, 3]));
    expect(svd(layer.weight.reshape([4, 8])).s.data[0]).toBeCloseTo(1, 5);
    noGrad(() => Reflect.get(layer, "weightOrig").assign(random([4, 2, 2, 2]).to("float32")));
    const u = Reflect.get(layer, "weightU") as State;
    const before = u.detach();
    layer.eval().forward(ones([1, 2, 3, 3]));
    expect(apart(u, before)).toBe(0);
    layer.train().forward(ones([1, 2, 3, 3]));
    expect(apart(u, before)).toBeGreaterThan(0);
  });

  test("of a transposed convolution, the outputs of spectral norm lie along axis 1", () => {
    class Transposed extends nn.Linear {
      readonly outputPadding = 0;
    }
    const layer = nn.spectralNorm(new Transposed(5, 2));
    expect(layer.stateDict()["weight_u"].shape).toEqual([5]);
  });

  test("of one call of a recurrent layer is one, by any of its names", () => {
    const layer = nn.weightNorm(new nn.LSTM(2, 3), { name: "weightHhL0" });
    expect(Object.keys(layer.stateDict())).toContain("weight_hh_l0_g");
    const [y] = layer.forward(ones([4, 1, 2]));
    (y as Tensor).sum().backward();
    expect(layer.namedParameters().every(([, { grad }]) => grad !== null)).toBe(true);
  });
});
