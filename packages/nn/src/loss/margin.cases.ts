import { type Tensor, where } from "@adjoint/core";
import fc from "fast-check";
import { batch, labels, type LayerCase, normal, reductions, size, uniform } from "../conformance/cases.js";
import {
  HingeEmbeddingLoss,
  hingeEmbeddingLoss,
  MarginRankingLoss,
  marginRankingLoss,
  SoftMarginLoss,
  softMarginLoss,
} from "./margin.js";
import { MultiMarginLoss, multiMarginLoss } from "./multi-margin.js";

const shapes = fc.array(batch(), { maxLength: 2 });
const margins = fc.record({ reduction: reductions, margin: fc.constantFrom(0.5, 1) });

/** Targets of 1 and -1. */
export const signs = (shape: readonly number[]): Tensor => where(labels(shape, 2, 3), 1, -1).to("int32");

export const cases: readonly LayerCase[] = [
  {
    layer: HingeEmbeddingLoss,
    draws: fc
      .tuple(shapes, margins)
      .map(([shape, options]) => ({ args: [options], inputs: [normal(shape), signs(shape)] })),
    same: hingeEmbeddingLoss,
  },
  {
    layer: MarginRankingLoss,
    draws: fc.tuple(shapes, margins).map(([shape, options]) => ({
      args: [options],
      inputs: [normal(shape), normal(shape, 1), normal(shape, 2)],
    })),
    same: marginRankingLoss,
  },
  {
    layer: SoftMarginLoss,
    draws: fc.tuple(shapes, reductions).map(([shape, reduction]) => ({
      args: [{ reduction }],
      inputs: [normal(shape), normal(shape, 1)],
    })),
    same: softMarginLoss,
  },
  {
    layer: MultiMarginLoss,
    draws: fc
      .record({
        options: margins,
        p: fc.constantFrom(1, 2),
        front: fc.array(batch(), { maxLength: 1 }),
        classes: size(),
        isWeighted: fc.boolean(),
      })
      .map(({ options, p, front, classes, isWeighted }) => ({
        args: [{ ...options, p, ...(isWeighted && { weight: uniform([classes], 0.5, 2, 2) }) }],
        inputs: [normal([...front, classes]), labels(front, classes)],
      })),
    same: multiMarginLoss,
  },
];
