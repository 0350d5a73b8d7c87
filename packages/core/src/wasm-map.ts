import { compileMap, type MapKernel, type MapMode } from "@adjoint/kernels";
import type { DType, TypedArray } from "./dtype.js";
import { broadcastView, type Source } from "./executor.js";
import type { Formula } from "./formula.js";
import { type Shape, sizeOf } from "./shape.js";
import { eachRow, type View } from "./storage.js";

const kernels = new WeakMap<Formula, Map<string, MapKernel | null>>();

/**
 * Applies a formula by a SIMD kernel, compiled once for each dtype and way the inputs lie.
 *
 * @returns false when that cannot be done; nothing is written then.
 */
export function runMapInWasm(formula: Formula, inputs: readonly Source[], shape: Shape, out: TypedArray): boolean {
  const dtype = computeType(inputs, out);
  if (dtype === null) return false;
  const merged = mergeAxes(
    inputs.map((input) => rowMajorView(input, shape)),
    shape,
  );
  const { sizes, views } = merged;
  const inner = sizes[sizes.length - 1];
  const outer = sizes[sizes.length - 2];
  const modes = views.map(({ strides }): MapMode => (strides[sizes.length - 1] === 0 ? "scalar" : "vector"));
  const kernel = kernelOf(formula, modes, dtype);
  if (kernel === null) return false;
  const result = isComputeArray(out, dtype)
    ? out
    : dtype === "float32"
      ? new Float32Array(out.length)
      : new Float64Array(out.length);
  const outerStrides = views.map(({ strides }) => strides[sizes.length - 2]);
  const area = outer * inner;
  eachPlane(views, sizes, (starts, index) => {
    const parts = views.map(({ base }, i) =>
      floats(base, dtype, starts[i], extent(outerStrides[i], outer, modes[i], inner)),
    );
    kernel.run(parts, outerStrides, outer, inner, [result.subarray(index * area, (index + 1) * area)]);
  });
  if (result !== out) out.set(result);
  return true;
}

/** The floating dtype to compute in: the result's, or for a comparison that of what is compared. */
function computeType(inputs: readonly Source[], out: TypedArray): "float32" | "float64" | null {
  if (out instanceof Float32Array)
    return inputs.some(({ dtype }) => dtype === "float64") ? mixedType(inputs) : "float32";
  if (out instanceof Float64Array) return "float64";
  if (!(out instanceof Uint8Array)) return null;
  const types = new Set<DType>(inputs.filter(({ shape }) => shape.length > 0).map(({ dtype }) => dtype));
  if (types.size !== 1) return null;
  return types.has("float32") ? "float32" : types.has("float64") ? "float64" : null;
}

/** A scalar of higher precision beside float32 tensors is rounded first, as PyTorch does; anything else is left to the reference. */
function mixedType(inputs: readonly Source[]): "float32" | null {
  return inputs.every(({ dtype, shape }) => dtype !== "float64" || shape.length === 0) ? "float32" : null;
}

function isComputeArray(out: TypedArray, dtype: "float32" | "float64"): out is Float32Array | Float64Array {
  return dtype === "float32" ? out instanceof Float32Array : out instanceof Float64Array;
}

function kernelOf(formula: Formula, modes: readonly MapMode[], dtype: "float32" | "float64"): MapKernel | null {
  let known = kernels.get(formula);
  if (known === undefined) kernels.set(formula, (known = new Map()));
  const key = `${dtype} ${modes.join(" ")}`;
  let kernel = known.get(key);
  if (kernel === undefined) {
    const { steps, output } = formula;
    known.set(key, (kernel = compileMap({ inputs: formula.inputs, steps, outputs: [output] }, modes, dtype)));
  }
  return kernel;
}

/** A view whose innermost stride is 0 or 1, copied if it has another. */
function rowMajorView(input: Source, shape: Shape): View {
  const view = broadcastView(input, shape);
  const innermost = lastUsed(shape);
  if (innermost < 0 || (view.strides[innermost] <= 1 && view.strides[innermost] >= 0)) return view;
  return broadcastView({ ...input, shape: input.shape, dtype: input.dtype, data: input.data, view: null }, shape);
}

/** The last axis along which there is more than one element. */
function lastUsed(shape: Shape): number {
  for (let axis = shape.length - 1; axis >= 0; axis--) if (shape[axis] !== 1) return axis;
  return -1;
}

interface Merged {
  /** At least two sizes; the last two are done by one call of the kernel. */
  readonly sizes: readonly number[];
  readonly views: readonly View[];
}

/** Joins neighbouring axes along which every input runs on evenly, so that as few and as long rows as possible remain. */
function mergeAxes(views: readonly View[], shape: Shape): Merged {
  const sizes: number[] = [];
  const strides: number[][] = views.map(() => []);
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const last = sizes.length - 1;
    const joins = last >= 0 && views.every((view, i) => strides[i][last] === view.strides[axis] * size);
    if (joins) sizes[last] *= size;
    else sizes.push(size);
    views.forEach((view, i) => {
      if (joins) strides[i][last] = view.strides[axis];
      else strides[i].push(view.strides[axis]);
    });
  });
  while (sizes.length < 2) {
    sizes.unshift(1);
    for (const own of strides) own.unshift(0);
  }
  return { sizes, views: views.map(({ base, offset }, i) => ({ base, offset, strides: strides[i] })) };
}

/** Calls `visit` with the start of every input for each plane of the last two axes. */
function eachPlane(
  views: readonly View[],
  sizes: readonly number[],
  visit: (starts: number[], index: number) => void,
): void {
  const front = sizes.slice(0, -2);
  const starts = views.map((view): number[] => {
    const list: number[] = [];
    eachRow({ ...view, strides: [...view.strides.slice(0, -2), 0] }, [...front, 1], (start) => list.push(start));
    return list;
  });
  for (let index = 0; index < sizeOf(front); index++)
    visit(
      starts.map((list) => list[index]),
      index,
    );
}

/** How many elements from its start an input is read. */
function extent(outerStride: number, outer: number, mode: MapMode, inner: number): number {
  return outerStride * (outer - 1) + (mode === "vector" ? inner : 1);
}

function floats(
  base: TypedArray,
  dtype: "float32" | "float64",
  start: number,
  count: number,
): Float32Array | Float64Array {
  const part = start === 0 && count === base.length ? base : base.subarray(start, start + count);
  if (isComputeArray(part, dtype)) return part;
  return dtype === "float32" ? new Float32Array(part) : new Float64Array(part);
}
