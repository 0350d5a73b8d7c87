import { abs, add, div, maximum, mul, neg, pow, sub } from "@adjoint/core";
import { chain, rule } from "./chain.js";
import { checkAmounts, checkBetas } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { adamRates, counting, mean } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { fromGradient } from "./pieces.js";

/** Options of {@link Adamax}. */
export interface AdamaxOptions {
  /** The learning rate (default 2e-3). */
  lr: number;
  /** The shares of the mean of gradients and of the largest one that are kept in each step (default 0.9 and 0.999). */
  betas: readonly [number, number];
  /** What is added to the absolute gradients (default 1e-8). */
  eps: number;
  /** The weight of the parameters themselves, as a part of the gradient (default 0). */
  weightDecay: number;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const adamax: OptimizerDefinition<AdamaxOptions> = {
  name: "Adamax",
  defaults: { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false },
  check: ({ lr, betas, eps, weightDecay }) => {
    checkAmounts("Adamax", { lr, eps, weightDecay });
    checkBetas("Adamax", betas);
  },
  transformation: (options, rates) =>
    chain(
      ...fromGradient(options, rates),
      rule({
        name: "adamax",
        options: adamRates(rates),
        counters: counting,
        scalars: { rate: ({ lr, beta1, step }) => neg(div(lr, sub(1, pow(beta1, step)))) },
        slots: {
          ...mean,
          expInf: ({ expInf, gradient, beta2, eps }) => maximum(mul(beta2, expInf), add(abs(gradient), eps)),
        },
        update: ({ rate, expAvg, expInf }) => div(mul(rate, expAvg), expInf),
      }),
    ),
};

/**
 * {@link Adam} with the largest gradient of late in the place of the root mean square: `u ← max(β₂·u, |g| + ε)`, `p ← p - lr·m̂ / u`. Kingma and
 * Ba, 2014, arXiv:1412.6980, section 7.1.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { Adamax } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new Adamax([x], { lr: 0.1 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([   2.9000, -299.9000])
 * ```
 */
export class Adamax extends Optimizer<AdamaxOptions> {
  /** @param parameters - what to train; @param options - see {@link AdamaxOptions}. */
  constructor(parameters: ParametersInput<AdamaxOptions>, options: Partial<AdamaxOptions> = {}) {
    super(parameters, options, adamax);
  }
}
