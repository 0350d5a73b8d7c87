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

/**
 * Checks that options are an object: `sum(x, 0)` would otherwise quietly sum over all axes.
 *
 * @throws ArgumentError `OPTIONS_KIND`
 */
export function checkOptions(name: string, options: unknown, example: string): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  throw new ArgumentError(
    "OPTIONS_KIND",
    `${name}: the options are ${describe(options)}; use an object such as ${example}`,
  );
}
