import { checkOptions, type Generator } from "@adjoint/core";
import { checkCount } from "./checks.js";
import { generatorFrom, SEED_OPTIONS, type SeedOptions } from "./generator.js";

/** An order in which to read a dataset; each iteration is one epoch. */
export interface Sampler extends Iterable<number> {
  /** The number of indices in an epoch. */
  readonly length: number;
}

/**
 * The indices 0 to `length - 1` in order.
 *
 * @throws ArgumentError `SAMPLER_LENGTH`
 *
 * @example
 * ```ts
 * import { SequentialSampler } from "@adjoint/data";
 * console.log([...new SequentialSampler(4)].join(" ")); // → 0 1 2 3
 * ```
 */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(length: number) {
    this.length = checkCount("SAMPLER_LENGTH", "SequentialSampler", "the length", length, 0);
  }

  /** One epoch: 0, 1, … `length - 1`. */
  [Symbol.iterator](): Iterator<number> {
    return Int32Array.from({ length: this.length }, (_, i) => i).values();
  }
}

/**
 * The indices 0 to `length - 1` in random order, a new one each epoch. With a seed, epoch k
 * has the same order each time the program runs.
 *
 * @throws ArgumentError `SAMPLER_LENGTH`, `RANDOM_OPTIONS`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { RandomSampler } from "@adjoint/data";
 * const sampler = new RandomSampler(100, { seed: 1 });
 * const [first, second] = [[...sampler], [...sampler]];
 * console.log(first.length, new Set(first).size); // → 100 100
 * console.log(first.join() === second.join()); // → false
 * ```
 */
export class RandomSampler implements Sampler {
  readonly length: number;
  private readonly generator: Generator;

  constructor(length: number, options: SeedOptions = {}) {
    this.length = checkCount("SAMPLER_LENGTH", "RandomSampler", "the length", length, 0);
    checkOptions("RandomSampler", options, "{ seed: 1 }", SEED_OPTIONS);
    this.generator = generatorFrom("RandomSampler", options);
  }

  /** One epoch in an order of its own, drawn when it begins. */
  [Symbol.iterator](): Iterator<number> {
    return this.generator.permutation(this.length).values();
  }
}
