import { FormatError } from "@adjoint/core";
import { elementTypes, type ElementType } from "./element-types.js";
import { duplicateKey } from "./json-keys.js";

/** What the header says of one tensor. */
export interface Entry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Where its bytes begin and end, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** A checked header, and where the data after it starts. */
export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly start: number;
}

/** Reads and checks the header: afterwards the entries cover the data exactly, without overlap. */
export function parseHeader(bytes: Uint8Array, file: string): Header {
  const text = headerText(bytes, file);
  const start = 8 + text.bytes;
  const { __metadata__: metadata = {}, ...rest } = parseObject(text.json, file);
  const entries = Object.entries(rest).map(([name, value]) => parseEntry(name, value, file));
  checkCoverage(entries, bytes.length - start, file);
  return { entries, metadata: checkMetadata(metadata, file), start };
}

/** The bound of the format itself; text read as a length is far above it. */
const LONGEST_HEADER = 100_000_000;

function headerText(bytes: Uint8Array, file: string): { json: string; bytes: number } {
  if (bytes.length < 8) {
    throw fault("TRUNCATED", file, `expected 8 bytes of header length, found ${bytes.length} bytes in all`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = view.getUint32(4, true) * 4294967296 + view.getUint32(0, true);
  if (length > LONGEST_HEADER || (bytes.length > 8 && bytes[8] !== 0x7b)) {
    const found = JSON.stringify(String.fromCharCode(...bytes.subarray(0, 12)));
    throw new FormatError(
      "SAFETENSORS_HEADER",
      `${file}: this is not a safetensors file; it begins with ${found} instead of a length and a header in {}`,
    );
  }
  if (length > bytes.length - 8) {
    throw fault("TRUNCATED", file, `expected a header of ${length} bytes, found ${bytes.length - 8} after the length`);
  }
  if (length < 2) throw fault("HEADER", file, `expected a header of at least 2 bytes, found ${length}`);
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    return { json: decoder.decode(bytes.subarray(8, 8 + length)), bytes: length };
  } catch (error) {
    throw fault("HEADER", file, "the header is not UTF-8", error);
  }
}

function parseObject(json: string, file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    // The engine quotes the text in its message, with any line breaks in it.
    const reason = error instanceof Error ? error.message.replace(/\s+/g, " ") : "";
    throw fault("HEADER", file, `the header is not JSON (${reason})`, error);
  }
  const twice = duplicateKey(json);
  if (twice !== null) throw fault("DUPLICATE", file, `the header holds ${JSON.stringify(twice)} twice`);
  return parsed as Record<string, unknown>;
}

function parseEntry(name: string, value: unknown, file: string): Entry {
  const where = `tensor ${JSON.stringify(name)}`;
  if (!isRecord(value)) throw fault("ENTRY", file, `${where} is not described by an object`);
  const { dtype, shape, data_offsets: offsets, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw fault("ENTRY", file, `${where} has an unknown field ${JSON.stringify(unknown)}`);
  const type = typeof dtype === "string" ? elementTypes.get(dtype) : undefined;
  if (type === undefined) {
    const known = [...elementTypes.keys()].join(", ");
    throw fault("DTYPE", file, `${where} has dtype ${JSON.stringify(dtype)}; the known ones are ${known}`);
  }
  if (!areSizes(shape)) throw fault("ENTRY", file, `${where} has the shape ${JSON.stringify(shape)}`);
  if (!areSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw fault("ENTRY", file, `${where} has the data_offsets ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets;
  const expected = shape.reduce((product, size) => product * size, type.bytes);
  if (end - begin !== expected) {
    const found = `${String(dtype)} [${shape.join(", ")}] takes ${expected} bytes, data_offsets give it ${end - begin}`;
    throw fault("SIZE", file, `${where}: ${found}`);
  }
  return { name, type, shape, begin, end };
}

function checkCoverage(entries: readonly Entry[], length: number, file: string): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const where = `tensor ${JSON.stringify(name)} at bytes ${begin} to ${end}`;
    if (begin < covered) throw fault("OVERLAP", file, `${where} overlaps the one before, which ends at ${covered}`);
    if (begin > covered) throw fault("HOLE", file, `${where} leaves a hole from ${covered}`);
    if (end > length) throw fault("TRUNCATED", file, `${where} ends after the ${length} bytes of data`);
    covered = end;
  }
  if (covered < length) {
    throw fault("TRAILING", file, `expected ${covered} bytes of data after the header, found ${length}`);
  }
}

function checkMetadata(metadata: unknown, file: string): Readonly<Record<string, string>> {
  if (isRecord(metadata) && Object.values(metadata).every((value) => typeof value === "string")) {
    return metadata as Readonly<Record<string, string>>;
  }
  throw fault("METADATA", file, "__metadata__ is not an object of strings");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function areSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function fault(code: string, file: string, what: string, cause?: unknown): FormatError {
  return new FormatError(`SAFETENSORS_${code}`, `${file}: ${what}; is it a whole safetensors file?`, { cause });
}
