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
/** Bytes of a plane of the box from which sums over it are long enough to be worth their start. */
const SUMMED_AT_ONCE = 4096;
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
  return withPlan(program, sizes, "forward", (plan) => {
    packWeight(plan, weight);
    eachChunk(plan, (chunk) => {
      copyIn(plan.words.input, partOf(plan, x, chunk));
      runTasks(plan, chunk);
      copyOut(plan.words.output, partOf(plan, out, chunk));
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
  return withPlan(program, sizes, "gradient", (plan) => {
    const isSingle = plan.words.images === sizes.batch;
    const sums = isSingle ? new Float32Array(out.length) : new Float64Array(out.length);
    eachChunk(plan, (chunk) => {
      copyIn(plan.words.input, partOf(plan, x, chunk));
      copyIn(plan.words.output, partOf(plan, g, chunk));
      const tasks = runTasks(plan, chunk);
      for (let task = 0; task < tasks; task++) addGradient(plan, task, sums);
    });
    let zero = 0;
    for (let i = 0; i < sums.length; i++) zero += 0 * sums[i];
    if (zero !== 0) return false;
    out.set(sums);
    return true;
  });
}

/** Where everything is in memory, for as many images at once as fit into the cache. */
interface Plan {
  readonly program: GemmProgram;
  readonly team: Team;
  readonly kind: keyof typeof CONVOLUTION_KIND;
  readonly sizes: PlaneConvolution;
  readonly words: Words;
  readonly job: number;
  readonly taps: number;
  /** Images of a chunk. */
  readonly atOnce: number;
}

type Words = Record<keyof typeof CONVOLUTION, number>;

/** Images from `first` on, of which each task takes some. */
interface Chunk {
  readonly first: number;
  readonly count: number;
  readonly perTask: number;
}

function withPlan(
  program: GemmProgram,
  sizes: PlaneConvolution,
  kind: Plan["kind"],
  body: (plan: Plan) => boolean,
): boolean {
  const mark = enterScratch();
  try {
    const plan = makePlan(program, sizes, kind);
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

function makePlan(program: GemmProgram, sizes: PlaneConvolution, kind: Plan["kind"]): Plan | null {
  const { batch, groups, channels, filters, rows, columns } = sizes;
  const shape = program.shapes.float32;
  const [down, right] = [boxAxis(rows), boxAxis(columns)];
  const boxImage = 4 * down.size * right.size;
  const isForward = kind === "forward";
  const images = isForward ? 1 : Math.min(batch, Math.ceil(SUMMED_AT_ONCE / boxImage));
  const offsets = tapOffsets(sizes, images * boxImage, 4 * right.size);
  const taps = offsets.length - 1;
  const step = isForward ? 4 * tileColumns(shape) : 16;
  const widePlane = roundUp((images - 1) * boxImage + 4 * rows.output * right.size, step);
  const words: Words = {
    input: 0,
    inputBytes: 4 * channels * rows.input * columns.input,
    box: 0,
    // Tiles read on behind the last place of the last tap.
    boxBytes: roundUp(offsets[taps] + Math.max(widePlane, images * boxImage), 64),
    wide: 0,
    wideBytes: roundUp(filters, isForward ? shape.rows : GRADIENT_TILE.filters) * widePlane,
    output: 0,
    outputBytes: 4 * filters * rows.output * columns.output,
    gradient: 0,
    gradientBytes: isForward ? 0 : 4 * roundUp(filters, GRADIENT_TILE.filters) * roundUp(taps, GRADIENT_TILE.taps),
    weight: 0,
    weightBytes: isForward ? 4 * roundUp(filters, shape.rows) * taps : 0,
    groups,
    images,
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
    boxImage,
    boxPlane: images * boxImage,
    widePlane,
    outputPitch: 4 * columns.output,
    outputPlane: 4 * rows.output * columns.output,
    outputRows: rows.output,
  };
  return place(program, kind, sizes, words, offsets);
}

const PER_TASK = ["box", "wide", "gradient"] as const;

/** Allocates, or returns null where the images of one task would take too much. */
function place(
  program: GemmProgram,
  kind: Plan["kind"],
  sizes: PlaneConvolution,
  words: Words,
  offsets: Int32Array,
): Plan | null {
  const { batch, groups, filters, rows, columns } = sizes;
  const { images } = words;
  const taps = offsets.length - 1;
  const team = batch * groups * filters * taps * rows.output * columns.output < PARALLEL ? ALONE : teamFor(program);
  // A round is one task for each group.
  const [input, output] = [groups * images * words.inputBytes, groups * images * words.outputBytes];
  const bytes = PER_TASK.reduce((sum, name) => sum + groups * words[`${name}Bytes`], input + output);
  const weight = groups * words.weightBytes;
  if (bytes + 2 * weight > MEMORY_SHARE) return null;
  const wanted = Math.max(1, Math.floor(CACHE_SHARE / bytes)) * (team.threads === 1 ? 1 : 4 * team.threads);
  const rounds = Math.min(Math.ceil(batch / images), wanted, Math.floor((MEMORY_SHARE - 2 * weight) / bytes));
  words.input = allocateScratch(rounds * input);
  words.output = allocateScratch(rounds * output);
  for (const name of PER_TASK) words[name] = allocateScratch(rounds * groups * words[`${name}Bytes`]);
  words.weight = allocateScratch(weight);
  words.table = allocateScratch(4 * offsets.length);
  words.tableEnd = words.table + 4 * (kind === "forward" ? taps : roundUp(taps, GRADIENT_TILE.taps));
  const job = allocateScratch(CONVOLUTION_BYTES);
  const { uint8, int32 } = memoryViews();
  // Copies leave alone what is around an image, and around the rows and planes of an output.
  uint8.fill(0, words.box, words.gradient);
  int32.set(offsets, words.table / 4);
  return { program, team, kind, sizes, words, job, taps, atOnce: rounds * images };
}

/** The byte offset in the box of every tap of every channel, and the last one again: tiles of the gradient take two at once. */
function tapOffsets({ channels, rows, columns }: PlaneConvolution, plane: number, pitch: number): Int32Array {
  const offsets: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < rows.kernel; i++) {
      for (let j = 0; j < columns.kernel; j++) {
        offsets.push(c * plane + i * rows.dilation * pitch + 4 * j * columns.dilation);
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

/** Calls `body` for chunks of images that divide evenly among tasks; the last one may have a single task of fewer images. */
function eachChunk({ sizes: { batch }, words, atOnce }: Plan, body: (chunk: Chunk) => void): void {
  const { images } = words;
  const even = batch - (batch % images);
  for (let first = 0; first < even; first += atOnce) {
    body({ first, count: Math.min(atOnce, even - first), perTask: images });
  }
  if (even === batch) return;
  // Where this task has no image the outputs must not be those of an earlier one.
  memoryViews().uint8.fill(0, words.wide, words.gradient);
  body({ first: even, count: batch - even, perTask: batch - even });
}

/** The part of an array over all images that belongs to a chunk. */
function partOf({ sizes: { batch } }: Plan, array: Float32Array, { first, count }: Chunk): Float32Array {
  const size = array.length / batch;
  return array.subarray(first * size, (first + count) * size);
}

const WORDS = Object.keys(CONVOLUTION) as (keyof typeof CONVOLUTION)[];

/** Runs the tasks of a chunk, and returns how many there were. */
function runTasks({ program, team, kind, sizes, words, job }: Plan, { count, perTask }: Chunk): number {
  const { int32 } = memoryViews();
  const tasks = (count / perTask) * sizes.groups;
  for (const name of WORDS) int32[(job + CONVOLUTION[name]) / 4] = words[name];
  int32[(job + CONVOLUTION.images) / 4] = perTask;
  program.run.parallel(team.control, team.threads, CONVOLUTION_KIND[kind], tasks, job, program.scratch);
  return tasks;
}

/** Adds what a task gave to the sums of its group. */
function addGradient(
  { sizes: { groups, filters }, words, taps }: Plan,
  task: number,
  sums: Float32Array | Float64Array,
): void {
  const { float32 } = memoryViews();
  const pitch = roundUp(taps, GRADIENT_TILE.taps);
  let from = (words.gradient + task * words.gradientBytes) / 4;
  let to = (task % groups) * filters * taps;
  for (let filter = 0; filter < filters; filter++, from += pitch) {
    for (let tap = 0; tap < taps; tap++) sums[to++] += float32[from + tap];
  }
}
