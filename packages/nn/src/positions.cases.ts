import fc from "fast-check";
import { batch, type LayerCase, normal, size, uniform } from "./conformance/cases.js";
import { LearnedPositionalEncoding, RotaryEmbedding, SinusoidalPositionalEncoding } from "./positions.js";

const added = fc
  .record({ n: batch(), length: size(), features: size(5), batchFirst: fc.boolean() })
  .map(({ n, length, features, batchFirst }) => ({
    args: [features, { batchFirst, maxLength: 4 }],
    inputs: [normal(n === 0 ? [length, features] : [...(batchFirst ? [n, length] : [length, n]), features])],
  }));

export const cases: readonly LayerCase[] = [
  { layer: SinusoidalPositionalEncoding, draws: added },
  { layer: LearnedPositionalEncoding, draws: added },
  {
    layer: RotaryEmbedding,
    draws: fc
      .record({ front: fc.array(batch(), { maxLength: 2 }), length: size(), pairs: size(), interleaved: fc.boolean() })
      .map(({ front, length, pairs, interleaved }) => ({
        args: [2 * pairs, { interleaved, base: 50 }],
        inputs: [normal([...front, length, 2 * pairs]), interleaved ? uniform([length], 0, 9) : null],
      })),
  },
];
