/**
 * The base of every error Adjoint throws on purpose.
 *
 * `code` is stable and meant for programs; `message` reads
 * `name: what is wrong, with the values; what to do`.
 *
 * @example
 * ```ts
 * import { AdjointError, add, tensor } from "@adjoint/core";
 * try {
 *   add(tensor([1, 2]), tensor([1, 2, 3]));
 * } catch (error) {
 *   if (error instanceof AdjointError) console.log(error.code); // → SHAPE_MISMATCH
 * }
 * ```
 */
export class AdjointError extends Error {
  /** A stable identifier in upper snake case, such as `SHAPE_MISMATCH`. */
  readonly code: string;

  /** @param code - the stable identifier; @param message - what is wrong and what to do. */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Shapes, ranks, axes or sizes that do not fit each other. */
export class ShapeError extends AdjointError {}

/** A dtype that an operation does not take, or dtypes that do not go together. */
export class DTypeError extends AdjointError {}

/** A gradient that cannot be had: nothing recorded, a freed graph, a wrong rule. */
export class GradientError extends AdjointError {}

/** An index or label outside its range. */
export class IndexError extends AdjointError {}

/** Any other argument out of its domain: an option, a number, a name. */
export class ArgumentError extends AdjointError {}

/** A file or stream whose content is not what its format asks for. */
export class FormatError extends AdjointError {}

/** A traced function that reads, branches on or leaks what is only known when it runs. */
export class TraceError extends AdjointError {}

/** A short description of any argument for messages. It never throws, as `String(x)` does for some. */
export function describe(x: unknown): string {
  if (Array.isArray(x)) return "an array";
  if (typeof x === "string") return JSON.stringify(x);
  if (typeof x === "function") return "a function";
  if (typeof x !== "object" || x === null) return String(x);
  const { name } = (Object.getPrototypeOf(x) as { constructor?: { name?: unknown } } | null)?.constructor ?? {};
  return typeof name === "string" && name !== "Object" ? `an object of class ${name}` : "an object";
}
