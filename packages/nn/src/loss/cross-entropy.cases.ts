import { softmax, type Tensor } from "@adjoint/core";
import fc from "fast-check";
import { batch, type Draw, labels, type LayerCase, normal, reductions, size, uniform } from "../conformance/cases.js";
import { CrossEntropyLoss, crossEntropy } from "./cross-entropy.js";
import { NLLLoss, nllLoss } from "./nll.js";

/** Scores `[classes]`, `[batch, classes]` or `[batch, classes, d1, ...]`, and the shape of their labels. */
const shapes = fc
  .record({ examples: batch(), classes: size(), places: fc.array(size(2), { maxLength: 2 }), isSingle: fc.boolean() })
  .map(({ examples, classes, places, isSingle }) =>
    isSingle
      ? { classes, scores: [classes], targets: [] }
      : { classes, scores: [examples, classes, ...places], targets: [examples, ...places] },
  );

const options = fc.record({
  reduction: fc.constantFrom("mean", "sum", "none"),
  isWeighted: fc.boolean(),
  // Label 0 is left out, or none is.
  ignoreIndex: fc.constantFrom(-100, 0),
});

const weight = (classes: number, isWeighted: boolean): object =>
  isWeighted ? { weight: uniform([classes], 0.5, 2, 2) } : {};

/** The mean over no examples is NaN, which has no derivative. */
export const counts = ({ args, inputs }: Draw): boolean => {
  const [{ reduction, ignoreIndex }] = args as [{ readonly reduction: string; readonly ignoreIndex: number }];
  return reduction !== "mean" || (inputs[1] as Tensor).data.some((label) => label !== ignoreIndex);
};

const smoothings = fc.constantFrom(0, 0.3);

export const cases: readonly LayerCase[] = [
  {
    layer: CrossEntropyLoss,
    draws: fc
      .tuple(shapes, options, smoothings)
      .map(([{ classes, scores, targets }, { isWeighted, ...given }, labelSmoothing]) => ({
        args: [{ ...given, labelSmoothing, ...weight(classes, isWeighted) }],
        inputs: [normal(scores), labels(targets, classes)],
      }))
      .filter(counts),
    same: crossEntropy,
  },
  {
    layer: CrossEntropyLoss,
    title: "of probabilities",
    draws: fc
      .tuple(shapes, reductions, smoothings, fc.boolean())
      .map(([{ classes, scores }, reduction, labelSmoothing, isWeighted]) => ({
        args: [{ reduction, labelSmoothing, ...weight(classes, isWeighted) }],
        inputs: [normal(scores), softmax(normal(scores, 1), { axis: scores.length > 1 ? 1 : 0 })],
      })),
    same: crossEntropy,
  },
  {
    layer: NLLLoss,
    draws: fc
      .tuple(shapes, options)
      .map(([{ classes, scores, targets }, { isWeighted, ...given }]) => ({
        args: [{ ...given, ...weight(classes, isWeighted) }],
        inputs: [normal(scores), labels(targets, classes)],
      }))
      .filter(counts),
    same: nllLoss,
  },
];
