import { sizeOf, type Shape } from "./shape.js";
import type { Batch } from "./storage.js";
import { type DType, isFloating, type TypedArray } from "./dtype.js";

/** Along each axis, more elements than this are shown as the first and last three when the tensor is large. */
const EDGE = 3;
/** Tensors with more elements are shortened. */
const THRESHOLD = 1000;
const WIDTH = 80;
const DIGITS = 4;

interface Printable {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: TypedArray;
  readonly batch: Batch | null;
  readonly requiresGrad: boolean;
}

/** A tensor as text, in NumPy's layout: nested brackets, aligned columns, the middle of large axes left out. */
export function formatTensor(tensor: Printable): string {
  const { shape, dtype, batch, requiresGrad } = tensor;
  if (batch !== null) return `tensor(${batch.examples.shape[0]} examples, shape=[${shape.join(", ")}], dtype=${dtype})`;
  const { data } = tensor;
  const prefix = "tensor(";
  const shorten = data.length > THRESHOLD;
  const shown = visible(shape, shorten);
  const format = formatter(
    shown.map((i) => data[i]),
    dtype,
  );
  const notes: string[] = [];
  if (sizeOf(shape) === 0) notes.push(`shape=[${shape.join(", ")}]`);
  else if (shorten) notes.push(`shape=[${shape.join(", ")}]`);
  if (dtype !== "float32") notes.push(`dtype=${dtype}`);
  if (requiresGrad) notes.push("requiresGrad");
  const body = sizeOf(shape) === 0 ? "[]" : nested(shape, (i) => format(data[i]), shorten, prefix.length);
  return `${prefix}${[body, ...notes].join(", ")})`;
}

function placesAlong(length: number, shorten: boolean): (number | null)[] {
  const all = Array.from({ length }, (_, i) => i);
  return shorten && length > 2 * EDGE ? [...all.slice(0, EDGE), null, ...all.slice(-EDGE)] : all;
}

function visible(shape: Shape, shorten: boolean): number[] {
  let places = sizeOf(shape) === 0 ? [] : [0];
  for (const length of shape) {
    const along = placesAlong(length, shorten).filter((i) => i !== null);
    places = places.flatMap((base) => along.map((i) => base * length + i));
  }
  return places;
}

function nested(shape: Shape, cell: (place: number) => string, shorten: boolean, indent: number): string {
  const build = (axis: number, base: number): string => {
    if (axis === shape.length) return cell(base);
    const items = placesAlong(shape[axis], shorten).map((i) =>
      i === null ? "..." : build(axis + 1, base * shape[axis] + i),
    );
    const margin = " ".repeat(indent + axis + 1);
    if (axis === shape.length - 1) return `[${wrap(items, margin)}]`;
    return `[${items.join(`,${"\n".repeat(shape.length - 1 - axis)}${margin}`)}]`;
  };
  return build(0, 0);
}

function wrap(items: readonly string[], margin: string): string {
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    const next = line === "" ? item : `${line}, ${item}`;
    if (line !== "" && margin.length + next.length > WIDTH) {
      lines.push(line);
      line = item;
    } else line = next;
  }
  return [...lines, line].join(`,\n${margin}`);
}

/** One format for all shown elements, so that columns line up: integers, fixed, or scientific for wide ranges. */
function formatter(values: readonly number[], dtype: DType): (x: number) => string {
  const write = writer(values, dtype);
  const width = Math.max(0, ...values.map((x) => write(x).length));
  return (x) => write(x).padStart(width);
}

function writer(values: readonly number[], dtype: DType): (x: number) => string {
  if (dtype === "bool") return (x) => (x ? "true" : "false");
  if (!isFloating(dtype)) return String;
  const finite = values.filter(Number.isFinite).map(Math.abs);
  const special = (x: number): string | null => (Number.isFinite(x) ? null : x !== x ? "nan" : x > 0 ? "inf" : "-inf");
  const nonzero = finite.filter((x) => x > 0);
  const largest = Math.max(0, ...nonzero);
  const smallest = Math.min(Infinity, ...nonzero);
  if (finite.every(Number.isInteger) && largest < 1e8) return (x) => special(x) ?? String(x === 0 ? 0 : x);
  if (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1e3 * 1e3)
    return (x) => special(x) ?? x.toExponential(DIGITS);
  return (x) => special(x) ?? x.toFixed(DIGITS);
}
