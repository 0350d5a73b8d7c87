import { add, div, mul, neg, pow, sqrt, sub } from "@adjoint/core";
import { chain, rule } from "./chain.js";
import { checkAmounts, checkBetas } from "./checks.js";
import type { Names } from "./fuse.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { adamRates, counting, moments } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { decayBeside, fromGradient } from "./pieces.js";

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
  /** Weight decay beside the gradient, as in AdamW (default false). */
  decoupledWeightDecay: boolean;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

/** The momentum some steps on. */
const momentumAt = ({ beta1, decay, step }: Names, ahead: number): Names[string] =>
  mul(beta1, sub(1, mul(0.5, pow(0.96, mul(add(step, ahead), decay)))));

const nadam: OptimizerDefinition<NAdamOptions> = {
  name: "NAdam",
  defaults: {
    lr: 2e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    momentumDecay: 4e-3,
    weightDecay: 0,
    decoupledWeightDecay: false,
    maximize: false,
  },
  check: ({ lr, betas, eps, weightDecay, momentumDecay }) => {
    checkAmounts("NAdam", { lr, eps, weightDecay, momentumDecay });
    checkBetas("NAdam", betas);
  },
  transformation: (options, rates) =>
    chain(
      ...fromGradient(options, rates),
      rule({
        name: "nadam",
        options: { ...adamRates(rates), decay: rates.get("momentumDecay") },
        before: {
          now: (names) => momentumAt(names, 1),
          next: (names) => momentumAt(names, 2),
        },
        counters: {
          ...counting,
          muProduct: ({ muProduct, now }) => mul(muProduct, now),
        },
        scalars: {
          correction: ({ beta2, step }) => sub(1, pow(beta2, step)),
          gradientRate: ({ lr, now, muProduct }) => neg(div(mul(lr, sub(1, now)), sub(1, muProduct))),
          meanRate: ({ lr, next, muProduct }) => neg(div(mul(lr, next), sub(1, mul(muProduct, next)))),
        },
        slots: moments,
        initial: { muProduct: 1 },
        update: ({ gradient, expAvg, expAvgSq, correction, eps, gradientRate, meanRate }) =>
          div(add(mul(gradientRate, gradient), mul(meanRate, expAvg)), add(sqrt(div(expAvgSq, correction)), eps)),
      }),
      ...decayBeside(options, rates),
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
