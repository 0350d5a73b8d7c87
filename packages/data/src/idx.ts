import { ArgumentError, checkOptions, FormatError } from "@adjoint/core";
import { gunzip, isGzip } from "./gzip.js";

/** The arrays an IDX file can hold: ubyte, sbyte, short, int, float and double. */
export type IdxArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** An n-dimensional array as an IDX file holds it: row-major `data` of the given `shape`. */
export interface IdxData {
  /** Sizes of the axes; their product is the length of `data`. */
  readonly shape: readonly number[];
  /** The elements, the last axis fastest. */
  readonly data: IdxArray;
}

/** Options of {@link parseIdx}. */
export interface ParseIdxOptions {
  /** What error messages call the data, usually a file name. Default `"IDX data"`. */
  readonly name?: string;
}

/** One element type: its code in the magic number, its size in bytes, how to read and write it. */
interface ElementType {
  readonly code: number;
  readonly label: string;
  readonly bytes: number;
  readonly allocate: (length: number) => IdxArray;
  readonly read: (view: DataView, at: number) => number;
  readonly write: (view: DataView, at: number, x: number) => void;
}

const UBYTE: ElementType = {
  code: 0x08,
  label: "ubyte",
  bytes: 1,
  allocate: (length) => new Uint8Array(length),
  read: (view, at) => view.getUint8(at),
  write: (view, at, x) => view.setUint8(at, x),
};

const TYPES: readonly ElementType[] = [
  UBYTE,
  {
    code: 0x09,
    label: "sbyte",
    bytes: 1,
    allocate: (length) => new Int8Array(length),
    read: (view, at) => view.getInt8(at),
    write: (view, at, x) => view.setInt8(at, x),
  },
  {
    code: 0x0b,
    label: "short",
    bytes: 2,
    allocate: (length) => new Int16Array(length),
    read: (view, at) => view.getInt16(at),
    write: (view, at, x) => view.setInt16(at, x),
  },
  {
    code: 0x0c,
    label: "int",
    bytes: 4,
    allocate: (length) => new Int32Array(length),
    read: (view, at) => view.getInt32(at),
    write: (view, at, x) => view.setInt32(at, x),
  },
  {
    code: 0x0d,
    label: "float",
    bytes: 4,
    allocate: (length) => new Float32Array(length),
    read: (view, at) => view.getFloat32(at),
    write: (view, at, x) => view.setFloat32(at, x),
  },
  {
    code: 0x0e,
    label: "double",
    bytes: 8,
    allocate: (length) => new Float64Array(length),
    read: (view, at) => view.getFloat64(at),
    write: (view, at, x) => view.setFloat64(at, x),
  },
];

/**
 * Reads the IDX format, in which MNIST is published: big-endian, a magic number of two zero
 * bytes, a type code and the rank, then one 32-bit size for each axis, then the elements.
 * A gzip file is recognised by its own magic and unpacked first.
 *
 * LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998.
 *
 * @param bytes - the whole file, packed or not; byte data without gzip shares its memory
 * @throws FormatError `IDX_MAGIC`, `IDX_TRUNCATED`, `IDX_TRAILING`, `IDX_GZIP`; ArgumentError `IDX_BYTES`,
 * `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { encodeIdx, parseIdx } from "@adjoint/data";
 * const bytes = encodeIdx({ shape: [2, 2], data: Uint8Array.of(1, 2, 3, 4) });
 * console.log(bytes.length); // → 16
 * console.log(parseIdx(bytes).shape.join(" x ")); // → 2 x 2
 * ```
 */
export function parseIdx(bytes: Uint8Array, options: ParseIdxOptions = {}): IdxData {
  checkOptions("parseIdx", options, '{ name: "labels.idx" }', ["name"]);
  const { name = "IDX data" } = options;
  if (!(bytes instanceof Uint8Array)) {
    throw new ArgumentError("IDX_BYTES", `parseIdx: ${name} is not a Uint8Array; give the bytes of the file`);
  }
  const file = isGzip(bytes) ? gunzip(bytes, name) : bytes;
  const { type, shape, start } = parseHeader(file, name);
  const length = shape.reduce((product, size) => product * size, 1);
  const expected = start + length * type.bytes;
  if (file.length !== expected) throw wrongLength(name, file.length, expected, type, shape);
  // Not subarray, which would keep the Buffer class of files read by Node.
  if (type === UBYTE) return { shape, data: new Uint8Array(file.buffer, file.byteOffset + start, length) };
  const view = new DataView(file.buffer, file.byteOffset + start);
  const data = type.allocate(length);
  for (let i = 0; i < length; i++) data[i] = type.read(view, i * type.bytes);
  return { shape, data };
}

/**
 * Writes an array in the IDX format; {@link parseIdx} gives the same array back.
 *
 * @throws ArgumentError `IDX_SHAPE` for a shape that does not fit the data or the format
 *
 * @example
 * ```ts
 * import { encodeIdx } from "@adjoint/data";
 * const bytes = encodeIdx({ shape: [2], data: Uint8Array.of(7, 2) });
 * console.log([...bytes].join(" ")); // → 0 0 8 1 0 0 0 2 7 2
 * ```
 */
export function encodeIdx(array: IdxData): Uint8Array {
  if (typeof array !== "object" || array === null || !Array.isArray(array.shape)) {
    throw new ArgumentError(
      "IDX_SHAPE",
      "encodeIdx: the array has no shape; give { shape: [2], data: Uint8Array.of(7, 2) }",
    );
  }
  const { shape, data } = array;
  const type = typeOf(data);
  checkShape(shape, data.length);
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + data.length * type.bytes);
  const view = new DataView(bytes.buffer);
  bytes[2] = type.code;
  bytes[3] = shape.length;
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  if (type === UBYTE) bytes.set(data, start);
  else for (let i = 0; i < data.length; i++) type.write(view, start + i * type.bytes, data[i]);
  return bytes;
}

/** The magic number of IDX data of this kind: 2051 for MNIST's images, 2049 for its labels. */
export function idxMagic(array: IdxData): number {
  return 256 * typeOf(array.data).code + array.shape.length;
}

function parseHeader(file: Uint8Array, name: string): { type: ElementType; shape: number[]; start: number } {
  if (file.length < 4) {
    throw new FormatError("IDX_TRUNCATED", `${name}: expected an IDX header of 4 bytes, found ${file.length} bytes`);
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const type = TYPES.find(({ code }) => code === file[2]);
  if (file[0] !== 0 || file[1] !== 0 || type === undefined) {
    const found = view.getUint32(0).toString(16).padStart(8, "0");
    const codes = TYPES.map(({ code }) => code.toString(16).padStart(2, "0")).join(", ");
    throw new FormatError(
      "IDX_MAGIC",
      `${name}: expected an IDX magic 0000TTRR with type TT one of ${codes}, found ${found}; is it another format?`,
    );
  }
  const rank = file[3];
  const start = 4 + 4 * rank;
  if (file.length < start) {
    throw new FormatError(
      "IDX_TRUNCATED",
      `${name}: expected a header of ${start} bytes for rank ${rank}, found ${file.length} bytes; fetch it again`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { type, shape, start };
}

function wrongLength(name: string, found: number, expected: number, type: ElementType, shape: number[]): FormatError {
  const what = `expected ${expected} bytes for ${type.label} [${shape.join(", ")}], found ${found}`;
  if (found < expected) return new FormatError("IDX_TRUNCATED", `${name}: ${what}; the file is cut short`);
  return new FormatError("IDX_TRAILING", `${name}: ${what}; something follows the data`);
}

const PROTOTYPES: readonly IdxArray[] = TYPES.map(({ allocate }) => allocate(0));

function typeOf(data: IdxArray): ElementType {
  const found = PROTOTYPES.findIndex((array) => Object.getPrototypeOf(array) === Object.getPrototypeOf(data ?? 0));
  if (found >= 0) return TYPES[found];
  throw new ArgumentError("IDX_DTYPE", "encodeIdx: the data is not a byte, short, int, float or double typed array");
}

function checkShape(shape: readonly number[], length: number): void {
  const fits = shape.every((size) => Number.isInteger(size) && size >= 0 && size <= 0xffffffff);
  const product = shape.reduce((sizes, size) => sizes * size, 1);
  if (!fits || shape.length > 255 || product !== length) {
    throw new ArgumentError(
      "IDX_SHAPE",
      `encodeIdx: shape [${shape.join(", ")}] does not hold the ${length} elements of the data`,
    );
  }
}
