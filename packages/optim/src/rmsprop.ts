import { add, div, mul, neg, sqrt, sub } from "@adjoint/core";
import { chain, rule } from "./chain.js";
import { checkAmounts } from "./checks.js";
import type { Names } from "./fuse.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { Optimizer } from "./optimizer.js";
import { fromGradient } from "./pieces.js";

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
  transformation: (options, rates) => {
    const mean = ({ alpha }: Names, kept: Names[string], next: Names[string]): Names[string] =>
      add(mul(alpha, kept), mul(sub(1, alpha), next));
    const step = ({ gradient, squareAvg, gradAvg, eps }: Names): Names[string] =>
      div(gradient, add(sqrt(gradAvg ? sub(squareAvg, mul(gradAvg, gradAvg)) : squareAvg), eps));
    return chain(
      ...fromGradient(options, rates),
      rule({
        name: "rmsprop",
        options: {
          lr: rates.get("lr"),
          alpha: rates.get("alpha"),
          eps: rates.get("eps"),
          momentum: rates.get("momentum"),
        },
        counters: { step: ({ step }) => add(step, 1) },
        slots: {
          squareAvg: (names) => mean(names, names["squareAvg"], mul(names["gradient"], names["gradient"])),
          ...(options.centered && { gradAvg: (names: Names) => mean(names, names["gradAvg"], names["gradient"]) }),
          ...(options.momentum > 0 && {
            momentumBuffer: (names: Names) => add(mul(names["momentum"], names["momentumBuffer"]), step(names)),
          }),
        },
        update: (names) => neg(mul(names["lr"], names["momentumBuffer"] ?? step(names))),
      }),
    );
  },
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
