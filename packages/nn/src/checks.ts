import { ArgumentError } from "@adjoint/core";

/** Checks a size: an integer from `least` on. @throws ArgumentError `SIZE_INVALID`. */
export function checkCount(caller: string, name: string, count: number, least = 1): number {
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw new ArgumentError(
    "SIZE_INVALID",
    `${caller}: ${name} is ${String(count)}; give an integer of at least ${least}`,
  );
}

/** Checks a share of a whole, from 0 to 1. @throws ArgumentError `PROBABILITY_INVALID`. */
export function checkProbability(caller: string, name: string, p: number): number {
  if (p >= 0 && p <= 1) return p;
  throw new ArgumentError("PROBABILITY_INVALID", `${caller}: ${name} is ${String(p)}; give a number from 0 to 1`);
}
