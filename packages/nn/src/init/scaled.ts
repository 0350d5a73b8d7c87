import { ArgumentError, type Generator, type Parameter } from "@adjoint/core";
import { checkAmount, checkNumber, checkOneOf, shown } from "../checks.js";
import { assign, begin, fanInAndOut, floating, type InitOptions } from "./begin.js";

/** Options of the Xavier initialisers. */
export interface XavierOptions extends InitOptions {
  /** A factor, after the activation that follows: see {@link calculateGain} (default 1). */
  readonly gain?: number;
}

/** The activations, and the layers without one, for which gains are known. */
export type Nonlinearity = keyof typeof gains | "leakyRelu";

/** Options of the Kaiming initialisers. */
export interface KaimingOptions extends InitOptions {
  /** Keep the variance of the forward pass (`fanIn`, the default) or of the backward one. */
  readonly mode?: "fanIn" | "fanOut";
  /** The activation that follows (default `leakyRelu`). */
  readonly nonlinearity?: Nonlinearity;
  /** The slope of a leaky rectifier below 0 (default 0: a rectifier). */
  readonly a?: number;
}

/** Fills a parameter with numbers of mean 0 and a deviation. */
type Fill = (parameter: Parameter, deviation: number, generator: Generator) => Parameter;

const uniformly: Fill = (parameter, deviation, generator) => {
  const bound = Math.sqrt(3) * deviation;
  return assign(parameter, generator.uniform(parameter.shape, -bound, bound, floating(parameter)));
};

const normally: Fill = (parameter, deviation, generator) =>
  assign(parameter, generator.normal(parameter.shape, 0, deviation, floating(parameter)));

/** `1 / √count`, also where an axis is empty and there is nothing to fill. */
const perRoot = (count: number): number => 1 / Math.sqrt(Math.max(count, 1));

/**
 * Fills a parameter with numbers uniform on `±gain·√(6 / (fanIn + fanOut))`, which keeps the variance through layers with a symmetric
 * activation, and returns it. Glorot and Bengio, 2010.
 *
 * @throws ShapeError `INIT_RANK` for fewer than two axes; ArgumentError `OPTION_INVALID`, `PARAMETER_KIND`, `GENERATOR_KIND`,
 * `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * const layer = new Linear(4, 2);
 * init.xavierUniform(layer.weight, { gain: init.calculateGain("tanh") });
 * console.log(layer.weight.data.every((w) => Math.abs(w) <= 5 / 3)); // → true
 * ```
 */
export function xavierUniform(parameter: Parameter, options: XavierOptions = {}): Parameter {
  return xavier("init.xavierUniform", uniformly, parameter, options);
}

/**
 * Fills a parameter from the normal distribution with deviation `gain·√(2 / (fanIn + fanOut))`, and returns it; as {@link
 * xavierUniform}.
 *
 * @throws as {@link xavierUniform}.
 * @example
 * ```ts
 * import { Generator, std } from "@adjoint/core";
 * import { init, Linear } from "@adjoint/nn";
 * const { weight } = new Linear(150, 50);
 * init.xavierNormal(weight, { generator: new Generator(1) });
 * console.log(std(weight).item().toFixed(2)); // → 0.10
 * ```
 */
export function xavierNormal(parameter: Parameter, options: XavierOptions = {}): Parameter {
  return xavier("init.xavierNormal", normally, parameter, options);
}

function xavier(name: string, fill: Fill, parameter: Parameter, options: XavierOptions): Parameter {
  const generator = begin(name, parameter, options, "{ gain: 2 }", ["gain"]);
  const gain = checkAmount(name, "gain", options.gain ?? 1);
  const { fanIn, fanOut } = fanInAndOut(parameter.shape);
  return fill(parameter, gain * Math.SQRT2 * perRoot(fanIn + fanOut), generator);
}

/**
 * Fills a parameter with numbers uniform on `±gain·√(3 / fan)`, which keeps the variance through layers with rectifiers, and returns it.
 * He et al., 2015, arXiv:1502.01852.
 *
 * @throws ShapeError `INIT_RANK` for fewer than two axes; ArgumentError `CHOICE_UNKNOWN`, `NONLINEARITY_UNKNOWN`, `NUMBER_INVALID`,
 * `PARAMETER_KIND`, `GENERATOR_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { Conv2d, init } from "@adjoint/nn";
 * const { weight } = new Conv2d(2, 8, 3); // fanIn is 2·3·3
 * init.kaimingUniform(weight, { nonlinearity: "relu" });
 * console.log(weight.data.every((w) => Math.abs(w) <= Math.sqrt(6 / 18))); // → true
 * ```
 */
export function kaimingUniform(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  return kaiming("init.kaimingUniform", uniformly, parameter, options);
}

/**
 * Fills a parameter from the normal distribution with deviation `gain / √fan`, and returns it; as {@link kaimingUniform}.
 *
 * @throws as {@link kaimingUniform}.
 * @example
 * ```ts
 * import { Generator, std } from "@adjoint/core";
 * import { init, Linear } from "@adjoint/nn";
 * const { weight } = new Linear(50, 200);
 * init.kaimingNormal(weight, { nonlinearity: "relu", generator: new Generator(1) });
 * console.log(std(weight).item().toFixed(2)); // → 0.20
 * ```
 */
export function kaimingNormal(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  return kaiming("init.kaimingNormal", normally, parameter, options);
}

function kaiming(name: string, fill: Fill, parameter: Parameter, options: KaimingOptions): Parameter {
  const generator = begin(name, parameter, options, '{ nonlinearity: "relu" }', ["mode", "nonlinearity", "a"]);
  const { mode = "fanIn", nonlinearity = "leakyRelu", a = 0 } = options;
  const fan = fanInAndOut(parameter.shape)[checkOneOf(name, "mode", mode, ["fanIn", "fanOut"])];
  return fill(parameter, calculateGain(nonlinearity, a) * perRoot(fan), generator);
}

/**
 * Fills a parameter with numbers uniform on `±√(3 / fanIn)`, which keeps the variance through linear layers and those of {@link SELU},
 * and returns it. LeCun et al., "Efficient BackProp", 1998.
 *
 * @throws ShapeError `INIT_RANK` for fewer than two axes; ArgumentError `PARAMETER_KIND`, `GENERATOR_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * console.log(init.lecunUniform(new Linear(3, 9).weight).data.every((w) => Math.abs(w) <= 1)); // → true
 * ```
 */
export function lecunUniform(parameter: Parameter, options: InitOptions = {}): Parameter {
  return lecun("init.lecunUniform", uniformly, parameter, options);
}

/**
 * Fills a parameter from the normal distribution with deviation `1 / √fanIn`, and returns it; as {@link lecunUniform}. JAX's
 * initialiser of this name cuts the distribution off at two deviations.
 *
 * @throws as {@link lecunUniform}.
 * @example
 * ```ts
 * import { Generator, std } from "@adjoint/core";
 * import { init, Linear } from "@adjoint/nn";
 * const weight = init.lecunNormal(new Linear(100, 200).weight, { generator: new Generator(1) });
 * console.log(std(weight).item().toFixed(2)); // → 0.10
 * ```
 */
export function lecunNormal(parameter: Parameter, options: InitOptions = {}): Parameter {
  return lecun("init.lecunNormal", normally, parameter, options);
}

function lecun(name: string, fill: Fill, parameter: Parameter, options: InitOptions): Parameter {
  const generator = begin(name, parameter, options);
  return fill(parameter, perRoot(fanInAndOut(parameter.shape).fanIn), generator);
}

const gains = {
  linear: 1,
  conv1d: 1,
  conv2d: 1,
  conv3d: 1,
  convTranspose1d: 1,
  convTranspose2d: 1,
  convTranspose3d: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: Math.SQRT2,
  selu: 3 / 4,
};

/**
 * The factor by which weights before an activation are made larger to keep the variance: 1 for none and the sigmoid, for tanh 5/3, for
 * the rectifier √2, for a leaky one `√(2 / (1 + slope²))` (slope default 0.01), for selu 3/4.
 *
 * @throws ArgumentError `NONLINEARITY_UNKNOWN`, `NUMBER_INVALID`.
 * @example
 * ```ts
 * import { init } from "@adjoint/nn";
 * console.log(init.calculateGain("selu"), init.calculateGain("leakyRelu", 1)); // → 0.75 1
 * ```
 */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  checkNumber("init.calculateGain", "slope", slope);
  if (nonlinearity === "leakyRelu") return Math.sqrt(2 / (1 + slope * slope));
  if (Object.hasOwn(gains, nonlinearity)) return gains[nonlinearity];
  throw new ArgumentError(
    "NONLINEARITY_UNKNOWN",
    `calculateGain: unknown activation ${shown(nonlinearity)}; use leakyRelu, ${Object.keys(gains).join(", ")}`,
  );
}
