/** How convolutions lie in the kernels' memory, image by image. */
import { copyIn, copyOut } from "../copy.js";
import { CONVOLUTION_KIND } from "../gemm-program.js";
import { tileColumns } from "../gemm-tile.js";
import { ALONE, type GemmProgram, type Team } from "../gemm-wasm.js";
import { allocateScratch, enterScratch, leaveScratch, memoryViews } from "../memory.js";
import { teamFor } from "../threads.js";
import { CONVOLUTION, CONVOLUTION_BYTES, GRADIENT_TILE } from "./program.js";

/** A window that slides over one axis by steps of 1: at place `p` its tap `k` is on cell `p + k·dilation - before`. */
export interface WindowAxis {
  readonly input: number; // cells of the axis; before and behind them are zeros
  readonly kernel: number; // taps
  readonly output: number; // places
  readonly dilation: number; // cells from tap to tap
  readonly before: number; // cells of zeros in front; negative: cells that are left out
}

/** A convolution of stride 1 over planes, in each group of channels by itself. */
export interface PlaneConvolution {
  readonly batch: number; // images
  readonly groups: number; // into how many the channels are split
  readonly channels: number; // of a group
  readonly filters: number; // of a group
  readonly rows: WindowAxis; // the first axis of a plane
  readonly columns: WindowAxis; // the second
}

/** Multiply-adds from which several threads are worth waking. */
const PARALLEL = 400_000;
/** Bytes that the images of one call should take, to stay in the second-level cache, and may take at most. */
const CACHE_SHARE = 2 ** 18;
const MEMORY_SHARE = 2 ** 28;

/** {@link convolvePlanes} by one program. */
export function forwardBy(
  program: GemmProgram,
  sizes: PlaneConvolution,
  x: Float32Array,
  weight: Float32Array,
  out: Float32Array,
): boolean {
  return withPlan(program, sizes, (plan) => {
    packWeight(plan, weight);
    eachChunk(plan, (first, count) => {
      copyIn(plan.words.input, partOf(plan, x, first, count));
      runTasks(plan, "forward", first, count);
      copyOut(plan.words.output, partOf(plan, out, first, count));
    });
    return true;
  });
}

/** {@link convolvePlanesToWeight} by one program. */
export function gradientBy(
  program: GemmProgram,
  sizes: PlaneConvolution,
  x: Float32Array,
  g: Float32Array,
  out: Float32Array,
): boolean {
  return withPlan(program, sizes, (plan) => {
    const sums = new Float64Array(out.length);
    eachChunk(plan, (first, count) => {
      copyIn(plan.words.input, partOf(plan, x, first, count));
      copyIn(plan.words.output, partOf(plan, g, first, count));
      runTasks(plan, "gradient", first, count);
      for (let i = 0; i < count; i++) addGradient(plan, i, sums, (first + i) % sizes.groups);
    });
    if (!sums.every(Number.isFinite)) return false;
    out.set(sums);
    return true;
  });
}

/** Where everything is in memory, for as many images of one group at once as fit into the cache. */
interface Plan {
  readonly program: GemmProgram;
  readonly team: Team;
  readonly sizes: PlaneConvolution;
  readonly words: Words;
  readonly job: number;
  readonly taps: number;
  readonly atOnce: number;
}

type Words = Record<keyof typeof CONVOLUTION, number>;

function withPlan(program: GemmProgram, sizes: PlaneConvolution, body: (plan: Plan) => boolean): boolean {
  const mark = enterScratch();
  try {
    const plan = makePlan(program, sizes);
    return plan !== null && body(plan);
  } finally {
    leaveScratch(mark);
  }
}

const roundUp = (x: number, step: number): number => Math.ceil(x / step) * step;

/** The part of an axis that goes into the box: `count` cells from `from` on, to `to` in the box. */
function boxAxis(axis: WindowAxis): Readonly<Record<"size" | "from" | "to" | "count", number>> {
  const { input, kernel, output, dilation, before } = axis;
  const size = output + (kernel - 1) * dilation;
  const from = Math.max(0, -before);
  return { size, from, to: from + before, count: Math.max(0, Math.min(input, size - before) - from) };
}

function makePlan(program: GemmProgram, sizes: PlaneConvolution): Plan | null {
  const { groups, channels, filters, rows, columns } = sizes;
  const shape = program.shapes.float32;
  const [down, right] = [boxAxis(rows), boxAxis(columns)];
  const offsets = tapOffsets(sizes, down.size, right.size);
  const taps = offsets.length - 1;
  const boxPlane = 4 * down.size * right.size;
  const widePlane = roundUp(4 * rows.output * right.size, 4 * tileColumns(shape));
  const words: Words = {
    input: 0,
    inputBytes: 4 * channels * rows.input * columns.input,
    box: 0,
    // Tiles read on behind the last place of the last tap.
    boxBytes: roundUp(offsets[taps] + Math.max(widePlane, boxPlane), 64),
    wide: 0,
    wideBytes: Math.max(roundUp(filters, shape.rows), roundUp(filters, GRADIENT_TILE.filters)) * widePlane,
    output: 0,
    outputBytes: 4 * filters * rows.output * columns.output,
    gradient: 0,
    gradientBytes: 4 * roundUp(filters, GRADIENT_TILE.filters) * roundUp(taps, GRADIENT_TILE.taps),
    weight: 0,
    weightBytes: 4 * roundUp(filters, shape.rows) * taps,
    groups,
    firstGroup: 0,
    channels,
    filters,
    table: 0,
    tableEnd: 0,
    from: 4 * (down.from * columns.input + right.from),
    to: 4 * (down.to * right.size + right.to),
    rows: down.count,
    rowBytes: 4 * right.count,
    inputPitch: 4 * columns.input,
    inputPlane: 4 * rows.input * columns.input,
    boxPitch: 4 * right.size,
    boxPlane,
    widePlane,
    outputPitch: 4 * columns.output,
    outputPlane: 4 * rows.output * columns.output,
    outputRows: rows.output,
  };
  return place(program, sizes, words, offsets);
}

const PER_IMAGE = ["input", "box", "wide", "output", "gradient"] as const;

/** Allocates, or returns null where one image would take too much. */
function place(program: GemmProgram, sizes: PlaneConvolution, words: Words, offsets: Int32Array): Plan | null {
  const { batch, groups, filters, rows, columns } = sizes;
  const taps = offsets.length - 1;
  const work = batch * groups * filters * taps * rows.output * columns.output;
  const team = work < PARALLEL ? ALONE : teamFor(program);
  const bytes = PER_IMAGE.reduce((sum, name) => sum + words[`${name}Bytes`], 0);
  const fixed = words.weightBytes * groups + 4 * filters * groups * taps;
  if (bytes + fixed > MEMORY_SHARE) return null;
  const wanted = Math.max(1, Math.floor(CACHE_SHARE / bytes)) * (team.threads === 1 ? 1 : 4 * team.threads);
  const atOnce = Math.min(batch * groups, wanted, Math.floor((MEMORY_SHARE - fixed) / bytes));
  for (const name of PER_IMAGE) words[name] = allocateScratch(words[`${name}Bytes`] * atOnce);
  words.weight = allocateScratch(words.weightBytes * groups);
  words.table = allocateScratch(4 * offsets.length);
  const job = allocateScratch(CONVOLUTION_BYTES);
  const { uint8, int32 } = memoryViews();
  // Copies leave alone what is around an image, and around the rows and planes of an output.
  uint8.fill(0, words.box, words.wide + words.wideBytes * atOnce);
  int32.set(offsets, words.table / 4);
  return { program, team, sizes, words, job, taps, atOnce };
}

/** The byte offset in the box of every tap of every channel, and the last one again: tiles of the gradient take two at once. */
function tapOffsets({ channels, rows, columns }: PlaneConvolution, boxRows: number, boxColumns: number): Int32Array {
  const offsets: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < rows.kernel; i++) {
      for (let j = 0; j < columns.kernel; j++) {
        offsets.push(4 * ((c * boxRows + i * rows.dilation) * boxColumns + j * columns.dilation));
      }
    }
  }
  return Int32Array.from([...offsets, offsets[offsets.length - 1]]);
}

/** Brings the weights of every group into panels. */
function packWeight({ program, sizes: { groups, filters }, words, taps }: Plan, weight: Float32Array): void {
  const raw = allocateScratch(weight.byteLength);
  copyIn(raw, weight);
  const panels = Math.ceil(filters / program.shapes.float32.rows);
  for (let group = 0; group < groups; group++) {
    const [from, to] = [raw + group * filters * taps * 4, words.weight + group * words.weightBytes];
    program.run.packRows4(from, 4 * taps, 4, to, taps, filters, 0, panels);
  }
}

/** Calls `body` for all images of one group, in chunks: the number of the first, and how many. */
function eachChunk({ sizes: { batch, groups }, atOnce }: Plan, body: (first: number, count: number) => void): void {
  const total = batch * groups;
  for (let first = 0; first < total; first += atOnce) body(first, Math.min(atOnce, total - first));
}

/** The part of an array over all images that belongs to a chunk. */
function partOf({ sizes: { batch, groups } }: Plan, array: Float32Array, first: number, count: number): Float32Array {
  const size = array.length / (batch * groups);
  return array.subarray(first * size, (first + count) * size);
}

function runTasks(
  { program, team, sizes, words, job, taps }: Plan,
  kind: keyof typeof CONVOLUTION_KIND,
  first: number,
  count: number,
): void {
  const { int32 } = memoryViews();
  words.firstGroup = first % sizes.groups;
  words.tableEnd = words.table + 4 * (kind === "forward" ? taps : roundUp(taps, GRADIENT_TILE.taps));
  for (const name of WORDS) int32[(job + CONVOLUTION[name]) / 4] = words[name];
  program.run.parallel(team.control, team.threads, CONVOLUTION_KIND[kind], count, job, program.scratch);
}

const WORDS = Object.keys(CONVOLUTION) as (keyof typeof CONVOLUTION)[];

/** Adds what image `i` of the chunk gave to the sums of its group. */
function addGradient({ sizes: { filters }, words, taps }: Plan, i: number, sums: Float64Array, group: number): void {
  const { float32 } = memoryViews();
  const pitch = roundUp(taps, GRADIENT_TILE.taps);
  let from = (words.gradient + i * words.gradientBytes) / 4;
  let to = group * filters * taps;
  for (let filter = 0; filter < filters; filter++, from += pitch) {
    for (let tap = 0; tap < taps; tap++) sums[to++] += float32[from + tap];
  }
}
