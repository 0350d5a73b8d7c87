import { ArgumentError, defaultGenerator, Generator } from "@adjoint/core";

/** Where random numbers come from. */
export interface SeedOptions {
  /** An integer that fixes all random numbers. Not together with `generator`. */
  readonly seed?: number;
  /** The generator to draw from. Default: the one that `manualSeed` sets. */
  readonly generator?: Generator;
}

/** The names of {@link SeedOptions}. */
export const SEED_OPTIONS: readonly string[] = ["seed", "generator"];

/** The generator that the options ask for. @throws ArgumentError `RANDOM_OPTIONS` if both are given. */
export function generatorFrom(caller: string, options: SeedOptions): Generator {
  const { seed, generator } = options;
  if (seed !== undefined && generator !== undefined) {
    throw new ArgumentError("RANDOM_OPTIONS", `${caller}: both a seed and a generator are given; give one of them`);
  }
  if (generator !== undefined && !(generator instanceof Generator)) {
    throw new ArgumentError(
      "RANDOM_OPTIONS",
      `${caller}: the generator is not a Generator; make one with new Generator`,
    );
  }
  return generator ?? (seed === undefined ? defaultGenerator : new Generator(seed));
}
