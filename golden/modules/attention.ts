import * as nn from "@adjoint/nn";
import { type Tensor } from "@adjoint/core";
import type { Named } from "../cases.js";
import { renamed } from "../rename.js";
import { built, type Modules } from "./build.js";

/** The inputs that are masks, by our names, beside the keyword arguments of `forward`. */
const options = (masks: Named<Tensor>, forward: Named<never>): Named<never> => renamed({ ...masks, ...forward });

/** Attention and transformers. */
export const modules: Modules = {
  MultiheadAttention: {
    make: built(nn.MultiheadAttention, ["embed_dim", "num_heads"]),
    run: (attention: nn.MultiheadAttention, { query, key, value, ...masks }, forward) => {
      const [output, weights] = attention.forward(query, key, value, options(masks, forward));
      return { attn_output: output, ...(weights && { attn_output_weights: weights }) };
    },
  },
};
