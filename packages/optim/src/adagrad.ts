import { add, div, mul, neg, sqrt } from "@adjoint/core";
import { chain, rule } from "./chain.js";
import { checkAmounts } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { counting } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { fromGradient } from "./pieces.js";

/** Options of {@link Adagrad}. */
export interface AdagradOptions {
  /** The learning rate (default 1e-2). */
  lr: number;
  /** How fast the rate falls, `lr / (1 + (t - 1)·lrDecay)` (default 0). */
  lrDecay: number;
  /** What the sum of squares starts from (default 0). */
  initialAccumulatorValue: number;
  /** What is added to the root of the sum (default 1e-10). */
  eps: number;
  /** The weight of the parameters themselves, as a part of the gradient (default 0). */
  weightDecay: number;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const adagrad: OptimizerDefinition<AdagradOptions> = {
  name: "Adagrad",
  defaults: { lr: 1e-2, lrDecay: 0, initialAccumulatorValue: 0, eps: 1e-10, weightDecay: 0, maximize: false },
  check: ({ lr, lrDecay, initialAccumulatorValue, eps, weightDecay }) =>
    checkAmounts("Adagrad", { lr, lrDecay, initialAccumulatorValue, eps, weightDecay }),
  transformation: (options, rates) =>
    chain(
      ...fromGradient(options, rates),
      rule({
        name: "adagrad",
        options: { lr: rates.get("lr"), decay: rates.get("lrDecay"), eps: rates.get("eps") },
        before: { rate: ({ lr, decay, step }) => neg(div(lr, add(1, mul(step, decay)))) },
        counters: counting,
        slots: { sum: ({ sum, gradient }) => add(sum, mul(gradient, gradient)) },
        initial: { sum: options.initialAccumulatorValue },
        update: ({ rate, gradient, sum, eps }) => div(mul(rate, gradient), add(sqrt(sum), eps)),
      }),
    ),
};

/**
 * Steps by the gradient over the root of the sum of all squares so far, `s ← s + g²`, `p ← p - lr·g / (√s + ε)`. Duchi, Hazan and Singer, 2011.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { Adagrad } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new Adagrad([x], { lr: 0.1 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([   2.9000, -299.9000])
 * ```
 */
export class Adagrad extends Optimizer<AdagradOptions> {
  /** @param parameters - what to train; @param options - see {@link AdagradOptions}. */
  constructor(parameters: ParametersInput<AdagradOptions>, options: Partial<AdagradOptions> = {}) {
    super(parameters, options, adagrad);
  }
}
