import { add, div, mul, neg, sqrt } from "@adjoint/core";
import { chain, rule } from "./chain.js";
import { checkAmounts, checkOption } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { counting, mixed } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { fromGradient } from "./pieces.js";

/** Options of {@link Adadelta}. */
export interface AdadeltaOptions {
  /** The factor of the step (default 1). */
  lr: number;
  /** The share of the mean squares that is kept in each step (default 0.9). */
  rho: number;
  /** What is added to the mean squares (default 1e-6). */
  eps: number;
  /** The weight of the parameters themselves, as a part of the gradient (default 0). */
  weightDecay: number;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const adadelta: OptimizerDefinition<AdadeltaOptions> = {
  name: "Adadelta",
  defaults: { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false },
  check: ({ lr, rho, eps, weightDecay }) => {
    checkAmounts("Adadelta", { lr, rho, eps, weightDecay });
    checkOption(rho <= 1, "Adadelta", "rho", rho, "a number from 0 to 1");
  },
  transformation: (options, rates) =>
    chain(
      ...fromGradient(options, rates),
      rule({
        name: "adadelta",
        options: { lr: rates.get("lr"), rho: rates.get("rho"), eps: rates.get("eps") },
        counters: counting,
        elements: {
          delta: ({ squareAvg, accDelta, gradient, rho, eps }) => {
            const next = mixed(rho, squareAvg, mul(gradient, gradient));
            return mul(div(sqrt(add(accDelta, eps)), sqrt(add(next, eps))), gradient);
          },
        },
        slots: {
          squareAvg: ({ squareAvg, gradient, rho }) => mixed(rho, squareAvg, mul(gradient, gradient)),
          accDelta: ({ accDelta, delta, rho }) => mixed(rho, accDelta, mul(delta, delta)),
        },
        update: ({ lr, delta }) => neg(mul(lr, delta)),
      }),
    ),
};

/**
 * Steps as large as the last ones, `Δ = g·√(d + ε) / √(s + ε)` with the mean squares s of the gradients and d of the steps: `p ← p - lr·Δ`. Zeiler,
 * 2012, arXiv:1212.5701.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { Adadelta } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new Adadelta([x], { lr: 100 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(Array.from(x.data, (p) => p.toFixed(2)).join(" ")); // → 2.68 -299.68
 * ```
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  /** @param parameters - what to train; @param options - see {@link AdadeltaOptions}. */
  constructor(parameters: ParametersInput<AdadeltaOptions>, options: Partial<AdadeltaOptions> = {}) {
    super(parameters, options, adadelta);
  }
}
