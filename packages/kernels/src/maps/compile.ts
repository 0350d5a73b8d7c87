import { canCompile } from "../engine.js";
import type { InputLayout } from "./loop.js";
import { compileMapFunction, mapMemory, type MapFunction } from "./module.js";
import {
  checkProgram,
  type MapArray,
  type MapDtype,
  type MapKernel,
  type MapMode,
  type MapProgram,
} from "./program.js";

/** Rows shorter than this are packed: their inputs are spread out in scratch memory and run as one long row. */
const SHORTEST_ROW = 64;

let simd: boolean | null = null;

/**
 * Compiles an elementwise program to a WebAssembly SIMD kernel, or returns null where that is not possible: without
 * WebAssembly SIMD, or with more than about 900 inputs and outputs.
 *
 * float32 functions stay within 2 ulp (units in the last place) of the true value over the whole range; float64
 * functions are the engine's, called lane by lane. The same input gives the same bits wherever it stands in an array,
 * and for float32 on every machine, except sin, cos and tan beyond 2²⁰. Compiling takes about a millisecond and a call
 * about half a microsecond: keep the kernel, and use plain loops for a few dozen elements.
 *
 * @example
 * ```ts
 * import { compileMap, type MapProgram } from "@adjoint/kernels";
 *
 * const hypotenuse: MapProgram = {
 *   inputs: 2,
 *   steps: [
 *     { op: "mul", args: [0, 0] },
 *     { op: "mul", args: [1, 1] },
 *     { op: "add", args: [2, 3] },
 *     { op: "sqrt", args: [4] },
 *   ],
 *   outputs: [5],
 * };
 * const kernel = compileMap(hypotenuse, ["vector", "scalar"], "float32");
 * const result = new Float32Array(3);
 * kernel?.run([Float32Array.of(3, 5, 9), Float32Array.of(12)], [3, 0], 1, 3, [result]);
 * console.log(result[1]); // → 13
 * ```
 */
export function compileMap(program: MapProgram, modes: readonly MapMode[], dtype: MapDtype): MapKernel | null {
  checkProgram(program, modes);
  simd ??= canCompile("plain");
  if (!simd) return null;
  // The most common case decides: every vector input dense, every scalar one the same for all rows.
  const first = compileMapFunction(program, modes.map(usualLayout), dtype);
  return first && new BlockedMap(program, modes, dtype, first);
}

const usualLayout = (mode: MapMode): InputLayout => (mode === "vector" ? "dense" : "scalar");

/** The rows and columns that a kernel processes at once. */
interface Block {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** The operands of one call, after rows that follow one another have been joined. */
interface Call {
  readonly inputs: readonly MapArray[];
  readonly strides: readonly number[];
  readonly outer: number;
  readonly inner: number;
  readonly packed: boolean;
  readonly layouts: readonly InputLayout[];
}

/** Runs a program over arrays of any size, block by block, compiling a kernel for each way its inputs lie. */
class BlockedMap implements MapKernel {
  readonly #program: MapProgram;
  readonly #modes: readonly MapMode[];
  readonly #dtype: MapDtype;
  readonly #functions = new Map<string, MapFunction>();
  readonly #view: MapArray;

  constructor(program: MapProgram, modes: readonly MapMode[], dtype: MapDtype, first: MapFunction) {
    this.#program = program;
    this.#modes = modes;
    this.#dtype = dtype;
    this.#functions.set(modes.map(usualLayout).join(), first);
    const { buffer } = mapMemory();
    this.#view = dtype === "float32" ? new Float32Array(buffer) : new Float64Array(buffer);
  }

  run(
    inputs: readonly MapArray[],
    outerStrides: readonly number[],
    outer: number,
    inner: number,
    outputs: readonly MapArray[],
  ): void {
    if (outer === 0 || inner === 0) return;
    const call = this.#plan(inputs, outerStrides, outer, inner);
    const map = this.#function(call.layouts);
    const capacity = map.slotBytes / this.#view.BYTES_PER_ELEMENT;
    const columns = Math.min(call.inner, capacity);
    const rows = call.inner > capacity ? 1 : Math.floor(capacity / call.inner);
    for (let row = 0; row < call.outer; row += rows) {
      for (let column = 0; column < call.inner; column += columns) {
        this.#runBlock(call, map, outputs, {
          row,
          rows: Math.min(rows, call.outer - row),
          column,
          columns: Math.min(columns, call.inner - column),
        });
      }
    }
  }

  #plan(inputs: readonly MapArray[], outerStrides: readonly number[], outer: number, inner: number): Call {
    const modes = this.#modes;
    const joins = (mode: MapMode, i: number): boolean => outerStrides[i] === (mode === "vector" ? inner : 0);
    if (outer > 1 && modes.every(joins)) return this.#plan(inputs, outerStrides, 1, outer * inner);
    const strides = outer === 1 ? outerStrides.map(() => 0) : outerStrides;
    const packed = outer > 1 && inner < SHORTEST_ROW;
    const layouts = modes.map((mode, i): InputLayout => {
      if (mode === "scalar") return packed && strides[i] !== 0 ? "dense" : "scalar";
      return packed || outer === 1 || strides[i] !== 0 ? "dense" : "row";
    });
    return { inputs, strides, outer, inner, packed, layouts };
  }

  #function(layouts: readonly InputLayout[]): MapFunction {
    const key = layouts.join();
    let map = this.#functions.get(key);
    if (!map) {
      const compiled = compileMapFunction(this.#program, layouts, this.#dtype);
      if (!compiled) throw new Error(`internal: map compiles for some layouts, not for ${key}`);
      this.#functions.set(key, (map = compiled));
    }
    return map;
  }

  #runBlock(call: Call, map: MapFunction, outputs: readonly MapArray[], block: Block): void {
    const { rows, columns } = block;
    const size = this.#view.BYTES_PER_ELEMENT;
    for (let i = 0; i < call.inputs.length; i++) this.#load(call, i, map.addresses[i] / size, block);
    if (call.packed) map.process(1, rows * columns);
    else map.process(rows, columns);
    const start = block.row * call.inner + block.column;
    for (let i = 0; i < outputs.length; i++) {
      const address = map.addresses[call.inputs.length + i] / size;
      outputs[i].set(this.#view.subarray(address, address + rows * columns), start);
    }
  }

  /** Copies what the block needs of input i into its slot, whose first element is `to`. */
  #load({ inputs, strides, inner, packed, layouts }: Call, i: number, to: number, block: Block): void {
    const view = this.#view;
    const [input, stride, layout] = [inputs[i], strides[i], layouts[i]];
    const { row, rows, column, columns } = block;
    const isFirst = row === 0 && column === 0;
    if (this.#modes[i] === "scalar") {
      // What does not change from row to row was spread by the first block, which has the most rows.
      if (stride === 0 && !isFirst) return;
      if (packed && layout === "dense") spreadScalars(view, to, block, input, stride);
      else for (let r = 0; r < rows; r++) view[to + r] = input[stride * (row + r)];
    } else if (stride === inner && columns === inner) {
      copy(view, to, input, row * inner, rows * inner);
    } else if (layout === "row") {
      if (isFirst || columns < inner) copy(view, to, input, column, columns);
    } else if (!(packed && stride === 0) || isFirst) {
      for (let r = 0; r < rows; r++) copy(view, to + r * columns, input, stride * (row + r) + column, columns);
    }
  }
}

function spreadScalars(
  view: MapArray,
  to: number,
  { row, rows, columns }: Block,
  input: MapArray,
  stride: number,
): void {
  let target = to;
  for (let r = 0; r < rows; r++) {
    const value = input[stride * (row + r)];
    for (const end = target + columns; target < end; target++) view[target] = value;
  }
}

function copy(view: MapArray, to: number, input: MapArray, from: number, count: number): void {
  if (count < 16) for (let i = 0; i < count; i++) view[to + i] = input[from + i];
  else view.set(from === 0 && count === input.length ? input : input.subarray(from, from + count), to);
}
