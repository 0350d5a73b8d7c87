import { ModuleBuilder, type Callable, type MemoryLimits } from "./assembler.js";
import { defineConvolutionTasks } from "./conv/program.js";
import { JOB } from "./gemm-job.js";
import { defineGemmTasks } from "./gemm-tasks.js";
import type { TileShape } from "./gemm-tile.js";
import { defineMatrixVector } from "./gemv-program.js";
import { defineParallel } from "./parallel.js";

/** The register tiles of a program. */
export interface GemmShapes {
  readonly float32: TileShape;
  readonly float64: TileShape;
}

/** The kinds of task of a convolution. */
export const CONVOLUTION_KIND = { forward: 4, gradient: 5 } as const;

/**
 * The module of the matrix products: exports `gemm4(job, control, threads, scratch)` for float32, `gemm8` for float64,
 * what {@link defineParallel}, {@link defineGemmTasks} and {@link defineMatrixVector} export. It imports its memory as
 * `env.memory`. Convolutions are tasks of the same module, so that the same workers help with both.
 */
export function buildGemmProgram(shapes: GemmShapes, memory: MemoryLimits): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", memory);
  const elements = [shapes.float32, shapes.float64];
  const tasks = elements.map((shape) => defineGemmTasks(module, shape));
  const kinds = [
    ...tasks.flatMap(({ pack, product }) => [pack, product]),
    ...defineConvolutionTasks(module, shapes.float32),
  ];
  const parallel = defineParallel(module, defineDispatch(module, kinds));
  elements.forEach((shape, i) => {
    defineEntry(module, `gemm${shape.bytes}`, parallel, 2 * i);
    defineMatrixVector(module, shape);
  });
  return module.build();
}

/**
 * `task(kind, index, job, scratch)`: kind 0 packs float32, 1 multiplies float32, 2 and 3 do the same for float64, and the
 * others are {@link CONVOLUTION_KIND}.
 */
function defineDispatch(module: ModuleBuilder, kinds: readonly Callable[]): Callable {
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32"] });
  const [kind, index, job, scratch] = f.parameters;
  kinds.forEach((task, i) => {
    f.get(kind).i32Const(i).i32Eq();
    f.if(() => f.get(index).get(job).get(scratch).call(task).return());
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
