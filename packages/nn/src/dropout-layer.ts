import { checkOptions, checkTensor, type Generator, mul, ShapeError, type Tensor, type Ternary } from "@adjoint/core";
import { checkGenerator, checkProbability, shapeText } from "./checks.js";
import { Module } from "./module.js";

/** Options of the dropout layers. */
export interface DropoutOptions {
  /** Where the random numbers come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/** Options of the dropout functions. */
export interface DropoutFunctionOptions extends DropoutOptions {
  /** The probability that something is dropped (default 0.5). */
  readonly p?: number;
  /** Drop anything at all (default true, for the alpha functions false, as in PyTorch). */
  readonly training?: boolean;
}

/** A probability, a mode, and where the random numbers come from. */
export interface Chance extends Required<DropoutFunctionOptions> {}

/** The options of a dropout function, checked. @throws ArgumentError `PROBABILITY_INVALID`, `GENERATOR_KIND` and for options. */
export function chanceOf(name: string, options: DropoutFunctionOptions, usual = true): Chance {
  checkOptions(name, options, "{ p: 0.1 }", ["p", "training", "generator"]);
  const { p = 0.5, training = usual } = options;
  return { p: checkProbability(name, "p", p), training, generator: checkGenerator(name, options.generator) };
}

/** A dropout function as a module. */
export abstract class DropoutLayer extends Module implements Chance {
  readonly p: number; // the probability that something is dropped in training
  readonly generator: Generator; // where the random numbers come from

  constructor(p = 0.5, options: DropoutOptions = {}) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ generator }", ["generator"]);
    this.p = checkProbability(name, "p", p);
    this.generator = checkGenerator(name, options.generator);
  }

  protected override extraRepr(): string {
    return `p=${this.p}`;
  }
}

/** By the rank of an input, how many axes in front have random numbers of their own; the axes behind them share one. */
export type Shared = Readonly<Record<number, number>>;

/**
 * An op of `x`, of random numbers from [0, 1) and of p; outside training `x` itself.
 *
 * @param shared - absent: a number for each element
 * @throws ShapeError `INPUT_RANK`; ArgumentError `OPERAND_KIND`.
 */
export function drop(
  name: string,
  op: Ternary,
  x: Tensor,
  { p, training, generator }: Chance,
  shared?: Shared,
): Tensor {
  checkTensor(name, x);
  const own = shared ? shared[x.ndim] : x.ndim;
  if (own === undefined) {
    throw new ShapeError(
      "INPUT_RANK",
      `${name}: ${shapeText(x.shape)}; give ${Object.keys(shared ?? {}).join(" or ")} axes`,
    );
  }
  if (!training || p === 0) return x;
  // With p = 1 nothing is left to be scaled up, and 0/0 would reach the gradient.
  if (p === 1) return mul(x, 0);
  const shape = x.shape.map((n, axis) => (axis < own ? n : 1));
  return op(x, generator.uniform(shape, 0, 1, { dtype: x.dtype === "float64" ? "float64" : "float32" }), p);
}
