import { ArgumentError, checkOptions, Tensor } from "@adjoint/core";
import { readBytes, writeBytes } from "@adjoint/data";
import { bytesOf, elementTypes, nameOf } from "./element-types.js";
import { parseHeader } from "./header.js";

/** Tensors by name, as a plain object or a map. */
export type NamedTensors = Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>;

/** Options of {@link encodeSafetensors}. */
export interface EncodeSafetensorsOptions {
  /** Free text to go with the tensors, such as a version. Default none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Options of {@link decodeSafetensors}. */
export interface DecodeSafetensorsOptions {
  /** What error messages call the data, usually a file name. Default `"safetensors data"`. */
  readonly name?: string;
}

/** What a safetensors file holds. */
export interface Safetensors {
  /** The tensors, in the order of the header. */
  readonly tensors: Record<string, Tensor>;
  /** The free text; `{}` if there is none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes tensors in the safetensors format: the length of the header in 8 bytes, the header in JSON
 * with dtype, shape and place of each tensor, padded with spaces to a multiple of 8 bytes, then the
 * elements, little-endian and without gaps. Wider elements come first, so that all are aligned.
 *
 * float32, float64, int32, uint8 and bool are written as F32, F64, I32, U8 and BOOL.
 * The format is Hugging Face's: https://huggingface.co/docs/safetensors.
 *
 * @throws ArgumentError `SAFETENSORS_TENSORS`, `SAFETENSORS_METADATA`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "@adjoint/io";
 * import { tensor } from "@adjoint/core";
 * const bytes = encodeSafetensors({ weight: tensor([[1, 2], [3, 4]]) }, { metadata: { epoch: "3" } });
 * const { tensors, metadata } = decodeSafetensors(bytes);
 * console.log(JSON.stringify(tensors.weight.toArray())); // → [[1,2],[3,4]]
 * console.log(metadata.epoch); // → 3
 * ```
 */
export function encodeSafetensors(tensors: NamedTensors, options: EncodeSafetensorsOptions = {}): Uint8Array {
  return encode("encodeSafetensors", tensors, options);
}

function encode(caller: string, tensors: NamedTensors, options: EncodeSafetensorsOptions): Uint8Array {
  checkOptions(caller, options, '{ metadata: { epoch: "3" } }', ["metadata"]);
  const entries = checkTensors(caller, tensors);
  const { metadata } = options;
  if (metadata !== undefined) checkMetadata(caller, metadata);
  const places = new Map<string, readonly [number, number]>();
  let end = 0;
  for (const [name, { data }] of [...entries].sort((a, b) => elementBytes(b[1]) - elementBytes(a[1]))) {
    places.set(name, [end, end + data.byteLength]);
    end += data.byteLength;
  }
  const described = entries.map(([name, { dtype, shape }]): [string, unknown] => {
    return [name, { dtype: nameOf[dtype], shape, data_offsets: places.get(name) }];
  });
  const all = metadata === undefined ? described : [["__metadata__", metadata] as const, ...described];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(all)));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + end);
  new DataView(bytes.buffer).setUint32(0, padded, true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(json, 8);
  for (const [name, one] of entries) bytes.set(bytesOf(one), 8 + padded + places.get(name)![0]);
  return bytes;
}

/**
 * Reads the safetensors format; see {@link encodeSafetensors}. The tensors own their memory.
 *
 * F16 and BF16 become float32; I8, I16, U16 and I64 become int32, I64 only if all its values fit.
 * Everything is checked before a tensor is made: the header, each range, and that the ranges
 * cover the data without overlap and without holes.
 *
 * @throws FormatError `SAFETENSORS_TRUNCATED`, `_TRAILING`, `_HEADER`, `_DUPLICATE`, `_METADATA`, `_ENTRY`,
 * `_DTYPE`, `_SIZE`, `_OVERLAP`, `_HOLE`, `_RANGE`, `_BOOL`; ArgumentError `SAFETENSORS_BYTES`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "@adjoint/io";
 * import { tensor } from "@adjoint/core";
 * const bytes = encodeSafetensors(new Map([["bias", tensor([0.5, 1])]]));
 * const { bias } = decodeSafetensors(bytes).tensors;
 * console.log(bias.dtype, [...bias.data].join(" ")); // → float32 0.5 1
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array, options: DecodeSafetensorsOptions = {}): Safetensors {
  checkOptions("decodeSafetensors", options, '{ name: "model.safetensors" }', ["name"]);
  const { name: file = "safetensors data" } = options;
  if (!(bytes instanceof Uint8Array)) {
    throw new ArgumentError("SAFETENSORS_BYTES", "decodeSafetensors: no Uint8Array; give the bytes of the file");
  }
  const { entries, metadata, start } = parseHeader(bytes, file);
  const tensors = entries.map(({ name, type, shape, begin, end }): [string, Tensor] => {
    // A copy by construction: slice of a Node Buffer would share memory, at any alignment.
    const own = new Uint8Array(bytes.subarray(start + begin, start + end));
    return [name, type.read(own, shape, `${file}: tensor ${JSON.stringify(name)}`)];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/**
 * Writes tensors to a safetensors file, whole or not at all.
 *
 * @throws ArgumentError as {@link encodeSafetensors}; FormatError `FILE_WRITE`
 *
 * @example
 * ```ts no-run
 * import { saveSafetensors } from "@adjoint/io";
 * import { tensor } from "@adjoint/core";
 * await saveSafetensors("model.safetensors", { weight: tensor([1, 2]) }, { metadata: { epoch: "3" } });
 * ```
 */
export async function saveSafetensors(
  path: string,
  tensors: NamedTensors,
  options: EncodeSafetensorsOptions = {},
): Promise<void> {
  await writeBytes(path, encode("saveSafetensors", tensors, options), { caller: "saveSafetensors" });
}

/**
 * Reads a safetensors file.
 *
 * @throws FormatError `FILE_READ` and the codes of {@link decodeSafetensors}
 *
 * @example
 * ```ts no-run
 * import { loadSafetensors } from "@adjoint/io";
 * const { tensors, metadata } = await loadSafetensors("model.safetensors");
 * console.log(Object.keys(tensors), metadata);
 * ```
 */
export async function loadSafetensors(path: string): Promise<Safetensors> {
  return decodeSafetensors(await readBytes(path, { caller: "loadSafetensors" }), { name: path });
}

function elementBytes({ dtype }: Tensor): number {
  return elementTypes.get(nameOf[dtype])!.bytes;
}

function checkTensors(caller: string, tensors: NamedTensors): (readonly [string, Tensor])[] {
  const fault = (what: string): ArgumentError => new ArgumentError("SAFETENSORS_TENSORS", `${caller}: ${what}`);
  if (typeof tensors !== "object" || tensors === null || Array.isArray(tensors) || tensors instanceof Tensor) {
    throw fault("give an object or a map from names to tensors");
  }
  if ("stateDict" in tensors && typeof tensors.stateDict === "function") {
    throw fault("this is a module or an optimizer, not its tensors; give model.stateDict()");
  }
  const entries = tensors instanceof Map ? [...tensors.entries()] : Object.entries(tensors);
  for (const [name, value] of entries) {
    if (typeof name !== "string" || name === "__metadata__") throw fault(`${String(name)} cannot name a tensor`);
    if (value instanceof Tensor) continue;
    const cure = isFlat(value)
      ? "use tensor(...) for numbers, and the metadata for text"
      : "only flat records of tensors can be saved, not nested ones such as the state of an optimizer: " +
        "give each tensor a name of its own, such as optimizer.0.exp_avg, and keep options in the metadata";
    throw fault(`"${name}" is not a tensor; ${cure}`);
  }
  return entries;
}

/** Whether a value is no object of further values. */
function isFlat(value: unknown): boolean {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return true;
  return Array.isArray(value) && typeof value[0] === "number";
}

function checkMetadata(caller: string, metadata: unknown): void {
  const fault = (what: string): ArgumentError => new ArgumentError("SAFETENSORS_METADATA", `${caller}: ${what}`);
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw fault('the metadata is not an object of strings; give { epoch: "3" }');
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value === "string") continue;
    const cure = typeof value === "object" ? "JSON.stringify(value)" : `String(${String(value)})`;
    throw fault(`the metadata holds text only, and ${key} is ${kindOf(value)}; give ${key}: ${cure}`);
  }
}

function kindOf(value: unknown): string {
  return value === null ? "null" : `a ${typeof value}`;
}
