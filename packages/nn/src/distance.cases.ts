import fc from "fast-check";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";
import { CosineSimilarity, PairwiseDistance, pairwiseDistance } from "./distance.js";

const shapes = fc.record({ front: fc.array(batch(), { maxLength: 2 }), n: size(), isBroad: fc.boolean() });

export const cases: readonly LayerCase[] = [
  {
    layer: PairwiseDistance,
    draws: fc
      .record({
        shapes,
        p: fc.constantFrom(1, 1.5, 2, 3, Infinity),
        eps: fc.constantFrom(0, 1e-6),
        keepDims: fc.boolean(),
      })
      .map(({ shapes: { front, n, isBroad }, ...options }) => ({
        args: [options],
        inputs: [normal([...front, n]), normal(isBroad ? [n] : [...front, n], 1)],
      })),
    same: pairwiseDistance,
  },
  {
    layer: CosineSimilarity,
    draws: fc.record({ shapes, eps: fc.constantFrom(1e-8, 1e-3) }).map(({ shapes: { front, n, isBroad }, eps }) => ({
      args: [{ axis: -1, eps }],
      inputs: [normal([...front, n]), normal(isBroad ? [n] : [...front, n], 1)],
    })),
  },
];
