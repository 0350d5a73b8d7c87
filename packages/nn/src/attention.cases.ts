import { tensor, type Tensor } from "@adjoint/core";
import fc from "fast-check";
import { MultiheadAttention } from "./attention.js";
import { batch, type LayerCase, normal, size, uniform } from "./conformance/cases.js";

/** A mask of bool that leaves key 0 to every query. */
export function someMasked(shape: readonly number[], seed = 0): Tensor {
  const keys = shape[shape.length - 1];
  const drawn = uniform(shape, 0, 1, seed).data;
  return tensor(
    Uint8Array.from(drawn, (u, i) => (i % keys > 0 && u < 0.5 ? 1 : 0)),
    { shape: [...shape], dtype: "bool" },
  );
}

const options = fc.record({
  bias: fc.boolean(),
  addBiasKv: fc.boolean(),
  addZeroAttn: fc.boolean(),
  batchFirst: fc.boolean(),
});
const sizes = fc.record({
  n: batch(2),
  queries: size(),
  keys: size(),
  head: size(2),
  heads: size(2),
  batched: fc.boolean(),
});
const masks = fc.constantFrom("none", "bool", "float");

export const cases: readonly LayerCase[] = [
  {
    layer: MultiheadAttention,
    title: "self-attention",
    draws: fc
      .record({ options, sizes, isCausal: fc.boolean(), needWeights: fc.boolean() })
      .map(({ options, sizes: { n, queries, head, heads, batched }, isCausal, needWeights }) => {
        const x = normal([...(batched ? (options.batchFirst ? [n, queries] : [queries, n]) : [queries]), head * heads]);
        return { args: [head * heads, heads, options], inputs: [x, x, x, { isCausal, needWeights }] };
      }),
  },
  {
    layer: MultiheadAttention,
    title: "attention to others",
    draws: fc
      .record({ options, sizes, padding: masks, attn: masks, each: fc.boolean(), average: fc.boolean(), other: size() })
      .map(({ options, sizes: { n, queries, keys, head, heads, batched }, padding, attn, each, average, other }) => {
        const shape = (length: number, features: number): number[] =>
          batched ? [...(options.batchFirst ? [n, length] : [length, n]), features] : [length, features];
        const mask = (kind: string, of: number[], seed: number): Tensor | null =>
          kind === "none" ? null : kind === "bool" ? someMasked(of, seed) : normal(of, seed);
        const features = head * heads;
        return {
          args: [features, heads, { ...options, kdim: other, vdim: other + 1 }],
          inputs: [
            normal(shape(queries, features)),
            normal(shape(keys, other), 1),
            normal(shape(keys, other + 1), 2),
            {
              keyPaddingMask: mask(padding, batched ? [n, keys] : [keys], 3),
              attnMask: mask(attn, [...(each ? [(batched ? n : 1) * heads] : []), queries, keys], 4),
              averageAttnWeights: average,
            },
          ],
        };
      }),
  },
];
