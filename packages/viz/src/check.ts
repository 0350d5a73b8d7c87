import { ArgumentError, Tensor } from "@adjoint/core";

/** Numbers in a tensor, whose elements are taken in row-major order, or in an array of any kind. */
export type Numbers = Tensor | ArrayLike<number>;

/** Whether something holds numbers as {@link Numbers} do; an empty array does. */
export function areNumbers(candidate: unknown): candidate is Numbers {
  if (candidate instanceof Tensor) return true;
  if (ArrayBuffer.isView(candidate)) return !(candidate instanceof DataView);
  return Array.isArray(candidate) && candidate.every((one) => typeof one === "number");
}

/** The numbers as an array. @throws ArgumentError `NUMBERS_KIND` */
export function numbersOf(where: string, what: string, numbers: unknown): ArrayLike<number> {
  if (areNumbers(numbers)) return numbers instanceof Tensor ? numbers.data : numbers;
  const found = Array.isArray(numbers)
    ? "an array that does not hold numbers only"
    : numbers === null || numbers === undefined
      ? String(numbers)
      : `a ${typeof numbers}`;
  throw new ArgumentError("NUMBERS_KIND", `${where}: ${what} is ${found}; give a tensor or an array of numbers`);
}

/** Checks that an option is one of its choices. @throws ArgumentError `OPTION_VALUE` */
export function checkChoice(where: string, name: string, value: unknown, choices: readonly string[]): void {
  if (choices.includes(value as string)) return;
  const known = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  throw new ArgumentError("OPTION_VALUE", `${where}: ${name} is ${JSON.stringify(value)}; give ${known}`);
}

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
