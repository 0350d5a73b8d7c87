import { ArgumentError, describe } from "./errors.js";
import { Tensor } from "./tensor.js";

/**
 * Checks that a user gave a tensor, before anything reads its shape.
 *
 * @throws ArgumentError `OPERAND_KIND`
 */
export function checkTensor(name: string, x: unknown): asserts x is Tensor {
  if (x instanceof Tensor) return;
  throw new ArgumentError(
    "OPERAND_KIND",
    `${name}: ${describe(x)} is not a Tensor; tensor(...) makes one from numbers and arrays`,
  );
}

export { checkOptions } from "./options.js";
