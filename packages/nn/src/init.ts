/**
 * Initialisers: what parameters hold before training. Each one fills a parameter in its own shape and dtype, and returns it.
 *
 * @module
 */
import {
  ArgumentError,
  checkOptions,
  full,
  type Generator,
  type Parameter,
  type Shape,
  ShapeError,
  type Tensor,
} from "@adjoint/core";
import { checkGenerator, checkParameter, shapeText, shown } from "./checks.js";

/** Where the numbers of an initialiser come from. */
export interface InitOptions {
  /** Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** Options of the Xavier initialisers. */
export interface XavierOptions extends InitOptions {
  /** A factor, after the activation that follows: see {@link calculateGain} (default 1). */
  readonly gain?: number;
}

/** The activations for which gains are known. */
export type Nonlinearity = "linear" | "conv" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

/** Options of the Kaiming initialisers. */
export interface KaimingOptions extends InitOptions {
  /** Keep the variance of the forward pass (`fanIn`, the default) or of the backward one. */
  readonly mode?: "fanIn" | "fanOut";
  /** The activation that follows (default `leakyRelu`). */
  readonly nonlinearity?: Nonlinearity;
  /** The slope of a leaky rectifier below 0 (default 0: a rectifier). */
  readonly a?: number;
}

/** What options of each kind are called, and how they are written. */
interface Known {
  readonly names: readonly string[];
  readonly example: string;
}

const initOptions: Known = { names: ["generator"], example: "{ generator }" };
const xavierOptions: Known = { names: ["gain", "generator"], example: "{ gain: 2 }" };
const kaimingOptions: Known = {
  names: ["mode", "nonlinearity", "a", "generator"],
  example: '{ nonlinearity: "relu" }',
};

/** Fills a parameter with numbers uniform on [low, high) (default 0 and 1), and returns it. */
export function uniform(parameter: Parameter, low = 0, high = 1, options: InitOptions = {}): Parameter {
  check("uniform", parameter, options, initOptions);
  return fillUniform("uniform", parameter, low, high, options);
}

function fillUniform(name: string, parameter: Parameter, low: number, high: number, options: InitOptions): Parameter {
  const generator = checkGenerator(`init.${name}`, options.generator);
  return assign(parameter, generator.uniform(parameter.shape, low, high, floating(parameter)));
}

/** Fills a parameter with numbers from the normal distribution (default mean 0, deviation 1), and returns it. */
export function normal(parameter: Parameter, mean = 0, deviation = 1, options: InitOptions = {}): Parameter {
  check("normal", parameter, options, initOptions);
  return fillNormal("normal", parameter, mean, deviation, options);
}

function fillNormal(
  name: string,
  parameter: Parameter,
  mean: number,
  deviation: number,
  options: InitOptions,
): Parameter {
  const generator = checkGenerator(`init.${name}`, options.generator);
  return assign(parameter, generator.normal(parameter.shape, mean, deviation, floating(parameter)));
}

/** Fills a parameter with one number, and returns it. */
export function constant(parameter: Parameter, value: number): Parameter {
  checkParameter("init.constant", parameter);
  return assign(parameter, full(parameter.shape, value, { dtype: parameter.dtype }));
}

/** Fills a parameter with zeros, and returns it. */
export function zeros(parameter: Parameter): Parameter {
  return constant(parameter, 0);
}

/** Fills a parameter with ones, and returns it. */
export function ones(parameter: Parameter): Parameter {
  return constant(parameter, 1);
}

/**
 * Uniform in `±gain·√(6 / (fanIn + fanOut))`, which keeps the variance through layers with a symmetric activation. Glorot and
 * Bengio, 2010.
 *
 * @throws ShapeError `INIT_RANK` for fewer than two axes.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * const layer = new Linear(4, 2);
 * init.xavierUniform(layer.weight, { gain: init.calculateGain("tanh") });
 * console.log(layer.weight.data.every((w) => Math.abs(w) <= 5 / 3)); // → true
 * ```
 */
export function xavierUniform(parameter: Parameter, options: XavierOptions = {}): Parameter {
  check("xavierUniform", parameter, options, xavierOptions);
  const { gain = 1 } = options;
  const { fanIn, fanOut } = fanInAndOut(parameter.shape);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return fillUniform("xavierUniform", parameter, -bound, bound, options);
}

/** Normal with deviation `gain·√(2 / (fanIn + fanOut))`. See {@link xavierUniform}. */
export function xavierNormal(parameter: Parameter, options: XavierOptions = {}): Parameter {
  check("xavierNormal", parameter, options, xavierOptions);
  const { gain = 1 } = options;
  const { fanIn, fanOut } = fanInAndOut(parameter.shape);
  return fillNormal("xavierNormal", parameter, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), options);
}

/**
 * Uniform in `±gain·√(3 / fan)`, which keeps the variance through layers with rectifiers. He et al., 2015, arXiv:1502.01852.
 *
 * @throws ShapeError `INIT_RANK` for fewer than two axes.
 */
export function kaimingUniform(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  check("kaimingUniform", parameter, options, kaimingOptions);
  const bound = Math.sqrt(3) * kaimingDeviation(parameter.shape, options);
  return fillUniform("kaimingUniform", parameter, -bound, bound, options);
}

/** Normal with deviation `gain / √fan`. See {@link kaimingUniform}. */
export function kaimingNormal(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  check("kaimingNormal", parameter, options, kaimingOptions);
  return fillNormal("kaimingNormal", parameter, 0, kaimingDeviation(parameter.shape, options), options);
}

function kaimingDeviation(shape: Shape, options: KaimingOptions): number {
  const { mode = "fanIn", nonlinearity = "leakyRelu", a = 0 } = options;
  const { [mode]: fan } = fanInAndOut(shape);
  if (fan === undefined) {
    throw new ArgumentError("INIT_MODE", `init: unknown mode ${shown(mode)}; use "fanIn" or "fanOut"`);
  }
  return calculateGain(nonlinearity, a) / Math.sqrt(fan);
}

/**
 * The factor by which weights before an activation are made larger to keep the variance: 1, for tanh 5/3, for the rectifier √2,
 * for a leaky one `√(2 / (1 + slope²))` (slope default 0.01), for selu 3/4.
 *
 * @throws ArgumentError `NONLINEARITY_UNKNOWN`.
 */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  switch (nonlinearity) {
    case "linear":
    case "conv":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + slope * slope));
    case "selu":
      return 3 / 4;
    default:
      throw new ArgumentError(
        "NONLINEARITY_UNKNOWN",
        `calculateGain: unknown activation ${shown(nonlinearity)}; use linear, conv, sigmoid, tanh, relu, leakyRelu or selu`,
      );
  }
}

/** How many connections run into and out of the units of a layer. */
export interface Fans {
  readonly fanIn: number; // inputs of each output
  readonly fanOut: number; // outputs of each input
}

/**
 * How many inputs each output of a layer with weights of this shape has, and how many outputs each input: `[out, in, ...kernel]`.
 *
 * @throws ShapeError `INIT_RANK` for fewer than two axes.
 */
export function fanInAndOut(shape: Shape): Fans {
  if (shape.length < 2) {
    throw new ShapeError(
      "INIT_RANK",
      `init: ${shapeText(shape)} has no inputs and outputs to count; use it for weights [out, in, ...], and uniform, normal or ` +
        "constant for others",
    );
  }
  const taps = shape.slice(2).reduce((product, n) => product * n, 1);
  return { fanIn: shape[1] * taps, fanOut: shape[0] * taps };
}

function check(name: string, parameter: Parameter, options: InitOptions, { names, example }: Known): void {
  checkParameter(`init.${name}`, parameter);
  checkOptions(`init.${name}`, options, example, names);
}

function assign(parameter: Parameter, content: Tensor): Parameter {
  parameter.assign(content);
  return parameter;
}

function floating(parameter: Parameter): { dtype: "float32" | "float64" } {
  return { dtype: parameter.dtype === "float64" ? "float64" : "float32" };
}
