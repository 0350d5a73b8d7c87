import { allocateUncleared, type DType, type TypedArray } from "./dtype.js";
import type { Formula } from "./formula.js";
import { executor } from "./executors.js";
import { runIntegerStep } from "./integer-loops.js";
import { runStep } from "./loops.js";
import { runMapInWasm } from "./wasm-map.js";
import { type Shape, sizeOf, stridesOf } from "./shape.js";
import { eachRow, isRowMajor, type View } from "./storage.js";

/** What a map reads: anything with a shape and elements. */
export interface Source {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: TypedArray;
  readonly view: View | null;
}

/** Elements per block: small enough that the registers of a formula stay in the first-level cache. */
const BLOCK = 1024;

/** The registers of the program that is running; there is only ever one. */
const registers: Float64Array[] = [];

function reserve(count: number): void {
  while (registers.length < count) registers.push(new Float64Array(BLOCK));
}

/** Elements from which the copies into WebAssembly's memory cost less than its vectors gain. */
const FROM_HERE_WASM = 1024;

/** Applies a formula to every element of the broadcast inputs. */
export function runMap(formula: Formula, inputs: readonly Source[], shape: Shape, dtype: DType): TypedArray {
  const size = sizeOf(shape);
  // Sums and the like of booleans are numbers: anything but 0 is true, save NaN, which integers do not have either.
  if (dtype === "bool" && formula.result !== "bool") {
    return Uint8Array.from(runMap(formula, inputs, shape, "float64"), (x) => (x === x && x !== 0 ? 1 : 0));
  }
  const out = allocateUncleared(dtype, size);
  if (size === 0) return out;
  reserve(inputs.length + formula.steps.length);
  const choice = executor();
  if (size <= BLOCK && choice !== "wasm" && areDirect(inputs, size)) interpretBlock(formula, inputs, out);
  else if (
    choice === "reference" ||
    (choice === "auto" && size < FROM_HERE_WASM) ||
    !runMapInWasm(formula, inputs, shape, out)
  )
    interpret(formula, inputs, shape, out);
  return out;
}

/** Whether each input is one number, or lies element by element as the result does. */
function areDirect(inputs: readonly Source[], size: number): boolean {
  for (let i = 0; i < inputs.length; i++) {
    if (inputs[i].view !== null) return false;
    const { length } = inputs[i].data;
    if (length !== size && length !== 1) return false;
  }
  return true;
}

/** The short way for results of at most one block, where setting up the loads would take longer than the work. */
function interpretBlock(formula: Formula, inputs: readonly Source[], out: TypedArray): void {
  const size = out.length;
  for (let k = 0; k < inputs.length; k++) {
    const { data } = inputs[k];
    const register = registers[k];
    if (data.length === size) for (let i = 0; i < size; i++) register[i] = data[i];
    else for (let i = 0; i < size; i++) register[i] = data[0];
  }
  runSteps(formula, inputs.length, size, true, stepFor(out));
  store(registers[formula.output], out, 0, size);
}

const stepFor = (out: TypedArray): typeof runStep =>
  out instanceof Float32Array || out instanceof Float64Array ? runStep : runIntegerStep;

/** Runs the steps on one block; constants keep their registers filled from block to block. */
function runSteps(formula: Formula, first: number, count: number, withConstants: boolean, run: typeof runStep): void {
  const { steps } = formula;
  for (let i = 0; i < steps.length; i++) {
    const { op, args, value } = steps[i];
    if (op !== "constant") {
      run(op, registers[first + i], count, registers[args[0]], registers[args[1]], registers[args[2]]);
    } else if (withConstants) registers[first + i].fill(value ?? NaN, 0, count);
  }
}

/** How one input is read into a register. */
type Load = (register: Float64Array, start: number, count: number) => void;

function loader(input: Source, shape: Shape, size: number): Load {
  const view = broadcastView(input, shape);
  const { base, offset, strides } = view;
  if (strides.every((stride, axis) => stride === 0 || shape[axis] === 1)) {
    return (register, start, count) => {
      if (start === 0) register.fill(base[offset], 0, count);
    };
  }
  if (isRowMajor(strides, shape)) {
    return (register, start, count) => {
      for (let i = 0, from = offset + start; i < count; i++) register[i] = base[from + i];
    };
  }
  const gathered = gather(view, shape, size);
  return (register, start, count) => register.set(gathered.subarray(start, start + count));
}

function gather(view: View, shape: Shape, size: number): Float64Array {
  const out = new Float64Array(size);
  const length = shape[shape.length - 1];
  const stride = view.strides[shape.length - 1];
  eachRow(view, shape, (start, position) => {
    for (let j = 0; j < length; j++) out[position + j] = view.base[start + j * stride];
  });
  return out;
}

/** The input seen with the shape of the result: stride 0 along the axes it is repeated on. */
export function broadcastView(input: Source, shape: Shape): View {
  const view = input.view ?? { base: input.data, offset: 0, strides: stridesOf(input.shape) };
  const missing = shape.length - input.shape.length;
  const strides = shape.map((n, axis) => {
    const own = axis - missing;
    return own < 0 || (input.shape[own] === 1 && n !== 1) ? 0 : view.strides[own];
  });
  return { base: view.base, offset: view.offset, strides };
}

/** The reference executor: one instruction at a time over blocks, in float64, rounded once at the end. */
function interpret(formula: Formula, inputs: readonly Source[], shape: Shape, out: TypedArray): void {
  const size = out.length;
  const loads = inputs.map((input) => loader(input, shape, size));
  const run = stepFor(out);
  for (let start = 0; start < size; start += BLOCK) {
    const count = Math.min(BLOCK, size - start);
    for (let i = 0; i < inputs.length; i++) loads[i](registers[i], start, count);
    runSteps(formula, inputs.length, count, start === 0, run);
    store(registers[formula.output], out, start, count);
  }
}

function store(register: Float64Array, out: TypedArray, start: number, count: number): void {
  for (let i = 0; i < count; i++) out[start + i] = register[i];
}
