import { ArgumentError } from "@adjoint/core";

/**
 * Checks that the options given by name are positive and finite, so that no picture has an impossible size.
 *
 * @throws ArgumentError `PICTURE_SIZE`
 */
export function checkPositive(where: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "number" && value > 0 && value < Infinity) continue;
    throw new ArgumentError("PICTURE_SIZE", `${where}: ${name} is ${value}; give a positive number`);
  }
}

/**
 * Checks that a count given by name is a whole number from 1.
 *
 * @throws ArgumentError `PICTURE_SIZE`
 */
export function checkCount(where: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new ArgumentError("PICTURE_SIZE", `${where}: ${name} is ${value}; give a whole number from 1`);
}
