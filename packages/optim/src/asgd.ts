import { add, div, eq, maximum, mul, neg, pow, sub, where } from "@adjoint/core";
import { chain, rule } from "./chain.js";
import { checkAmounts } from "./checks.js";
import type { Names } from "./fuse.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { counting } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { fromGradient } from "./pieces.js";

/** Options of {@link ASGD}. */
export interface ASGDOptions {
  /** The first learning rate (default 1e-2). */
  lr: number;
  /** How much of the parameters is taken off in each step (default 1e-4). */
  lambd: number;
  /** The power with which the rate falls (default 0.75). */
  alpha: number;
  /** The step from which on parameters are averaged (default 1e6). */
  t0: number;
  /** The weight of the parameters themselves, as a part of the gradient (default 0). */
  weightDecay: number;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

/** What a parameter becomes. */
const moved = ({ parameter, gradient, lambd, rate }: Names): Names[string] =>
  sub(mul(parameter, sub(1, mul(lambd, rate))), mul(rate, gradient));

const asgd: OptimizerDefinition<ASGDOptions> = {
  name: "ASGD",
  defaults: { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false },
  check: ({ lr, lambd, alpha, t0, weightDecay }) => checkAmounts("ASGD", { lr, lambd, alpha, t0, weightDecay }),
  transformation: (options, rates) =>
    chain(
      ...fromGradient(options, rates),
      rule({
        name: "asgd",
        options: { lr: rates.get("lr"), lambd: rates.get("lambd"), alpha: rates.get("alpha"), t0: rates.get("t0") },
        // The first rate is read when it is needed, as a schedule may set it after the optimizer was made.
        before: { rate: ({ eta, lr, step }) => where(eq(step, 0), lr, eta), share: ({ mu }) => mul(mu, 1) },
        counters: {
          ...counting,
          eta: ({ lr, lambd, alpha, step }) => div(lr, pow(add(1, mul(mul(lambd, lr), step)), alpha)),
          mu: ({ step, t0 }) => div(1, maximum(1, sub(step, t0))),
        },
        slots: { ax: (names) => add(names["ax"], mul(names["share"], sub(moved(names), names["ax"]))) },
        initial: { eta: options.lr, mu: 1 },
        update: ({ parameter, gradient, lambd, rate }) => neg(mul(rate, add(mul(lambd, parameter), gradient))),
      }),
    ),
};

/**
 * Gradient descent with a falling rate, `η_t = lr / (1 + λ·lr·t)^α`, whose parameters are averaged from step t0 on; the averages are `ax` in the
 * state dict. Polyak and Juditsky, 1992.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { ASGD } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new ASGD([x], { lr: 0.1, lambd: 0 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([   2.4000, -240.0000])
 * ```
 */
export class ASGD extends Optimizer<ASGDOptions> {
  /** @param parameters - what to train; @param options - see {@link ASGDOptions}. */
  constructor(parameters: ParametersInput<ASGDOptions>, options: Partial<ASGDOptions> = {}) {
    super(parameters, options, asgd);
  }
}
