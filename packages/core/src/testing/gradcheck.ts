import { gradients } from "../autograd.js";
import { GradientError } from "../errors.js";
import { enableGrad, Node } from "../node.js";
import { Generator } from "../random.js";
import { formatShape, indexAt } from "../shape.js";
import { Tensor } from "../tensor.js";
import { constant, Value } from "../value.js";
import { agree, type Slopes, slopes } from "./differences.js";
import { type Differentiable, type Problem, problemOf } from "./problem.js";

/** Options of {@link gradcheck} and {@link gradgradcheck}. */
export interface GradcheckOptions {
  /** Largest absolute error (default 1e-9). */
  readonly absolute?: number;
  /** Largest error relative to the derivative (default 1e-7). */
  readonly relative?: number;
  /** Up to this many input elements each one is checked, beyond that random directions (default 64). */
  readonly maxEntries?: number;
  /** How many random directions (default 3). */
  readonly directions?: number;
  /** Check forward mode too (default true). */
  readonly forward?: boolean;
  /** Leave out result elements whose left and right slopes differ, instead of failing there (default false). */
  readonly skipKinks?: boolean;
  /** The seed of cotangents and directions (default 0). */
  readonly seed?: number;
}

/** What a check has looked at: derivatives compared, and those left out at kinks. */
export interface Comparison {
  readonly compared: number; // how many numbers agreed
  readonly skipped: number; // how many were left out at kinks
}

/**
 * Compares the gradients of `fn` by reverse and forward mode with extrapolated central differences in float64.
 *
 * With `J` the Jacobian at `inputs`, `u` a random cotangent and `t` a direction (every unit vector for small inputs): `⟨Jᵀu, t⟩` and
 * `J·t` must agree with the differences to `absolute + relative · scale`. Steps are relative to `max(1, |x|)`.
 *
 * @param fn - takes the inputs, returns a Tensor or Value or an array of them
 * @param inputs - float64 tensors and Values to differentiate at; integer tensors are passed as they are
 * @returns true
 * @throws GradientError `GRADCHECK_FAILED` naming input, entry and both values; DTypeError `GRADCHECK_DTYPE` for float32.
 * @example
 * ```ts
 * import { mul, sin, tensor } from "@adjoint/core";
 * import { gradcheck } from "@adjoint/core/testing";
 * const x = tensor([0.5, -1, 2], { dtype: "float64" });
 * console.log(gradcheck((x) => mul(x, sin(x)), [x])); // → true
 * ```
 */
export function gradcheck<P extends readonly Node[]>(
  fn: (...inputs: NoInfer<P>) => Node | readonly Node[],
  inputs: readonly [...P],
  options: GradcheckOptions = {},
): true {
  compareGradients("gradcheck", (given) => fn(...(given as NoInfer<P>)), inputs, options);
  return true;
}

/**
 * {@link gradcheck} for the gradients of `fn`: the second derivatives, through graphs recorded by the backward walk. The
 * function checked takes the inputs and a random cotangent `u` to `Jᵀu`.
 *
 * @throws GradientError `GRADCHECK_FAILED`; DTypeError `GRADCHECK_DTYPE`.
 * @example
 * ```ts
 * import { pow, tensor } from "@adjoint/core";
 * import { gradgradcheck } from "@adjoint/core/testing";
 * console.log(gradgradcheck((x) => pow(x, 3), [tensor([1, 2], { dtype: "float64" })])); // → true
 * ```
 */
export function gradgradcheck<P extends readonly Node[]>(
  fn: (...inputs: NoInfer<P>) => Node | readonly Node[],
  inputs: readonly [...P],
  options: GradcheckOptions = {},
): true {
  compareSecondGradients("gradgradcheck", (given) => fn(...(given as NoInfer<P>)), inputs, options);
  return true;
}

/** {@link gradcheck}, saying how much was compared. */
export function compareGradients(
  name: string,
  fn: Differentiable,
  inputs: readonly Node[],
  options: GradcheckOptions,
): Comparison {
  return new Check(name, problemOf(name, fn, inputs), options).run();
}

/** {@link gradgradcheck}, saying how much was compared. */
export function compareSecondGradients(
  name: string,
  fn: Differentiable,
  inputs: readonly Node[],
  options: GradcheckOptions,
): Comparison {
  const generator = new Generator((options.seed ?? 0) + 1);
  const cotangents = outputsOf(fn, inputs).map((out) =>
    out instanceof Tensor
      ? generator.normal(out.shape, 0, 1, { dtype: "float64" })
      : (constant(generator.gaussian()) as Node),
  );
  const gradient = (all: readonly Node[]): Node[] =>
    enableGrad(() => {
      const given = all.slice(0, inputs.length).map(recordable);
      const outputs = outputsOf(fn, given);
      const pairs = outputs.flatMap((out, i) => (out.requiresGrad ? [[out, all[inputs.length + i]]] : []));
      if (pairs.length === 0) return [];
      return gradients(
        pairs.map(([out]) => out),
        given.filter((x) => x.requiresGrad),
        { cotangents: pairs.map(([, u]) => u), createGraph: true, allowUnused: true },
      );
    });
  return compareGradients(name, gradient, [...inputs, ...cotangents], options);
}

function outputsOf(fn: Differentiable, inputs: readonly Node[]): readonly Node[] {
  const result = fn(inputs);
  return result instanceof Node ? [result] : result;
}

/** The node itself if gradients reach it, or a leaf with its contents that they do reach. */
function recordable(x: Node): Node {
  if (x.requiresGrad || (x instanceof Tensor && x.dtype !== "float64")) return x;
  if (x instanceof Tensor) return new Tensor(x.view ?? x.data, x.shape, x.dtype, null, null, undefined, true);
  return new Value((x as Value).number, null, null, true);
}

/** One run over all entries or some directions. */
class Check {
  private readonly name: string;
  private readonly problem: Problem;
  private readonly options: Required<GradcheckOptions>;
  private readonly generator: Generator;
  private readonly contents: readonly Float64Array[];
  private compared = 0;
  private skipped = 0;

  constructor(name: string, problem: Problem, options: GradcheckOptions) {
    this.name = name;
    this.problem = problem;
    const defaults = {
      absolute: 1e-9,
      relative: 1e-7,
      maxEntries: 64,
      directions: 3,
      forward: true,
      skipKinks: false,
      seed: 0,
    };
    this.options = { ...defaults, ...options };
    this.generator = new Generator(this.options.seed);
    this.contents = problem.variables.map((x) => Float64Array.from(x.data));
  }

  run(): Comparison {
    const total = this.contents.reduce((sum, x) => sum + x.length, 0);
    if (total <= this.options.maxEntries) this.contents.forEach((x, i) => x.forEach((_, j) => this.entry(i, j)));
    else for (let k = 0; k < this.options.directions; k++) this.direction(k);
    return { compared: this.compared, skipped: this.skipped };
  }

  private entry(input: number, index: number): void {
    const direction = this.contents.map((x) => new Float64Array(x.length));
    direction[input][index] = Math.max(1, Math.abs(this.contents[input][index]));
    const place = `input ${this.problem.places[input]} at ${formatShape(indexAt(index, this.problem.variables[input].shape))}`;
    this.along(direction, place, direction[input][index]);
  }

  private direction(k: number): void {
    const direction = this.contents.map((x) => {
      const random = this.generator.normal([x.length], 0, 1, { dtype: "float64" }).data;
      return x.map((value, i) => random[i] * Math.max(1, Math.abs(value)));
    });
    this.along(direction, `the inputs along random direction ${k}`, 1);
  }

  private along(direction: readonly Float64Array[], place: string, length: number): void {
    const shifted = (step: number): Float64Array =>
      this.problem.evaluate(this.contents.map((x, i) => x.map((value, j) => value + step * direction[i][j])));
    const found = slopes(shifted);
    const usable = this.options.skipKinks ? found.value.map((_, i) => 1 - found.kink[i]) : found.value.map(() => 1);
    usable.forEach((yes) => (yes ? this.compared++ : this.skipped++));
    this.reverse(direction, found, usable, place, length);
    if (this.options.forward) this.forward(direction, found, usable, place, length);
  }

  private reverse(
    direction: readonly Float64Array[],
    found: Slopes,
    usable: Float64Array,
    place: string,
    length: number,
  ): void {
    const random = this.generator.normal([usable.length], 0, 1, { dtype: "float64" }).data;
    const cotangent = usable.map((yes, i) => yes * random[i]);
    const gradient = this.problem.reverse(cotangent);
    let analytic = 0;
    gradient.forEach((g, i) => g.forEach((x, j) => (analytic += direction[i][j] === 0 ? 0 : x * direction[i][j])));
    let numeric = 0;
    let scale = 0;
    let error = 0;
    cotangent.forEach((u, i) => {
      if (u === 0) return;
      numeric += u * found.value[i];
      scale += Math.abs(u * found.value[i]);
      error += Math.abs(u) * found.error[i];
    });
    if (this.agree(analytic, numeric, scale, error)) return;
    const kink = found.kink.findIndex((yes) => yes === 1);
    throw this.failure("reverse", place, "", analytic / length, numeric / length, found, kink);
  }

  private forward(
    direction: readonly Float64Array[],
    found: Slopes,
    usable: Float64Array,
    place: string,
    length: number,
  ): void {
    const tangent = this.problem.forward(direction);
    for (let i = 0; i < tangent.length; i++) {
      const [analytic, numeric] = [tangent[i], found.value[i]];
      if (!usable[i] || this.agree(analytic, numeric, Math.abs(numeric), found.error[i])) continue;
      const kink = found.kink[i] ? i : -1;
      throw this.failure("forward", place, ` of result element ${i}`, analytic / length, numeric / length, found, kink);
    }
  }

  private agree(analytic: number, numeric: number, scale: number, error: number): boolean {
    return agree(analytic, numeric, scale, error, this.options);
  }

  private failure(
    mode: string,
    place: string,
    of: string,
    analytic: number,
    numeric: number,
    { left, right }: Slopes,
    kink: number,
  ): GradientError {
    const hint =
      kink < 0
        ? "; check the rule"
        : `; the slopes to the left and right are ${left[kink]} and ${right[kink]}: a kink, so move the input`;
    return new GradientError(
      "GRADCHECK_FAILED",
      `${this.name}: ${mode} mode gives the derivative ${analytic} (analytic)${of} for ${place}, differences give ${numeric} (numeric)${hint}`,
    );
  }
}
