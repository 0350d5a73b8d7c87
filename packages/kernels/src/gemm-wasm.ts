import { compileModule, nodeMajor, type SimdLevel } from "./engine.js";
import { buildGemmProgram, JOB, JOB_BYTES, THREAD_SCRATCH, type GemmShapes } from "./gemm-program.js";
import { tileColumns, type TileShape } from "./gemm-tile.js";
import type { GemmOptions } from "./gemm-javascript.js";
import {
  allocateScratch,
  enterScratch,
  kernelMemory,
  leaveScratch,
  memoryLimits,
  memoryViews,
  reserve,
} from "./memory.js";

type Entry = (job: number, control: number, threads: number, scratch: number) => void;

/** A compiled program of matrix products, with the places in memory that it works with. */
export interface GemmProgram {
  readonly level: SimdLevel;
  readonly module: WebAssembly.Module;
  readonly shapes: GemmShapes;
  readonly gemm4: Entry;
  readonly gemm8: Entry;
  readonly job: number;
  readonly scratch: number;
}

/** The threads that take part in a product, and where their control block is; the caller is one of them. */
export interface Team {
  readonly threads: number;
  readonly control: number;
}

/** The caller alone. */
export const ALONE: Team = { threads: 1, control: 0 };

/** Steps of the inner dimension a pass: a panel of B (8 KiB) and a strip of A then stay in the first-level cache. */
const DEPTH = 256;
/** Rows and columns of the result a task takes, at most: its part of A then stays in the second-level cache. */
const BLOCK = { rows: 96, columns: 256 };
/** Panels of an operand that one packing task takes. */
const PACK_BLOCK = 8;

/**
 * The register tile follows the level: V8 spills tiles that are wider than its registers, which halves the speed, and
 * pairs vectors into 256-bit registers only where several stand side by side.
 */
function shapesFor(level: SimdLevel): GemmShapes {
  const fused = level !== "plain";
  const [rows, vectors] = level === "revec" ? [6, 4] : level === "relaxed" && nodeMajor() >= 24 ? [6, 2] : [4, 2];
  return { float32: { bytes: 4, rows, vectors, fused }, float64: { bytes: 8, rows, vectors, fused } };
}

/** Compiles the program of a level; throws where the engine refuses it. */
export function createGemmProgram(level: SimdLevel): GemmProgram {
  const shapes = shapesFor(level);
  const module = compileModule(buildGemmProgram(shapes, memoryLimits()), level);
  const { exports } = new WebAssembly.Instance(module, { env: { memory: kernelMemory() } });
  const job = reserve(JOB_BYTES);
  const scratch = reserve(THREAD_SCRATCH);
  return { level, module, shapes, job, scratch, gemm4: exports.gemm4 as Entry, gemm8: exports.gemm8 as Entry };
}

/** Runs a product through WebAssembly: operands are copied in, the result is copied out. */
export function gemmWasm<T extends Float32Array | Float64Array>(
  program: GemmProgram,
  options: GemmOptions<T>,
  team: Team,
): void {
  const { m, n, k, a, b, out, accumulate = false } = options;
  const double = out instanceof Float64Array;
  const shape = double ? program.shapes.float64 : program.shapes.float32;
  const mark = enterScratch();
  try {
    const { bytes } = shape;
    const aAddress = allocateScratch(m * k * bytes);
    const bAddress = allocateScratch(k * n * bytes);
    const outAddress = allocateScratch(m * n * bytes);
    const packed = allocateScratch(packedBytes(shape, options));
    const views = memoryViews();
    const floats = double ? views.float64 : views.float32;
    floats.set(a, aAddress / bytes);
    floats.set(b, bAddress / bytes);
    if (accumulate) floats.set(out, outAddress / bytes);
    writeJob(views.int32, program.job / 4, shape, options, team.threads, [aAddress, bAddress, outAddress, packed]);
    (double ? program.gemm8 : program.gemm4)(program.job, team.control, team.threads, program.scratch);
    out.set(floats.subarray(outAddress / bytes, outAddress / bytes + m * n));
  } finally {
    leaveScratch(mark);
  }
}

function packedBytes(shape: TileShape, { m, n, k }: { m: number; n: number; k: number }): number {
  const rows = Math.ceil(m / shape.rows) * shape.rows;
  const width = tileColumns(shape);
  return (rows + Math.ceil(n / width) * width) * k * shape.bytes;
}

function writeJob(
  int32: Int32Array,
  job: number,
  shape: TileShape,
  options: GemmOptions<Float32Array | Float64Array>,
  threads: number,
  [a, b, out, packed]: readonly number[],
): void {
  const { m, n, k, transposeA = false, transposeB = false, accumulate = false } = options;
  const { bytes, rows } = shape;
  const columns = tileColumns(shape);
  const aPanels = Math.ceil(m / rows);
  const bPanels = Math.ceil(n / columns);
  const [aBlock, bBlock] = blocksFor(shape, aPanels, bPanels, threads);
  const aPackTasks = Math.ceil(aPanels / PACK_BLOCK);
  const set = (field: number, value: number): void => void (int32[job + field / 4] = value);
  set(JOB.m, m);
  set(JOB.n, n);
  set(JOB.k, k);
  set(JOB.depth, depthFor(k));
  set(JOB.out, out);
  set(JOB.outStride, n * bytes);
  set(JOB.accumulate, Number(accumulate));
  set(JOB.a, a);
  set(JOB.aStride, (transposeA ? m : k) * bytes);
  set(JOB.aItems, Number(transposeA));
  set(JOB.aPacked, packed);
  set(JOB.aPanels, aPanels);
  set(JOB.aBlock, aBlock);
  set(JOB.aBlocks, Math.ceil(aPanels / aBlock));
  set(JOB.b, b);
  set(JOB.bStride, (transposeB ? k : n) * bytes);
  set(JOB.bItems, Number(!transposeB));
  set(JOB.bPacked, packed + aPanels * rows * k * bytes);
  set(JOB.bPanels, bPanels);
  set(JOB.bBlock, bBlock);
  set(JOB.bBlocks, Math.ceil(bPanels / bBlock));
  set(JOB.packBlock, PACK_BLOCK);
  set(JOB.aPackTasks, aPackTasks);
  set(JOB.packTasks, aPackTasks + Math.ceil(bPanels / PACK_BLOCK));
}

/** The inner dimension in passes of equal length. It must not depend on the threads: it sets the order of the sums. */
function depthFor(k: number): number {
  const passes = Math.ceil(k / DEPTH);
  return Math.ceil(k / passes / 4) * 4;
}

/** Panels of A and B a task: as large as the caches allow, but with a few tasks for each thread. */
function blocksFor(shape: TileShape, aPanels: number, bPanels: number, threads: number): [number, number] {
  let aBlock = Math.min(aPanels, Math.floor(BLOCK.rows / shape.rows));
  let bBlock = Math.min(bPanels, Math.floor(BLOCK.columns / tileColumns(shape)));
  const enough = threads > 1 ? 4 * threads : 1;
  while (Math.ceil(aPanels / aBlock) * Math.ceil(bPanels / bBlock) < enough && aBlock * bBlock > 1) {
    if (aBlock * shape.rows >= bBlock * tileColumns(shape) && aBlock > 1) aBlock = Math.ceil(aBlock / 2);
    else if (bBlock > 1) bBlock = Math.ceil(bBlock / 2);
    else aBlock = Math.ceil(aBlock / 2);
  }
  return [aBlock, bBlock];
}
