import { Generator, relu, type Tensor, tanh } from "@adjoint/core";
import { gradcheck } from "@adjoint/core/testing";
import { expect, test } from "vitest";
import { expectClose } from "./conformance/checks.js";
import {
  type AnyModule,
  Dropout,
  Linear,
  Module,
  MultiheadAttention,
  Transformer,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "./index.js";

const random = (...shape: number[]): Tensor => new Generator(shape.length).normal(shape, 0, 1, { dtype: "float64" });
const small = { dimFeedforward: 3, dropout: 0 };

test("the state-dict keys of transformers are PyTorch's, in its order, in which its optimizers number the parameters", () => {
  const model = new Transformer({ ...small, dModel: 2, nhead: 1, numEncoderLayers: 1, numDecoderLayers: 1 });
  const attention = ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"];
  const layer = (name: string, parts: string[], norms: string[]): string[] => [
    ...parts.flatMap((part) => attention.map((key) => `${name}.layers.0.${part}.${key}`)),
    ...["linear1", "linear2", ...norms].flatMap((part) =>
      ["weight", "bias"].map((key) => `${name}.layers.0.${part}.${key}`),
    ),
    ...[`${name}.norm.weight`, `${name}.norm.bias`],
  ];
  const want = [
    ...layer("encoder", ["self_attn"], ["norm1", "norm2"]),
    ...layer("decoder", ["self_attn", "multihead_attn"], ["norm1", "norm2", "norm3"]),
  ];
  expect(Object.keys(model.stateDict())).toEqual(want);
  expect(Array.from(model.clone().namedParameters(), ([key]) => key)).toEqual(want);
});

test("the parameters of a decoder layer stand in PyTorch's order, by which the state of an optimizer knows them", () => {
  const paths = [...new TransformerDecoderLayer(2, 1, small).namedParameters()].map(([path]) => path.split(".")[0]);
  expect([...new Set(paths)]).toEqual([
    ...["self_attn", "multihead_attn", "linear1", "linear2"],
    ...["norm1", "norm2", "norm3"],
  ]);
});

test("the layers of a stack are copies of the one given, which is not among them", () => {
  const layer = new TransformerEncoderLayer(2, 1, small);
  const { layers } = new TransformerEncoder(layer, 2);
  expect(new Set([layer, ...layers]).size).toBe(3);
  expect(layers[0].parameters().some((parameter) => layers[1].parameters().includes(parameter))).toBe(false);
  const contents = (module: AnyModule): unknown => module.parameters().map((parameter) => parameter.toArray());
  layers.forEach((copy) => expect(contents(copy)).toEqual(contents(layer)));
});

test("the matrices of a transformer start Xavier uniform, other than those of the other layers", () => {
  const model = new Transformer({ dModel: 32, nhead: 2, numEncoderLayers: 2, numDecoderLayers: 0, dimFeedforward: 96 });
  const weights = model.namedParameters().filter(([key]) => key.endsWith("linear1.weight"));
  const largest = weights.map(([, weight]) => weight.abs().max().item());
  for (const bound of largest) expect(bound / Math.sqrt(6 / 128)).toBeGreaterThan(0.99);
  for (const bound of largest) expect(bound / Math.sqrt(6 / 128)).toBeLessThanOrEqual(1 + 1e-6);
  expect(weights[0][1].data).not.toEqual(weights[1][1].data);
});

test("the mask of what comes later does what isCausal does", () => {
  const layer = new TransformerEncoderLayer(4, 2, small).to("float64");
  const x = random(3, 2, 4);
  const srcMask = Transformer.generateSquareSubsequentMask(3);
  expectClose(layer.forward(x, { isCausal: true }), layer.forward(x, { srcMask }), "encoder layer");
  const model = new Transformer({ ...small, dModel: 4, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 2 }).to(
    "float64",
  );
  const causal = { srcIsCausal: true, tgtIsCausal: true, memoryIsCausal: true };
  const masks = { srcMask, tgtMask: srcMask, memoryMask: srcMask };
  expectClose(model.forward(x, x, causal), model.forward(x, x, masks), "transformer");
});

test("the activation is a name or a function", () => {
  const make = (activation: "relu" | ((x: Tensor) => Tensor)): TransformerEncoderLayer =>
    new TransformerEncoderLayer(2, 1, { ...small, activation, generator: new Generator(1) }).to("float64");
  const x = random(3, 2);
  expectClose(make("relu").forward(x), make(relu).forward(x), "relu");
  expect(make(tanh).forward(x).data).not.toEqual(make("relu").forward(x).data);
  expect(() => new TransformerEncoderLayer(2, 1, { activation: "silu" as never })).toThrow(
    'TransformerEncoderLayer: activation is "silu"; use "relu", "gelu" or a function of a tensor',
  );
});

test("a transformer takes an encoder of one's own", () => {
  class Encoder extends Module {
    readonly linear = new Linear(4, 4);
    forward(x: Tensor): Tensor {
      return this.linear.forward(x);
    }
  }
  const model = new Transformer({ ...small, dModel: 4, nhead: 2, customEncoder: new Encoder(), numDecoderLayers: 1 });
  expect(model.forward(random(3, 1, 4).to("float32"), random(2, 1, 4).to("float32")).shape).toEqual([2, 1, 4]);
  expect(Object.keys(model.stateDict())[0]).toBe("encoder.linear.weight");
});

test("dropout is everywhere that PyTorch has it, and its gradient is that of what was kept", () => {
  const make = (): TransformerDecoderLayer =>
    new TransformerDecoderLayer(2, 1, { dimFeedforward: 3, dropout: 0.3, generator: new Generator(4) }).to("float64");
  const found = make().modules();
  expect(found.flatMap((module) => (module instanceof Dropout ? [module.p] : []))).toEqual([0.3, 0.3, 0.3, 0.3]);
  expect(found.flatMap((module) => (module instanceof MultiheadAttention ? [module.dropout] : []))).toEqual([0.3, 0.3]);
  const [tgt, memory] = [random(3, 2), random(4, 2)];
  expect(make().forward(tgt, memory).data).toEqual(make().forward(tgt, memory).data);
  expect(gradcheck((a, b) => make().forward(a, b), [tgt, memory], { skipKinks: true })).toBe(true);
});

test("mistakes name the place in the model", () => {
  const model = new Transformer({ ...small, dModel: 4, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1 });
  const [src, tgt] = [random(3, 2, 4), random(3, 1, 4)].map((x) => x.to("float32"));
  expect(() => model.forward(src, tgt)).toThrow(
    /query \[3, 1, 4\], key \[3, 2, 4\].* \(in model.decoder.layers.0.multihead_attn\)$/,
  );
});
