import { ArgumentError, Tensor } from "@adjoint/core";

/** Numbers in a tensor, whose elements are taken in row-major order, or in an array of any kind. */
export type Numbers = Tensor | ArrayLike<number>;

/** The numbers as an array. @throws ArgumentError `NUMBERS_KIND` */
export function numbersOf(where: string, what: string, numbers: unknown): ArrayLike<number> {
  if (numbers instanceof Tensor) return numbers.data;
  if (Array.isArray(numbers) || isTypedArray(numbers)) return numbers;
  const found = numbers === null || numbers === undefined ? String(numbers) : `a ${typeof numbers}`;
  throw new ArgumentError("NUMBERS_KIND", `${where}: ${what} is ${found}; give a tensor or an array of numbers`);
}

function isTypedArray(numbers: unknown): numbers is Float64Array {
  return ArrayBuffer.isView(numbers) && !(numbers instanceof DataView);
}
