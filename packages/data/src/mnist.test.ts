import { existsSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeIdxFile } from "./files.js";
import { encodeIdx } from "./idx.js";
import { loadMnist, parseMnist } from "./mnist.js";

const images = { shape: [3, 2, 2], data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i) };
const labels = { shape: [3], data: Uint8Array.of(7, 0, 9) };

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "adjoint-mnist-"));
  await writeIdxFile(join(folder, "train-images-idx3-ubyte"), images);
  await writeIdxFile(join(folder, "train-labels-idx1-ubyte"), labels);
  await writeFile(join(folder, "t10k-images.idx3-ubyte"), encodeIdx(images));
  await writeFile(join(folder, "t10k-labels.idx1-ubyte.gz"), gzipSync(encodeIdx(labels)));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** What `promise` is rejected with. */
async function failure(promise: Promise<unknown>): Promise<{ name: string; code: string; message: string }> {
  return promise.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error) => error,
  );
}

describe("loadMnist", () => {
  test("finds all four files by any of their names", async () => {
    const { train, test: held } = await loadMnist(folder);
    for (const part of [train, held]) {
      expect(part.images.shape).toEqual([3, 2, 2]);
      expect(part.images.dtype).toBe("uint8");
      expect([...part.images.data]).toEqual([...images.data]);
      expect(part.labels.shape).toEqual([3]);
      expect([...part.labels.data]).toEqual([7, 0, 9]);
    }
  });

  test("a missing file is named with all the names that were looked for", async () => {
    await rm(join(folder, "t10k-images.idx3-ubyte"));
    const error = await failure(loadMnist(folder));
    expect(error).toMatchObject({ name: "FormatError", code: "MNIST_MISSING" });
    for (const name of ["t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz", "t10k-images.idx3-ubyte.gz", folder]) {
      expect(error.message).toContain(name);
    }
    expect(error.message).not.toContain("\n");
  });

  test("a missing directory is a FormatError with its name", async () => {
    const error = await failure(loadMnist(join(folder, "nowhere")));
    expect(error).toMatchObject({ name: "FormatError", code: "MNIST_MISSING" });
    expect(error.message).toContain("nowhere");
    expect(await failure(loadMnist(""))).toMatchObject({ code: "FILE_PATH" });
    expect(await failure(loadMnist(undefined as never))).toMatchObject({ code: "FILE_PATH" });
  });

  test("swapped files are recognised by their magic numbers", async () => {
    await rename(join(folder, "train-labels-idx1-ubyte"), join(folder, "train-images-idx3-ubyte"));
    await writeIdxFile(join(folder, "train-labels-idx1-ubyte"), images);
    const error = await failure(loadMnist(folder));
    expect(error.code).toBe("MNIST_MAGIC");
    expect(error.message).toContain("train-images-idx3-ubyte: expected magic 2051 (images), found 2049 (labels)");
  });

  test("a truncated file is named", async () => {
    await writeFile(join(folder, "train-images-idx3-ubyte"), encodeIdx(images).subarray(0, 20));
    const error = await failure(loadMnist(folder));
    expect(error.code).toBe("IDX_TRUNCATED");
    expect(error.message).toContain("train-images-idx3-ubyte: expected 28 bytes for ubyte [3, 2, 2], found 20");
  });
});

describe("parseMnist", () => {
  test("as many labels as images are asked for", () => {
    const two = encodeIdx({ shape: [2], data: Uint8Array.of(1, 2) });
    expect(() => parseMnist(encodeIdx(images), two)).toThrow(
      expect.objectContaining({ code: "MNIST_COUNT", message: expect.stringContaining("expected 3 labels") }),
    );
  });

  test("labels above 9 are refused with their place", () => {
    const wrong = encodeIdx({ shape: [3], data: Uint8Array.of(1, 10, 2) });
    expect(() => parseMnist(encodeIdx(images), wrong, { labelsName: "my-labels" })).toThrow(
      expect.objectContaining({
        code: "MNIST_LABEL",
        message: "my-labels: expected labels from 0 to 9, found 10 at place 1",
      }),
    );
  });

  test("an IDX file of another type is refused", () => {
    const floats = encodeIdx({ shape: [3, 2, 2], data: new Float32Array(12) });
    expect(() => parseMnist(floats, encodeIdx(labels))).toThrow(expect.objectContaining({ code: "MNIST_MAGIC" }));
  });
});

const real = fileURLToPath(new URL("../../../../shared/data/mnist", import.meta.url));
const isThere = existsSync(real);
if (!isThere) console.log("The real MNIST is not beside the checkout (../shared/data/mnist): its tests are left out.");

describe.runIf(isThere)("the real MNIST", () => {
  test("has the published sizes and numbers of labels", async () => {
    const { train, test: held } = await loadMnist(real);
    expect(train.images.shape).toEqual([60000, 28, 28]);
    expect(held.images.shape).toEqual([10000, 28, 28]);
    const counts = (data: ArrayLike<number>): number[] => {
      const found = new Array<number>(10).fill(0);
      for (let i = 0; i < data.length; i++) found[data[i]]++;
      return found;
    };
    expect(counts(train.labels.data)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(counts(held.labels.data)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect([...train.labels.data.slice(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    // Mean and deviation of all pixels, as they are commonly used to normalise MNIST.
    let sum = 0;
    let squares = 0;
    const pixels = train.images.data;
    for (let i = 0; i < pixels.length; i++) {
      sum += pixels[i] / 255;
      squares += (pixels[i] / 255) ** 2;
    }
    const mean = sum / pixels.length;
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(squares / pixels.length - mean * mean)).toBeCloseTo(0.3081, 4);
  });
});
