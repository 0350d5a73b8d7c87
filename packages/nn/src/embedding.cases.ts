import { ones, tensor } from "@adjoint/core";
import fc from "fast-check";
import { batch, type Draw, labels, type LayerCase, size } from "./conformance/cases.js";
import { EmbeddingBag } from "./embedding-bag.js";
import { Embedding } from "./embedding.js";

const sizes = { rows: size(), features: size(2) };

const lookups = (options: object): fc.Arbitrary<Draw> =>
  fc
    .record({ ...sizes, shape: fc.array(batch(), { maxLength: 2 }) })
    .map(({ rows, features, shape }) => ({ args: [rows, features, options], inputs: [labels(shape, rows)] }));

/** Flat indices in an empty bag and two others. */
const offsets = tensor([0, 0, 2], { dtype: "int32" });

const bags = (options: object, modes: readonly string[]): fc.Arbitrary<Draw> =>
  fc
    .record({
      ...sizes,
      mode: fc.constantFrom(...modes),
      shape: fc.oneof(fc.tuple(batch(), batch()), fc.constant([3])),
      isWeighted: fc.boolean(),
    })
    .map(({ rows, features, mode, shape, isWeighted }) => ({
      args: [rows, features, { ...options, mode }],
      inputs: [
        labels(shape, rows),
        {
          ...(shape.length === 1 && { offsets }),
          ...(isWeighted && mode === "sum" && { perSampleWeights: ones(shape) }),
        },
      ],
    }));

/** With these the gradient is not the derivative: rows get none, or a share. A test by hand compares it. */
const changed = { title: "with other gradients", differentiable: false } as const;

export const cases: readonly LayerCase[] = [
  { layer: Embedding, draws: lookups({}) },
  { layer: Embedding, ...changed, draws: lookups({ paddingIdx: 0, scaleGradByFreq: true }) },
  { layer: Embedding, title: "of bounded length", draws: lookups({ maxNorm: 0.8, normType: 3 }) },
  { layer: EmbeddingBag, draws: bags({}, ["sum", "mean", "max"]) },
  { layer: EmbeddingBag, title: "of bounded length", draws: bags({ maxNorm: 0.8 }, ["sum", "mean", "max"]) },
  { layer: EmbeddingBag, ...changed, draws: bags({ paddingIdx: -1, scaleGradByFreq: true }, ["sum", "mean"]) },
];
