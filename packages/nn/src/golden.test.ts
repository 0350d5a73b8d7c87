import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { add, isFloating, mul, sum, tensor, type Tensor } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import * as nn from "./index.js";

const folder = fileURLToPath(new URL("../../../../shared/golden/", import.meta.url));

interface GoldenArray {
  readonly shape: readonly number[];
  readonly dtype: "float64" | "int64" | "bool";
  readonly data: readonly (number | string)[];
}

type Arrays = Readonly<Record<string, GoldenArray>>;
type Tensors = Readonly<Record<string, Tensor>>;

interface GoldenCase {
  readonly name: string;
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly inputs: Arrays;
  readonly params: Arrays;
  readonly outputs: Arrays;
  readonly cotangents: Arrays;
  readonly grads: Arrays;
}

function numbers({ shape, dtype, data }: GoldenArray, requiresGrad = false): Tensor {
  return tensor(Float64Array.from(data, Number), { shape, dtype: dtype === "int64" ? "int32" : dtype, requiresGrad });
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function renamed(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, x]) => [camelCase(name), x]));
}

function read(file: string): readonly GoldenCase[] {
  const path = `${folder}${file}.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).cases : [];
}

function expectClose(got: Tensor | null, want: GoldenArray, what: string): void {
  expect(got?.shape, what).toEqual(want.shape);
  want.data.forEach((x, i) => {
    const [g, w] = [got?.data[i] ?? NaN, Number(x)];
    expect(Math.abs(g - w), `${what} at ${i}: ${g}, not ${w}`).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(w)));
  });
}

function inputsOf({ inputs, grads }: GoldenCase): Tensors {
  return Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, numbers(array, name in grads)]));
}

/** Compares outputs, and the gradients of what the cotangents make of them. */
function expectSame(golden: GoldenCase, outputs: Tensors, leaves: Tensors): void {
  for (const [name, want] of Object.entries(golden.outputs)) expectClose(outputs[name], want, name);
  const total = Object.entries(golden.cotangents)
    .map(([name, cotangent]) => sum(mul(outputs[name], numbers(cotangent))))
    .reduce((a, b) => add(a, b));
  total.backward();
  for (const [name, want] of Object.entries(golden.grads)) expectClose(leaves[name].grad, want, `gradient of ${name}`);
}

type Attributes = Readonly<Record<string, number> & Record<string, object>>;

const makers: Readonly<Record<string, (attributes: Attributes, options: object) => nn.AnyModule>> = {
  Linear: (a, options) => new nn.Linear(a["in_features"], a["out_features"], options),
  Conv1d: (a, options) => new nn.Conv1d(a["in_channels"], a["out_channels"], a["kernel_size"], options),
  Conv2d: (a, options) => new nn.Conv2d(a["in_channels"], a["out_channels"], a["kernel_size"], options),
  Conv3d: (a, options) => new nn.Conv3d(a["in_channels"], a["out_channels"], a["kernel_size"], options),
  BatchNorm1d: (a, options) => new nn.BatchNorm1d(a["num_features"], options),
  BatchNorm2d: (a, options) => new nn.BatchNorm2d(a["num_features"], options),
  LSTMCell: (a, options) => new nn.LSTMCell(a["input_size"], a["hidden_size"], options),
};

/** The attributes that are no options of the constructor: sizes, and the mode. */
const others = /^(in|out)_(features|channels)$|^kernel_size$|^num_features$|^(input|hidden)_size$|^training$/;

function makeModule({ op, attrs, params }: GoldenCase): nn.AnyModule {
  const options = Object.fromEntries(Object.entries(attrs).filter(([name]) => !others.test(name)));
  const module = makers[op](attrs as Attributes, renamed(options)).to("float64");
  const dict = Object.fromEntries(Object.entries(params).map(([name, array]) => [name, numbers(array)]));
  expect(module.loadStateDict(dict).matched).toEqual(Object.keys(module.stateDict()));
  return module;
}

/** Runs a module on the inputs of a case, batch normalisation on several in turn. */
function outputsOf(module: nn.AnyModule, { inputs }: GoldenCase, given: Tensors): Tensors {
  if (module instanceof nn.LSTMCell) {
    const [h, c] = module.forward(given["input"], [given["h_0"], given["c_0"]]);
    return { h_1: h, c_1: c };
  }
  const forward = (x: Tensor): Tensor => (module as nn.Module).forward(x);
  if ("input" in inputs) return { out: forward(given["input"]) };
  const outputs: Record<string, Tensor> = {};
  for (const name of Object.keys(inputs)) {
    const which = name.replace("input.", "");
    if (which === "eval") module.eval();
    outputs[`out.${which}`] = forward(given[name]);
    if (which === "eval") continue;
    for (const [key, buffer] of module.namedBuffers()) outputs[`${key}.${which}`] = buffer.detach();
  }
  return outputs;
}

type LossCall = (given: Tensors, options: Record<string, unknown>) => Tensor;

const pair =
  (loss: (x: Tensor, y: Tensor, options: object) => Tensor): LossCall =>
  ({ input, target, weight, pos_weight: posWeight }, options) =>
    loss(input, target, { ...options, ...(weight && { weight }), ...(posWeight && { posWeight }) });

const losses: Readonly<Record<string, LossCall>> = {
  cross_entropy: pair(nn.crossEntropy),
  nll_loss: pair(nn.nllLoss),
  mse_loss: pair(nn.mseLoss),
  l1_loss: pair(nn.l1Loss),
  smooth_l1_loss: pair(nn.smoothL1Loss),
  huber_loss: pair(nn.huberLoss),
  binary_cross_entropy: pair(nn.binaryCrossEntropy),
  binary_cross_entropy_with_logits: pair(nn.binaryCrossEntropyWithLogits),
};

const lossModules: Readonly<Record<string, (options: object) => nn.AnyModule>> = {
  cross_entropy: (options) => new nn.CrossEntropyLoss(options),
  nll_loss: (options) => new nn.NLLLoss(options),
  mse_loss: (options) => new nn.MSELoss(options),
  l1_loss: (options) => new nn.L1Loss(options),
  smooth_l1_loss: (options) => new nn.SmoothL1Loss(options),
  huber_loss: (options) => new nn.HuberLoss(options),
  binary_cross_entropy: (options) => new nn.BCELoss(options),
  binary_cross_entropy_with_logits: (options) => new nn.BCEWithLogitsLoss(options),
};

describe.skipIf(!existsSync(folder))("as in PyTorch (../shared/golden, skipped where that is absent)", () => {
  const files = ["modules_basic", "modules_norm", "modules_rnn"];
  test.each(files.flatMap(read).filter(({ op }) => op in makers))("the module of $name", (golden) => {
    const module = makeModule(golden);
    const given = inputsOf(golden);
    const outputs = outputsOf(module, golden, given);
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(golden.outputs).sort());
    expectSame(golden, outputs, { ...given, ...Object.fromEntries(module.namedParameters()) });
  });

  const lossCases = read("losses").filter(({ op }) => op in losses);
  test.each(lossCases)("the loss of $name", (golden) => {
    const given = inputsOf(golden);
    const out = losses[golden.op](given, renamed(golden.attrs));
    expect(isFloating(out.dtype)).toBe(true);
    expectSame(golden, { out }, given);
  });

  test.each(lossCases)("the loss module of $name", (golden) => {
    const { weight, pos_weight: posWeight, ...given } = inputsOf(golden);
    const options = { ...renamed(golden.attrs), ...(weight && { weight }), ...(posWeight && { posWeight }) };
    const module = lossModules[golden.op](options) as nn.Module<[input: Tensor, targets: Tensor]>;
    expectSame(golden, { out: module.forward(given["input"], given["target"]) }, given);
  });
});
