/**
 * The workers that help with large products. They share the kernels' memory, start at the first product large enough,
 * and join whenever they are up: nothing waits for them.
 */
import { builtinModule, nodeMajor } from "./engine.js";
import { ALONE, type GemmProgram, type Team } from "./gemm-wasm.js";
import { THREAD_SCRATCH } from "./gemm-job.js";
import { kernelMemory, memoryIsShared, memoryViews, reserve } from "./memory.js";
import { CONTROL, CONTROL_BYTES, MAXIMUM_WORKERS } from "./parallel.js";

/** The part of a worker that Node and browsers have in common. */
interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** The workers of one program: they run its loop on one control block until that block says quit. */
interface Crew {
  readonly program: GemmProgram;
  readonly control: number;
  readonly size: number;
  joined: number;
  /** Stalls seen so far, products to do alone before the workers are asked again, and the last such number. */
  stalls: number;
  rest: number;
  penalty: number;
}

/**
 * What a worker runs. It is a classic script given as text, so that it needs no file of its own: it works from the
 * sources, from the build and out of any bundle. `work` returns when its control block says quit; the next message,
 * if any, brings the next program.
 */
const WORKER_SOURCE = `
const load = typeof process === "object" && process.getBuiltinModule;
const port = load ? process.getBuiltinModule("node:worker_threads").parentPort : self;
const receive = ({ module, memory, control, slot, scratch }) => {
  new WebAssembly.Instance(module, { env: { memory } }).exports.work(control, slot, scratch);
};
if (load) port.on("message", receive);
else port.onmessage = (event) => receive(event.data);
`;

const DEFAULT_LIMIT = 8;
const LONGEST_REST = 255;

let wanted: number | null = null;
const workers: WorkerLike[] = [];
const scratches: number[] = [];
let crew: Crew | null = null;
let broken = false;

/** The number of threads that large products may use, the caller included. */
export function threads(): number {
  return (wanted ??= Math.min(availableCores(), DEFAULT_LIMIT));
}

/**
 * Sets the number of threads for large products: 1 for none but the caller; by default the cores, at most 8. Results
 * do not depend on it.
 */
export function setThreads(count: number): void {
  wanted = Math.max(1, Math.min(Math.floor(count), MAXIMUM_WORKERS + 1));
  broken = false;
  dismiss();
  for (const worker of workers.splice(wanted - 1)) void worker.terminate();
}

/** The threads that can work on a product of `program` now; asks for workers that are missing. */
export function teamFor(program: GemmProgram): Team {
  if (threads() === 1 || broken || !memoryIsShared()) return ALONE;
  if (crew?.program !== program) crew = assemble(program);
  if (crew.joined < crew.size) countJoined(crew);
  return crew.joined === 0 || isResting(crew) ? ALONE : { threads: crew.joined + 1, control: crew.control };
}

/**
 * When other processes hold the cores, workers are suspended in the middle of a task and the product has to wait for
 * them. After a product that stalled so the next ones are done alone: 1, then 2, 4, ... while stalls go on.
 */
function isResting(team: Crew): boolean {
  if (team.rest > 0) {
    team.rest--;
    return true;
  }
  const stalls = memoryViews().int32[(team.control + CONTROL.stalls) / 4];
  if (stalls === team.stalls) {
    team.penalty = Math.floor(team.penalty / 2);
    return false;
  }
  team.stalls = stalls;
  team.penalty = Math.min(2 * team.penalty + 1, LONGEST_REST);
  team.rest = team.penalty - 1;
  return true;
}

/** Tells the workers of the present crew to leave their loop. */
function dismiss(): void {
  if (!crew) return;
  const { int32 } = memoryViews();
  Atomics.store(int32, (crew.control + CONTROL.quit) / 4, 1);
  Atomics.add(int32, (crew.control + CONTROL.epoch) / 4, 1);
  Atomics.notify(int32, (crew.control + CONTROL.epoch) / 4);
  crew = null;
}

/** Gives every worker the program to run, on a fresh control block: one that still leaves the old loop cannot stray. */
function assemble(program: GemmProgram): Crew {
  dismiss();
  const control = reserve(CONTROL_BYTES);
  const size = threads() - 1;
  memoryViews().int32[(control + CONTROL.maySleep) / 4] = Number(maySleep());
  for (let slot = 0; slot < size && !broken; slot++) {
    scratches[slot] ??= reserve(THREAD_SCRATCH.bytes);
    try {
      workers[slot] ??= startWorker();
      const scratch = scratches[slot];
      workers[slot].postMessage({ module: program.module, memory: kernelMemory(), control, slot, scratch });
    } catch {
      // No workers here, or a policy forbids them: one thread does all.
      broken = true;
    }
  }
  return { program, control, size, joined: 0, stalls: 0, rest: 0, penalty: 0 };
}

function countJoined(team: Crew): void {
  const { int32 } = memoryViews();
  const first = (team.control + CONTROL.joined) / 4;
  team.joined = 0;
  for (let slot = 0; slot < team.size; slot++) team.joined += int32[first + slot];
}

/** Starts a worker that does not keep the process alive. */
function startWorker(): WorkerLike {
  const node = builtinModule("node:worker_threads");
  if (isNodeThreads(node)) {
    const worker = new node.Worker(WORKER_SOURCE, { eval: true, execArgv: [], name: "adjoint-kernels" });
    worker.on("error", () => (broken = true));
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
  const worker = new Worker(url, { name: "adjoint-kernels" });
  worker.addEventListener("error", () => (broken = true));
  return worker;
}

function isNodeThreads(module: unknown): module is typeof import("node:worker_threads") {
  return typeof module === "object" && module !== null && "Worker" in module;
}

/** Whether this thread may block: all may but the main thread of a browser. */
function maySleep(): boolean {
  return nodeMajor() > 0 || typeof window === "undefined";
}

function availableCores(): number {
  const os = builtinModule("node:os");
  if (isNodeOs(os)) return os.availableParallelism();
  return typeof navigator === "object" ? (navigator.hardwareConcurrency ?? 1) : 1;
}

function isNodeOs(module: unknown): module is typeof import("node:os") {
  return typeof module === "object" && module !== null && "availableParallelism" in module;
}
