import { data, fromTypedArray, type Tensor } from "adjoint";

/** Images as the network takes them, and as they were read. */
export interface Examples {
  /** `[count, 1, 28, 28]` float32, 0 for the background to 1 for ink. */
  readonly x: Tensor;
  /** `[count]` int32, 0 to 9. */
  readonly labels: Tensor;
  /** `[count, 28, 28]` bytes, for pictures. */
  readonly pixels: ArrayLike<number>;
}

export const SIDE = 28;

const SYNTHETIC = { train: 12_000, test: 2_000 };

/** Loads MNIST from a directory or, without one, draws synthetic digits in the same format. */
export async function loadDigits(directory: string | null, seed: number): Promise<{ train: Examples; test: Examples }> {
  if (directory === null) {
    // Seeds far apart in the counter-based generator are independent: no test digit is a training digit.
    const train = data.digits(SYNTHETIC.train, { seed });
    const test = data.digits(SYNTHETIC.test, { seed: seed + 2 ** 32 });
    return { train: prepare(train), test: prepare(test) };
  }
  const { train, test } = await data.loadMnist(directory);
  return { train: prepare(train), test: prepare(test) };
}

function prepare({ images, labels }: data.LabelledImages): Examples {
  const [count, rows, columns] = images.shape;
  if (rows !== SIDE || columns !== SIDE || count === 0) {
    throw new Error(
      `--data: the images are ${count} of ${rows} x ${columns} pixels; the network takes ${SIDE} x ${SIDE}`,
    );
  }
  return {
    x: fromTypedArray(
      Float32Array.from(images.data, (pixel) => pixel / 255),
      [count, 1, SIDE, SIDE],
    ),
    labels: fromTypedArray(Int32Array.from(labels.data), [count]),
    pixels: images.data,
  };
}
