import { add, div, gt, mul, neg, pow, sqrt, sub, where } from "@adjoint/core";
import { chain, rule } from "./chain.js";
import { checkAmounts, checkBetas } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { adamRates, counting, moments } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { decayBeside, fromGradient } from "./pieces.js";

/** Options of {@link RAdam}. */
export interface RAdamOptions {
  /** The learning rate (default 1e-3). */
  lr: number;
  /** The shares of the means of gradients and of squares that are kept in each step (default 0.9 and 0.999). */
  betas: readonly [number, number];
  /** What is added to the root of the mean square (default 1e-8). */
  eps: number;
  /** The weight of the parameters themselves, as a part of the gradient (default 0). */
  weightDecay: number;
  /** Weight decay beside the gradient, as in AdamW (default false). */
  decoupledWeightDecay: boolean;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const radam: OptimizerDefinition<RAdamOptions> = {
  name: "RAdam",
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, decoupledWeightDecay: false, maximize: false },
  check: ({ lr, betas, eps, weightDecay }) => {
    checkAmounts("RAdam", { lr, eps, weightDecay });
    checkBetas("RAdam", betas);
  },
  transformation: (options, rates) =>
    chain(
      ...fromGradient(options, rates),
      rule({
        name: "radam",
        options: adamRates(rates),
        counters: counting,
        scalars: {
          rate: ({ lr, beta1, step }) => neg(div(lr, sub(1, pow(beta1, step)))),
          correction: ({ beta2, step }) => sub(1, pow(beta2, step)),
          longest: ({ beta2 }) => sub(div(2, sub(1, beta2)), 1),
          length: ({ beta2, step, longest, correction }) =>
            sub(longest, div(mul(mul(2, step), pow(beta2, step)), correction)),
          // Below 5 the variance of the step is not known, and it is that of the mean alone.
          rectified: ({ length, longest, correction }) =>
            where(
              gt(length, 5),
              sqrt(
                div(
                  mul(mul(mul(sub(length, 4), sub(length, 2)), longest), correction),
                  mul(mul(sub(longest, 4), sub(longest, 2)), length),
                ),
              ),
              0,
            ),
        },
        slots: moments,
        update: ({ rate, rectified, expAvg, expAvgSq, eps }) =>
          mul(mul(rate, expAvg), where(gt(rectified, 0), div(rectified, add(sqrt(expAvgSq), eps)), 1)),
      }),
      ...decayBeside(options, rates),
    ),
};

/**
 * {@link Adam} whose first steps, when the mean square is not known well yet, go by the mean alone, and whose later ones are rectified:
 * `p ← p - lr·m̂·r_t / (√v̂ + ε)`. Liu et al., 2019, arXiv:1908.03265.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { RAdam } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new RAdam([x], { lr: 0.1 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([   2.4000, -240.0000])
 * ```
 */
export class RAdam extends Optimizer<RAdamOptions> {
  /** @param parameters - what to train; @param options - see {@link RAdamOptions}. */
  constructor(parameters: ParametersInput<RAdamOptions>, options: Partial<RAdamOptions> = {}) {
    super(parameters, options, radam);
  }
}
