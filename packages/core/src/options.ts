import { ArgumentError, describe } from "./errors.js";

/**
 * Checks that options are an object of known names: `sum(x, 0)` and `sum(x, { dim: 0 })` would otherwise quietly sum over
 * all axes.
 *
 * @param example - options as they are written, for the message
 * @param known - the names that are taken
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`
 */
export function checkOptions(name: string, options: unknown, example: string, known: readonly string[]): void {
  if (!isPlainObject(options)) {
    throw new ArgumentError(
      "OPTIONS_KIND",
      `${name}: the options are ${describe(options)}; give them by name, such as ${example}`,
    );
  }
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) {
      throw new ArgumentError("OPTION_UNKNOWN", `${name}: unknown option "${option}"; it takes ${known.join(", ")}`);
    }
  }
}

/** Whether `x` was written as `{ … }`, and is not an array, a tensor or the like. */
export function isPlainObject(x: unknown): x is object {
  if (typeof x !== "object" || x === null) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return prototype === Object.prototype || prototype === null;
}
