import { FormatError } from "@adjoint/core";
import { inflateSync } from "fflate";

/** Whether `bytes` start with the magic of gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzip file of one member (RFC 1952) and checks its length and CRC-32,
 * so that a damaged download is found here and not as a strange image later.
 *
 * @param bytes - the whole file
 * @param name - what messages call it
 * @throws FormatError `IDX_GZIP`
 */
export function gunzip(bytes: Uint8Array, name: string): Uint8Array {
  const start = headerLength(bytes, name);
  const end = bytes.length - 8;
  if (start > end) throw damaged(name, `the file ends within its gzip frame, after ${bytes.length} bytes`);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, 8);
  const length = trailer.getUint32(4, true);
  const body = bytes.subarray(start, end);
  // Deflate packs at most 1032 to 1: a larger promise is damage, and must not be allocated.
  if (length > 1032 * (body.length + 1)) {
    throw damaged(name, `${body.length} packed bytes cannot hold the promised ${length}`);
  }
  const unpacked = inflate(body, length, name);
  if (unpacked.length !== length) throw damaged(name, `expected ${length} unpacked bytes, found ${unpacked.length}`);
  const expected = trailer.getUint32(0, true);
  const found = crc32(unpacked);
  if (found !== expected) throw damaged(name, `expected CRC-32 ${hex(expected)}, found ${hex(found)}`);
  return unpacked;
}

function inflate(body: Uint8Array, length: number, name: string): Uint8Array {
  try {
    return inflateSync(body, { out: new Uint8Array(length) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw damaged(name, `the packed data is broken (${reason})`, error);
  }
}

const FLAG_CHECKSUM = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/** The place where the packed data starts, after the optional fields of the header. */
function headerLength(bytes: Uint8Array, name: string): number {
  if (bytes.length < 18) throw damaged(name, `expected at least 18 bytes of gzip, found ${bytes.length}`);
  if (bytes[2] !== 8) throw damaged(name, `expected gzip method 8 (deflate), found ${bytes[2]}`);
  const flags = bytes[3];
  let at = 10;
  if (flags & FLAG_EXTRA) at += 2 + bytes[at] + 256 * bytes[at + 1];
  if (flags & FLAG_NAME) at = afterZero(bytes, at);
  if (flags & FLAG_COMMENT) at = afterZero(bytes, at);
  return flags & FLAG_CHECKSUM ? at + 2 : at;
}

function afterZero(bytes: Uint8Array, from: number): number {
  const zero = bytes.indexOf(0, from);
  return zero < 0 ? bytes.length : zero + 1;
}

/** Entry n is the remainder of the byte n in the reflected CRC-32 of gzip, polynomial 0xedb88320. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let remainder = n;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}

function hex(x: number): string {
  return x.toString(16).padStart(8, "0");
}

function damaged(name: string, what: string, cause?: unknown): FormatError {
  return new FormatError("IDX_GZIP", `${name}: ${what}; fetch or pack the file again`, { cause });
}
