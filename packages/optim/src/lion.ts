import { chain, rule } from "./chain.js";
import { checkAmounts, checkBetas } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { mixed } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { addDecayedWeights, negate, scaleByLearningRate, scaleBySign } from "./pieces.js";

/** Options of {@link Lion}. */
export interface LionOptions {
  /** The learning rate, a third to a tenth of that for AdamW (default 1e-4). */
  lr: number;
  /** The share of the momentum in a step, and the share of it that is kept (default 0.9 and 0.99). */
  betas: readonly [number, number];
  /** The weight of the parameters themselves, beside the gradient (default 0). */
  weightDecay: number;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const lion: OptimizerDefinition<LionOptions> = {
  name: "Lion",
  defaults: { lr: 1e-4, betas: [0.9, 0.99], weightDecay: 0, maximize: false },
  check: ({ lr, betas, weightDecay }) => {
    checkAmounts("Lion", { lr, weightDecay });
    checkBetas("Lion", betas);
  },
  transformation: ({ maximize, weightDecay }, rates) =>
    chain(
      ...(maximize ? [negate()] : []),
      rule({
        name: "lion",
        options: { beta1: rates.get("betas", 0), beta2: rates.get("betas", 1) },
        elements: {
          direction: ({ expAvg, gradient, beta1 }) => mixed(beta1, expAvg, gradient),
        },
        slots: { expAvg: ({ expAvg, gradient, beta2 }) => mixed(beta2, expAvg, gradient) },
        update: ({ direction }) => direction,
      }),
      scaleBySign(),
      ...(weightDecay === 0 ? [] : [addDecayedWeights(rates.get("weightDecay"))]),
      scaleByLearningRate(rates.get("lr")),
    ),
};

/**
 * Steps by the sign of a momentum, `p ← p - lr·(sign(β₁·m + (1 - β₁)·g) + λ·p)`, `m ← β₂·m + (1 - β₂)·g`: one slot, and steps of one size. Chen et
 * al., 2023, arXiv:2302.06675.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { Lion } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new Lion([x], { lr: 0.1 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([   2.9000, -299.9000])
 * ```
 */
export class Lion extends Optimizer<LionOptions> {
  /** @param parameters - what to train; @param options - see {@link LionOptions}. */
  constructor(parameters: ParametersInput<LionOptions>, options: Partial<LionOptions> = {}) {
    super(parameters, options, lion);
  }
}
