import { eq, gt, lt, maximum, minimum, mul, neg, sign, where } from "@adjoint/core";
import { chain, rule } from "./chain.js";
import { checkAmounts, checkOption } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { counting } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { negate } from "./pieces.js";

/** Options of {@link Rprop}. */
export interface RpropOptions {
  /** The size of the first step (default 1e-2). */
  lr: number;
  /** The factors of a step after a change of sign and without one (default 0.5 and 1.2). */
  etas: readonly [number, number];
  /** The smallest and the largest step (default 1e-6 and 50). */
  stepSizes: readonly [number, number];
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const isPair = (x: unknown): boolean => Array.isArray(x) && x.length === 2 && x.every((n) => Number.isFinite(n));

const rprop: OptimizerDefinition<RpropOptions> = {
  name: "Rprop",
  defaults: { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false },
  check: ({ lr, etas, stepSizes }) => {
    checkAmounts("Rprop", { lr });
    const rising = isPair(etas) && etas[0] > 0 && etas[0] < 1 && etas[1] > 1;
    checkOption(rising, "Rprop", "etas", etas, "a number between 0 and 1, and one above 1");
    const sizes = isPair(stepSizes) && stepSizes[0] >= 0 && stepSizes[1] >= stepSizes[0];
    checkOption(sizes, "Rprop", "stepSizes", stepSizes, "the smallest and the largest step");
  },
  transformation: ({ lr, maximize }, rates) =>
    chain(
      ...(maximize ? [negate()] : []),
      rule({
        name: "rprop",
        options: {
          lr: rates.get("lr"),
          less: rates.get("etas", 0),
          more: rates.get("etas", 1),
          least: rates.get("stepSizes", 0),
          most: rates.get("stepSizes", 1),
        },
        counters: counting,
        slots: {
          // The first size is read when it is needed, as a schedule may set it after the optimizer was made.
          stepSize: ({ stepSize, gradient, prev, step, lr, less, more, least, most }) => {
            const turn = mul(gradient, prev);
            const factor = where(eq(turn, 0), 1, where(gt(turn, 0), more, less));
            return minimum(maximum(mul(where(eq(step, 1), lr, stepSize), factor), least), most);
          },
          // After a change of sign the parameter stays, and the next step is neither larger nor smaller.
          prev: ({ gradient, prev }) => where(lt(mul(gradient, prev), 0), 0, gradient),
        },
        initial: { stepSize: lr },
        update: ({ prev, stepSize }) => neg(mul(sign(prev), stepSize)),
      }),
    ),
};

/**
 * Steps by the sign of the gradient alone, in sizes of their own for each element: larger while the sign stays, smaller when it has changed.
 * `p ← p - sign(g)·Δ`. For whole batches. Riedmiller and Braun, 1993.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { Rprop } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new Rprop([x], { lr: 0.1 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([   2.9000, -299.9000])
 * ```
 */
export class Rprop extends Optimizer<RpropOptions> {
  /** @param parameters - what to train; @param options - see {@link RpropOptions}. */
  constructor(parameters: ParametersInput<RpropOptions>, options: Partial<RpropOptions> = {}) {
    super(parameters, options, rprop);
  }
}
