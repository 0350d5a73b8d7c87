import fc from "fast-check";
import { gzipSync } from "fflate";
import { AdjointError } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { encodeIdx, type IdxArray, type IdxData, idxMagic, parseIdx } from "./idx.js";

/** The code of the error that `run` throws, and its message. */
function failure(run: () => unknown): { code: string; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof AdjointError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was thrown");
}

function arrays(length: number): fc.Arbitrary<IdxArray> {
  const exactly = { minLength: length, maxLength: length };
  return fc.oneof<fc.Arbitrary<IdxArray>[]>(
    fc.uint8Array(exactly),
    fc.int8Array(exactly),
    fc.int16Array(exactly),
    fc.int32Array(exactly),
    fc.float32Array(exactly),
    fc.float64Array(exactly),
  );
}

const anyIdx: fc.Arbitrary<IdxData> = fc
  .array(fc.nat({ max: 4 }), { maxLength: 4 })
  .chain((shape) => arrays(shape.reduce((product, size) => product * size, 1)).map((data) => ({ shape, data })));

describe("IDX", () => {
  test("reads what it wrote, for all types and ranks, packed or not", () => {
    fc.assert(
      fc.property(anyIdx, fc.boolean(), (array, packed) => {
        const bytes = encodeIdx(array);
        const { shape, data } = parseIdx(packed ? gzipSync(bytes) : bytes);
        expect(shape).toEqual(array.shape);
        expect(data).toEqual(array.data);
      }),
    );
  });

  test("writes the bytes that the format asks for, highest first", () => {
    const bytes = encodeIdx({ shape: [1, 2], data: Int16Array.of(-2, 258) });
    expect([...bytes]).toEqual([0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xfe, 1, 2]);
    expect(idxMagic({ shape: [0, 28, 28], data: new Uint8Array(0) })).toBe(2051);
  });

  test("reads bytes that lie within a larger buffer", () => {
    const inner = encodeIdx({ shape: [3], data: Float64Array.of(1, 2.5, -3) });
    const outer = new Uint8Array(inner.length + 10);
    outer.set(inner, 5);
    expect(parseIdx(outer.subarray(5, 5 + inner.length)).data).toEqual(Float64Array.of(1, 2.5, -3));
  });

  const good = encodeIdx({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  const packed = gzipSync(good, { mtime: 0 });
  const change = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
    const changed = bytes.slice();
    changed[at < 0 ? bytes.length + at : at] = value;
    return changed;
  };

  test.each([
    ["no bytes", new Uint8Array(0), "IDX_TRUNCATED", "expected an IDX header of 4 bytes, found 0"],
    ["a header cut short", good.slice(0, 9), "IDX_TRUNCATED", "expected a header of 12 bytes for rank 2, found 9"],
    ["data cut short", good.slice(0, 17), "IDX_TRUNCATED", "expected 18 bytes for ubyte [2, 3], found 17"],
    [
      "bytes after the data",
      new Uint8Array([...good, 0]),
      "IDX_TRAILING",
      "expected 18 bytes for ubyte [2, 3], found 19",
    ],
    ["a magic that is not zero", change(good, 0, 1), "IDX_MAGIC", "found 01000802"],
    ["an unknown type", change(good, 2, 0x0a), "IDX_MAGIC", "found 00000a02"],
    ["sizes beyond the file", change(good, 4, 255), "IDX_TRUNCATED", "found 18"],
    ["gzip cut short", packed.slice(0, -9), "IDX_GZIP", "digits.gz: "],
    ["gzip of nothing but a header", packed.slice(0, 12), "IDX_GZIP", "at least 18 bytes"],
    ["a wrong checksum", change(packed, -5, packed.at(-5)! ^ 1), "IDX_GZIP", "expected CRC-32"],
    ["a wrong length", change(packed, -4, 19), "IDX_GZIP", "expected 19 unpacked bytes, found 18"],
    ["a huge length", change(packed, -1, 255), "IDX_GZIP", "cannot hold the promised"],
    ["another gzip method", change(packed, 2, 7), "IDX_GZIP", "method 8 (deflate), found 7"],
    ["a broken deflate stream", change(packed, 10, 0x07), "IDX_GZIP", "digits.gz: "],
  ])("%s is a FormatError that says expected and found", (_, bytes, code, message) => {
    const found = failure(() => parseIdx(bytes, { name: "digits.gz" }));
    expect(found.code).toBe(code);
    expect(found.message).toContain("digits.gz: ");
    expect(found.message).toContain(message);
  });

  test("skips the optional fields of a gzip header", () => {
    const named = gzipSync(good, { filename: "digits" });
    expect(parseIdx(named).data).toEqual(parseIdx(good).data);
    const extra = Uint8Array.of(2, 0, 9, 9);
    const fields = new Uint8Array([...packed.slice(0, 10), ...extra, 0x63, 0, 1, 2, ...packed.slice(10)]);
    expect(parseIdx(change(fields, 3, 4 + 16 + 2)).data).toEqual(parseIdx(good).data);
  });

  test("any damage to a packed or unpacked file is a FormatError or leaves a file whose sizes agree", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 20 }), (zipped, at, value, cut) => {
        const whole = zipped ? packed : good;
        const bytes = change(whole, at % whole.length, value).subarray(0, whole.length - cut);
        try {
          const { shape, data } = parseIdx(bytes);
          if (data.length !== shape.reduce((product, size) => product * size, 1)) throw new Error(shape.join());
        } catch (error) {
          expect(error).toMatchObject({ name: "FormatError", code: expect.stringMatching(/^IDX_/) });
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [[2, 2], new Uint8Array(3)],
    [[1.5, 2], new Uint8Array(3)],
    [[-1, -3], new Uint8Array(3)],
  ])("shape %j does not hold three elements", (shape, data) => {
    expect(failure(() => encodeIdx({ shape, data })).code).toBe("IDX_SHAPE");
  });

  test("arguments of the wrong kind are ArgumentErrors", () => {
    expect(failure(() => parseIdx("bytes" as never)).code).toBe("IDX_BYTES");
    expect(failure(() => encodeIdx({ shape: [1], data: [1] as never })).code).toBe("IDX_DTYPE");
    expect(failure(() => encodeIdx({ shape: [1], data: new Uint32Array(1) as never })).code).toBe("IDX_DTYPE");
  });
});
