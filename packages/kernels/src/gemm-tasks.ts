import type { Callable, FunctionBuilder, Local, ModuleBuilder } from "./assembler.js";
import { defineClippedTile } from "./gemm-edge.js";
import { JOB, THREAD_SCRATCH } from "./gemm-job.js";
import { definePack, defineStrided, type PanelShape } from "./gemm-pack.js";
import { tileColumns, type TileShape } from "./gemm-tile.js";
import { forRange, setMinimum } from "./loops.js";

/** The two kinds of task of a product, run in this order; both take `(index, job, scratch)`. */
export interface GemmTasks {
  readonly pack: Callable;
  readonly product: Callable;
}

/** Defines the tasks of the products of one element type; what packs rows of A is exported as `packRows4` or `packRows8`. */
export function defineGemmTasks(module: ModuleBuilder, shape: TileShape): GemmTasks {
  const { bytes } = shape;
  const strided = defineStrided(module, bytes);
  const define = (panel: PanelShape, name?: string): Callable =>
    definePackRange(module, panel, definePack(module, panel, strided), name);
  const packRows = define({ bytes, width: shape.rows }, `packRows${bytes}`);
  const packColumns = define({ bytes, width: tileColumns(shape) });
  return { pack: definePackTask(module, shape, packColumns), product: defineProductTask(module, shape, packRows) };
}

/** Loads a field of the job into a fresh local. */
function field(f: FunctionBuilder, job: Local, offset: number): Local {
  const local = f.local("i32");
  f.get(job).i32Load(offset).set(local);
  return local;
}

/** Sets `[first, last)` to the part `index` of `count` items, of `parts` parts that differ by one item at most. */
function setPart(
  f: FunctionBuilder,
  [first, last]: readonly Local[],
  { index, count, parts }: Readonly<Record<"index" | "count" | "parts", Local>>,
): void {
  f.get(index).get(count).i32Mul().get(parts).i32DivU().set(first);
  f.get(index).i32Const(1).i32Add().get(count).i32Mul().get(parts).i32DivU().set(last);
}

/**
 * `packRange(source, itemStride, stepStride, target, steps, items, first, last)`: packs the panels `[first, last)` of
 * an operand of `items` items, over `steps` steps from `source` on; the first of them goes to `target`.
 */
function definePackRange(
  module: ModuleBuilder,
  { bytes, width }: PanelShape,
  pack: Callable,
  name: string | undefined,
): Callable {
  const f = module.defineFunction({ name, parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] });
  const [source, itemStride, stepStride, target, steps, items, first, last] = f.parameters;
  const [panel, inside] = f.locals("i32", 2);
  forRange(f, panel, { from: first, end: last }, () => {
    setMinimum(f, inside, width, (g) => g.get(items).get(panel).i32Const(width).i32Mul().i32Sub());
    f.get(source).get(panel).i32Const(width).i32Mul().get(itemStride).i32Mul().i32Add();
    f.get(itemStride).get(stepStride).get(target).get(steps).get(inside).call(pack);
    f.get(target)
      .get(steps)
      .i32Const(width * bytes)
      .i32Mul()
      .i32Add()
      .set(target);
  });
  return f;
}

/** Packs a part of the columns of B, over all of the inner dimension, pass by pass. */
function definePackTask(module: ModuleBuilder, shape: TileShape, packRange: Callable): Callable {
  const columnBytes = tileColumns(shape) * shape.bytes;
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32"] });
  const [index, job] = f.parameters;
  const load = (offset: number): Local => field(f, job, offset);
  const [n, k, depth, panels, parts] = [JOB.n, JOB.k, JOB.depth, JOB.bPanels, JOB.packTasks].map(load);
  const [source, itemStride, stepStride, packed] = [JOB.b, JOB.bItemStride, JOB.bStepStride, JOB.bPacked].map(load);
  const [start, steps, first, last] = f.locals("i32", 4);
  setPart(f, [first, last], { index, count: panels, parts });
  forRange(f, start, { end: k, step: depth }, () => {
    setMinimum(f, steps, depth, (g) => g.get(k).get(start).i32Sub());
    f.get(source).get(start).get(stepStride).i32Mul().i32Add().get(itemStride).get(stepStride);
    f.get(packed).get(start).get(panels).i32Mul().get(first).get(steps).i32Mul().i32Add();
    f.i32Const(columnBytes).i32Mul().i32Add();
    f.get(steps).get(n).get(first).get(last).call(packRange);
  });
  return f;
}

/** Computes one block of the result, over all of the inner dimension, pass by pass. */
function defineProductTask(module: ModuleBuilder, shape: TileShape, packRange: Callable): Callable {
  const rowBytes = shape.rows * shape.bytes;
  const columnBytes = tileColumns(shape) * shape.bytes;
  const sweep = defineSweep(module, shape);
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32"] });
  const [index, job, scratch] = f.parameters;
  const load = (offset: number): Local => field(f, job, offset);
  const [m, k, depth, aPanels, aBlocks, bPanels, bBlocks, bPacked] = [
    JOB.m,
    JOB.k,
    JOB.depth,
    JOB.aPanels,
    JOB.aBlocks,
    JOB.bPanels,
    JOB.bBlocks,
    JOB.bPacked,
  ].map(load);
  const [source, itemStride, stepStride] = [JOB.a, JOB.aItemStride, JOB.aStepStride].map(load);
  const [start, steps, aIndex, iFirst, iLast, bIndex, jFirst, jLast, panel] = f.locals("i32", 9);
  f.get(index).get(aBlocks).i32RemU().set(aIndex);
  f.get(index).get(aBlocks).i32DivU().set(bIndex);
  setPart(f, [iFirst, iLast], { index: aIndex, count: aPanels, parts: aBlocks });
  setPart(f, [jFirst, jLast], { index: bIndex, count: bPanels, parts: bBlocks });
  forRange(f, start, { end: k, step: depth }, () => {
    setMinimum(f, steps, depth, (g) => g.get(k).get(start).i32Sub());
    f.get(source).get(start).get(stepStride).i32Mul().i32Add().get(itemStride).get(stepStride);
    f.get(scratch).i32Const(THREAD_SCRATCH.block).i32Add().get(steps).get(m).get(iFirst).get(iLast).call(packRange);
    f.get(bPacked).get(start).get(bPanels).i32Mul().get(jFirst).get(steps).i32Mul().i32Add();
    f.i32Const(columnBytes).i32Mul().i32Add().set(panel);
    f.get(job).get(scratch).get(panel).get(start).get(steps).i32Const(rowBytes).i32Mul();
    f.get(steps).i32Const(columnBytes).i32Mul();
    f.get(iFirst).get(iLast).get(jFirst).get(jLast).call(sweep);
  });
  return f;
}

/**
 * `sweep(job, scratch, b, start, aSize, bSize, iFirst, iLast, jFirst, jLast)`: one pass over a block of the result. A
 * panel of B (`bSize` bytes) stays in the first-level cache while all panels of A (`aSize` bytes) go past it.
 */
function defineSweep(module: ModuleBuilder, shape: TileShape): Callable {
  const { bytes, rows: height } = shape;
  const width = tileColumns(shape);
  const tile = defineClippedTile(module, shape);
  const f = module.defineFunction({
    parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  });
  const [job, scratch, b, start, aSize, bSize, iFirst, iLast, jFirst, jLast] = f.parameters;
  const load = (offset: number): Local => field(f, job, offset);
  const [m, n, out, stride, accumulate] = [JOB.m, JOB.n, JOB.out, JOB.outStride, JOB.accumulate].map(load);
  const [i, j, a, row, column, rows, columns] = f.locals("i32", 7);
  forRange(f, j, { from: jFirst, end: jLast }, () => {
    f.get(j).i32Const(width).i32Mul().set(column);
    setMinimum(f, columns, width, (g) => g.get(n).get(column).i32Sub());
    f.get(scratch).i32Const(THREAD_SCRATCH.block).i32Add().set(a);
    forRange(f, i, { from: iFirst, end: iLast }, () => {
      f.get(i).i32Const(height).i32Mul().set(row);
      setMinimum(f, rows, height, (g) => g.get(m).get(row).i32Sub());
      f.get(a).get(b).get(b).get(bSize).i32Add();
      f.get(out).get(row).get(stride).i32Mul().i32Add().get(column).i32Const(bytes).i32Mul().i32Add();
      f.get(stride).get(accumulate).get(start).i32Or();
      f.get(rows).get(columns).get(scratch).call(tile);
      f.get(a).get(aSize).i32Add().set(a);
    });
    f.get(b).get(bSize).i32Add().set(b);
  });
  return f;
}
