import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DType, FormatError, tensor, type Tensor } from "@adjoint/core";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { decodeSafetensors, encodeSafetensors, loadSafetensors, saveSafetensors } from "./safetensors.js";

/** A file from a header, as an object or as text, and bytes of data. */
function file(header: unknown, data: ArrayLike<number> = []): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  bytes.set(Array.from(data), 8 + json.length);
  return bytes;
}

const describeTensor = ({ dtype, shape, data }: Tensor): unknown => ({ dtype, shape: [...shape], data: [...data] });

const ranges: Record<DType, fc.Arbitrary<number>> = {
  float32: fc.float(),
  float64: fc.double(),
  int32: fc.integer(),
  uint8: fc.nat({ max: 255 }),
  bool: fc.nat({ max: 1 }),
};

const anyTensor: fc.Arbitrary<Tensor> = fc
  .record({
    dtype: fc.constantFrom<DType[]>("float32", "float64", "int32", "uint8", "bool"),
    shape: fc.array(fc.nat({ max: 4 }), { maxLength: 4 }),
  })
  .chain(({ dtype, shape }) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return fc
      .array(ranges[dtype], { minLength: size, maxLength: size })
      .map((values) => tensor(Float64Array.from(values), { shape, dtype }));
  });

const anyName = fc
  .oneof(fc.string({ unit: "binary" }), fc.constantFrom("weight", "__proto__", "0", 'a"b\\', "constructor", "é𝕏"))
  .filter((name) => name !== "__metadata__");

describe("safetensors", () => {
  test("reads what it wrote: names, dtypes, shapes, bits and metadata", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(anyName, anyTensor), { selector: ([name]) => name, maxLength: 6 }),
        fc.option(fc.dictionary(fc.string(), fc.string()), { nil: undefined }),
        fc.boolean(),
        (entries, metadata, asMap) => {
          const named = asMap ? new Map(entries) : Object.fromEntries(entries);
          const bytes = encodeSafetensors(named, { metadata });
          const { tensors, metadata: found } = decodeSafetensors(bytes);
          expect(Object.keys(tensors).toSorted()).toEqual(entries.map(([name]) => name).toSorted());
          for (const [name, one] of entries) {
            expect(describeTensor(Object.entries(tensors).find(([key]) => key === name)![1])).toEqual(
              describeTensor(one),
            );
          }
          expect({ ...found }).toEqual({ ...metadata });
        },
      ),
      { numRuns: 200 },
    );
  });

  test("writes the layout of the reference: padded header, wide elements first, no gaps", () => {
    const bytes = encodeSafetensors({
      flag: tensor([true, false]),
      weight: tensor([[1, 2]]),
      scale: tensor(3, { dtype: "float64" }),
    });
    const length = new DataView(bytes.buffer).getUint32(0, true);
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"flag":{"dtype":"BOOL","shape":[2],"data_offsets":[16,18]},' +
        '"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},' +
        '"scale":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}',
    );
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0, 0, 0, 0, 8, 64, 0, 0, 128, 63, 0, 0, 0, 64, 1, 0]);
  });

  test("reads half and brain floats with subnormals, infinities and signs", () => {
    const halves = Uint16Array.of(
      0x0000,
      0x8000,
      0x3c00,
      0xc000,
      0x7bff,
      0x0001,
      0x03ff,
      0x0400,
      0x3555,
      0x7c00,
      0xfc00,
    );
    const header = { h: { dtype: "F16", shape: [halves.length], data_offsets: [0, 2 * halves.length] } };
    const { h } = decodeSafetensors(file(header, new Uint8Array(halves.buffer))).tensors;
    expect(h.dtype).toBe("float32");
    expect([...h.data]).toEqual([
      0,
      -0,
      1,
      -2,
      65504,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      0.333251953125,
      Infinity,
      -Infinity,
    ]);
    const brains = Uint16Array.of(0x3f80, 0xc049, 0x7f80, 0x0001, 0x7fc0);
    const other = { b: { dtype: "BF16", shape: [5], data_offsets: [0, 10] } };
    const { b } = decodeSafetensors(file(other, new Uint8Array(brains.buffer))).tensors;
    expect([...b.data]).toEqual([1, -3.140625, Infinity, 2 ** -133, Number.NaN]);
    const nan = { n: { dtype: "F16", shape: [1], data_offsets: [0, 2] } };
    expect(decodeSafetensors(file(nan, [0x01, 0x7e])).tensors.n.item()).toBeNaN();
  });

  test("reads other integers as int32, and 64-bit ones only if they fit", () => {
    const one = (dtype: string, bytes: number[], count: number): number[] => {
      const header = { x: { dtype, shape: [count], data_offsets: [0, bytes.length] } };
      const { x } = decodeSafetensors(file(header, bytes)).tensors;
      expect(x.dtype).toBe("int32");
      return [...x.data];
    };
    expect(one("I8", [0xff, 0x7f], 2)).toEqual([-1, 127]);
    expect(one("I16", [0xfe, 0xff, 0, 1], 2)).toEqual([-2, 256]);
    expect(one("U16", [0xfe, 0xff], 1)).toEqual([65534]);
    const long = (...values: bigint[]): number[] => [...new Uint8Array(BigInt64Array.from(values).buffer)];
    expect(one("I64", long(-1n, 5n, -2147483648n, 2147483647n), 4)).toEqual([-1, 5, -2147483648, 2147483647]);
    for (const value of [2147483648n, -2147483649n, 2n ** 62n]) {
      expect(() => one("I64", long(1n, value), 2)).toThrow(
        expect.objectContaining({
          code: "SAFETENSORS_RANGE",
          message: expect.stringContaining(`element 1 of the I64 data is ${value}`),
        }),
      );
    }
  });

  test("reads from the middle of a larger buffer, and owns what it read", () => {
    const inner = encodeSafetensors({ x: tensor([1, 2]) });
    const outer = Buffer.concat([Buffer.of(1, 2, 3), inner]);
    const { x } = decodeSafetensors(outer.subarray(3)).tensors;
    outer.fill(0);
    expect(x.toArray()).toEqual([1, 2]);
  });

  const entry = { dtype: "U8", shape: [2], data_offsets: [0, 2] };
  test.each<[string, Uint8Array, string]>([
    ["no bytes", new Uint8Array(0), "TRUNCATED"],
    ["a header beyond the file", file({ x: entry }).subarray(0, 20), "TRUNCATED"],
    ["an enormous header", Uint8Array.from({ length: 16 }, () => 0xff), "HEADER"],
    ["data cut short", file({ x: entry }, [1]), "TRUNCATED"],
    ["data left over", file({ x: entry }, [1, 2, 3]), "TRAILING"],
    ["data without tensors", file({}, [1]), "TRAILING"],
    ["a header that starts with a space", file(' {"x":{}}'), "HEADER"],
    ["an empty header", file("", [0x7b]), "HEADER"],
    ["bad JSON", file("{x:1}"), "HEADER"],
    ["an array for a header", file("[1]"), "HEADER"],
    ["bad UTF-8", file({ x: entry }, [1, 2]).fill(0xff, 10, 11), "HEADER"],
    ["a name twice", file(`{"x":${JSON.stringify(entry)},"\\u0078":${JSON.stringify(entry)}}`, [1, 2]), "DUPLICATE"],
    ["a field twice", file('{"x":{"dtype":"U8","dtype":"I8","shape":[2],"data_offsets":[0,2]}}', [1, 2]), "DUPLICATE"],
    ["metadata that is not text", file({ __metadata__: { epoch: 3 } }), "METADATA"],
    ["metadata that is no object", file({ __metadata__: "three" }), "METADATA"],
    ["an entry that is no object", file({ x: [1] }), "ENTRY"],
    ["an entry with an unknown field", file({ x: { ...entry, strides: [1] } }, [1, 2]), "ENTRY"],
    ["an entry without a shape", file({ x: { ...entry, shape: undefined } }, [1, 2]), "ENTRY"],
    ["a negative size", file({ x: { ...entry, shape: [-1, -2] } }, [1, 2]), "ENTRY"],
    ["a fractional size", file({ x: { ...entry, shape: [0.5, 4] } }, [1, 2]), "ENTRY"],
    ["offsets the wrong way round", file({ x: { ...entry, data_offsets: [2, 0] } }, [1, 2]), "ENTRY"],
    ["three offsets", file({ x: { ...entry, data_offsets: [0, 1, 2] } }, [1, 2]), "ENTRY"],
    ["an unknown dtype", file({ x: { ...entry, dtype: "F8_E4M3" } }, [1, 2]), "DTYPE"],
    ["a dtype that is an object", file({ x: { ...entry, dtype: { toString: 1, valueOf: 1 } } }, [1, 2]), "DTYPE"],
    ["bad JSON of two lines", file('{"x":\n\n?}'), "HEADER"],
    ["a name of two lines", file({ "x\ny": { ...entry, shape: [3] } }, [1, 2]), "SIZE"],
    ["no dtype", file({ x: { ...entry, dtype: undefined } }, [1, 2]), "DTYPE"],
    ["a shape that does not fit the range", file({ x: { ...entry, shape: [3] } }, [1, 2]), "SIZE"],
    ["a shape whose size overflows", file({ x: { ...entry, shape: [2 ** 40, 2 ** 40] } }, [1, 2]), "SIZE"],
    ["ranges that overlap", file({ x: entry, y: { ...entry, data_offsets: [1, 3] } }, [1, 2, 3]), "OVERLAP"],
    ["the same range twice", file({ x: entry, y: entry }, [1, 2]), "OVERLAP"],
    ["a hole between ranges", file({ x: entry, y: { ...entry, data_offsets: [3, 5] } }, [1, 2, 3, 4, 5]), "HOLE"],
    ["a hole at the start", file({ x: { ...entry, data_offsets: [1, 3] } }, [1, 2, 3]), "HOLE"],
    ["a boolean of 2", file({ x: { ...entry, dtype: "BOOL" } }, [1, 2]), "BOOL"],
  ])("%s is a FormatError", (_, bytes, code) => {
    expect(() => decodeSafetensors(bytes, { name: "model.safetensors" })).toThrow(
      expect.objectContaining({
        name: "FormatError",
        code: `SAFETENSORS_${code}`,
        message: expect.stringMatching(/^model\.safetensors: [^\n]+$/),
      }),
    );
  });

  test("five hundred random corruptions are FormatErrors or harmless", () => {
    const whole = encodeSafetensors(
      {
        a: tensor([
          [1, 2],
          [3, 4],
        ]),
        b: tensor([true, false]),
        c: tensor([7, 8, 9], { dtype: "int32" }),
      },
      { metadata: { epoch: "3" } },
    );
    const header = 8 + new DataView(whole.buffer).getUint32(0, true);
    const change = fc.record({ at: fc.nat({ max: header + 4 }), value: fc.nat({ max: 255 }) });
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 3 }),
        fc.option(fc.nat({ max: whole.length }), { freq: 3 }),
        (changes, cut) => {
          const bytes = whole.slice(0, cut ?? whole.length);
          for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
          try {
            const { tensors } = decodeSafetensors(bytes);
            // What is read in spite of the change still covers all of the data.
            expect(Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0)).toBeGreaterThan(0);
          } catch (error) {
            refused++;
            if (!(error instanceof FormatError && error.code.startsWith("SAFETENSORS_"))) throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  test.each<[string, () => unknown, string]>([
    ["something else than tensors", () => encodeSafetensors({ x: [1] as never }), "SAFETENSORS_TENSORS"],
    ["nothing", () => encodeSafetensors(null as never), "SAFETENSORS_TENSORS"],
    ["the reserved name", () => encodeSafetensors({ __metadata__: tensor(1) }), "SAFETENSORS_TENSORS"],
    ["a name that is no text", () => encodeSafetensors(new Map([[1, tensor(1)]]) as never), "SAFETENSORS_TENSORS"],
    ["metadata of numbers", () => encodeSafetensors({}, { metadata: { a: 1 } as never }), "SAFETENSORS_METADATA"],
    ["text for bytes", () => decodeSafetensors("text" as never), "SAFETENSORS_BYTES"],
  ])("%s is an ArgumentError", (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ name: "ArgumentError", code }));
  });
});

describe("messages", () => {
  const dict = { weight: tensor([1]) };
  test.each<[string, () => unknown, string]>([
    [
      "a text file",
      () => decodeSafetensors(new TextEncoder().encode("Hello, world"), { name: "notes.txt" }),
      'notes.txt: this is not a safetensors file; it begins with "Hello, world"',
    ],
    [
      "metadata of numbers",
      () => encodeSafetensors(dict, { metadata: { epoch: 3 } as never }),
      "encodeSafetensors: the metadata holds text only, and epoch is a number; give epoch: String(3)",
    ],
    [
      "metadata of objects",
      () => encodeSafetensors(dict, { metadata: { run: { seed: 1 } } as never }),
      "give run: JSON.stringify(value)",
    ],
    ["a module", () => encodeSafetensors({ stateDict: () => dict } as never), "give model.stateDict()"],
    [
      "the state of an optimizer",
      () => encodeSafetensors({ slots: [dict] } as never),
      '"slots" is not a tensor; only flat records of tensors can be saved',
    ],
    ["a number", () => encodeSafetensors({ epoch: 3 } as never), '"epoch" is not a tensor; use tensor(...)'],
    ["an array", () => encodeSafetensors([tensor(1)] as never), "give an object or a map from names to tensors"],
    ["options of another name", () => encodeSafetensors(dict, { bogus: 1 } as never), 'unknown option "bogus"'],
    ["options that are none", () => encodeSafetensors(dict, 3 as never), "encodeSafetensors: the options are"],
    [
      "a name for options",
      () => decodeSafetensors(new Uint8Array(8), "x" as never),
      "decodeSafetensors: the options are",
    ],
    [
      "an unknown option of decodeSafetensors",
      () => decodeSafetensors(new Uint8Array(8), { bogus: 1 } as never),
      'decodeSafetensors: unknown option "bogus"',
    ],
  ])("say what to do about %s", (_, run, message) => {
    expect(run).toThrow(message);
  });

  test("of saveSafetensors begin with its own name", async () => {
    const wrong: [unknown, unknown][] = [
      [dict, { bogus: 1 }],
      [dict, 3],
      [dict, { metadata: { epoch: 3 } }],
      [{ weight: [1] }, {}],
    ];
    for (const [tensors, options] of wrong) {
      await expect(saveSafetensors("x", tensors as never, options as never)).rejects.toMatchObject({
        name: "ArgumentError",
        message: expect.stringMatching(/^saveSafetensors: /),
      });
    }
  });
});

describe("safetensors files", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("are an ArgumentError where there is no file system", async () => {
    vi.stubGlobal("process", undefined);
    await expect(loadSafetensors("model.safetensors")).rejects.toMatchObject({
      name: "ArgumentError",
      code: "FILES_UNAVAILABLE",
    });
  });

  test("are written whole, replaced, and read back", async () => {
    const folder = await mkdtemp(join(tmpdir(), "adjoint-safetensors-"));
    try {
      const path = join(folder, "model.safetensors");
      await writeFile(path, "old");
      await saveSafetensors(path, { w: tensor([1, 2, 3]) }, { metadata: { step: "10" } });
      const { tensors, metadata } = await loadSafetensors(path);
      expect([tensors.w.toArray(), metadata.step]).toEqual([[1, 2, 3], "10"]);
      expect(await readdir(folder)).toEqual(["model.safetensors"]);
      await writeFile(path, "damaged");
      await expect(loadSafetensors(path)).rejects.toMatchObject({
        code: "SAFETENSORS_TRUNCATED",
        message: expect.stringContaining(path),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("that cannot be read or written are FormatErrors with the path", async () => {
    const path = join(tmpdir(), "adjoint-nowhere", "model.safetensors");
    const named = (code: string): object => ({ name: "FormatError", code, message: expect.stringContaining(path) });
    await expect(loadSafetensors(path)).rejects.toMatchObject(named("FILE_READ"));
    await expect(saveSafetensors(path, {})).rejects.toMatchObject(named("FILE_WRITE"));
    await expect(loadSafetensors("")).rejects.toMatchObject({ code: "FILE_PATH" });
  });
});
