/**
 * Which code computes: `"reference"`, plain loops in float64; `"wasm"`, the SIMD kernels wherever they can; `"auto"`, the
 * kernels above the size from which they are faster.
 */
export type Executor = "auto" | "reference" | "wasm";

let current: Executor = "auto";

/** The executor in use. */
export function executor(): Executor {
  return current;
}

/**
 * Runs `fn` with another executor. The two agree to rounding; the reference is the oracle in tests.
 *
 * @example
 * ```ts
 * import { exp, tensor, withExecutor } from "@adjoint/core";
 * console.log(withExecutor("reference", () => exp(tensor([0])).item())); // → 1
 * ```
 */
export function withExecutor<T>(next: Executor, fn: () => T): T {
  const before = current;
  current = next;
  try {
    return fn();
  } finally {
    current = before;
  }
}
