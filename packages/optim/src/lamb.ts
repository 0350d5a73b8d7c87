import { chain } from "./chain.js";
import { checkAmounts, checkBetas } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { adamRates } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { addDecayedWeights, negate, scaleByAdam, scaleByLearningRate } from "./pieces.js";
import { scaleByTrustRatio } from "./trust-ratio.js";

/** Options of {@link LAMB}. */
export interface LAMBOptions {
  /** The learning rate (default 1e-3). */
  lr: number;
  /** The shares of the means of gradients and of squares that are kept in each step (default 0.9 and 0.999). */
  betas: readonly [number, number];
  /** What is added to the root of the mean square (default 1e-6). */
  eps: number;
  /** The weight of the parameters themselves, beside the gradient (default 0). */
  weightDecay: number;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const lamb: OptimizerDefinition<LAMBOptions> = {
  name: "LAMB",
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-6, weightDecay: 0, maximize: false },
  check: ({ lr, betas, eps, weightDecay }) => {
    checkAmounts("LAMB", { lr, eps, weightDecay });
    checkBetas("LAMB", betas);
  },
  transformation: ({ maximize, weightDecay }, rates) => {
    const { lr, ...means } = adamRates(rates);
    return chain(
      ...(maximize ? [negate()] : []),
      scaleByAdam(means),
      ...(weightDecay === 0 ? [] : [addDecayedWeights(rates.get("weightDecay"))]),
      scaleByTrustRatio(),
      scaleByLearningRate(lr),
    );
  },
};

/**
 * {@link AdamW} in which each parameter moves by a share of its own length, `p ← p - lr·‖p‖·u / ‖u‖` with `u = m̂ / (√v̂ + ε) + λ·p`: for very
 * large batches. You et al., 2019, arXiv:1904.00962.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { LAMB } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, 4]));
 * const optimizer = new LAMB([x], { lr: 0.1 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([2.6464, 3.6464])
 * ```
 */
export class LAMB extends Optimizer<LAMBOptions> {
  /** @param parameters - what to train; @param options - see {@link LAMBOptions}. */
  constructor(parameters: ParametersInput<LAMBOptions>, options: Partial<LAMBOptions> = {}) {
    super(parameters, options, lamb);
  }
}
