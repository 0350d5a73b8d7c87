import { ModuleBuilder, type Callable, type FunctionBuilder, type Local } from "./assembler.js";
import { definePack, defineStrided } from "./gemm-pack.js";
import { defineTile, tileColumns, type TileShape } from "./gemm-tile.js";
import { forRange, setMinimum } from "./loops.js";
import { defineParallel } from "./parallel.js";

/**
 * The fields of a job, 32-bit words at byte offsets: one matrix product `out[m, n] = A[m, k] · B[k, n]`.
 *
 * Operands lie anywhere in memory with a row stride in bytes; `aItems` says that the rows of A (its "items") are
 * contiguous, that is, that it is stored transposed; `bItems` that the columns of B are, that is, that it is not.
 */
export const JOB = {
  m: 0,
  n: 4,
  k: 8,
  /** Steps of the inner dimension between two passes over the result. */
  depth: 12,
  out: 16,
  outStride: 20,
  accumulate: 24,
  a: 28,
  aStride: 32,
  aItems: 36,
  aPacked: 40,
  aPanels: 44,
  /** Panels of A a task of the product takes, and into how many such blocks A falls. */
  aBlock: 48,
  aBlocks: 52,
  b: 56,
  bStride: 60,
  bItems: 64,
  bPacked: 68,
  bPanels: 72,
  bBlock: 76,
  bBlocks: 80,
  /** Panels a task of the packing takes, and how many tasks there are for A and for both. */
  packBlock: 84,
  aPackTasks: 88,
  packTasks: 92,
} as const;

/** Bytes of a job. */
export const JOB_BYTES = 96;

/** Bytes of scratch space that each thread needs. */
export const THREAD_SCRATCH = 4096;

/** Which kinds of task a program knows: the packing and the product, by element size. */
const KIND = { pack4: 0, product4: 1, pack8: 2, product8: 3 } as const;

/** The register tiles of a program. */
export interface GemmShapes {
  readonly float32: TileShape;
  readonly float64: TileShape;
}

/**
 * The module of the matrix products: exports `gemm4(job, control, threads, scratch)` for float32, `gemm8` for float64,
 * and the workers' loop of {@link defineParallel}. It imports its memory as `env.memory`.
 */
export function buildGemmProgram(
  shapes: GemmShapes,
  memory: { minimum: number; maximum: number; shared: boolean },
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", memory);
  const tasks = [shapes.float32, shapes.float64].flatMap((shape) => {
    const strided = defineStrided(module, shape.bytes);
    return [definePackTask(module, shape, strided), defineProductTask(module, shape)];
  });
  const task = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32"] });
  const [kind, index, job, scratch] = task.parameters;
  tasks.forEach((callee, i) => {
    task.get(kind).i32Const(i).i32Eq();
    task.if(() => task.get(index).get(job).get(scratch).call(callee).return());
  });
  const parallel = defineParallel(module, task);
  defineEntry(module, "gemm4", parallel, KIND.pack4, KIND.product4);
  defineEntry(module, "gemm8", parallel, KIND.pack8, KIND.product8);
  return module.build();
}

function defineEntry(module: ModuleBuilder, name: string, parallel: Callable, pack: number, product: number): void {
  const f = module.defineFunction({ name, parameters: ["i32", "i32", "i32", "i32"] });
  const [job, control, threads, scratch] = f.parameters;
  f.get(control).get(threads).i32Const(pack).get(job).i32Load(JOB.packTasks).get(job).get(scratch).call(parallel);
  f.get(control).get(threads).i32Const(product);
  f.get(job).i32Load(JOB.aBlocks).get(job).i32Load(JOB.bBlocks).i32Mul();
  f.get(job).get(scratch).call(parallel);
}

/** Loads a field of the job into a fresh local. */
function field(f: FunctionBuilder, job: Local, offset: number): Local {
  const local = f.local("i32");
  f.get(job).i32Load(offset).set(local);
  return local;
}

/** `packTask(index, job, scratch)`: packs some panels of A, or, from index `aPackTasks` on, of B. */
function definePackTask(module: ModuleBuilder, shape: TileShape, strided: ReturnType<typeof defineStrided>): Callable {
  const packA = defineOperandPack(module, shape.bytes, shape.rows, strided, { ...JOB, items: JOB.m });
  const packB = defineOperandPack(module, shape.bytes, tileColumns(shape), strided, {
    a: JOB.b,
    aStride: JOB.bStride,
    aItems: JOB.bItems,
    aPacked: JOB.bPacked,
    aPanels: JOB.bPanels,
    items: JOB.n,
  });
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32"] });
  const [index, job] = f.parameters;
  f.get(index).get(job).i32Load(JOB.aPackTasks).i32LtU();
  f.if(
    () => f.get(index).get(job).call(packA),
    () => f.get(index).get(job).i32Load(JOB.aPackTasks).i32Sub().get(job).call(packB),
  );
  return f;
}

/** Where the fields of the operand to pack stand in the job. */
type OperandFields = Readonly<Record<"a" | "aStride" | "aItems" | "aPacked" | "aPanels" | "items", number>>;

/** Packs the panels `[index * packBlock, (index + 1) * packBlock)` of one operand, over all of the inner dimension. */
function defineOperandPack(
  module: ModuleBuilder,
  bytes: 4 | 8,
  width: number,
  strided: ReturnType<typeof defineStrided>,
  fields: OperandFields,
): Callable {
  const pack = definePack(module, { bytes, width }, strided);
  const f = module.defineFunction({ parameters: ["i32", "i32"] });
  const [index, job] = f.parameters;
  const [source, stride, contiguous, target, panels, items, k, depth, block] = [
    fields.a,
    fields.aStride,
    fields.aItems,
    fields.aPacked,
    fields.aPanels,
    fields.items,
    JOB.k,
    JOB.depth,
    JOB.packBlock,
  ].map((offset) => field(f, job, offset));
  const [start, steps, panel, first, last, inside, itemStride, stepStride] = f.locals("i32", 8);
  f.get(index).get(block).i32Mul().tee(first).get(block).i32Add().set(last);
  setMinimum(f, last, last, panels);
  f.i32Const(bytes).get(stride).get(contiguous).select().set(itemStride);
  f.get(stride).i32Const(bytes).get(contiguous).select().set(stepStride);
  forRange(f, start, { end: k, step: depth }, () => {
    setMinimum(f, steps, depth, (g) => void g.get(k).get(start).i32Sub());
    forRange(f, panel, { from: first, end: last }, () => {
      setMinimum(f, inside, width, (g) => void g.get(items).get(panel).i32Const(width).i32Mul().i32Sub());
      f.get(source).get(start).get(stepStride).i32Mul().i32Add();
      f.get(panel).i32Const(width).i32Mul().get(itemStride).i32Mul().i32Add();
      f.get(itemStride).get(stepStride);
      f.get(target).get(start).get(panels).i32Mul().get(panel).get(steps).i32Mul().i32Add();
      f.i32Const(width * bytes)
        .i32Mul()
        .i32Add();
      f.get(steps).get(inside).call(pack);
    });
  });
  return f;
}

/** `productTask(index, job, scratch)`: one block of the result, over all of the inner dimension. */
function defineProductTask(module: ModuleBuilder, shape: TileShape): Callable {
  const { bytes, rows: height } = shape;
  const width = tileColumns(shape);
  const tile = defineClippedTile(module, shape);
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32"] });
  const [index, job, scratch] = f.parameters;
  const load = (offset: number): Local => field(f, job, offset);
  const [m, n, k, depth] = [JOB.m, JOB.n, JOB.k, JOB.depth].map(load);
  const [out, stride, accumulate] = [JOB.out, JOB.outStride, JOB.accumulate].map(load);
  const [aPacked, aPanels, aBlock, aBlocks] = [JOB.aPacked, JOB.aPanels, JOB.aBlock, JOB.aBlocks].map(load);
  const [bPacked, bPanels, bBlock] = [JOB.bPacked, JOB.bPanels, JOB.bBlock].map(load);
  const [start, steps, i, iFirst, iLast, j, jFirst, jLast, bPanel, columns, rows] = f.locals("i32", 11);
  f.get(index).get(aBlocks).i32RemU().get(aBlock).i32Mul().tee(iFirst).get(aBlock).i32Add().set(iLast);
  setMinimum(f, iLast, iLast, aPanels);
  f.get(index).get(aBlocks).i32DivU().get(bBlock).i32Mul().tee(jFirst).get(bBlock).i32Add().set(jLast);
  setMinimum(f, jLast, jLast, bPanels);
  const panelAddress = (packed: Local, panels: Local, panel: Local, size: number): void => {
    f.get(packed).get(start).get(panels).i32Mul().get(panel).get(steps).i32Mul().i32Add();
    f.i32Const(size * bytes)
      .i32Mul()
      .i32Add();
  };
  forRange(f, start, { end: k, step: depth }, () => {
    setMinimum(f, steps, depth, (g) => void g.get(k).get(start).i32Sub());
    forRange(f, j, { from: jFirst, end: jLast }, () => {
      panelAddress(bPacked, bPanels, j, width);
      f.set(bPanel);
      setMinimum(f, columns, width, (g) => void g.get(n).get(j).i32Const(width).i32Mul().i32Sub());
      forRange(f, i, { from: iFirst, end: iLast }, () => {
        setMinimum(f, rows, height, (g) => void g.get(m).get(i).i32Const(height).i32Mul().i32Sub());
        panelAddress(aPacked, aPanels, i, height);
        f.get(bPanel)
          .get(bPanel)
          .get(steps)
          .i32Const(width * bytes)
          .i32Mul()
          .i32Add();
        f.get(out).get(i).i32Const(height).i32Mul().get(stride).i32Mul().i32Add();
        f.get(j)
          .i32Const(width * bytes)
          .i32Mul()
          .i32Add();
        f.get(stride).get(accumulate).get(start).i32Or();
        f.get(rows).get(columns).get(scratch).call(tile);
      });
    });
  });
  return f;
}

/**
 * `clippedTile(a, b, end, out, stride, add, rows, columns, scratch)`: a tile of which only `rows` by `columns` are
 * inside the result. What sticks out is computed into the scratch space and the inside copied.
 */
function defineClippedTile(module: ModuleBuilder, shape: TileShape): Callable {
  const { bytes, rows: height, vectors } = shape;
  const full = defineTile(module, shape, vectors);
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] });
  const [a, b, end, out, stride, add, rows, columns, scratch] = f.parameters;
  const [row, offset] = f.locals("i32", 2);
  const width = tileColumns(shape);
  f.get(rows).i32Const(height).i32Eq().get(columns).i32Const(width).i32Eq().i32And();
  f.if(() => f.get(a).get(b).get(end).get(out).get(stride).get(add).call(full).return());
  f.get(a)
    .get(b)
    .get(end)
    .get(scratch)
    .i32Const(width * bytes)
    .i32Const(0)
    .call(full);
  forRange(f, row, { end: rows }, () => {
    forRange(f, offset, { end: (g) => void g.get(columns).i32Const(bytes).i32Mul(), step: bytes }, () => {
      const [source, target] = [scratch, out].map((base) => () => f.get(base).get(offset).i32Add());
      target();
      source();
      if (bytes === 4) {
        f.f32Load()
          .get(add)
          .if(
            () => (target(), f.f32Load()),
            () => f.f32Const(-0),
            "f32",
          )
          .f32Add()
          .f32Store();
      } else {
        f.f64Load()
          .get(add)
          .if(
            () => (target(), f.f64Load()),
            () => f.f64Const(-0),
            "f64",
          )
          .f64Add()
          .f64Store();
      }
    });
    f.get(out).get(stride).i32Add().set(out);
    f.get(scratch)
      .i32Const(width * bytes)
      .i32Add()
      .set(scratch);
  });
  return f;
}
