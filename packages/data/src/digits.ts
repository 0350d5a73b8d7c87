import { checkOptions, type Generator } from "@adjoint/core";
import { checkAmount, checkCount } from "./checks.js";
import { makeDirectory, writeBytes } from "./files.js";
import { generatorFrom, SEED_OPTIONS, type SeedOptions } from "./generator.js";
import { glyphs } from "./glyphs.js";
import { encodeIdx } from "./idx.js";
import { type LabelledImages, mnistNames, parseMnist } from "./mnist.js";
import { drawGlyph, type Hand } from "./strokes.js";

/** Options of {@link digits}. */
export interface DigitsOptions extends SeedOptions {
  /** Height and width of an image in pixels. Default 28. */
  readonly size?: number;
  /** Standard deviation of the noise on each pixel, where 1 is the range from black to white. Default 0.08. */
  readonly noise?: number;
  /** How far the writing strays from the model, all kinds of straying together. Default 1; 0 is print. */
  readonly distortion?: number;
}

/** Options of {@link writeDigits}. */
export interface WriteDigitsOptions extends DigitsOptions {
  /** Number of images to train with. Default 6000. */
  readonly train?: number;
  /** Number of images to test with. Default 1000. */
  readonly test?: number;
}

const DRAWING_OPTIONS: readonly string[] = [...SEED_OPTIONS, "size", "noise", "distortion"];

/** The hand at distortion 1; chosen so that a linear classifier is left with about one error in ten. */
const HAND: Hand = { rotation: 0.1, shear: 0.18, scale: 0.12, shift: 0.1, bend: 0.06, wobble: 0.02 };

/**
 * Synthetic handwritten digits in the form of MNIST, white on black, for where the real ones are
 * not at hand: pen strokes, bent, slanted, turned and shifted at random, with trembling,
 * pens of different width and a little noise.
 *
 * Each digit comes equally often (up to one), in random order. The same seed gives the same
 * bytes in every JavaScript engine. The images pass through the IDX format on the way, as MNIST does.
 *
 * @param count - how many, at least 1
 * @returns images `[count, size, size]` uint8 and labels `[count]` uint8
 * @throws ArgumentError `DIGITS_OPTIONS`, `RANDOM_OPTIONS`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { digits } from "@adjoint/data";
 * const { images, labels } = digits(100, { seed: 1 });
 * console.log(images.shape.join(" x "), images.dtype); // → 100 x 28 x 28 uint8
 * console.log([...labels.data].filter((label) => label === 3).length); // → 10
 * ```
 */
export function digits(count: number, options: DigitsOptions = {}): LabelledImages {
  checkOptions("digits", options, "{ seed: 1 }", DRAWING_OPTIONS);
  const { images, labels } = encodeDigits("digits", count, options);
  return parseMnist(images, labels);
}

/**
 * Writes synthetic digits as the four files of MNIST, which `loadMnist` reads back.
 * The directory is made if it is not there; files of the same names are replaced.
 *
 * @throws ArgumentError `DIGITS_OPTIONS`, `RANDOM_OPTIONS`, `FILE_PATH`, `OPTIONS_KIND`, `OPTION_UNKNOWN`;
 * FormatError `FILE_WRITE`
 *
 * @example
 * ```ts no-run
 * import { loadMnist, writeDigits } from "@adjoint/data";
 * await writeDigits("data/digits", { train: 6000, test: 1000, seed: 1 });
 * const { train, test } = await loadMnist("data/digits");
 * console.log(train.images.shape, test.labels.shape);
 * ```
 */
export async function writeDigits(directory: string, options: WriteDigitsOptions = {}): Promise<void> {
  const caller = "writeDigits";
  checkOptions(caller, options, "{ train: 6000, seed: 1 }", [...DRAWING_OPTIONS, "train", "test"]);
  const { train = 6000, test = 1000, seed, generator, ...drawing } = options;
  const shared = { ...drawing, generator: generatorFrom(caller, { seed, generator }) };
  const parts = [
    { names: mnistNames.train, files: encodeDigits(caller, train, shared) },
    { names: mnistNames.test, files: encodeDigits(caller, test, shared) },
  ];
  await makeDirectory(directory, { caller });
  for (const { names, files } of parts) {
    await writeBytes(`${directory}/${names.images}`, files.images, { caller });
    await writeBytes(`${directory}/${names.labels}`, files.labels, { caller });
  }
}

/** The bytes of an image file and a label file. */
function encodeDigits(
  caller: string,
  count: number,
  options: DigitsOptions,
): { images: Uint8Array; labels: Uint8Array } {
  const { size = 28, noise = 0.08, distortion = 1 } = options;
  checkCount("DIGITS_OPTIONS", caller, "the count", count, 1);
  checkCount("DIGITS_OPTIONS", caller, "size", size, 8);
  checkAmount("DIGITS_OPTIONS", caller, "noise", noise);
  checkAmount("DIGITS_OPTIONS", caller, "distortion", distortion);
  const generator = generatorFrom(caller, options);
  const labels = Uint8Array.from(generator.permutation(count), (place) => place % 10);
  const images = new Uint8Array(count * size * size);
  const hand = scaleHand(HAND, distortion);
  const image = new Float64Array(size * size);
  for (let i = 0; i < count; i++) {
    const variants = glyphs[labels[i]];
    drawGlyph(image, size, variants[generator.integer(0, variants.length)], hand, generator);
    expose(image, images.subarray(i * size * size, (i + 1) * size * size), noise, generator);
  }
  return {
    images: encodeIdx({ shape: [count, size, size], data: images }),
    labels: encodeIdx({ shape: [count], data: labels }),
  };
}

function scaleHand(hand: Hand, factor: number): Hand {
  return {
    rotation: hand.rotation * factor,
    shear: hand.shear * factor,
    scale: hand.scale * factor,
    shift: hand.shift * factor,
    bend: hand.bend * factor,
    wobble: hand.wobble * factor,
  };
}

/** Brightness to bytes, with ink of random strength and noise on each pixel. */
function expose(image: Float64Array, bytes: Uint8Array, noise: number, generator: Generator): void {
  const ink = 255 * (0.75 + 0.25 * generator.random());
  // Uniform in ±√3 times the standard deviation: four times as quick as normal noise, and as good here.
  const bound = 255 * noise * Math.sqrt(3);
  const grain = generator.uniform([image.length], -bound, bound).data;
  for (let i = 0; i < image.length; i++) {
    const x = ink * Math.max(0, image[i]) + grain[i];
    bytes[i] = Math.min(255, Math.max(0, Math.floor(x + 0.5)));
  }
}
