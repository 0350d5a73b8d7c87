import { chain } from "./chain.js";
import { checkAmounts } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { Optimizer } from "./optimizer.js";
import { fromGradient, scaleByLearningRate, scaleByRms, trace } from "./pieces.js";

/** Options of {@link RMSprop}. */
export interface RMSpropOptions {
  /** The learning rate (default 1e-2). */
  lr: number;
  /** The share of the mean square that is kept in each step (default 0.99). */
  alpha: number;
  /** What is added to its root (default 1e-8). */
  eps: number;
  /** The share of the last step that is repeated (default 0). */
  momentum: number;
  /** Divide by the deviation, and not by the root mean square (default false). */
  centered: boolean;
  /** The weight of the parameters themselves, as a part of the gradient (default 0). */
  weightDecay: number;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const rmsprop: OptimizerDefinition<RMSpropOptions> = {
  name: "RMSprop",
  defaults: { lr: 1e-2, alpha: 0.99, eps: 1e-8, momentum: 0, centered: false, weightDecay: 0, maximize: false },
  check: ({ lr, alpha, eps, momentum, weightDecay }) =>
    checkAmounts("RMSprop", { lr, alpha, eps, momentum, weightDecay }),
  transformation: ({ momentum, centered, ...options }, rates) =>
    chain(
      ...fromGradient(options, rates),
      scaleByRms({ decay: rates.get("alpha"), eps: rates.get("eps"), centered }),
      ...(momentum === 0 ? [] : [trace({ momentum: rates.get("momentum") })]),
      scaleByLearningRate(rates.get("lr")),
    ),
};

/**
 * Steps by the gradient over the root of its mean square, `v ← α·v + (1 - α)·g²`, `p ← p - lr·g / (√v + ε)`, with momentum if that is asked for.
 * Tieleman and Hinton, 2012; centred: Graves, 2013, arXiv:1308.0850.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { RMSprop } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new RMSprop([x], { lr: 0.1 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([   2, -299])
 * ```
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  /** @param parameters - what to train; @param options - see {@link RMSpropOptions}. */
  constructor(parameters: ParametersInput<RMSpropOptions>, options: Partial<RMSpropOptions> = {}) {
    super(parameters, options, rmsprop);
  }
}
