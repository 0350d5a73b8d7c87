import { add, div, mul, neg, pow, sqrt, sub } from "@adjoint/core";
import { chain, rule } from "./chain.js";
import { checkAmounts, checkBetas } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { Optimizer } from "./optimizer.js";
import { fromGradient } from "./pieces.js";

/** Options of {@link NAdam}. */
export interface NAdamOptions {
  /** The learning rate (default 2e-3). */
  lr: number;
  /** The shares of the means of gradients and of squares that are kept in each step (default 0.9 and 0.999). */
  betas: readonly [number, number];
  /** What is added to the root of the mean square (default 1e-8). */
  eps: number;
  /** How fast the momentum grows to β₁ (default 4e-3). */
  momentumDecay: number;
  /** The weight of the parameters themselves, as a part of the gradient (default 0). */
  weightDecay: number;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const nadam: OptimizerDefinition<NAdamOptions> = {
  name: "NAdam",
  defaults: { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, momentumDecay: 4e-3, weightDecay: 0, maximize: false },
  check: ({ lr, betas, eps, weightDecay, momentumDecay }) => {
    checkAmounts("NAdam", { lr, eps, weightDecay, momentumDecay });
    checkBetas("NAdam", betas);
  },
  transformation: (options, rates) =>
    chain(
      ...fromGradient(options, rates),
      rule({
        name: "nadam",
        options: {
          lr: rates.get("lr"),
          beta1: rates.get("betas", 0),
          beta2: rates.get("betas", 1),
          eps: rates.get("eps"),
          decay: rates.get("momentumDecay"),
        },
        before: {
          now: ({ beta1, decay, step }) => mul(beta1, sub(1, mul(0.5, pow(0.96, mul(add(step, 1), decay))))),
          next: ({ beta1, decay, step }) => mul(beta1, sub(1, mul(0.5, pow(0.96, mul(add(step, 2), decay))))),
        },
        counters: {
          step: ({ step }) => add(step, 1),
          muProduct: ({ muProduct, now }) => mul(muProduct, now),
        },
        scalars: {
          correction: ({ beta2, step }) => sub(1, pow(beta2, step)),
          gradientRate: ({ lr, now, muProduct }) => neg(div(mul(lr, sub(1, now)), sub(1, muProduct))),
          meanRate: ({ lr, next, muProduct }) => neg(div(mul(lr, next), sub(1, mul(muProduct, next)))),
        },
        slots: {
          expAvg: ({ expAvg, gradient, beta1 }) => add(mul(beta1, expAvg), mul(sub(1, beta1), gradient)),
          expAvgSq: ({ expAvgSq, gradient, beta2 }) =>
            add(mul(beta2, expAvgSq), mul(sub(1, beta2), mul(gradient, gradient))),
        },
        initial: { muProduct: 1 },
        update: ({ gradient, expAvg, expAvgSq, correction, eps, gradientRate, meanRate }) =>
          div(add(mul(gradientRate, gradient), mul(meanRate, expAvg)), add(sqrt(div(expAvgSq, correction)), eps)),
      }),
    ),
};

/**
 * {@link Adam} with Nesterov's momentum: `p ← p - lr·(μ_(t+1)·m / (1 - Πμ·μ_(t+1)) + (1 - μ_t)·g / (1 - Πμ)) / (√v̂ + ε)`, with
 * `μ_t = β₁·(1 - 0.96^(t·d) / 2)` for the momentum decay d. Dozat, 2016.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { NAdam } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new NAdam([x], { lr: 0.1 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(Array.from(x.data, (p) => p.toFixed(2)).join(" ")); // → 2.89 -299.89
 * ```
 */
export class NAdam extends Optimizer<NAdamOptions> {
  /** @param parameters - what to train; @param options - see {@link NAdamOptions}. */
  constructor(parameters: ParametersInput<NAdamOptions>, options: Partial<NAdamOptions> = {}) {
    super(parameters, options, nadam);
  }
}
