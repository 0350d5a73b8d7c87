/**
 * The one memory of the kernels, and a stack of scratch space in it.
 *
 * Kernels run one call at a time on the main thread (workers only help with the call in progress), so scratch space is
 * a stack that each call leaves as it found it. The memory is shared, so that workers can join, when the environment
 * allows `SharedArrayBuffer`; otherwise it is an ordinary one. It grows on demand and never shrinks.
 */
import type { MemoryLimits } from "./assembler.js";

const PAGE = 65536;
const ALIGNMENT = 64;
/** Pages to ask for as the upper bound of a shared memory: some browsers refuse to reserve 4 GiB. */
const MAXIMA = [65536, 32768, 8192, 2048];

/** Hands out scratch space that is given back when {@link withScratch} returns. */
export interface Arena {
  /** The byte address of `bytes` fresh bytes, aligned to 64; their content is arbitrary. Throws when memory is out. */
  allocate(bytes: number): number;
}

/** Typed views of the whole memory, as it is now: `allocate` and `reserve` may replace them, so read them afterwards. */
export interface MemoryViews {
  readonly uint8: Uint8Array; // element i is the byte at address i
  readonly int32: Int32Array; // element i is at address 4·i
  readonly float32: Float32Array; // element i is at address 4·i
  readonly float64: Float64Array; // element i is at address 8·i
}

interface State {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  readonly maximum: number;
  views: MemoryViews;
  base: number;
  top: number;
}

let state: State | null = null;

/** The memory that all kernels import; created at the first call. */
export function kernelMemory(): WebAssembly.Memory {
  return current().memory;
}

/** Whether {@link kernelMemory} is shared, which modules that import it must declare. */
export function memoryIsShared(): boolean {
  return current().shared;
}

/** The limits to declare when importing {@link kernelMemory} into a module. */
export function memoryLimits(): Required<MemoryLimits> {
  const { maximum, shared } = current();
  return { minimum: 1, maximum, shared };
}

/** Views of the memory, valid until the next `allocate` or `reserve`. */
export function memoryViews(): MemoryViews {
  return current().views;
}

/**
 * Sets `bytes` bytes apart for good (zeroed, aligned to 64) and returns their address. Inside {@link withScratch} the
 * scratch space below is lost for good as well: reserve before, where the size matters.
 */
export function reserve(bytes: number): number {
  const s = current();
  const address = s.top;
  const end = align(address + bytes);
  ensure(s, end);
  s.views.uint8.fill(0, address, end);
  s.base = s.top = end;
  return address;
}

/** Runs `body` with an arena whose space is given back when `body` returns or throws. Calls may nest. */
export function withScratch<T>(body: (arena: Arena) => T): T {
  const mark = enterScratch();
  try {
    return body(arena);
  } finally {
    leaveScratch(mark);
  }
}

/** The start of a stretch of scratch use, for code too hot for a closure: pass the result to {@link leaveScratch}. */
export function enterScratch(): number {
  return current().top;
}

/** Gives back everything allocated since the matching {@link enterScratch}. */
export function leaveScratch(mark: number): void {
  const s = current();
  s.top = Math.max(mark, s.base);
}

/** Allocates scratch space between {@link enterScratch} and {@link leaveScratch}: see {@link Arena.allocate}. */
export function allocateScratch(bytes: number): number {
  const s = current();
  const address = s.top;
  const end = align(address + bytes);
  if (end > s.views.uint8.length) ensure(s, end);
  s.top = end;
  return address;
}

const arena: Arena = { allocate: allocateScratch };

function current(): State {
  return (state ??= create());
}

function create(): State {
  const initial = 16;
  for (const maximum of typeof SharedArrayBuffer === "function" ? MAXIMA : []) {
    try {
      return describe(new WebAssembly.Memory({ initial, maximum, shared: true }), true, maximum);
    } catch {
      // Not this much address space, or no shared memory at all: try the next smaller way.
    }
  }
  return describe(new WebAssembly.Memory({ initial, maximum: MAXIMA[0] }), false, MAXIMA[0]);
}

function describe(memory: WebAssembly.Memory, shared: boolean, maximum: number): State {
  // Address 0 stays unused, so that it can mean "none".
  return { memory, shared, maximum, views: viewsOf(memory), base: ALIGNMENT, top: ALIGNMENT };
}

function viewsOf({ buffer }: WebAssembly.Memory): MemoryViews {
  return {
    uint8: new Uint8Array(buffer),
    int32: new Int32Array(buffer),
    float32: new Float32Array(buffer),
    float64: new Float64Array(buffer),
  };
}

function ensure(s: State, end: number): void {
  const size = s.views.uint8.length;
  if (end <= size) return;
  // Growing by half at least keeps the number of growths logarithmic; every growth replaces the views.
  const wanted = Math.min(Math.max(Math.ceil(end / PAGE), Math.ceil((1.5 * size) / PAGE)), s.maximum);
  if (wanted * PAGE < end)
    throw new Error(`internal: kernels need ${end} bytes of memory, the limit is ${s.maximum} pages`);
  s.memory.grow(wanted - size / PAGE);
  s.views = viewsOf(s.memory);
}

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}
