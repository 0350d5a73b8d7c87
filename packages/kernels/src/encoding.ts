/**
 * The binary encoding of WebAssembly's integers, floats, strings and sections.
 * Source: WebAssembly core specification, chapter 5.
 */

/** The value types this assembler knows. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/** The byte that stands for a value type. */
export const TYPE_BYTE: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** Unsigned LEB128 of `0 <= value < 2^53`. */
export function unsigned(value: number): number[] {
  if (!(value >= 0)) throw new Error(`internal: unsigned LEB128 of ${value}`);
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  bytes.push(rest & 0x7f);
  return bytes;
}

/** Signed LEB128 of a 64-bit integer. */
export function signedBig(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asIntN(64, value);
  while (rest < -64n || rest > 63n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest & 0x7fn));
  return bytes;
}

/** The bytes that `set` writes for each value: little-endian, whatever the machine is. */
function bytesOf<T>(size: number, values: readonly T[], set: (view: DataView, at: number, value: T) => void): number[] {
  const view = new DataView(new ArrayBuffer(size * values.length));
  values.forEach((value, i) => set(view, size * i, value));
  return [...new Uint8Array(view.buffer)];
}

/** The little-endian bytes of 32-bit floats. */
export const float32Bytes = (...values: readonly number[]): number[] =>
  bytesOf(4, values, (view, at, value) => view.setFloat32(at, value, true));

/** The little-endian bytes of 64-bit floats. */
export const float64Bytes = (...values: readonly number[]): number[] =>
  bytesOf(8, values, (view, at, value) => view.setFloat64(at, value, true));

/** The little-endian bytes of 32-bit integers, signed or unsigned. */
export const int32Bytes = (...values: readonly number[]): number[] =>
  bytesOf(4, values, (view, at, value) => view.setInt32(at, value | 0, true));

/** The little-endian bytes of 64-bit integers. */
export const int64Bytes = (...values: readonly bigint[]): number[] =>
  bytesOf(8, values, (view, at, value) => view.setBigInt64(at, BigInt.asIntN(64, value), true));

/** A UTF-8 string with its length in front. */
export function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

/** A vector: the number of entries, then the entries. */
export function vector(entries: readonly (readonly number[])[]): number[] {
  return concatenate([unsigned(entries.length), ...entries]);
}

/** A section: its number, its length, its bytes. An empty vector gives no section at all. */
export function section(id: number, entries: readonly (readonly number[])[]): number[] {
  if (entries.length === 0) return [];
  const content = vector(entries);
  return concatenate([[id], unsigned(content.length), content]);
}

/** Joins byte lists. */
export function concatenate(parts: readonly (readonly number[])[]): number[] {
  const none: number[] = [];
  return none.concat(...parts);
}
