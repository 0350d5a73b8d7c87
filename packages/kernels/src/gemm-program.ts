import { ModuleBuilder, type Callable, type MemoryLimits } from "./assembler.js";
import { JOB } from "./gemm-job.js";
import { defineGemmTasks, type GemmTasks } from "./gemm-tasks.js";
import type { TileShape } from "./gemm-tile.js";
import { defineMatrixVector } from "./gemv-program.js";
import { defineParallel } from "./parallel.js";

/** The register tiles of a program. */
export interface GemmShapes {
  readonly float32: TileShape;
  readonly float64: TileShape;
}

/**
 * The module of the matrix products: exports `gemm4(job, control, threads, scratch)` for float32, `gemm8` for float64,
 * the workers' loop of {@link defineParallel}, and the products of {@link defineMatrixVector}. It imports its memory as
 * `env.memory`.
 */
export function buildGemmProgram(shapes: GemmShapes, memory: MemoryLimits): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", memory);
  const elements = [shapes.float32, shapes.float64];
  const tasks = elements.map((shape) => defineGemmTasks(module, shape));
  const parallel = defineParallel(module, defineDispatch(module, tasks));
  elements.forEach((shape, i) => {
    defineEntry(module, `gemm${shape.bytes}`, parallel, 2 * i);
    defineMatrixVector(module, shape);
  });
  return module.build();
}

/** `task(kind, index, job, scratch)`: kind 0 packs float32, 1 multiplies float32, 2 and 3 do the same for float64. */
function defineDispatch(module: ModuleBuilder, tasks: readonly GemmTasks[]): Callable {
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32"] });
  const [kind, index, job, scratch] = f.parameters;
  tasks.forEach(({ pack, product }, i) => {
    f.get(kind)
      .i32Const(2 * i)
      .i32Eq();
    f.if(() => f.get(index).get(job).get(scratch).call(pack).return());
    f.get(kind)
      .i32Const(2 * i + 1)
      .i32Eq();
    f.if(() => f.get(index).get(job).get(scratch).call(product).return());
  });
  return f;
}

/** Exports the whole product: all of B is packed before the first block of the result is computed. */
function defineEntry(module: ModuleBuilder, name: string, parallel: Callable, kind: number): void {
  const f = module.defineFunction({ name, parameters: ["i32", "i32", "i32", "i32"] });
  const [job, control, threads, scratch] = f.parameters;
  f.get(control).get(threads).i32Const(kind).get(job).i32Load(JOB.packTasks).get(job).get(scratch).call(parallel);
  f.get(control)
    .get(threads)
    .i32Const(kind + 1);
  f.get(job).i32Load(JOB.aBlocks).get(job).i32Load(JOB.bBlocks).i32Mul();
  f.get(job).get(scratch).call(parallel);
}
