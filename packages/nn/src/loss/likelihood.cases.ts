import fc from "fast-check";
import { batch, type LayerCase, normal, reductions, size, uniform } from "../conformance/cases.js";
import { GaussianNLLLoss, gaussianNllLoss, KLDivLoss, klDiv, PoissonNLLLoss, poissonNllLoss } from "./likelihood.js";

const shapes = fc.tuple(fc.array(batch(), { maxLength: 2 }), size()).map(([front, n]) => [...front, n]);

export const cases: readonly LayerCase[] = [
  {
    layer: KLDivLoss,
    draws: fc
      .tuple(shapes, fc.constantFrom("mean", "sum", "none", "batchmean"), fc.boolean())
      .map(([shape, reduction, logTarget]) => ({
        args: [{ reduction, logTarget }],
        inputs: [normal(shape), logTarget ? normal(shape, 1) : uniform(shape, 0.1, 1, 1)],
      })),
    same: klDiv,
  },
  {
    layer: PoissonNLLLoss,
    draws: fc
      .tuple(shapes, fc.record({ reduction: reductions, logInput: fc.boolean(), full: fc.boolean() }))
      .chain(([shape, options]) =>
        // Below 1 the approximation of `full` is left out, and at 1 it jumps.
        fc.constantFrom([0, 0.9] as const, [1.5, 4] as const).map(([low, high]) => ({
          args: [{ ...options, eps: 1e-8 }],
          inputs: [options.logInput ? normal(shape) : uniform(shape, 0.5, 3), uniform(shape, low, high, 1)],
        })),
      ),
    same: poissonNllLoss,
  },
  {
    layer: GaussianNLLLoss,
    draws: fc
      .tuple(
        shapes,
        fc.record({ reduction: reductions, full: fc.boolean() }),
        fc.constantFrom("same", "shared", "less"),
      )
      .map(([shape, options, kind]) => {
        const variance = kind === "same" ? shape : kind === "shared" ? shape.with(-1, 1) : shape.slice(0, -1);
        return {
          args: [{ ...options, eps: 1e-6 }],
          inputs: [normal(shape), normal(shape, 1), uniform(variance, 0.5, 2, 2)],
        };
      }),
    same: gaussianNllLoss,
  },
];
