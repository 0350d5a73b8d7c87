import fc from "fast-check";
import { batch, type Draw, type LayerCase, normal, reductions } from "../conformance/cases.js";
import { HuberLoss, huberLoss, L1Loss, l1Loss, MSELoss, mseLoss, SmoothL1Loss, smoothL1Loss } from "./regression.js";

const pair = (options: object, shape: readonly number[]): Draw => ({
  args: [options],
  inputs: [normal(shape), normal(shape, 1)],
});
const shapes = fc.array(batch(), { maxLength: 3 });
const draws = (options: Record<string, fc.Arbitrary<unknown>>): LayerCase["draws"] =>
  fc.tuple(fc.record({ reduction: reductions, ...options }), shapes).map(([given, shape]) => pair(given, shape));

// Errors are drawn at random, and none lies on the edge where the derivative jumps.
export const cases: readonly LayerCase[] = [
  { layer: MSELoss, draws: draws({}), same: mseLoss },
  { layer: L1Loss, draws: draws({}), same: l1Loss },
  { layer: HuberLoss, draws: draws({ delta: fc.constantFrom(0.5, 1, 2) }), same: huberLoss },
  { layer: SmoothL1Loss, draws: draws({ beta: fc.constantFrom(0, 0.5, 1) }), same: smoothL1Loss },
];
