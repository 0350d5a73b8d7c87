import fc from "fast-check";
import { batch, type LayerCase, reductions, size, uniform } from "../conformance/cases.js";
import { DiceLoss, diceLoss } from "./dice.js";

export const cases: readonly LayerCase[] = [
  {
    layer: DiceLoss,
    draws: fc
      .tuple(batch(), size(), size(2), reductions, fc.constantFrom(0.5, 1), fc.constantFrom(undefined, 2, [-1, 1]))
      .map(([examples, a, b, reduction, smooth, axis]) => ({
        args: [{ reduction, smooth, ...(axis !== undefined && { axis }) }],
        inputs: [uniform([examples, a, b], 0.1, 0.9), uniform([examples, a, b], 0, 1, 1)],
      })),
    same: diceLoss,
  },
];
