import fc from "fast-check";
import { batch, type LayerCase, normal, reductions, size, uniform } from "../conformance/cases.js";
import { BCELoss, BCEWithLogitsLoss, binaryCrossEntropy, binaryCrossEntropyWithLogits } from "./binary.js";

const shapes = fc.tuple(fc.array(batch(), { maxLength: 2 }), size());

/** The shapes of weights that broadcast to a shape. */
const weightOf = (shape: readonly number[], kind: "none" | "last" | "all"): { weight?: ReturnType<typeof uniform> } =>
  kind === "none" ? {} : { weight: uniform(kind === "last" ? shape.slice(-1) : shape, 0.5, 2, 2) };

const kinds = fc.constantFrom("none" as const, "last" as const, "all" as const);

export const cases: readonly LayerCase[] = [
  {
    layer: BCELoss,
    draws: fc.tuple(shapes, reductions, kinds).map(([[front, n], reduction, kind]) => {
      const shape = [...front, n];
      return {
        args: [{ reduction, ...weightOf(shape, kind) }],
        inputs: [uniform(shape, 0.1, 0.9), uniform(shape, 0, 1, 1)],
      };
    }),
    same: binaryCrossEntropy,
  },
  {
    layer: BCEWithLogitsLoss,
    draws: fc.tuple(shapes, reductions, kinds, kinds).map(([[front, n], reduction, kind, positive]) => {
      const shape = [...front, n];
      const { weight: posWeight } = weightOf(shape, positive);
      return {
        args: [{ reduction, ...weightOf(shape, kind), ...(posWeight && { posWeight }) }],
        inputs: [normal(shape), uniform(shape, 0, 1, 1)],
      };
    }),
    same: binaryCrossEntropyWithLogits,
  },
];
