import { tensor } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { collate } from "./collate.js";
import { ArrayDataset, map, randomSplit, subset } from "./dataset.js";
import { digits, writeDigits } from "./digits.js";
import { makeDirectory, readBytes, writeBytes } from "./files.js";
import { encodeIdx, parseIdx } from "./idx.js";
import { DataLoader } from "./loader.js";
import { parseMnist } from "./mnist.js";
import { RandomSampler } from "./sampler.js";
import { blobs, circles, moons, spiral } from "./synthetic.js";
import { normalize, scaleImages } from "./transforms.js";

const items = new ArrayDataset([1, 2, 3]);
const bytes = new Uint8Array(4);

const calls: Readonly<Record<string, (options: never) => unknown>> = {
  DataLoader: (options) => new DataLoader(items, options),
  RandomSampler: (options) => new RandomSampler(3, options),
  randomSplit: (options) => randomSplit(items, [1, 2], options),
  digits: (options) => digits(10, options),
  writeDigits: (options) => writeDigits("out", options),
  parseIdx: (options) => parseIdx(bytes, options),
  parseMnist: (options) => parseMnist(bytes, bytes, options),
  readBytes: (options) => readBytes("file", options),
  writeBytes: (options) => writeBytes("file", bytes, options),
  makeDirectory: (options) => makeDirectory("folder", options),
  spiral,
  moons,
  circles,
  blobs,
  scaleImages: (options) => scaleImages(tensor([1], { dtype: "uint8" }), options),
  normalize: (options) => normalize(tensor([1]), options),
};

describe("arguments of another kind are errors with a code", () => {
  const wrong: readonly (readonly [string, () => unknown, string])[] = [
    ["an array for a dataset to map", () => map([1, 2] as never, String), "DATASET_KIND"],
    ["an array for a dataset to split", () => randomSplit([1, 2] as never, [1, 1]), "DATASET_KIND"],
    ["nothing for a dataset", () => subset(undefined as never, [0]), "DATASET_KIND"],
    ["a number for indices", () => subset(items, 3 as never), "DATASET_KIND"],
    ["a number for lengths", () => randomSplit(items, 0.8 as never), "SPLIT_LENGTHS"],
    ["a number for items", () => collate(3 as never), "COLLATE_KIND"],
    ["a number for a sampler", () => new DataLoader(items, { sampler: 3 as never }), "LOADER_OPTIONS"],
    ["a tensor for a dataset", () => new DataLoader(tensor([1, 2]) as never), "LOADER_DATASET"],
    ["nothing to encode", () => encodeIdx(undefined as never), "IDX_SHAPE"],
  ];
  test.each(wrong)("%s", (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ name: "ArgumentError", code }));
  });
});

describe("options", () => {
  test.each(Object.entries(calls))("of %s are an object of known names", async (name, call) => {
    const run = async (options: unknown): Promise<unknown> => call(options as never);
    await expect(run({ bogus: 1 })).rejects.toMatchObject({
      code: "OPTION_UNKNOWN",
      message: expect.stringMatching(`^${name}: unknown option "bogus"; it takes `),
    });
    await expect(run(3)).rejects.toMatchObject({
      code: "OPTIONS_KIND",
      message: expect.stringMatching(`^${name}: the options are .*3; give them by name, such as `),
    });
  });

  test("that are missing or arrays instead of tensors are named where they are needed", () => {
    expect(() => normalize(tensor([1]), undefined as never)).toThrow(expect.objectContaining({ code: "OPTIONS_KIND" }));
    expect(() => normalize([1] as never, { mean: 0, std: 1 })).toThrow(
      expect.objectContaining({ code: "OPERAND_KIND" }),
    );
    expect(() => normalize(tensor([[1]]), { mean: 0 } as never)).toThrow("normalize: std is undefined");
    expect(() => scaleImages([1] as never)).toThrow(expect.objectContaining({ code: "OPERAND_KIND" }));
    expect(() => new DataLoader(items, { collate: 3 as never })).toThrow("DataLoader: collate is not a function");
  });
});
