import { ArgumentError } from "@adjoint/core";
import { shown } from "../checks.js";

/** Refuses an argument unless `right`. @throws ArgumentError `OPTION_INVALID`. */
export function checkThat(right: boolean, scheduler: string, name: string, x: unknown, wanted: string): void {
  if (right) return;
  throw new ArgumentError("OPTION_INVALID", `${scheduler}: ${name} is ${shown(x)}; give ${wanted}`);
}

/** Checks that arguments are finite numbers from `least` on. @throws ArgumentError `OPTION_INVALID`. */
export function checkAtLeast(scheduler: string, numbers: Readonly<Record<string, unknown>>, least = 0): void {
  for (const [name, x] of Object.entries(numbers)) {
    checkThat(Number.isFinite(x) && (x as number) >= least, scheduler, name, x, `a number of at least ${least}`);
  }
}

/** Checks that arguments are whole numbers from `least` on. @throws ArgumentError `OPTION_INVALID`. */
export function checkWhole(scheduler: string, numbers: Readonly<Record<string, unknown>>, least = 0): void {
  for (const [name, x] of Object.entries(numbers)) {
    checkThat(Number.isSafeInteger(x) && (x as number) >= least, scheduler, name, x, `an integer of at least ${least}`);
  }
}

/** One number for each group, from one for all or a list of them. @throws ArgumentError `OPTION_INVALID`. */
export function perGroup(scheduler: string, name: string, x: number | readonly number[], groups: number): number[] {
  const list: readonly unknown[] = Array.isArray(x) ? x : new Array<unknown>(groups).fill(x);
  const wanted = `a number of at least 0, or ${groups} of them, one for each group`;
  const right = list.length === groups && list.every((each) => Number.isFinite(each) && (each as number) >= 0);
  checkThat(right, scheduler, name, x, wanted);
  return list.slice() as number[];
}

/** Whether `x` is a number from `low` to `high`. */
export function inside(x: unknown, low: number, high: number): boolean {
  return typeof x === "number" && x >= low && x <= high;
}
