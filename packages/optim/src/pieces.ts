import { add, checkOptions, div, eq, maximum, mul, neg, pow, sign, sqrt, sub, where } from "@adjoint/core";
import { rule } from "./chain.js";
import type { Names } from "./fuse.js";
import { checkRates, type Rate } from "./checks.js";
import { counting, mixed, moments } from "./means.js";
import { type Mask, masked } from "./wrappers.js";
import type { Rates } from "./groups.js";
import type { GradientTransformation } from "./transformation.js";

/** The updates against the gradients, at a learning rate: `-lr·g`. */
export function scaleByLearningRate(lr: Rate): GradientTransformation {
  checkRates("scaleByLearningRate", { lr });
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

/** Options of {@link addDecayedWeights}. */
export interface DecayOptions {
  /** Which parameters decay (default all of them): `(parameter) => parameter.ndim > 1` leaves biases and scales alone. */
  readonly mask?: Mask;
}

/**
 * Weight decay as a part of the gradient, `g + λ·p`.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_INVALID`, `FUNCTION_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { addDecayedWeights } from "@adjoint/optim";
 * const decay = addDecayedWeights(0.5, { mask: (parameter) => parameter.ndim > 1 });
 * const all = [new Parameter(tensor([[2]])), new Parameter(tensor([2]))];
 * const { updates } = decay.update([tensor([[0]]), tensor([0])], decay.init(all), all);
 * console.log(updates.map((u) => u?.item())); // → [ 1, 0 ]
 * ```
 */
export function addDecayedWeights(weightDecay: Rate, options: DecayOptions = {}): GradientTransformation {
  checkOptions("addDecayedWeights", options, "{ mask: (parameter) => parameter.ndim > 1 }", ["mask"]);
  checkRates("addDecayedWeights", { weightDecay });
  const decay = rule({
    name: "addDecayedWeights",
    options: { weightDecay },
    update: ({ gradient, parameter, weightDecay }) => add(gradient, mul(weightDecay, parameter)),
  });
  return options.mask === undefined ? decay : masked(decay, options.mask);
}

/** The signs of the gradients: -1, 0 or 1. Bernstein et al., 2018, arXiv:1802.04434. */
export function scaleBySign(): GradientTransformation {
  return rule({ name: "scaleBySign", update: ({ gradient }) => sign(gradient) });
}

/** Options of {@link scaleByRms}. */
export interface RmsScaleOptions {
  /** The share of the mean square that is kept in each step (default 0.9). */
  readonly decay?: Rate;
  /** What is added to its root (default 1e-8). */
  readonly eps?: Rate;
  /** Divide by the deviation, and not by the root mean square (default false). Graves, 2013, arXiv:1308.0850. */
  readonly centered?: boolean;
}

/**
 * The gradients over the root of their running mean square, `v ← d·v + (1 - d)·g²`, `g / (√v + ε)`. Tieleman and Hinton, 2012.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_INVALID`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { scaleByRms } from "@adjoint/optim";
 * const rms = scaleByRms({ decay: 0.75 });
 * const x = new Parameter(tensor([1, 1]));
 * console.log(rms.update([tensor([5, -0.1])], rms.init([x]), [x]).updates[0]); // → tensor([ 2.0000, -2.0000])
 * ```
 */
export function scaleByRms(options: RmsScaleOptions = {}): GradientTransformation {
  checkOptions("scaleByRms", options, "{ decay: 0.9 }", ["decay", "eps", "centered"]);
  const { decay = 0.9, eps = 1e-8, centered = false } = options;
  checkRates("scaleByRms", { decay, eps });
  return rule({
    name: "scaleByRms",
    options: { decay, eps },
    counters: counting,
    slots: {
      squareAvg: ({ squareAvg, gradient, decay }) => mixed(decay, squareAvg, mul(gradient, gradient)),
      ...(centered && { gradAvg: ({ gradAvg, gradient, decay }: Names) => mixed(decay, gradAvg, gradient) }),
    },
    update: ({ gradient, squareAvg, gradAvg, eps }) =>
      div(gradient, add(sqrt(gradAvg ? sub(squareAvg, mul(gradAvg, gradAvg)) : squareAvg), eps)),
  });
}

/** Options that most optimizers have. */
interface GradientOptions {
  readonly maximize: boolean;
  readonly weightDecay: number;
  readonly decoupledWeightDecay?: boolean;
}

/** What most optimizers begin with: the other sign for climbing, and weight decay as a part of the gradient. */
export function fromGradient<O extends GradientOptions>(
  { maximize, weightDecay, decoupledWeightDecay }: Readonly<GradientOptions>,
  rates: Rates<O>,
): GradientTransformation[] {
  const decays = weightDecay !== 0 && decoupledWeightDecay !== true;
  return [...(maximize ? [negate()] : []), ...(decays ? [addDecayedWeights(rates.get("weightDecay"))] : [])];
}

/** What optimizers end with whose weight decay is beside the gradient: `u - lr·λ·p`. */
export function decayBeside<O extends GradientOptions & { readonly lr: number }>(
  { weightDecay, decoupledWeightDecay }: Readonly<GradientOptions>,
  rates: Rates<O>,
): GradientTransformation[] {
  if (weightDecay === 0 || decoupledWeightDecay !== true) return [];
  const decay = rule({
    name: "decayBeside",
    options: { lr: rates.get("lr"), weightDecay: rates.get("weightDecay") },
    update: ({ gradient, parameter, lr, weightDecay }) => sub(gradient, mul(mul(lr, weightDecay), parameter)),
  });
  return [decay];
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
  checkRates("trace", { momentum, dampening });
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
  checkRates("scaleByAdam", { beta1, beta2, eps });
  return rule({
    name: "scaleByAdam",
    options: { beta1, beta2, eps },
    counters: counting,
    scalars: {
      correction1: ({ beta1, step }) => sub(1, pow(beta1, step)),
      correction2: ({ beta2, step }) => sqrt(sub(1, pow(beta2, step))),
    },
    slots: {
      ...moments,
      ...(amsgrad && { maxExpAvgSq: ({ maxExpAvgSq, expAvgSq }: Names) => maximum(maxExpAvgSq, expAvgSq) }),
    },
    update: ({ expAvg, expAvgSq, maxExpAvgSq, correction1, correction2, eps }) =>
      div(div(expAvg, correction1), add(div(sqrt(maxExpAvgSq ?? expAvgSq), correction2), eps)),
  });
}
