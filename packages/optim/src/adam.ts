import { chain } from "./chain.js";
import { checkAmounts, checkBetas } from "./checks.js";
import type { OptimizerDefinition, Rates } from "./groups.js";
import type { ParametersInput } from "./inputs.js";
import { adamRates } from "./means.js";
import { Optimizer } from "./optimizer.js";
import { addDecayedWeights, fromGradient, negate, scaleByAdam, scaleByLearningRate } from "./pieces.js";
import type { GradientTransformation } from "./transformation.js";

/** Options of {@link Adam} and {@link AdamW}. */
export interface AdamOptions {
  /** The learning rate (default 1e-3). */
  lr: number;
  /** The shares of the means of gradients and of squares that are kept in each step (default 0.9 and 0.999). */
  betas: readonly [number, number];
  /** What is added to the root of the mean square (default 1e-8). */
  eps: number;
  /** The weight of the parameters themselves (default 0; AdamW 1e-2). */
  weightDecay: number;
  /** Divide by the largest mean square so far (default false). Reddi et al., 2018. */
  amsgrad: boolean;
  /** Climb instead of descending (default false). */
  maximize: boolean;
}

const defaults: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

function check(name: string, { lr, betas, eps, weightDecay }: Readonly<AdamOptions>): void {
  checkAmounts(name, { lr, eps, weightDecay });
  checkBetas(name, betas);
}

function scale({ amsgrad }: Readonly<AdamOptions>, rates: Rates<AdamOptions>): GradientTransformation {
  const { beta1, beta2, eps } = adamRates(rates);
  return scaleByAdam({ beta1, beta2, eps, amsgrad });
}

const adam: OptimizerDefinition<AdamOptions> = {
  name: "Adam",
  defaults,
  check: (options) => check("Adam", options),
  transformation: (options, rates) =>
    chain(...fromGradient(options, rates), scale(options, rates), scaleByLearningRate(rates.get("lr"))),
};

const adamW: OptimizerDefinition<AdamOptions> = {
  name: "AdamW",
  defaults: { ...defaults, weightDecay: 1e-2 },
  check: (options) => check("AdamW", options),
  transformation: (options, rates) =>
    chain(
      ...(options.maximize ? [negate()] : []),
      scale(options, rates),
      ...(options.weightDecay === 0 ? [] : [addDecayedWeights(rates.get("weightDecay"))]),
      scaleByLearningRate(rates.get("lr")),
    ),
};

/**
 * Steps by the mean of the gradients over the root of the mean of their squares, `p ← p - lr·m̂ / (√v̂ + ε)`, where the weight
 * decay counts as a part of the gradient. Kingma and Ba, 2014, arXiv:1412.6980.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { Adam } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, -300]));
 * const optimizer = new Adam([x], { lr: 0.1 });
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([   2.9000, -299.9000])
 * ```
 */
export class Adam extends Optimizer<AdamOptions> {
  /** @param parameters - what to train; @param options - see {@link AdamOptions}. */
  constructor(parameters: ParametersInput<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(parameters, options, adam);
  }
}

/**
 * {@link Adam} with the weight decay beside the gradient, `p ← p - lr·(m̂ / (√v̂ + ε) + λ·p)`, so that it is the same for all
 * parameters. Loshchilov and Hutter, 2017, arXiv:1711.05101.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND` and those of {@link Optimizer}.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { AdamW } from "@adjoint/optim";
 * const x = new Parameter(tensor([3]));
 * const optimizer = new AdamW([{ params: [x], weightDecay: 0 }], { lr: 0.1 });
 * for (let step = 0; step < 100; step++) {
 *   optimizer.zeroGrad();
 *   x.sub(1).square().sum().backward();
 *   optimizer.step();
 * }
 * console.log(Math.abs(x.item() - 1) < 0.1); // → true
 * ```
 */
export class AdamW extends Optimizer<AdamOptions> {
  /** @param parameters - what to train; @param options - see {@link AdamOptions}. */
  constructor(parameters: ParametersInput<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(parameters, options, adamW);
  }
}
