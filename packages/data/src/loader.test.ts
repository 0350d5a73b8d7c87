import { Generator, tensor } from "@adjoint/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArrayDataset, map, subset, TensorDataset } from "./dataset.js";
import { DataLoader } from "./loader.js";
import { RandomSampler, SequentialSampler } from "./sampler.js";

const numbered = (n: number): ArrayDataset<number> => new ArrayDataset(Array.from({ length: n }, (_, i) => i));

/** One epoch of a loader of numbers, as arrays. */
const epoch = (loader: DataLoader<number>): number[][] => Array.from(loader, ({ data }) => [...data]);

describe("DataLoader", () => {
  test("reads in order, the last batch with what is left", () => {
    const loader = new DataLoader(numbered(5), { batchSize: 2 });
    expect(epoch(loader)).toEqual([[0, 1], [2, 3], [4]]);
    expect(loader.length).toBe(3);
    expect(epoch(new DataLoader(numbered(2)))).toEqual([[0], [1]]);
  });

  test("an array is a dataset of its items, for plain for, shuffling and length", () => {
    const loader = new DataLoader([1, 2, 3], { batchSize: 2 });
    expect(Array.from(loader, ({ data }) => [...data])).toEqual([[1, 2], [3]]);
    expect(loader.length).toBe(2);
    const shuffled = new DataLoader([1, 2, 3], { batchSize: 3, shuffle: true, seed: 1 });
    expect(Array.from(shuffled, ({ data }) => [...data].toSorted((a, b) => a - b))).toEqual([[1, 2, 3]]);
  });

  test("dropLast leaves out a batch that is not full", () => {
    const loader = new DataLoader(numbered(5), { batchSize: 2, dropLast: true });
    expect(epoch(loader)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(loader.length).toBe(2);
  });

  test("each shuffled epoch has all items once, in batches of the right size, whatever the sizes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 50 }), fc.nat(), (n, batchSize, seed) => {
        const loader = new DataLoader(numbered(n), { batchSize, shuffle: true, seed });
        const batches = epoch(loader);
        expect(batches.length).toBe(loader.length);
        expect(batches.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true);
        expect(batches.flat().toSorted((a, b) => a - b)).toEqual(numbered(n).items);
      }),
    );
  });

  test("epochs differ from each other and come again with the seed", () => {
    const make = (seed: number): DataLoader<number> =>
      new DataLoader(numbered(30), { batchSize: 7, shuffle: true, seed });
    const [first, second] = [make(1), make(1)];
    const epochs = [epoch(first), epoch(first), epoch(first)];
    expect(new Set(epochs.map((one) => JSON.stringify(one))).size).toBe(3);
    // Leaving an epoch early must not change the next one.
    for (const batch of second) if (batch.size > 0) break;
    expect([epoch(second), epoch(second)]).toEqual(epochs.slice(1));
    expect(epoch(make(2))).not.toEqual(epochs[0]);
    expect(epoch(new DataLoader(numbered(30), { batchSize: 7, shuffle: true, generator: new Generator(1) }))).toEqual(
      epochs[0],
    );
  });

  test("tensor datasets and their subsets give the same batches as item by item", () => {
    const x = tensor(
      Float32Array.from({ length: 60 }, (_, i) => i),
      { shape: [10, 2, 3] },
    );
    const y = tensor(Uint8Array.from({ length: 10 }, (_, i) => i));
    const data = new TensorDataset(x, y);
    for (const [quick, slow] of [
      [data, map(data, (item) => item)],
      [subset(data, [9, 1, 5]), map(subset(data, [9, 1, 5]), (item) => item)],
    ] as const) {
      const options = { batchSize: 4, shuffle: true, seed: 3 };
      const [batches, expected] = [[...new DataLoader(quick, options)], [...new DataLoader(slow, options)]];
      expect(batches.map(([a, b]) => [a.toArray(), b.toArray()])).toEqual(
        expected.map(([a, b]) => [a.toArray(), b.toArray()]),
      );
      expect(batches[0][1].dtype).toBe("uint8");
    }
  });

  test("a collate function of one's own makes the batches", () => {
    const loader = new DataLoader(numbered(3), { batchSize: 2, collate: (items) => items.join("+") });
    expect([...loader]).toEqual(["0+1", "2"]);
    const data = new TensorDataset(tensor([1, 2]));
    expect([...new DataLoader(data, { batchSize: 2, collate: (items) => items.length })]).toEqual([2]);
  });

  test("a sampler decides the order", () => {
    const sampler = { length: 3, [Symbol.iterator]: () => [4, 0, 4].values() };
    expect(epoch(new DataLoader(numbered(5), { batchSize: 2, sampler }))).toEqual([[4, 0], [4]]);
    const outside = { length: 1, [Symbol.iterator]: () => [5].values() };
    expect(() => epoch(new DataLoader(numbered(5), { sampler: outside }))).toThrow(
      expect.objectContaining({ code: "DATASET_INDEX" }),
    );
  });

  test("for await reads in-memory, synchronous and asynchronous datasets alike", async () => {
    async function* stream(): AsyncGenerator<number> {
      for (let i = 0; i < 5; i++) yield Promise.resolve(i);
    }
    for (const dataset of [numbered(5), stream(), [0, 1, 2, 3, 4], new Set([0, 1, 2, 3, 4])]) {
      const batches: number[][] = [];
      for await (const { data } of new DataLoader<number>(dataset, { batchSize: 2 })) batches.push([...data]);
      expect(batches).toEqual([[0, 1], [2, 3], [4]]);
    }
    const full: number[] = [];
    for await (const batch of new DataLoader<number>(stream(), { batchSize: 2, dropLast: true })) full.push(batch.size);
    expect(full).toEqual([2, 2]);
  });

  test("an iterable dataset has no length, no order to choose and no plain for", () => {
    const loader = new DataLoader<number>(new Set([1, 2]));
    const iterable = expect.objectContaining({ name: "ArgumentError", code: "LOADER_ITERABLE" });
    expect(() => loader.length).toThrow(iterable);
    expect(() => [...loader]).toThrow(iterable);
    expect(() => new DataLoader<number>(new Set([1, 2]), { shuffle: true })).toThrow(iterable);
    expect(() => new DataLoader<number>(new Set([1, 2]), { seed: 1 })).toThrow(iterable);
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, "2"])("batchSize %s is an ArgumentError", (batchSize) => {
    expect(() => new DataLoader(numbered(3), { batchSize: batchSize as number })).toThrow(
      expect.objectContaining({ name: "ArgumentError", code: "LOADER_OPTIONS" }),
    );
  });

  test("datasets without items or without any full batch are ArgumentErrors", () => {
    const empty = expect.objectContaining({ code: "LOADER_EMPTY" });
    expect(() => new DataLoader(subset(numbered(3), []))).toThrow(empty);
    expect(() => new DataLoader(numbered(3), { batchSize: 4, dropLast: true })).toThrow(empty);
  });

  test.each([null, undefined, 3, {}, "text"])("%s is no dataset", (dataset) => {
    expect(() => new DataLoader(dataset as never)).toThrow(expect.objectContaining({ code: "LOADER_DATASET" }));
  });

  test("two orders at once are an ArgumentError", () => {
    const sampler = new SequentialSampler(3);
    expect(() => new DataLoader(numbered(3), { sampler, shuffle: true })).toThrow(
      expect.objectContaining({ code: "LOADER_OPTIONS" }),
    );
    expect(() => new DataLoader(numbered(3), { shuffle: true, seed: 1, generator: new Generator(1) })).toThrow(
      expect.objectContaining({ code: "RANDOM_OPTIONS" }),
    );
  });
});

describe("samplers", () => {
  test("give each index once, in order or in a new random order each time", () => {
    expect([...new SequentialSampler(4)]).toEqual([0, 1, 2, 3]);
    const random = new RandomSampler(50, { seed: 1 });
    const [first, second] = [[...random], [...random]];
    expect(first.toSorted((a, b) => a - b)).toEqual([...new SequentialSampler(50)]);
    expect(second).not.toEqual(first);
    expect([...new RandomSampler(50, { seed: 1 })]).toEqual(first);
    expect(() => new RandomSampler(-1)).toThrow(expect.objectContaining({ code: "SAMPLER_LENGTH" }));
  });
});
