import { canCompile, compileModule } from "../engine.js";
import { mapMemory } from "../maps/module.js";
import { buildLinesProgram } from "./program.js";
import { LINE_BYTES, PLACES } from "./walk.js";

/** A kernel: see {@link buildLinesProgram}. */
type LineKernel = (count: number, length: number) => void;

/** The kernels, and views of the places where they work. */
export interface LineKernels {
  readonly run: Readonly<
    Record<
      | "sumAlong"
      | "sumAcross"
      | "maxAlong"
      | "maxAcross"
      | "minAlong"
      | "minAcross"
      | "exponentials"
      | "scale"
      | "shift",
      LineKernel
    >
  >;
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly sums: Float64Array;
  readonly extremes: Float32Array;
  readonly largest: Float32Array;
  readonly factors: Float32Array;
}

/** Elements of the longest line that fits into memory. */
export const LONGEST_LINE = LINE_BYTES / 4;
/** Elements that are worked on at once: what a kernel reads should still be in the second-level cache. */
export const BLOCK = 16384;

let kernels: LineKernels | null | undefined;

/** The kernels, compiled at the first call; null without WebAssembly SIMD. */
export function lineKernels(): LineKernels | null {
  return (kernels ??= canCompile("plain") ? compile() : null);
}

function compile(): LineKernels {
  const memory = mapMemory();
  const { buffer } = memory;
  const module = compileModule(buildLinesProgram(buffer.byteLength / 65536), "plain");
  const { exports } = new WebAssembly.Instance(module, { maps: { memory } });
  const results = LINE_BYTES / 4;
  return {
    run: exports as LineKernels["run"],
    input: new Float32Array(buffer, PLACES.input, LONGEST_LINE),
    output: new Float32Array(buffer, PLACES.output, LONGEST_LINE),
    sums: new Float64Array(buffer, PLACES.results, results / 2),
    extremes: new Float32Array(buffer, PLACES.results, results),
    largest: new Float32Array(buffer, PLACES.largest, results / 2),
    factors: new Float32Array(buffer, PLACES.factors, results / 2),
  };
}

/** `target[at + i] = source[from + i]` for `count` elements. */
export function copyPart(target: Float32Array, at: number, source: Float32Array, from: number, count: number): void {
  if (count < 16) for (let i = 0; i < count; i++) target[at + i] = source[from + i];
  else target.set(source.subarray(from, from + count), at);
}
