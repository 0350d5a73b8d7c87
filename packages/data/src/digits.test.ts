import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, type Tensor } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { digits, writeDigits } from "./digits.js";
import { glyphs } from "./glyphs.js";
import { loadMnist } from "./mnist.js";

/** FNV-1a over the bytes of a tensor. */
function checksum({ data }: Tensor): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < data.length; i++) hash = Math.imul(hash ^ data[i], 0x01000193);
  return (hash >>> 0).toString(16);
}

/** The part of `test` that is nearest to the mean training image of its own class. */
function nearestMeanAccuracy(train: ReturnType<typeof digits>, held: ReturnType<typeof digits>): number {
  const pixels = train.images.size / train.labels.size;
  const means = Array.from({ length: 10 }, () => new Float64Array(pixels));
  const share = 10 / train.labels.size;
  train.labels.data.forEach((label: number, i: number) => {
    for (let p = 0; p < pixels; p++) means[label][p] += train.images.data[i * pixels + p] * share;
  });
  let right = 0;
  held.labels.data.forEach((label: number, i: number) => {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, p) => sum + (value - held.images.data[i * pixels + p]) ** 2, 0),
    );
    if (distances.indexOf(Math.min(...distances)) === label) right++;
  });
  return right / held.labels.size;
}

describe("glyphs", () => {
  test("there are two or more ways of writing each digit, all within the box", () => {
    expect(glyphs.length).toBe(10);
    for (const variants of glyphs) {
      expect(variants.length).toBeGreaterThanOrEqual(2);
      for (const stroke of variants.flat()) {
        expect(stroke.length % 2).toBe(0);
        expect(stroke.length).toBeGreaterThanOrEqual(4);
        expect(stroke.every((x) => x >= 0 && x <= 100)).toBe(true);
      }
    }
  });
});

describe("digits", () => {
  test("the same seed gives the same bytes, on every machine", () => {
    const { images, labels } = digits(200, { seed: 1 });
    expect([checksum(images), checksum(labels)]).toEqual(["a4b9f322", "6c4c7dcb"]);
    expect(checksum(digits(200, { generator: new Generator(1) }).images)).toBe("a4b9f322");
    expect(checksum(digits(200, { seed: 2 }).images)).not.toBe("a4b9f322");
  });

  test("a generator goes on where it was, so that a second set differs", () => {
    const generator = new Generator(3);
    const first = digits(20, { generator });
    expect(checksum(digits(20, { generator }).images)).not.toBe(checksum(first.images));
  });

  test("each class comes equally often, in random order", () => {
    const { labels } = digits(1003, { seed: 4 });
    const counts = new Array<number>(10).fill(0);
    labels.data.forEach((label: number) => counts[label]++);
    expect(counts.toSorted()).toEqual([100, 100, 100, 100, 100, 100, 100, 101, 101, 101]);
    const repeats = labels.data.filter((label: number, i: number) => i > 0 && label === labels.data[i - 1]).length;
    expect(repeats).toBeGreaterThan(60);
    expect(repeats).toBeLessThan(140);
  });

  test("images are white ink on black, the ink within the picture", () => {
    const { images } = digits(500, { seed: 5, noise: 0 });
    expect(images.shape).toEqual([500, 28, 28]);
    let [ink, border, brightest] = [0, 0, 0];
    images.data.forEach((value: number, i: number) => {
      const [x, y] = [i % 28, Math.floor(i / 28) % 28];
      brightest = Math.max(brightest, value);
      ink += value;
      if (x === 0 || y === 0 || x === 27 || y === 27) border += value;
    });
    expect(brightest).toBeGreaterThan(250);
    // MNIST has a mean of 33 of 255.
    expect(ink / images.size).toBeGreaterThan(20);
    expect(ink / images.size).toBeLessThan(50);
    expect(border / ink).toBeLessThan(0.01);
  });

  test("they are neither trivial nor hopeless for the mean of each class", () => {
    const accuracy = nearestMeanAccuracy(digits(2000, { seed: 6 }), digits(500, { seed: 7 }));
    expect(accuracy).toBeGreaterThan(0.55);
    expect(accuracy).toBeLessThan(0.9);
  });

  test("without distortion and noise they are nearly print", () => {
    const clean = { noise: 0, distortion: 0 };
    const accuracy = nearestMeanAccuracy(digits(500, { seed: 6, ...clean }), digits(200, { seed: 7, ...clean }));
    expect(accuracy).toBeGreaterThan(0.93);
  });

  test("other sizes are drawn to scale", () => {
    const { images } = digits(10, { seed: 8, size: 64, noise: 0 });
    expect(images.shape).toEqual([10, 64, 64]);
    const ink = Array.from(images.data).reduce((sum, value) => sum + value, 0) / images.size;
    expect(ink).toBeGreaterThan(20);
    expect(ink).toBeLessThan(50);
  });

  test.each([
    [0, {}],
    [1.5, {}],
    [10, { size: 4 }],
    [10, { size: Number.NaN }],
    [10, { noise: -1 }],
    [10, { distortion: Infinity }],
  ])("digits(%d, %j) is an ArgumentError", (count, options) => {
    expect(() => digits(count, options)).toThrow(
      expect.objectContaining({ name: "ArgumentError", code: "DIGITS_OPTIONS" }),
    );
  });

  test("a seed beside a generator is an ArgumentError", () => {
    expect(() => digits(10, { seed: 1, generator: new Generator(1) })).toThrow(
      expect.objectContaining({ code: "RANDOM_OPTIONS" }),
    );
    expect(() => digits(10, { generator: Math.random as never })).toThrow(
      expect.objectContaining({ code: "RANDOM_OPTIONS" }),
    );
  });

  test("written files are read back by loadMnist as the same digits", async () => {
    const parent = await mkdtemp(join(tmpdir(), "adjoint-digits-"));
    try {
      const folder = join(parent, "new", "folder");
      await writeDigits(folder, { train: 30, test: 20, seed: 9 });
      expect((await readdir(folder)).length).toBe(4);
      const { train, test: held } = await loadMnist(folder);
      const generator = new Generator(9);
      expect(checksum(train.images)).toBe(checksum(digits(30, { generator }).images));
      expect(checksum(held.images)).toBe(checksum(digits(20, { generator }).images));
      expect(held.labels.shape).toEqual([20]);
    } finally {
      await rm(parent, { recursive: true });
    }
  });

  test("a directory that nobody can make is a FormatError, and not an endless wait", async () => {
    await expect(writeDigits("/proc/adjoint/digits", { train: 1, test: 1, seed: 1 })).rejects.toMatchObject({
      name: "FormatError",
      code: "FILE_WRITE",
      message: expect.stringContaining("writeDigits: cannot make the directory /proc/adjoint/digits"),
    });
  });
});
