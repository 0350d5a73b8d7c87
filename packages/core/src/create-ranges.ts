import { checkInteger, checkNumber, checkOptions } from "./arguments.js";
import { elementOf, filledBy, splitOptions, type TensorOptions } from "./create.js";
import { isFloating } from "./dtype.js";
import { ArgumentError, describe } from "./errors.js";
import type { Tensor } from "./tensor.js";

/** A vector with `at(i)` in place `i`. */
function sequence(name: string, count: number, options: TensorOptions, at: (place: number) => number): Tensor {
  return filledBy(name, [count], options, (elements, dtype) => {
    if (isFloating(dtype)) for (let i = 0; i < count; i++) elements[i] = at(i);
    else for (let i = 0; i < count; i++) elements[i] = elementOf(name, at(i), dtype);
  });
}

/**
 * The numbers `start, start + step, …` below `end` (above it for a negative step; default step 1), `⌈(end - start) / step⌉` of
 * them, float32 unless another dtype is given. `arange(n)` counts from 0. Options may stand last after any of the numbers.
 *
 * @throws ArgumentError `RANGE_INVALID` for a step that is 0 or leads away from the end and for numbers that are not finite,
 * `ELEMENT_RANGE`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { arange } from "@adjoint/core";
 * console.log(arange(4)); // → tensor([0, 1, 2, 3])
 * console.log(arange(5, 0, -2, { dtype: "int32" })); // → tensor([5, 3, 1], dtype=int32)
 * ```
 */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end?: number, step?: number, options?: TensorOptions): Tensor;
export function arange(...args: readonly unknown[]): Tensor {
  const [[first, second, step = 1], options] = splitOptions("arange", args, 3);
  const [start, end] = second === undefined ? [0, first] : [first, second];
  if (!isFinite(start) || !isFinite(end) || !isFinite(step) || step === 0 || (end - start) / step < 0) {
    throw new ArgumentError(
      "RANGE_INVALID",
      `arange: start ${describe(start)}, end ${describe(end)}, step ${describe(step)}; use finite numbers, and a step that leads from start to end`,
    );
  }
  // Plus 0, since a size of -0 is not the same to everyone as one of 0.
  return sequence("arange", Math.ceil((end - start) / step) + 0, options, (i) => start + i * step);
}

const isFinite = (x: unknown): x is number => Number.isFinite(x);

/**
 * `count` evenly spaced numbers from `start` to `end`, both included and exact: `start + i·(end - start) / (count - 1)`, float32
 * unless another dtype is given. A single one is `start`.
 *
 * @throws ArgumentError `NUMBER_INVALID`, `INTEGER_INVALID`, `ELEMENT_RANGE`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { linspace } from "@adjoint/core";
 * console.log(linspace(0, 1, 5)); // → tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
 * ```
 */
export function linspace(start: number, end: number, count: number, options: TensorOptions = {}): Tensor {
  const at = spaced("linspace", start, end, count);
  return sequence("linspace", count, options, at);
}

/** Options of {@link logspace}. */
export interface LogspaceOptions extends TensorOptions {
  /** What is raised to the spaced powers (default 10). */
  readonly base?: number;
}

/**
 * `count` numbers from `base^start` to `base^end`, each the same multiple of the one before it: the powers of evenly spaced
 * exponents, as from {@link linspace}. Float32 unless another dtype is given.
 *
 * @throws ArgumentError `NUMBER_INVALID`, `INTEGER_INVALID`, `ELEMENT_RANGE`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { logspace } from "@adjoint/core";
 * console.log(logspace(0, 2, 3)); // → tensor([  1,  10, 100])
 * console.log(logspace(0, 3, 4, { base: 2 })); // → tensor([1, 2, 4, 8])
 * ```
 */
export function logspace(start: number, end: number, count: number, options: LogspaceOptions = {}): Tensor {
  checkOptions("logspace", options, "{ base: 2 }", ["base", "dtype", "requiresGrad"]);
  const { base = 10, ...others } = options;
  checkNumber("logspace", "base", base);
  const exponent = spaced("logspace", start, end, count);
  return sequence("logspace", count, others, (i) => base ** exponent(i));
}

/** The evenly spaced numbers by their place. */
function spaced(name: string, start: number, end: number, count: number): (place: number) => number {
  checkNumber(name, "start", start);
  checkNumber(name, "end", end);
  checkInteger(name, "count", count, 0);
  const last = Math.max(1, count - 1);
  const span = end - start;
  // Counted from the nearer end, so that both ends are exact. From -1.7e308 to 1.7e308 the span itself would be infinite.
  const exact = Number.isFinite(span * last);
  const part = (i: number): number => (exact ? (span * i) / last : (end / last) * i - (start / last) * i);
  return (i) => (2 * i < count ? start + part(i) : end - part(count - 1 - i));
}
