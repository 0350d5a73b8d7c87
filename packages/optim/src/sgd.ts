import { ArgumentError } from "@adjoint/core";
import { chain } from "./chain.js";
import { checkAmounts, shown } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { Optimizer } from "./optimizer.js";
import { fromGradient, scaleByLearningRate, trace } from "./pieces.js";

/** Options of {@link SGD}. */
export interface SGDOptions {
  /** The learning rate (default 1e-3). */
  lr: number;
  /** The share of the last step that is repeated (default 0). */
  momentum: number;
  /** The share of the gradient that does not enter the momentum (default 0). */
  dampening: number;
  /** The weight of `‖p‖²/2`, which is added to the loss (default 0). */
  weightDecay: number;
  /** Nesterov's momentum: look ahead (default false). */
  nesterov: boolean;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const defaults: SGDOptions = {
  lr: 1e-3,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
};

const definition: OptimizerDefinition<SGDOptions> = {
  name: "SGD",
  defaults,
  check: ({ lr, momentum, dampening, weightDecay, nesterov }) => {
    checkAmounts("SGD", { lr, momentum, weightDecay });
    if (!Number.isFinite(dampening)) {
      throw new ArgumentError("OPTION_INVALID", `SGD: dampening is ${shown(dampening)}; give a number`);
    }
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new ArgumentError(
        "OPTION_INVALID",
        `SGD: nesterov with momentum ${momentum} and dampening ${dampening}; it needs a momentum, and no dampening`,
      );
    }
  },
  transformation: ({ momentum, dampening, nesterov, ...options }, rates) =>
    chain(
      ...fromGradient(options, rates),
      ...(momentum === 0
        ? []
        : [
            trace({
              momentum: rates.get("momentum"),
              dampening: dampening === 0 ? 0 : rates.get("dampening"),
              nesterov,
            }),
          ]),
      scaleByLearningRate(rates.get("lr")),
    ),
};

/**
 * Gradient descent, `p ← p - lr·g`, with momentum `b ← μ·b + (1 - dampening)·(g + λ·p)` if that is asked for. Sutskever et al.,
 * 2013.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { SGD } from "@adjoint/optim";
 * const x = new Parameter(tensor(3));
 * const optimizer = new SGD([x], { lr: 0.1, momentum: 0.5 });
 * for (let step = 0; step < 50; step++) {
 *   optimizer.zeroGrad();
 *   x.sub(1).square().backward();
 *   optimizer.step();
 * }
 * console.log(x.item().toFixed(3)); // → 1.000
 * ```
 */
export class SGD extends Optimizer<SGDOptions> {
  /** @param parameters - what to train; @param options - see {@link SGDOptions}. */
  constructor(parameters: ParametersInput<SGDOptions>, options: Partial<SGDOptions> = {}) {
    super(parameters, options, definition);
  }
}
