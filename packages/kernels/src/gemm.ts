import { gemmJavaScript, type GemmOptions } from "./gemm-javascript.js";
import { gemmWasm, ALONE } from "./gemm-wasm.js";
import { gemmInParts } from "./gemm-split.js";
import { memoryLimits } from "./memory.js";
import { teamFor } from "./threads.js";
import { activeProgram } from "./tier.js";

/** Multiply-adds below which plain loops beat the copies into WebAssembly's memory. */
const SMALL = 600;
/** Multiply-adds from which several threads are worth waking. */
const PARALLEL = 400_000;
/** Bytes of the kernels' memory that one product may take at most: the memory never shrinks again. */
const MEMORY_SHARE = 2 ** 30;

/**
 * The matrix product `out = A · B`, or `out += A · B` with `accumulate`: `A` is `[m, k]`, `B` is `[k, n]`, `out` is
 * `[m, n]`, all row-major; `transposeA` says that `a` holds `[k, m]`, `transposeB` that `b` holds `[n, k]`.
 *
 * `out` must not share memory with `a` or `b`. With `k = 0` the product is zero. The call is synchronous; its result
 * does not depend on the number of threads.
 *
 * @example
 * ```ts
 * import { gemm } from "@adjoint/kernels";
 *
 * const out = new Float32Array(4);
 * gemm({ m: 2, n: 2, k: 2, a: Float32Array.of(1, 2, 3, 4), b: Float32Array.of(5, 6, 7, 8), out });
 * console.log(out); // → Float32Array(4) [ 19, 22, 43, 50 ]
 * ```
 */
export function gemm<T extends Float32Array | Float64Array>(options: GemmOptions<T>): void {
  const { m, n, k, a, b, out } = options;
  if (a.length !== m * k || b.length !== k * n || out.length !== m * n) {
    throw new Error(
      `internal: gemm of [${m}, ${k}] and [${k}, ${n}] on ${a.length}, ${b.length}, ${out.length} elements`,
    );
  }
  if (m === 0 || n === 0) return;
  if (k === 0) {
    if (!options.accumulate) out.fill(0);
    return;
  }
  const size = m * n * k;
  const program = size < SMALL ? null : activeProgram();
  if (program === null) gemmJavaScript(options);
  else if (size < PARALLEL) gemmWasm(program, options, ALONE);
  else gemmInParts(options, memoryShare(), (part) => gemmWasm(program, part, teamFor(program)));
}

/** Bytes of the kernels' memory that one product may take: a quarter of what there can be, as others may be at work. */
function memoryShare(): number {
  return Math.min(memoryLimits().maximum * 16384, MEMORY_SHARE);
}
