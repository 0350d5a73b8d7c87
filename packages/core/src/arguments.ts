import { isFloating } from "./dtype.js";
import { ArgumentError, describe, DTypeError, ShapeError } from "./errors.js";
import { formatShape } from "./shape.js";
import { Tensor } from "./tensor.js";

/**
 * Checks that a user gave a tensor, before anything reads its shape.
 *
 * @throws ArgumentError `OPERAND_KIND`
 */
export function checkTensor(name: string, x: unknown): asserts x is Tensor {
  if (x instanceof Tensor) return;
  const cure =
    Array.isArray(x) && x.some((item) => item instanceof Tensor)
      ? "give one of the tensors in it" // what gives several, such as an LSTM, stands before what takes one
      : "tensor(...) makes one from numbers and arrays";
  throw new ArgumentError("OPERAND_KIND", `${name}: ${describe(x)} is not a Tensor; ${cure}`);
}

/**
 * Checks a tensor of float32 or float64.
 *
 * @throws ArgumentError `OPERAND_KIND`, DTypeError `DTYPE_FLOATING`
 */
export function checkFloating(name: string, x: unknown): asserts x is Tensor {
  checkTensor(name, x);
  if (isFloating(x.dtype)) return;
  throw new DTypeError(
    "DTYPE_FLOATING",
    `${name}: takes float32 or float64, not ${x.dtype}; convert it with x.to("float32")`,
  );
}

/**
 * Checks a tensor with at least `least` axes, and no more than `most`; `axes` names them for the message, as in
 * `[…, rows, columns]`.
 *
 * @throws ArgumentError `OPERAND_KIND`, ShapeError `RANK_INVALID`
 */
export function checkRank(name: string, x: unknown, axes: string, least: number, most = Infinity): asserts x is Tensor {
  checkTensor(name, x);
  if (x.ndim >= least && x.ndim <= most) return;
  throw new ShapeError("RANK_INVALID", `${name}: the shape is ${formatShape(x.shape)}; it must be ${axes}`);
}

/**
 * Checks a non-empty array of tensors.
 *
 * @throws ArgumentError `EMPTY_LIST`, `OPERAND_KIND`
 */
export function checkTensors(name: string, tensors: unknown): asserts tensors is readonly Tensor[] {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    const got = Array.isArray(tensors) ? "" : `, not ${describe(tensors)}`;
    throw new ArgumentError("EMPTY_LIST", `${name}: needs an array of at least one tensor${got}`);
  }
  for (const x of tensors) checkTensor(name, x);
}

/**
 * Checks an integer argument or option.
 *
 * @param what - its name for the message
 * @throws ArgumentError `INTEGER_INVALID`
 */
export function checkInteger(name: string, what: string, x: unknown, least = -Infinity, most = Infinity): number {
  if (Number.isSafeInteger(x) && (x as number) >= least && (x as number) <= most) return x as number;
  throw new ArgumentError("INTEGER_INVALID", `${name}: ${what} is ${describe(x)}; use an integer${range(least, most)}`);
}

/**
 * Checks a finite number.
 *
 * @throws ArgumentError `NUMBER_INVALID`
 */
export function checkNumber(name: string, what: string, x: unknown, least = -Infinity, most = Infinity): number {
  if (Number.isFinite(x) && (x as number) >= least && (x as number) <= most) return x as number;
  throw new ArgumentError(
    "NUMBER_INVALID",
    `${name}: ${what} is ${describe(x)}; use a finite number${range(least, most)}`,
  );
}

/**
 * Checks an option that is true or false.
 *
 * @throws ArgumentError `BOOLEAN_INVALID`
 */
export function checkBoolean(name: string, what: string, x: unknown): boolean {
  if (typeof x === "boolean") return x;
  throw new ArgumentError("BOOLEAN_INVALID", `${name}: ${what} is ${describe(x)}; use true or false`);
}

function range(least: number, most: number): string {
  if (most === Infinity) return least === -Infinity ? "" : ` of at least ${least}`;
  return least === -Infinity ? ` of at most ${most}` : ` from ${least} to ${most}`;
}

/**
 * Checks an argument or option that is one of some words.
 *
 * @throws ArgumentError `CHOICE_INVALID`
 */
export function checkChoice<T extends string>(name: string, what: string, x: unknown, choices: readonly T[]): T {
  if (choices.includes(x as T)) return x as T;
  throw new ArgumentError(
    "CHOICE_INVALID",
    `${name}: ${what} is ${describe(x)}; use ${choices.map((c) => `"${c}"`).join(" or ")}`,
  );
}

export { checkOptions } from "./options.js";
