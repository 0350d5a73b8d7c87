import { type Tensor, tanh } from "@adjoint/core";
import fc from "fast-check";
import { someMasked } from "./attention.cases.js";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";
import { Transformer, TransformerDecoder, TransformerEncoder } from "./transformer.js";
import { TransformerDecoderLayer, TransformerEncoderLayer, type TransformerLayerOptions } from "./transformer-layer.js";

/** Of a whole model less is drawn. */
const layer = fc.record({
  dimFeedforward: size(2),
  dropout: fc.constant(0), // numbers that differ from call to call have a test of their own
  activation: fc.constantFrom<TransformerLayerOptions["activation"]>("relu", "gelu", tanh),
  batchFirst: fc.boolean(),
  normFirst: fc.boolean(),
  bias: fc.boolean(),
});
const sizes = fc.record({ n: batch(2), from: size(), to: size(), heads: size(2) });
const masked = fc.record({ masks: fc.boolean(), isCausal: fc.boolean() });

function sequence(batchFirst: boolean, n: number, length: number, features: number, seed = 0): Tensor {
  return normal(n === 0 ? [length, features] : batchFirst ? [n, length, features] : [length, n, features], seed);
}

const padding = (n: number, length: number): Tensor => someMasked(n === 0 ? [length] : [n, length], 5);

const encoding = fc.record({ layer, sizes, masked }).map(({ layer, sizes: { n, from, heads }, masked }) => ({
  layer,
  features: 2 * heads,
  heads,
  inputs: [sequence(layer.batchFirst, n, from, 2 * heads)],
  mask: masked.masks ? normal([from, from], 2) : null,
  padding: masked.masks ? padding(n, from) : null,
  isCausal: masked.isCausal,
}));

const decoding = fc.record({ layer, sizes, masked }).map(({ layer, sizes: { n, from, to, heads }, masked }) => ({
  layer,
  features: 2 * heads,
  heads,
  inputs: [sequence(layer.batchFirst, n, to, 2 * heads), sequence(layer.batchFirst, n, from, 2 * heads, 1)],
  options: {
    tgtMask: masked.masks ? someMasked([to, to]) : null,
    memoryMask: masked.masks ? normal([to, from], 3) : null,
    tgtKeyPaddingMask: masked.masks ? null : padding(n, to),
    memoryKeyPaddingMask: masked.masks ? padding(n, from) : null,
    tgtIsCausal: masked.isCausal,
  },
}));

export const cases: readonly LayerCase[] = [
  {
    layer: TransformerEncoderLayer,
    kinks: true, // relu
    draws: encoding.map(({ layer, features, heads, inputs, mask: srcMask, padding: srcKeyPaddingMask, isCausal }) => ({
      args: [features, heads, layer],
      inputs: [...inputs, { srcMask, srcKeyPaddingMask, isCausal }],
    })),
  },
  {
    layer: TransformerDecoderLayer,
    kinks: true, // relu
    draws: decoding.map(({ layer, features, heads, inputs, options }) => ({
      args: [features, heads, layer],
      inputs: [...inputs, options],
    })),
  },
  {
    layer: TransformerEncoder,
    kinks: true, // relu
    draws: encoding.map(({ layer, features, heads, inputs, mask, padding: srcKeyPaddingMask, isCausal }) => ({
      args: [new TransformerEncoderLayer(features, heads, layer), 2],
      inputs: [...inputs, { mask, srcKeyPaddingMask, isCausal }],
    })),
  },
  {
    layer: TransformerDecoder,
    kinks: true, // relu
    draws: decoding.map(({ layer, features, heads, inputs, options }) => ({
      args: [new TransformerDecoderLayer(features, heads, layer), 2],
      inputs: [...inputs, options],
    })),
  },
  {
    layer: Transformer,
    kinks: true, // relu
    draws: decoding.map(({ layer, features, heads, inputs: [tgt, src], options }) => ({
      args: [{ ...layer, dModel: features, nhead: heads, numEncoderLayers: 1, numDecoderLayers: 1 }],
      inputs: [
        src,
        tgt,
        { ...options, srcKeyPaddingMask: options.memoryKeyPaddingMask, srcIsCausal: options.tgtIsCausal },
      ],
    })),
  },
];
