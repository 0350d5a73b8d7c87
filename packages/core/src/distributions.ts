import { checkChoice, checkOptions } from "./arguments.js";
import { leaf } from "./create.js";
import { allocate, type DType, dtypes, isFloating, promote } from "./dtype.js";
import { ArgumentError, describe, ShapeError } from "./errors.js";
import { ElementStream } from "./philox.js";
import { expand } from "./ops/shape.js";
import { generatorOf, RANDOM_OPTIONS, type RandomOptions } from "./random.js";
import * as samplers from "./samplers.js";
import { broadcastShapes, checkShape, formatShape, sameShape, type Shape, sizeOf } from "./shape.js";
import { Tensor } from "./tensor.js";

/** Options of the distributions with parameters. */
export interface DistributionOptions extends RandomOptions {
  /** The shape of the result, to which the parameters broadcast (default: the shape to which they broadcast together). */
  readonly shape?: Shape;
}

/** A parameter: its name and value, which values are allowed, and the code and words for the others. */
interface Parameter {
  readonly what: string;
  readonly value: number | Tensor;
  readonly holds: (x: number) => boolean;
  readonly code: string;
  readonly want: string;
}

const finite = (what: string, value: number | Tensor, code: string): Parameter => ({
  what,
  value,
  holds: Number.isFinite,
  code,
  want: "finite",
});

const positive = (what: string, value: number | Tensor, code: string): Parameter => ({
  what,
  value,
  holds: (x) => x > 0 && x < Infinity,
  code,
  want: "above 0 and finite",
});

const nonNegative = (what: string, value: number | Tensor, code: string): Parameter => ({
  what,
  value,
  holds: (x) => x >= 0 && x < Infinity,
  code,
  want: "at least 0 and finite",
});

const FLOATING = ["float32", "float64"] as const satisfies readonly DType[];

function checkParameter(name: string, { what, value, holds, code, want }: Parameter): void {
  if (typeof value !== "number" && !(value instanceof Tensor)) {
    throw new ArgumentError("OPERAND_KIND", `${name}: ${what} is ${describe(value)}; give a number or a Tensor`);
  }
  const wrong = typeof value === "number" ? [value].find((x) => !holds(x)) : value.data.find((x) => !holds(x));
  if (wrong !== undefined) throw new ArgumentError(code, `${name}: ${what} is ${wrong}; it must be ${want}`);
}

/** The shape of a result: the one asked for, or that to which the parameters broadcast. */
function shapeOf(name: string, parameters: readonly Parameter[], wanted: Shape | undefined): Shape {
  const shapes = parameters.flatMap(({ value }) => (typeof value === "number" ? [] : [value.shape]));
  if (wanted === undefined) return broadcastShapes(name, [[], ...shapes]);
  checkShape(name, wanted);
  if (sameShape(broadcastShapes(name, [wanted, ...shapes]), wanted)) return wanted.slice();
  throw new ShapeError(
    "SHAPE_MISMATCH",
    `${name}: parameters of ${shapes.map(formatShape).join(" and ")} for the shape ${formatShape(wanted)}, which must be at least as large`,
  );
}

/**
 * A tensor of independent numbers: element i is what `sample` makes of the stream of its position and of its parameters, so it
 * depends on the seed, the counter and i alone. The counter goes on by one for each element.
 */
function draw(
  name: string,
  parameters: readonly Parameter[],
  options: DistributionOptions,
  sample: (stream: ElementStream, values: Float64Array) => number,
  allowed: readonly DType[] = FLOATING,
): Tensor {
  checkOptions(name, options, "{ shape: [2, 3] }", ["shape", ...RANDOM_OPTIONS]);
  for (const parameter of parameters) checkParameter(name, parameter);
  const tensors = parameters.map(({ value }) => value).filter((value) => value instanceof Tensor);
  const usual = tensors.reduce<DType>((dtype, x) => (isFloating(x.dtype) ? promote(dtype, x.dtype) : dtype), "float32");
  const dtype = checkChoice(name, "dtype", options.dtype ?? usual, allowed);
  const shape = shapeOf(name, parameters, options.shape);
  const arrays = parameters.map(({ value }) =>
    typeof value === "number" ? [value] : expand(value.detach(), shape).data,
  );
  const steps = parameters.map(({ value }) => (typeof value === "number" ? 0 : 1));
  const out = allocate(dtype, sizeOf(shape));
  const generator = generatorOf(name, options);
  const start = generator.counter.item();
  const stream = new ElementStream(generator.seed, start, out.length);
  const values = new Float64Array(parameters.length);
  for (let i = 0; i < out.length; i++) {
    for (let p = 0; p < values.length; p++) values[p] = arrays[p][i * steps[p]];
    stream.begin(start + i);
    out[i] = sample(stream, values);
  }
  generator.take(out.length); // At the end, so that a call that fails leaves the generator as it was.
  return leaf(name, out, shape, dtype, options.requiresGrad);
}

/**
 * Ones with probability p and zeros otherwise: `P(1) = p`, one p for all elements or a tensor of them.
 *
 * The result has the shape of p unless `shape` names another, and its floating dtype (otherwise float32) unless another is given;
 * no gradient flows to p.
 *
 * @throws ArgumentError `PROBABILITY_INVALID` outside 0 to 1, `OPERAND_KIND`, `SHAPE_INVALID`, `CHOICE_INVALID`,
 * `GENERATOR_KIND`; ShapeError `SHAPE_MISMATCH`.
 * @example
 * ```ts
 * import { bernoulli, tensor } from "@adjoint/core";
 * console.log(bernoulli(tensor([0, 1, 1]), { dtype: "bool" })); // → tensor([false,  true,  true], dtype=bool)
 * console.log(bernoulli(0.5, { shape: [2, 3] }).shape); // → [ 2, 3 ]
 * ```
 */
export function bernoulli(p: number | Tensor, options: DistributionOptions = {}): Tensor {
  const holds = (x: number): boolean => x >= 0 && x <= 1;
  const parameter = { what: "p", value: p, holds, code: "PROBABILITY_INVALID", want: "from 0 to 1" };
  return draw("bernoulli", [parameter], options, (stream, [chance]) => Number(stream.uniform() < chance), dtypes);
}

/**
 * Waiting times between events that come at a rate: density `rate·e^(-rate·x)` for x ≥ 0. One rate or a tensor of them; no
 * gradient flows to it.
 *
 * @throws ArgumentError `RATE_INVALID` for a rate that is not above 0, and those of {@link bernoulli}.
 * @example
 * ```ts
 * import { exponential, Generator, mean } from "@adjoint/core";
 * const x = exponential(4, { shape: [10000], generator: new Generator(1) });
 * console.log(Math.abs(mean(x).item() - 0.25) < 0.01); // → true
 * ```
 */
export function exponential(rate: number | Tensor, options: DistributionOptions = {}): Tensor {
  const parameters = [positive("rate", rate, "RATE_INVALID")];
  return draw("exponential", parameters, options, (stream, [of]) => stream.exponential() / of);
}

/**
 * Numbers of the standard Gumbel distribution, `-ln(-ln u)`: `argmax(logits + gumbel)` is a draw from `softmax(logits)`.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `CHOICE_INVALID` for a dtype that is not floating, `GENERATOR_KIND`.
 * @example
 * ```ts
 * import { Generator, gumbel, mean } from "@adjoint/core";
 * const x = gumbel([10000], { generator: new Generator(1) });
 * console.log(Math.abs(mean(x).item() - 0.5772) < 0.03); // → true
 * ```
 */
export function gumbel(shape: Shape, options: RandomOptions = {}): Tensor {
  checkOptions("gumbel", options, '{ dtype: "float64" }', RANDOM_OPTIONS);
  return draw("gumbel", [], { ...options, shape: checkShape("gumbel", shape) }, samplers.gumbel);
}

/**
 * Numbers of the normal distribution that lie between `low` and `high`; bounds may be infinite. All four are numbers or tensors;
 * no gradient flows to them. A deviation of 0 gives what is nearest to the mean.
 *
 * @throws ArgumentError `BOUNDS_INVALID` unless low ≤ high, `DEVIATION_INVALID`, `MEAN_INVALID`, and those of {@link bernoulli}.
 * @example
 * ```ts
 * import { Generator, max, min, truncatedNormal } from "@adjoint/core";
 * const x = truncatedNormal(0, 1, -1, 2, { shape: [1000], generator: new Generator(1) });
 * console.log(min(x).item() >= -1, max(x).item() <= 2, max(x).item() > 1.5); // → true true true
 * ```
 */
export function truncatedNormal(
  mean: number | Tensor = 0,
  deviation: number | Tensor = 1,
  low: number | Tensor = -2,
  high: number | Tensor = 2,
  options: DistributionOptions = {},
): Tensor {
  const bound = { code: "BOUNDS_INVALID", want: "a number, low below Infinity and high above -Infinity" };
  const parameters = [
    finite("mean", mean, "MEAN_INVALID"),
    nonNegative("deviation", deviation, "DEVIATION_INVALID"),
    { what: "low", value: low, holds: (x: number) => x < Infinity, ...bound },
    { what: "high", value: high, holds: (x: number) => x > -Infinity, ...bound },
  ];
  return draw("truncatedNormal", parameters, options, (stream, [center, spread, from, to]) => {
    if (from <= to) return samplers.truncatedNormal(stream, center, spread, from, to);
    throw new ArgumentError("BOUNDS_INVALID", `truncatedNormal: low is ${from} and high ${to}; use low <= high`);
  });
}

/**
 * Numbers of the gamma distribution of rate 1: density `x^(a-1)·e^(-x) / Γ(a)` with the concentration a, a number or a tensor; no
 * gradient flows to it. Divide by a rate for another.
 *
 * Marsaglia and Tsang, 2000.
 *
 * @throws ArgumentError `CONCENTRATION_INVALID` for one that is not above 0, and those of {@link bernoulli}.
 * @example
 * ```ts
 * import { gamma, Generator, mean } from "@adjoint/core";
 * const x = gamma(3, { shape: [10000], generator: new Generator(1) });
 * console.log(Math.abs(mean(x).item() - 3) < 0.1); // → true
 * ```
 */
export function gamma(concentration: number | Tensor, options: DistributionOptions = {}): Tensor {
  const parameters = [positive("concentration", concentration, "CONCENTRATION_INVALID")];
  return draw("gamma", parameters, options, (stream, [a]) => samplers.gamma(stream, a));
}

/**
 * Numbers of the beta distribution: density `x^(a-1)·(1-x)^(b-1) / B(a, b)` on 0 to 1, a and b numbers or tensors; no gradient
 * flows to them.
 *
 * @throws ArgumentError `CONCENTRATION_INVALID` for one that is not above 0, and those of {@link bernoulli}.
 * @example
 * ```ts
 * import { beta, Generator, mean } from "@adjoint/core";
 * const x = beta(2, 6, { shape: [10000], generator: new Generator(1) });
 * console.log(Math.abs(mean(x).item() - 0.25) < 0.01); // → true
 * ```
 */
export function beta(a: number | Tensor, b: number | Tensor, options: DistributionOptions = {}): Tensor {
  const parameters = [positive("a", a, "CONCENTRATION_INVALID"), positive("b", b, "CONCENTRATION_INVALID")];
  return draw("beta", parameters, options, (stream, [first, second]) => samplers.beta(stream, first, second));
}

/**
 * Counts of events that come at a rate: `P(k) = rate^k·e^(-rate) / k!`. One rate or a tensor of them; no gradient flows to it.
 * As in PyTorch the counts are floating unless another dtype is given.
 *
 * Hörmann, "The transformed rejection method for generating Poisson random variables", 1993.
 *
 * @throws ArgumentError `RATE_INVALID` for a rate below 0, or too large for the integers asked for, and those of
 * {@link bernoulli}.
 * @example
 * ```ts
 * import { Generator, mean, poisson, tensor } from "@adjoint/core";
 * console.log(poisson(tensor([0, 0]), { dtype: "int32" })); // → tensor([0, 0], dtype=int32)
 * const x = poisson(50, { shape: [10000], generator: new Generator(1) });
 * console.log(Math.abs(mean(x).item() - 50) < 0.5); // → true
 * ```
 */
export function poisson(rate: number | Tensor, options: DistributionOptions = {}): Tensor {
  const largest = { int32: 2 ** 30, uint8: 100 }[options?.dtype as string] ?? Number.MAX_VALUE;
  const holds = (x: number): boolean => x >= 0 && x <= largest;
  const parameter = { what: "rate", value: rate, holds, code: "RATE_INVALID", want: `from 0 to ${largest}` };
  return draw("poisson", [parameter], options, (stream, [of]) => samplers.poisson(stream, of), COUNTS);
}

const COUNTS = ["float32", "float64", "int32", "uint8"] as const satisfies readonly DType[];
