import { ArgumentError } from "@adjoint/core";

/** Checks an option that counts something. @throws ArgumentError `code` if it is not an integer from `least` on. */
export function checkCount(code: string, caller: string, name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ArgumentError(code, `${caller}: ${name} is ${String(value)}; give an integer of at least ${least}`);
}

/** Checks an option that measures something. @throws ArgumentError `code` if it is not finite or is negative. */
export function checkAmount(code: string, caller: string, name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new ArgumentError(code, `${caller}: ${name} is ${String(value)}; give a finite number of at least 0`);
}
