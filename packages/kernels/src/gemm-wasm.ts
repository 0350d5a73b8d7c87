import { copyIn, copyOut } from "./copy.js";
import { compileModule, nodeMajor, type SimdLevel } from "./engine.js";
import { BLOCK, JOB, JOB_BYTES, THREAD_SCRATCH } from "./gemm-job.js";
import { buildGemmProgram, type GemmShapes } from "./gemm-program.js";
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

/** What a program exports for the caller: see {@link buildGemmProgram}. */
type GemmExports = Record<"gemm4" | "gemm8", GemmEntry> &
  Record<VectorProduct, VectorEntry> &
  Record<"parallel" | "packRows4", (...operands: readonly number[]) => void>;

type GemmEntry = (job: number, control: number, threads: number, scratch: number) => void;
type VectorProduct = "dots4" | "dots8" | "sums4" | "sums8";
type VectorEntry = (matrix: number, x: number, y: number, rows: number, columns: number) => void;

/** A compiled program of matrix products, with the places in memory that it works with. */
export interface GemmProgram {
  readonly level: SimdLevel;
  readonly module: WebAssembly.Module;
  readonly shapes: GemmShapes;
  readonly run: GemmExports;
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

/** Columns of the result a task takes at most: a block of A is packed again for each of them. */
const BLOCK_COLUMNS = 1024;
/** Elements of B that are worth a task of their own when it is packed. */
const PACK_ELEMENTS = 1 << 14;
/** Rows below which a block of A is not divided to occupy more threads. */
const FEWEST_ROWS = 24;

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
  const scratch = reserve(THREAD_SCRATCH.bytes);
  const run = exports as GemmExports;
  return { level, module, shapes, job, scratch, run };
}

/** Runs a product through WebAssembly: operands are copied in, the result is copied out. */
export function gemmWasm<T extends Float32Array | Float64Array>(
  program: GemmProgram,
  options: GemmOptions<T>,
  team: Team,
): void {
  const { m, n, k, a, b, out, accumulate = false } = options;
  if (m === 1 || n === 1) {
    gemvWasm(program, options);
    return;
  }
  const double = out instanceof Float64Array;
  const shape = double ? program.shapes.float64 : program.shapes.float32;
  const mark = enterScratch();
  try {
    const { bytes } = shape;
    const aAddress = allocateScratch(m * k * bytes);
    const bAddress = allocateScratch(k * n * bytes);
    const outAddress = allocateScratch(m * n * bytes);
    const packed = allocateScratch(packedBytes(shape, options));
    copyIn(aAddress, a);
    copyIn(bAddress, b);
    if (accumulate) copyIn(outAddress, out);
    writeJob(memoryViews().int32, program.job / 4, shape, options, team.threads, [
      aAddress,
      bAddress,
      outAddress,
      packed,
    ]);
    (double ? program.run.gemm8 : program.run.gemm4)(program.job, team.control, team.threads, program.scratch);
    copyOut(outAddress, out);
  } finally {
    leaveScratch(mark);
  }
}

/** A product with a single row or column: the matrix is read where it is copied to, as packing would cost as much. */
function gemvWasm<T extends Float32Array | Float64Array>(program: GemmProgram, options: GemmOptions<T>): void {
  const { m, k, a, b, out, transposeA = false, transposeB = false, accumulate = false } = options;
  const [matrix, x, alongRows] = m === 1 ? [b, a, transposeB] : [a, b, !transposeA];
  const double = out instanceof Float64Array;
  const { bytes } = double ? program.shapes.float64 : program.shapes.float32;
  const mark = enterScratch();
  try {
    const matrixAddress = allocateScratch(matrix.length * bytes);
    const xAddress = allocateScratch(k * bytes);
    const outAddress = allocateScratch(out.length * bytes);
    copyIn(matrixAddress, matrix);
    copyIn(xAddress, x);
    if (accumulate) copyIn(outAddress, out);
    else memoryViews().uint8.fill(0, outAddress, outAddress + out.byteLength);
    const { dots4, dots8, sums4, sums8 } = program.run;
    if (alongRows) (double ? dots8 : dots4)(matrixAddress, xAddress, outAddress, out.length, k);
    else (double ? sums8 : sums4)(matrixAddress, xAddress, outAddress, k, out.length);
    copyOut(outAddress, out);
  } finally {
    leaveScratch(mark);
  }
}

function packedBytes(shape: TileShape, { n, k }: { n: number; k: number }): number {
  const width = tileColumns(shape);
  return Math.ceil(n / width) * width * k * shape.bytes;
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
  const { bytes } = shape;
  const aPanels = Math.ceil(m / shape.rows);
  const bPanels = Math.ceil(n / tileColumns(shape));
  const [aBlocks, bBlocks] = blocksFor(shape, aPanels, bPanels, threads);
  const set = (field: number, value: number): void => void (int32[job + field / 4] = value);
  set(JOB.m, m);
  set(JOB.n, n);
  set(JOB.k, k);
  set(JOB.depth, depthFor(k));
  set(JOB.out, out);
  set(JOB.outStride, n * bytes);
  set(JOB.accumulate, Number(accumulate));
  set(JOB.a, a);
  set(JOB.aItemStride, transposeA ? bytes : k * bytes);
  set(JOB.aStepStride, transposeA ? m * bytes : bytes);
  set(JOB.aPanels, aPanels);
  set(JOB.aBlocks, aBlocks);
  set(JOB.b, b);
  set(JOB.bItemStride, transposeB ? k * bytes : bytes);
  set(JOB.bStepStride, transposeB ? bytes : n * bytes);
  set(JOB.bPanels, bPanels);
  set(JOB.bBlocks, bBlocks);
  set(JOB.bPacked, packed);
  set(JOB.packTasks, Math.min(bPanels, Math.ceil((n * k) / PACK_ELEMENTS)));
}

/**
 * The inner dimension in passes of equal length, at most 256: a panel of B (8 KiB) then stays in the first-level
 * cache. It must not depend on the threads, as it sets the order of the sums.
 */
function depthFor(k: number): number {
  const passes = Math.ceil(k / BLOCK.depth);
  return Math.ceil(k / passes / 4) * 4;
}

/** Into how many blocks A and B are divided: as few as the caches allow, but a few tasks for each thread. */
function blocksFor(shape: TileShape, aPanels: number, bPanels: number, threads: number): [number, number] {
  const columns = tileColumns(shape);
  const largest = Math.floor(BLOCK.rowBytes / shape.bytes / shape.rows);
  let aBlocks = Math.ceil(aPanels / largest);
  let bBlocks = Math.ceil((bPanels * columns) / BLOCK_COLUMNS);
  if (threads === 1) return [aBlocks, bBlocks];
  const tasks = 3 * threads;
  if (aBlocks * bBlocks < tasks) {
    const most = Math.max(aBlocks, Math.floor((aPanels * shape.rows) / FEWEST_ROWS));
    aBlocks = Math.min(most, Math.ceil(tasks / bBlocks));
  }
  if (aBlocks * bBlocks < tasks) bBlocks = Math.min(bPanels, Math.ceil(tasks / aBlocks));
  return [aBlocks, bBlocks];
}
