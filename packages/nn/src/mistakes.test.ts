import { AdjointError, add, conv2d, mul, ones, Parameter, tensor, type Tensor, zeros } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import * as nn from "./index.js";
import { Linear, Module, Sequential } from "./index.js";
import { shown } from "./checks.js";

/** The code and the message of what `fn` throws. */
function failure(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof AdjointError) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const labels = tensor([0, 1], { dtype: "int32" });
const scores = zeros([2, 3]);
const weight = new Parameter(ones([2, 3]));

const calls: Readonly<Record<string, (options: never) => unknown>> = {
  Linear: (options) => new nn.Linear(3, 2, options),
  Conv1d: (options) => new nn.Conv1d(1, 2, 3, options),
  Conv2d: (options) => new nn.Conv2d(1, 2, 3, options),
  Conv3d: (options) => new nn.Conv3d(1, 2, 3, options),
  MaxPool2d: (options) => new nn.MaxPool2d(2, options),
  AvgPool2d: (options) => new nn.AvgPool2d(2, options),
  Dropout: (options) => new nn.Dropout(0.5, options),
  BatchNorm1d: (options) => new nn.BatchNorm1d(2, options),
  BatchNorm2d: (options) => new nn.BatchNorm2d(2, options),
  LSTMCell: (options) => new nn.LSTMCell(2, 3, options),
  CrossEntropyLoss: (options) => new nn.CrossEntropyLoss(options),
  NLLLoss: (options) => new nn.NLLLoss(options),
  MSELoss: (options) => new nn.MSELoss(options),
  L1Loss: (options) => new nn.L1Loss(options),
  HuberLoss: (options) => new nn.HuberLoss(options),
  SmoothL1Loss: (options) => new nn.SmoothL1Loss(options),
  BCELoss: (options) => new nn.BCELoss(options),
  BCEWithLogitsLoss: (options) => new nn.BCEWithLogitsLoss(options),
  CTCLoss: (options) => new nn.CTCLoss(options),
  crossEntropy: (options) => nn.crossEntropy(scores, labels, options),
  nllLoss: (options) => nn.nllLoss(scores, labels, options),
  mseLoss: (options) => nn.mseLoss(scores, scores, options),
  l1Loss: (options) => nn.l1Loss(scores, scores, options),
  huberLoss: (options) => nn.huberLoss(scores, scores, options),
  smoothL1Loss: (options) => nn.smoothL1Loss(scores, scores, options),
  binaryCrossEntropy: (options) => nn.binaryCrossEntropy(scores, scores, options),
  binaryCrossEntropyWithLogits: (options) => nn.binaryCrossEntropyWithLogits(scores, scores, options),
  "init.uniform": (options) => nn.init.uniform(weight, 0, 1, options),
  "init.normal": (options) => nn.init.normal(weight, 0, 1, options),
  "init.xavierUniform": (options) => nn.init.xavierUniform(weight, options),
  "init.xavierNormal": (options) => nn.init.xavierNormal(weight, options),
  "init.kaimingUniform": (options) => nn.init.kaimingUniform(weight, options),
  "init.kaimingNormal": (options) => nn.init.kaimingNormal(weight, options),
  "init.lecunUniform": (options) => nn.init.lecunUniform(weight, options),
  "init.truncatedNormal": (options) => nn.init.truncatedNormal(weight, 0, 1, -2, 2, options),
  "init.dirac": (options) => nn.init.dirac(new Parameter(ones([2, 3, 1])), options),
  "init.orthogonal": (options) => nn.init.orthogonal(weight, options),
  "init.sparse": (options) => nn.init.sparse(weight, 0.5, options),
  dropout: (options) => nn.dropout(scores, options),
  dropout1d: (options) => nn.dropout1d(scores, options),
  alphaDropout: (options) => nn.alphaDropout(scores, options),
  rrelu: (options) => nn.rrelu(scores, options),
  softmin: (options) => nn.softmin(scores, options),
  glu: (options) => nn.glu(zeros([2, 4]), options),
  loadStateDict: (options) => new Linear(1, 1).loadStateDict({ weight: ones([1, 1]), bias: ones([1]) }, options),
};

describe("options", () => {
  test.each(Object.entries(calls))("of %s must be an object of known names", (name, call) => {
    expect(failure(() => call({ bogus: 1 } as never))).toContain(`OPTION_UNKNOWN ${name}: unknown option "bogus"`);
    expect(failure(() => call(3 as never))).toContain(`OPTIONS_KIND ${name}: the options are 3`);
    expect(() => call({} as never)).not.toThrow();
  });

  test("are shown as they are", () => {
    expect(shown({ p: [0.5, "x"], f: ones([2]), n: null })).toBe('{ p: [0.5, "x"], f: a tensor [2], n: null }');
    expect(failure(() => new nn.Dropout({ p: 0.5 } as never))).toContain("p is { p: 0.5 };");
    expect(failure(() => new nn.Dropout("0.5" as never))).toContain('p is "0.5";');
    expect(failure(() => new nn.Linear("3" as never, 2))).toContain('inFeatures is "3";');
    expect(failure(() => nn.mseLoss(scores, scores, { reduction: 3 as never }))).toContain("unknown reduction 3;");
    expect(failure(() => new nn.Linear(3, 2, { generator: 1 as never }))).toContain("GENERATOR_KIND");
  });
});

describe("arguments of the wrong kind", () => {
  const pair = new nn.LSTMCell(2, 3);
  class Bare extends Module<[x: Tensor]> {
    declare forward: (x: Tensor) => Tensor;
  }
  const mistakes: readonly (readonly [wanted: string, run: () => unknown])[] = [
    ["OPERAND_KIND crossEntropy (targets): an array", () => nn.crossEntropy(scores, [0, 1] as never)],
    ["OPERAND_KIND nllLoss (labels): an array", () => nn.nllLoss(scores, [0, 1] as never)],
    ["OPERAND_KIND mseLoss (targets): undefined", () => Reflect.apply(nn.mseLoss, null, [scores])],
    ["OPERAND_KIND mseLoss (targets): 1", () => nn.mseLoss(scores, 1 as never)],
    [
      "OPERAND_KIND crossEntropy (weight): an array",
      () => nn.crossEntropy(scores, labels, { weight: [1, 1, 1] as never }),
    ],
    ["OPERAND_KIND CrossEntropyLoss (weight): an array", () => new nn.CrossEntropyLoss({ weight: [1] as never })],
    ["SIZE_INVALID Conv2d: kernelSize is undefined", () => Reflect.construct(nn.Conv2d, [1, 8])],
    [
      "SIZE_INVALID Conv2d: kernelSize is { kernelSize: 3 }; the third argument",
      () => new nn.Conv2d(1, 8, { kernelSize: 3 } as never),
    ],
    ["STATE_KIND LSTMCell: the state is a tensor [4, 3]", () => pair.forward(ones([4, 2]), ones([4, 3]) as never)],
    ["OPERAND_KIND LSTMCell: an array", () => pair.forward([1, 2] as never)],
    ["OPERAND_KIND Linear: an array", () => new Linear(2, 1).forward([1, 2] as never)],
    ["OPERAND_KIND BatchNorm1d: an array", () => new nn.BatchNorm1d(2).forward([1, 2] as never)],
    ["OPERAND_KIND Dropout: an array", () => new nn.Dropout().forward([1, 2] as never)],
    ["MODULE_KIND Sequential: argument 0, of class Bare, has no forward", () => new Sequential(new Bare())],
    ["MODULE_KIND Sequential: argument 0 is a function", () => new Sequential(add as never)],
    ["PARAMETER_KIND init.constant", () => nn.init.constant(ones([2]) as never, 0)],
    ["PARAMETER_KIND init.xavierNormal: undefined", () => nn.init.xavierNormal(undefined as never)],
  ];
  test.each(mistakes)("give %s", (wanted, run) => {
    expect(failure(run)).toContain(wanted);
  });
});

describe("inputs that do not fit", () => {
  test("are reported by the layer, with their shape", () => {
    const message = "INPUT_SHAPE Linear: input [5, 4]; the last axis must be 3 (inFeatures)";
    expect(failure(() => new Linear(3, 2).forward(ones([5, 4])))).toBe(message);
    expect(failure(() => new Linear(3, 2).forward(tensor(1)))).toContain("input []");
  });

  test("of a convolution without a batch axis are told how images of one channel are batched", () => {
    const layer = new nn.Conv2d(1, 8, 3);
    expect(failure(() => layer.forward(ones([32, 28, 28])))).toContain("x.unsqueeze(1)");
    expect(failure(() => layer.forward(ones([32, 28, 28])))).toContain("the input [32, 28, 28] has 32 channels");
    const other = failure(() => conv2d(ones([28, 28, 3]), ones([8, 3, 3, 3])));
    expect(other).toContain("read as [channels, height, width];");
    expect(other).not.toContain("unsqueeze");
    expect(layer.forward(ones([32, 28, 28]).unsqueeze(1)).shape).toEqual([32, 8, 26, 26]);
  });

  test("of the binary cross-entropy are probabilities", () => {
    const wanted = "PROBABILITY_INVALID binaryCrossEntropy: 1.5 at place 0 of p";
    expect(failure(() => nn.binaryCrossEntropy(tensor([1.5]), tensor([1])))).toContain(wanted);
    expect(failure(() => nn.binaryCrossEntropy(tensor([NaN]), tensor([1])))).toContain("binaryCrossEntropyWithLogits");
    expect(nn.binaryCrossEntropy(tensor([0, 1]), tensor([0, 1])).item()).toBe(0);
  });
});

describe("tensors in the place of parameters", () => {
  class Holding extends Module {
    readonly content: unknown;
    constructor(content: unknown) {
      super();
      this.content = content;
    }
    forward(x: Tensor): Tensor {
      return x;
    }
  }
  const trained = ones([2], { requiresGrad: true });
  test.each([
    ["content", trained],
    ["content.1", [1, trained]],
    ["content.w", new Map([["w", trained]])],
  ])("are refused in the field %s", (field, content) => {
    const model = new Sequential(new Holding(content));
    expect(failure(() => model.parameters())).toContain(`PARAMETER_EXPECTED Holding: the field ${field} holds`);
    expect(failure(() => model.stateDict())).toContain("make it new Parameter(...)");
    expect(String(model)).toContain("Holding()");
  });

  test("are left alone when nothing would train them, or they were computed", () => {
    for (const content of [ones([2]), mul(trained, 2), { trained }]) {
      expect(new Holding(content).parameters()).toEqual([]);
    }
  });
});

describe("loadStateDict says what to give instead of", () => {
  const model = new Linear(1, 1);
  test.each<[string, unknown, string]>([
    ["a model", new Linear(1, 1), "give model.stateDict()"],
    ["a file's content", { tensors: model.stateDict(), metadata: {} }, "give the .tensors of it"],
    ["a Promise", Promise.resolve({}), "await it"],
    ["a Map", new Map(), "Object.fromEntries"],
    ["nothing", undefined, "undefined is not a state dict"],
  ])("%s", (_name, dict, fix) => {
    expect(failure(() => model.loadStateDict(dict as never))).toMatch(/^STATE_DICT_KIND loadStateDict: /);
    expect(failure(() => model.loadStateDict(dict as never))).toContain(fix);
  });
});

test("what is likely to be meant is named", () => {
  const cure = (fn: () => unknown, text: string): void => expect(failure(fn)).toContain(text);
  cure(() => new Sequential([new Linear(1, 1)] as never), "list them, ...modules, without the array");
  cure(() => new Sequential(nn.ReLU as never), "the class ReLU, not a Module; write new ReLU(…)");
  cure(() => new Sequential((() => 0) as never), "wrap functions: new Lambda((x) => …)");
  cure(() => new nn.Conv2d(1, 1, 3, { padding: "VALID" as never }), 'give "valid", "same", an integer');
  const lstm = new nn.LSTM(2, 3);
  cure(
    () => lstm.forward(ones([4, 5, 2]), [ones([1, 4, 3]), ones([1, 4, 3])]),
    "give [1, 5, 3]: [numLayers, batch, features]; without batchFirst the batch is axis 1 of the input",
  );
  cure(() => new Linear(3, 1).forward(lstm.forward(ones([4, 5, 2])) as never), "give one of the tensors in it");
});

test("a plain object of modules or parameters is refused, since nothing looks into it", () => {
  class Heads extends Module {
    readonly heads: object;
    constructor(heads: object) {
      super();
      this.heads = heads;
    }
    forward(x: Tensor): Tensor {
      return x;
    }
  }
  for (const held of [new Linear(1, 1), weight]) {
    expect(failure(() => new Heads({ a: held }).parameters())).toContain("FIELD_OBJECT Heads: the field heads holds");
  }
  expect(new Heads({ a: 1 }).parameters()).toEqual([]);
});

test("a state dict whose keys differ by a prefix names it", () => {
  const layer = new Linear(2, 1);
  const under = (prefix: string): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(layer.stateDict()).map(([key, x]) => [prefix + key, x]));
  expect(failure(() => layer.loadStateDict(under("module.")))).toContain('take the prefix "module." off its keys; or');
  expect(failure(() => layer.loadStateDict({ "a.weight": ones([1, 2]) }))).not.toContain("prefix");
});
