import fc from "fast-check";
import { batch, labels, type LayerCase, normal, reductions, size, uniform } from "../conformance/cases.js";
import { counts } from "./cross-entropy.cases.js";
import { FocalLoss, focalLoss } from "./focal.js";

const options = fc.record({ reduction: reductions, gamma: fc.constantFrom(0, 0.5, 2) });

export const cases: readonly LayerCase[] = [
  {
    layer: FocalLoss,
    draws: fc
      .tuple(batch(), size(), options, fc.constantFrom(-1, 0.25), fc.boolean())
      .map(([examples, n, given, alpha, isWeighted]) => ({
        args: [{ ...given, alpha, ...(isWeighted && { weight: uniform([n], 0.5, 2, 2) }) }],
        inputs: [normal([examples, n]), uniform([examples, n], 0, 1, 1)],
      })),
    same: focalLoss,
  },
  {
    layer: FocalLoss,
    title: "of labels",
    draws: fc
      .tuple(
        batch(),
        size().map((n) => n + 1),
        fc.array(size(2), { maxLength: 1 }),
        options,
        fc.boolean(),
      )
      .map(([examples, classes, places, given, isWeighted]) => ({
        args: [{ ...given, ignoreIndex: 0, ...(isWeighted && { weight: uniform([classes], 0.5, 2, 2) }) }],
        inputs: [normal([examples, classes, ...places]), labels([examples, ...places], classes)],
      }))
      .filter(counts),
    same: focalLoss,
  },
];
