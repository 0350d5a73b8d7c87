import * as nn from "@adjoint/nn";
import type { Tensor } from "@adjoint/core";
import type { Named } from "../cases.js";
import { renamed } from "../rename.js";
import { built, type Modules } from "./build.js";

/** The inputs that are masks, by our names, beside the keyword arguments of `forward`. */
const options = (masks: Named<Tensor>, forward: Named<never>): Named<never> => renamed({ ...masks, ...forward });

const stacks = new Set(["num_layers", "norm"]);

/** The keyword arguments of a layer and of a stack of it, which our cases give together; `norm: true` is a LayerNorm. */
function stackOf(
  stack: typeof nn.TransformerEncoder | typeof nn.TransformerDecoder,
  layer: (attrs: Named<never>) => nn.AnyModule,
): (attrs: Named<never>) => nn.AnyModule {
  return (attrs) => {
    const own = Object.entries(attrs).filter(([name]) => !stacks.has(name));
    const norm = attrs["norm"] ? new nn.LayerNorm(attrs["d_model"]) : null;
    return Reflect.construct(stack, [layer(Object.fromEntries(own)), attrs["num_layers"], { norm }]) as nn.AnyModule;
  };
}

const encoderLayer = built(nn.TransformerEncoderLayer, ["d_model", "nhead"]);
const decoderLayer = built(nn.TransformerDecoderLayer, ["d_model", "nhead"]);

/** Attention and transformers. */
export const modules: Modules = {
  MultiheadAttention: {
    make: built(nn.MultiheadAttention, ["embed_dim", "num_heads"]),
    run: (attention: nn.MultiheadAttention, { query, key, value, ...masks }, forward) => {
      const [output, weights] = attention.forward(query, key, value, options(masks, forward));
      return { attn_output: output, ...(weights && { attn_output_weights: weights }) };
    },
  },
  TransformerEncoderLayer: {
    make: encoderLayer,
    run: (layer: nn.TransformerEncoderLayer, { src, ...masks }, forward) => ({
      out: layer.forward(src, options(masks, forward)),
    }),
  },
  TransformerDecoderLayer: {
    make: decoderLayer,
    run: (layer: nn.TransformerDecoderLayer, { tgt, memory, ...masks }, forward) => ({
      out: layer.forward(tgt, memory, options(masks, forward)),
    }),
  },
  TransformerEncoder: {
    make: stackOf(nn.TransformerEncoder, encoderLayer),
    run: (encoder: nn.TransformerEncoder, { src, ...masks }, forward) => ({
      out: encoder.forward(src, options(masks, forward)),
    }),
  },
  TransformerDecoder: {
    make: stackOf(nn.TransformerDecoder, decoderLayer),
    run: (decoder: nn.TransformerDecoder, { tgt, memory, ...masks }, forward) => ({
      out: decoder.forward(tgt, memory, options(masks, forward)),
    }),
  },
  Transformer: {
    make: built(nn.Transformer),
    run: (model: nn.Transformer, { src, tgt, ...masks }, forward) => ({
      out: model.forward(src, tgt, options(masks, forward)),
    }),
  },
};
