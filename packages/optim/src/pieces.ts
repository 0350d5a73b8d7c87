import { add, checkOptions, div, eq, maximum, mul, neg, pow, sqrt, sub, type Tensor, where } from "@adjoint/core";
import { rule } from "./chain.js";
import type { Names } from "./fuse.js";
import type { Rates } from "./groups.js";
import type { GradientTransformation } from "./transformation.js";

/** An option: a number, or a scalar tensor (a State, say) that is read anew in each step. */
export type Rate = number | Tensor;

/** The updates against the gradients, at a learning rate: `-lr·g`. */
export function scaleByLearningRate(lr: Rate): GradientTransformation {
  return rule({
    name: "scaleByLearningRate",
    options: { lr },
    update: ({ gradient, lr }) => neg(mul(lr, gradient)),
  });
}

/** The opposite of the gradients, for climbing. */
export function negate(): GradientTransformation {
  return rule({ name: "negate", update: ({ gradient }) => neg(gradient) });
}

/** Weight decay as a part of the gradient, `g + λ·p`. */
export function addDecayedWeights(weightDecay: Rate): GradientTransformation {
  return rule({
    name: "addDecayedWeights",
    options: { weightDecay },
    update: ({ gradient, parameter, weightDecay }) => add(gradient, mul(weightDecay, parameter)),
  });
}

/** What most optimizers begin with: the other sign for climbing, and weight decay as a part of the gradient. */
export function fromGradient<O extends { maximize: boolean; weightDecay: number }>(
  { maximize, weightDecay }: Readonly<Pick<O, "maximize" | "weightDecay">>,
  rates: Rates<O>,
): GradientTransformation[] {
  return [...(maximize ? [negate()] : []), ...(weightDecay === 0 ? [] : [addDecayedWeights(rates.get("weightDecay"))])];
}

/** Options of {@link trace}. */
export interface TraceOptions {
  /** The share μ of the buffer that is kept in each step. */
  readonly momentum: Rate;
  /** The share of the gradient that is left out of the buffer, from the second step on (default 0). */
  readonly dampening?: Rate;
  /** Look ahead, `g + μ·b` (default false). Sutskever et al., 2013. */
  readonly nesterov?: boolean;
}

/**
 * Momentum: `b ← μ·b + (1 - dampening)·g`, which comes out in the place of g. The buffer starts as the first gradient.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { trace } from "@adjoint/optim";
 * console.log(trace({ momentum: 0.9 }).slotNames); // → [ 'momentumBuffer' ]
 * ```
 */
export function trace(options: TraceOptions): GradientTransformation {
  checkOptions("trace", options, "{ momentum: 0.9 }", ["momentum", "dampening", "nesterov"]);
  const { momentum, dampening = 0, nesterov = false } = options;
  return rule({
    name: "trace",
    options: { momentum, dampening },
    counters: dampening === 0 ? {} : { bufferSteps: ({ bufferSteps }) => add(bufferSteps, 1) },
    slots: {
      momentumBuffer: ({ momentumBuffer, gradient, momentum, dampening, bufferSteps }) =>
        bufferSteps === undefined
          ? add(mul(momentum, momentumBuffer), gradient)
          : where(eq(bufferSteps, 1), gradient, add(mul(momentum, momentumBuffer), mul(sub(1, dampening), gradient))),
    },
    update: ({ momentumBuffer, gradient, momentum }) =>
      nesterov ? add(gradient, mul(momentum, momentumBuffer)) : momentumBuffer,
  });
}

/** Options of {@link scaleByAdam}. */
export interface AdamScaleOptions {
  /** The share of the mean of the gradients that is kept in each step (default 0.9). */
  readonly beta1?: Rate;
  /** The same for the mean of their squares (default 0.999). */
  readonly beta2?: Rate;
  /** What is added to the root of the mean square (default 1e-8). */
  readonly eps?: Rate;
  /** Divide by the largest mean square so far (default false). Reddi et al., 2018. */
  readonly amsgrad?: boolean;
}

/**
 * Running means of the gradients and of their squares, corrected for their start at 0: `m̂ / (√v̂ + ε)`. Kingma and Ba, 2014,
 * arXiv:1412.6980.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { scaleByAdam } from "@adjoint/optim";
 * const adam = scaleByAdam({ beta1: 0.8 });
 * const x = new Parameter(tensor([1, 1]));
 * const { updates } = adam.update([tensor([5, -0.1])], adam.init([x]), [x]);
 * console.log(updates[0]); // → tensor([ 1.0000, -1.0000])
 * ```
 */
export function scaleByAdam(options: AdamScaleOptions = {}): GradientTransformation {
  checkOptions("scaleByAdam", options, "{ beta1: 0.9 }", ["beta1", "beta2", "eps", "amsgrad"]);
  const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, amsgrad = false } = options;
  return rule({
    name: "scaleByAdam",
    options: { beta1, beta2, eps },
    counters: { step: ({ step }) => add(step, 1) },
    scalars: {
      correction1: ({ beta1, step }) => sub(1, pow(beta1, step)),
      correction2: ({ beta2, step }) => sqrt(sub(1, pow(beta2, step))),
    },
    slots: {
      expAvg: ({ expAvg, gradient, beta1 }) => add(mul(beta1, expAvg), mul(sub(1, beta1), gradient)),
      expAvgSq: ({ expAvgSq, gradient, beta2 }) =>
        add(mul(beta2, expAvgSq), mul(sub(1, beta2), mul(gradient, gradient))),
      ...(amsgrad && { maxExpAvgSq: ({ maxExpAvgSq, expAvgSq }: Names) => maximum(maxExpAvgSq, expAvgSq) }),
    },
    update: ({ expAvg, expAvgSq, maxExpAvgSq, correction1, correction2, eps }) =>
      div(div(expAvg, correction1), add(div(sqrt(maxExpAvgSq ?? expAvgSq), correction2), eps)),
  });
}
