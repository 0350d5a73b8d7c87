import { FormatError, fromTypedArray, type DType, type Tensor } from "@adjoint/core";

/** One element type of the safetensors format: its size, and how its little-endian bytes become a tensor. */
export interface ElementType {
  readonly bytes: number;
  /** `bytes` is a copy of its own, so that its buffer starts at the first element. `where` is for messages. */
  readonly read: (bytes: Uint8Array, shape: readonly number[], where: string) => Tensor;
}

/** The names under which tensors are written. */
export const nameOf: Readonly<Record<DType, string>> = {
  float32: "F32",
  float64: "F64",
  int32: "I32",
  uint8: "U8",
  bool: "BOOL",
};

/** All types that can be read, by their names in the format. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["F64", { bytes: 8, read: ({ buffer }, shape) => fromTypedArray(new Float64Array(buffer), shape) }],
  ["F32", { bytes: 4, read: ({ buffer }, shape) => fromTypedArray(new Float32Array(buffer), shape) }],
  ["F16", { bytes: 2, read: ({ buffer }, shape) => widen(new Uint16Array(buffer), shape, halfToNumber) }],
  ["BF16", { bytes: 2, read: ({ buffer }, shape) => widen(new Uint16Array(buffer), shape, brainToNumber) }],
  ["I64", { bytes: 8, read: ({ buffer }, shape, where) => narrow(new Int32Array(buffer), shape, where) }],
  ["I32", { bytes: 4, read: ({ buffer }, shape) => fromTypedArray(new Int32Array(buffer), shape) }],
  ["I16", { bytes: 2, read: ({ buffer }, shape) => fromTypedArray(Int32Array.from(new Int16Array(buffer)), shape) }],
  ["U16", { bytes: 2, read: ({ buffer }, shape) => fromTypedArray(Int32Array.from(new Uint16Array(buffer)), shape) }],
  ["I8", { bytes: 1, read: ({ buffer }, shape) => fromTypedArray(Int32Array.from(new Int8Array(buffer)), shape) }],
  ["U8", { bytes: 1, read: (bytes, shape) => fromTypedArray(bytes, shape) }],
  ["BOOL", { bytes: 1, read: readBool }],
]);

/** The little-endian bytes of a tensor's elements, sharing their memory. */
export function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits, 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  // Below the smallest exponent there is no hidden leading one.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const scratch = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a float32. */
function brainToNumber(bits: number): number {
  scratch.setUint32(0, bits * 65536);
  return scratch.getFloat32(0);
}

function widen(bits: Uint16Array, shape: readonly number[], convert: (bits: number) => number): Tensor {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = convert(bits[i]);
  return fromTypedArray(out, shape);
}

/** 64-bit integers, given as low and high words, as int32. */
function narrow(words: Int32Array, shape: readonly number[], where: string): Tensor {
  const out = new Int32Array(words.length / 2);
  for (let i = 0; i < out.length; i++) {
    const low = words[2 * i];
    const high = words[2 * i + 1];
    if (high !== low >> 31) {
      const value = BigInt(high) * 4294967296n + BigInt(low >>> 0);
      throw new FormatError(
        "SAFETENSORS_RANGE",
        `${where}: element ${i} of the I64 data is ${value}, which int32 does not hold; save it as I32 or F64`,
      );
    }
    out[i] = low;
  }
  return fromTypedArray(out, shape);
}

function readBool(bytes: Uint8Array, shape: readonly number[], where: string): Tensor {
  const wrong = bytes.findIndex((byte) => byte > 1);
  if (wrong >= 0) {
    throw new FormatError(
      "SAFETENSORS_BOOL",
      `${where}: element ${wrong} of the BOOL data is ${bytes[wrong]}, not 0 or 1`,
    );
  }
  return fromTypedArray(bytes, shape, "bool");
}
