import { checkOptions, type Generator, type Parameter, type Shape, ShapeError, type Tensor } from "@adjoint/core";
import { checkGenerator, checkParameter, shapeText, shown } from "../checks.js";

/** Where the numbers of an initialiser come from. */
export interface InitOptions {
  /** Default: the generator that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** Checks the arguments that all random initialisers have, and gives the generator. */
export function begin(
  name: string,
  parameter: Parameter,
  options: InitOptions,
  example = "{ generator }",
  known: readonly string[] = [],
): Generator {
  checkParameter(name, parameter);
  checkOptions(name, options, example, [...known, "generator"]);
  return checkGenerator(name, options.generator);
}

/** @throws ShapeError `INIT_RANK`. */
export function checkInitRank(name: string, { shape }: Parameter, least: number, most: number, axes: string): void {
  if (shape.length >= least && shape.length <= most) return;
  throw new ShapeError("INIT_RANK", `${name}: the shape is ${shapeText(shape)}; give a parameter ${axes}`);
}

/** Puts the numbers into the parameter, and returns it. */
export function assign(parameter: Parameter, content: Tensor): Parameter {
  parameter.assign(content.to(parameter.dtype));
  return parameter;
}

/** How the numbers of a parameter are drawn. */
export function floating({ dtype }: Parameter): { dtype: "float32" | "float64" } {
  return { dtype: dtype === "float64" ? "float64" : "float32" };
}

/** How many connections run into and out of the units of a layer. */
export interface Fans {
  readonly fanIn: number; // inputs of each output
  readonly fanOut: number; // outputs of each input
}

/**
 * How many inputs each output of a layer with weights of this shape has, and how many outputs each input: of `[out, in, ...kernel]`
 * `fanIn = in · taps` and `fanOut = out · taps` with the number of taps of the kernel.
 *
 * @throws ShapeError `INIT_RANK` for fewer than two axes.
 * @example
 * ```ts
 * import { init } from "@adjoint/nn";
 * console.log(init.fanInAndOut([8, 4, 3, 5])); // → { fanIn: 60, fanOut: 120 }
 * ```
 */
export function fanInAndOut(shape: Shape): Fans {
  if (!Array.isArray(shape) || shape.length < 2) {
    throw new ShapeError(
      "INIT_RANK",
      `init: ${shown(shape)} has no inputs and outputs to count; use it for weights [out, in, ...], and uniform, normal or ` +
        "constant for others",
    );
  }
  const taps = shape.slice(2).reduce((product, n) => product * n, 1);
  return { fanIn: shape[1] * taps, fanOut: shape[0] * taps };
}
