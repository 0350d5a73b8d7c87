import { abs, sub, sum, type Tensor } from "@adjoint/core";
import fc from "fast-check";
import { batch, type LayerCase, normal, reductions, size } from "../conformance/cases.js";
import {
  CosineEmbeddingLoss,
  cosineEmbeddingLoss,
  TripletMarginLoss,
  tripletMarginLoss,
  TripletMarginWithDistanceLoss,
  tripletMarginWithDistanceLoss,
} from "./embedding.js";
import { signs } from "./margin.cases.js";

const fronts = fc.array(batch(), { maxLength: 1 });
const triplet = (shape: readonly number[]): Tensor[] => [normal(shape), normal(shape, 1), normal(shape, 2)];
const margins = fc.constantFrom(0.5, 1);
const manhattan = (x: Tensor, y: Tensor): Tensor => sum(abs(sub(x, y)), { axis: -1 });

export const cases: readonly LayerCase[] = [
  {
    layer: CosineEmbeddingLoss,
    draws: fc.tuple(fronts, size(), reductions, fc.constantFrom(0, 0.3)).map(([front, n, reduction, margin]) => ({
      args: [{ reduction, margin }],
      inputs: [normal([...front, n]), normal([...front, n], 1), signs(front)],
    })),
    same: cosineEmbeddingLoss,
  },
  {
    layer: TripletMarginLoss,
    draws: fc
      .tuple(
        fc.array(batch(), { maxLength: 2 }),
        size(),
        fc.record({
          reduction: reductions,
          margin: margins,
          p: fc.constantFrom(1, 2, 3, Infinity),
          swap: fc.boolean(),
        }),
      )
      .map(([front, n, options]) => ({ args: [{ ...options, eps: 1e-6 }], inputs: triplet([...front, n]) })),
    same: tripletMarginLoss,
  },
  {
    layer: TripletMarginWithDistanceLoss,
    draws: fc
      .tuple(fronts, size(), fc.record({ reduction: reductions, margin: margins, swap: fc.boolean() }), fc.boolean())
      .map(([front, n, options, isOwn]) => ({
        args: [{ ...options, ...(isOwn && { distanceFunction: manhattan }) }],
        inputs: triplet([...front, n]),
      })),
    same: tripletMarginWithDistanceLoss,
  },
];
