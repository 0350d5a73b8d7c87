import { checkOptions, FormatError, fromTypedArray, type Tensor } from "@adjoint/core";
import { checkPath, fileError, fileSystem } from "./file-system.js";
import { readBytes } from "./files.js";
import { idxMagic, parseIdx, type IdxData } from "./idx.js";

/** Grey images and what they show. */
export interface LabelledImages {
  /** `[count, rows, columns]` uint8, 0 for the background to 255 for ink. */
  readonly images: Tensor;
  /** `[count]` uint8, 0 to 9. */
  readonly labels: Tensor;
}

/** Images to learn from and images to be judged by. */
export interface TrainAndTest {
  readonly train: LabelledImages; // to learn from
  readonly test: LabelledImages; // to be judged by
}

/** Options of {@link parseMnist}. */
export interface ParseMnistOptions {
  /** What messages call the image file. Default `"images"`. */
  readonly imagesName?: string;
  /** What messages call the label file. Default `"labels"`. */
  readonly labelsName?: string;
}

/** The file names of MNIST, without the ending that tells packed from unpacked. */
export const mnistNames = {
  train: { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte" },
  test: { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" },
} as const;

/** What the second, third and fourth byte of the magic number mean for MNIST's files. */
const KINDS: Readonly<Record<number, string>> = { 2049: "labels", 2051: "images" };

/**
 * Reads a pair of MNIST files from their bytes: images, rank 3, and as many labels from 0 to 9.
 * This is the way for browsers; in Node, {@link loadMnist} finds the files.
 *
 * @throws FormatError `MNIST_MAGIC`, `MNIST_COUNT`, `MNIST_LABEL`, and the codes of {@link parseIdx}; ArgumentError
 * `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { encodeIdx, parseMnist } from "@adjoint/data";
 * const images = encodeIdx({ shape: [1, 2, 2], data: Uint8Array.of(0, 255, 255, 0) });
 * const labels = encodeIdx({ shape: [1], data: Uint8Array.of(7) });
 * const pair = parseMnist(images, labels);
 * console.log(pair.images.shape.join(" x ")); // → 1 x 2 x 2
 * console.log(pair.labels.data[0]); // → 7
 * ```
 */
export function parseMnist(images: Uint8Array, labels: Uint8Array, options: ParseMnistOptions = {}): LabelledImages {
  checkOptions("parseMnist", options, '{ imagesName: "images.idx" }', ["imagesName", "labelsName"]);
  const { imagesName = "images", labelsName = "labels" } = options;
  const pixels = bytesOf(parseIdx(images, { name: imagesName }), 2051, imagesName);
  const digits = bytesOf(parseIdx(labels, { name: labelsName }), 2049, labelsName);
  if (pixels.shape[0] !== digits.shape[0]) {
    throw new FormatError(
      "MNIST_COUNT",
      `${labelsName}: expected ${pixels.shape[0]} labels for the images of ${imagesName}, found ${digits.shape[0]}`,
    );
  }
  const wrong = digits.data.findIndex((label) => label > 9);
  if (wrong >= 0) {
    throw new FormatError(
      "MNIST_LABEL",
      `${labelsName}: expected labels from 0 to 9, found ${digits.data[wrong]} at place ${wrong}`,
    );
  }
  return { images: fromTypedArray(pixels.data, pixels.shape), labels: fromTypedArray(digits.data, digits.shape) };
}

/**
 * Loads MNIST from a directory: 60000 images to train with and 10000 to test with, `[28, 28]` each.
 *
 * The files may be packed (`.gz`) or not and named as published (`train-images-idx3-ubyte`) or
 * with a dot (`train-images.idx3-ubyte`). Any other data in the same format loads too.
 *
 * LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998.
 *
 * @throws FormatError `MNIST_MISSING` with the names that were looked for, and the codes of {@link parseMnist}
 *
 * @example
 * ```ts no-run
 * import { DataLoader, loadMnist, scaleImages, TensorDataset } from "@adjoint/data";
 * const { train } = await loadMnist("data/mnist");
 * const data = new TensorDataset(scaleImages(train.images, { flatten: true }), train.labels);
 * for (const [x, y] of new DataLoader(data, { batchSize: 64, shuffle: true, seed: 1 })) {
 *   console.log(x.shape, y.shape); // [ 64, 784 ] [ 64 ]
 * }
 * ```
 */
export async function loadMnist(directory: string): Promise<TrainAndTest> {
  checkPath("loadMnist", directory);
  const { readdir } = await fileSystem("loadMnist");
  let present: readonly string[];
  try {
    present = await readdir(directory);
  } catch (error) {
    throw fileError("MNIST_MISSING", `loadMnist: cannot look into ${directory}`, error);
  }
  const train = await loadPair(directory, present, mnistNames.train);
  const test = await loadPair(directory, present, mnistNames.test);
  return { train, test };
}

async function loadPair(
  directory: string,
  present: readonly string[],
  names: { readonly images: string; readonly labels: string },
): Promise<LabelledImages> {
  const imagesName = find(directory, present, names.images);
  const labelsName = find(directory, present, names.labels);
  const images = await readBytes(imagesName, { caller: "loadMnist" });
  const labels = await readBytes(labelsName, { caller: "loadMnist" });
  return parseMnist(images, labels, { imagesName, labelsName });
}

function find(directory: string, present: readonly string[], name: string): string {
  const dotted = name.replace("-idx", ".idx");
  const wanted = [name, `${name}.gz`, dotted, `${dotted}.gz`];
  const found = wanted.find((candidate) => present.includes(candidate));
  if (found !== undefined) return `${directory.replace(/\/+$/, "")}/${found}`;
  throw new FormatError(
    "MNIST_MISSING",
    `loadMnist: nothing in ${directory} is named ${wanted.join(" or ")}; fetch the file or give another directory`,
  );
}

function bytesOf(array: IdxData, magic: number, name: string): { shape: readonly number[]; data: Uint8Array } {
  const found = idxMagic(array);
  if (found === magic && array.data instanceof Uint8Array) return { shape: array.shape, data: array.data };
  const other = KINDS[found] === undefined ? "" : ` (${KINDS[found]})`;
  throw new FormatError(
    "MNIST_MAGIC",
    `${name}: expected magic ${magic} (${KINDS[magic]}), found ${found}${other}; is it the right file?`,
  );
}
