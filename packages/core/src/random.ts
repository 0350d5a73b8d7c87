import { checkOptions } from "./arguments.js";
import { leaf, tensor, type TensorOptions } from "./create.js";
import { allocate, checkDType, type DType } from "./dtype.js";
import { ArgumentError, describe } from "./errors.js";
import { fillNormal, fillUniform } from "./philox.js";
import { checkShape, sizeOf, type Shape } from "./shape.js";
import { State } from "./state.js";
import type { Tensor } from "./tensor.js";

/**
 * A stream of random numbers, Philox 4x32-10 (Salmon et al., 2011): element `i` of the stream depends on the seed and `i`
 * alone, so the same seed gives the same numbers everywhere, with any number of threads.
 *
 * @example
 * ```ts
 * import { Generator } from "@adjoint/core";
 * const a = new Generator(1).uniform([3]);
 * const b = new Generator(1).uniform([3]);
 * console.log(String(a) === String(b)); // → true
 * ```
 */
export class Generator {
  /** The position in the stream; assign an earlier one to repeat from there. */
  readonly counter: State;
  private key: number;

  /**
   * @param seed - an integer from 0 to 2^53 - 1 (default 0)
   * @throws ArgumentError `SEED_INVALID`
   */
  constructor(seed = 0) {
    this.key = checkSeed(seed);
    this.counter = new State(tensor(0, { dtype: "float64" }));
  }

  /** The seed. */
  get seed(): number {
    return this.key;
  }

  /** Starts the stream of another seed. */
  manualSeed(seed: number): void {
    this.key = checkSeed(seed);
    this.counter.assign(tensor(0, { dtype: "float64" }));
  }

  /** @internal Moves the counter on by `count` positions, and gives the first of them to the caller. */
  take(count: number): number {
    const start = this.counter.item();
    this.counter.assign(tensor(start + count, { dtype: "float64" }));
    return start;
  }

  /** A number from [0, 1), with 53 random bits. */
  random(): number {
    const out = new Float64Array(1);
    fillUniform(out, this.key, this.take(1));
    return out[0];
  }

  /**
   * An integer from `low` (included) to `high` (not included).
   *
   * @throws ArgumentError `RANGE_INVALID` for an empty range.
   */
  integer(low: number, high: number): number {
    if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
      throw new ArgumentError(
        "RANGE_INVALID",
        `integer: from ${describe(low)} to ${describe(high)}; use integers with low < high`,
      );
    }
    return low + Math.floor(this.random() * (high - low));
  }

  /** A number from the normal distribution of mean 0 and deviation 1. */
  gaussian(): number {
    const out = new Float64Array(1);
    fillNormal(out, this.key, this.take(1));
    return out[0];
  }

  /** The numbers 0 … n-1 in random order (Fisher and Yates). */
  permutation(n: number): Int32Array {
    checkShape("permutation", [n]);
    const uniform = allocate("float64", n) as Float64Array;
    fillUniform(uniform, this.key, this.take(n));
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(uniform[i] * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /**
   * A tensor of independent numbers, uniform on [low, high).
   *
   * @throws ArgumentError `SHAPE_INVALID`, `RANGE_INVALID`.
   */
  uniform(shape: Shape, low = 0, high = 1, options: TensorOptions = {}): Tensor {
    if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high)) {
      throw new ArgumentError(
        "RANGE_INVALID",
        `uniform: from ${describe(low)} to ${describe(high)}; use finite numbers with low <= high`,
      );
    }
    return this.fill("uniform", shape, options, fillUniform, high - low, low);
  }

  /**
   * A tensor of independent numbers from the normal distribution.
   *
   * @throws ArgumentError `SHAPE_INVALID`, `DEVIATION_INVALID` for a negative deviation.
   */
  normal(shape: Shape, mean = 0, deviation = 1, options: TensorOptions = {}): Tensor {
    if (!(Number.isFinite(mean) && Number.isFinite(deviation) && deviation >= 0)) {
      throw new ArgumentError(
        "DEVIATION_INVALID",
        `normal: mean ${describe(mean)}, deviation ${describe(deviation)}; use finite numbers, the deviation >= 0`,
      );
    }
    return this.fill("normal", shape, options, fillNormal, deviation, mean);
  }

  private fill(
    name: string,
    shape: Shape,
    options: TensorOptions,
    source: typeof fillUniform,
    scale: number,
    shift: number,
  ): Tensor {
    checkOptions(name, options, '{ dtype: "float64" }', RANDOM_OPTIONS);
    const dtype = checkDType(name, options.dtype ?? "float32");
    const out = allocate(dtype, sizeOf(checkShape(name, shape)));
    if (!(out instanceof Float32Array || out instanceof Float64Array)) {
      throw new ArgumentError(
        "RANDOM_DTYPE",
        `${name}: ${dtype} numbers are not drawn; draw float32 and convert with .to("${dtype}")`,
      );
    }
    source(out, this.key, this.take(out.length));
    if (scale !== 1 || shift !== 0) for (let i = 0; i < out.length; i++) out[i] = out[i] * scale + shift;
    return leaf(name, out, shape.slice(), dtype, options.requiresGrad);
  }
}

function checkSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new ArgumentError("SEED_INVALID", `seed: ${describe(seed)}; use an integer from 0 to 2^53 - 1`);
}

/** The generator that everything uses unless it is given another. */
export const defaultGenerator: Generator = /* @__PURE__ */ new Generator(0);

/**
 * Starts the default generator again from a seed, an integer from 0 to 2^53 - 1: the same seed gives the same run.
 *
 * @throws ArgumentError `SEED_INVALID`.
 * @example
 * ```ts
 * import { manualSeed, rand } from "@adjoint/core";
 * manualSeed(7);
 * const x = rand([3]);
 * manualSeed(7);
 * console.log(String(rand([3])) === String(x)); // → true
 * ```
 */
export function manualSeed(seed: number): void {
  defaultGenerator.manualSeed(seed);
}

/** Options of the random tensors. */
export interface RandomOptions extends TensorOptions {
  /** Where the numbers come from (default {@link defaultGenerator}). */
  readonly generator?: Generator;
}

/** The names of {@link RandomOptions}. */
export const RANDOM_OPTIONS: readonly string[] = ["dtype", "requiresGrad", "generator"];

/** The generator that options name, or the default one. */
export function generatorOf(name: string, { generator = defaultGenerator }: RandomOptions): Generator {
  if (generator instanceof Generator) return generator;
  throw new ArgumentError(
    "GENERATOR_KIND",
    `${name}: the generator is ${describe(generator)}; give a Generator, as in { generator: new Generator(1) }`,
  );
}

/**
 * A tensor of independent numbers, uniform on [0, 1); float32 unless another dtype is given.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `GENERATOR_KIND`, `RANDOM_DTYPE` for integers and booleans; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { manualSeed, rand } from "@adjoint/core";
 * manualSeed(1);
 * const [x, y] = [rand([2]), rand([2])];
 * manualSeed(1);
 * console.log(String(rand([2])) === String(x), String(x) === String(y)); // → true false
 * ```
 */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  checkOptions("rand", options, '{ dtype: "float64" }', RANDOM_OPTIONS);
  return generatorOf("rand", options).uniform(shape, 0, 1, options);
}

/**
 * A tensor of independent numbers from the standard normal distribution, of mean 0 and deviation 1; float32 unless another
 * dtype is given.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `GENERATOR_KIND`, `RANDOM_DTYPE` for integers and booleans; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { manualSeed, mean, randn, square } from "@adjoint/core";
 * manualSeed(1);
 * const x = randn([10000]);
 * console.log(Math.abs(mean(x).item()) < 0.05, Math.abs(mean(square(x)).item() - 1) < 0.05); // → true true
 * ```
 */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  checkOptions("randn", options, '{ dtype: "float64" }', RANDOM_OPTIONS);
  return generatorOf("randn", options).normal(shape, 0, 1, options);
}

/** The integers that each dtype holds exactly: the first, and the one after the last. */
const INTEGERS: Readonly<Record<DType, readonly [number, number]>> = {
  bool: [0, 2],
  uint8: [0, 256],
  int32: [-(2 ** 31), 2 ** 31],
  float32: [-(2 ** 24), 2 ** 24 + 1],
  float64: [-(2 ** 52), 2 ** 52 + 1],
};

/**
 * A tensor of independent integers from `low` (included) to `high` (not included), all equally likely; int32 unless another dtype is
 * given.
 *
 * @throws ArgumentError `RANGE_INVALID` for an empty range, and one that the dtype does not hold, `SHAPE_INVALID`,
 * `GENERATOR_KIND`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { Generator, randint } from "@adjoint/core";
 * const dice = randint(1, 7, [1000], { generator: new Generator(1) });
 * console.log(dice.dtype, Math.min(...dice.data), Math.max(...dice.data)); // → int32 1 6
 * ```
 */
export function randint(low: number, high: number, shape: Shape, options: RandomOptions = {}): Tensor {
  checkOptions("randint", options, '{ dtype: "uint8" }', RANDOM_OPTIONS);
  const dtype = checkDType("randint", options.dtype ?? "int32");
  const [least, most] = INTEGERS[dtype];
  if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high || low < least || high > most) {
    throw new ArgumentError(
      "RANGE_INVALID",
      `randint: from ${describe(low)} to ${describe(high)}; use integers with low < high, for ${dtype} from ${least} to ${most}`,
    );
  }
  const uniform = generatorOf("randint", options).uniform(shape, 0, 1, { dtype: "float64" });
  const out = allocate(dtype, uniform.size);
  for (let i = 0; i < out.length; i++) out[i] = low + Math.floor(uniform.data[i] * (high - low));
  return leaf("randint", out, uniform.shape, dtype, options.requiresGrad);
}

/**
 * The numbers 0 … n-1 in random order, every order equally likely; int32.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `GENERATOR_KIND`.
 * @example
 * ```ts
 * import { Generator, randperm } from "@adjoint/core";
 * const order = randperm(5, { generator: new Generator(1) });
 * console.log([...order.data].sort()); // → [ 0, 1, 2, 3, 4 ]
 * ```
 */
export function randperm(n: number, options: Pick<RandomOptions, "generator"> = {}): Tensor {
  checkOptions("randperm", options, "{ generator: new Generator(1) }", ["generator"]);
  const order = generatorOf("randperm", options).permutation(n);
  return leaf("randperm", order, [order.length], "int32");
}
