import {
  ArgumentError,
  checkOptions,
  concat,
  full,
  indexSelect,
  reshape,
  ShapeError,
  stack,
  swapAxes,
  Tensor,
  tensor,
  unbind,
} from "@adjoint/core";
import { checkCount, checkRole, shapeText, shown } from "./checks.js";

/**
 * Sequences of several lengths without their padding: the rows of all that last to the first time step, then those of the second,
 * and so on, as in PyTorch. Recurrent layers take it and give one. {@link packPaddedSequence} and {@link packSequence} make it.
 *
 * @throws ArgumentError `PACKED_INVALID` for parts that do not fit together.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { GRU, packSequence, padPackedSequence } from "@adjoint/nn";
 * const packed = packSequence([tensor([[1], [2], [3]]), tensor([[4]])]);
 * const [output] = new GRU(1, 2).forward(packed);
 * console.log(packed.lengths, output.data.shape, padPackedSequence(output)[0].shape); // → [ 3, 1 ] [ 4, 2 ] [ 3, 2, 2 ]
 * ```
 */
export class PackedSequence {
  readonly data: Tensor; // the rows of all steps, [rows, ...]
  readonly batchSizes: readonly number[]; // how many sequences last to each time step, falling
  readonly sortedIndices: readonly number[]; // which sequence of the batch each of the packed ones was, the longest first

  constructor(data: Tensor, batchSizes: readonly number[], sortedIndices?: readonly number[]) {
    checkRole("PackedSequence", "data", data);
    const places = Array.from(
      { length: isFalling(batchSizes) ? Math.min(batchSizes[0], data.shape[0] ?? 0) : 0 },
      (_, i) => i,
    );
    const order = sortedIndices ?? places;
    const rows = places.length > 0 ? batchSizes.reduce((a, b) => a + b) : -1;
    const isOrder = Array.isArray(order) && order.length === places.length && places.every((i) => order.includes(i));
    if (data.shape[0] !== rows || !isOrder) {
      throw new ArgumentError(
        "PACKED_INVALID",
        `PackedSequence: data ${shapeText(data.shape)}, batchSizes ${shown(batchSizes)}, sortedIndices ${shown(sortedIndices)}; ` +
          `give [rows, ...], sizes that do not grow and add up to the rows, and each place of the batch once; packSequence does all`,
      );
    }
    this.data = data;
    this.batchSizes = batchSizes;
    this.sortedIndices = order;
  }

  /** The length of each sequence, in the order of the batch. */
  get lengths(): number[] {
    const lengths = new Array<number>(this.sortedIndices.length);
    this.sortedIndices.forEach((sequence, i) => {
      lengths[sequence] = this.batchSizes.filter((count) => count > i).length;
    });
    return lengths;
  }
}

/** Options of {@link packPaddedSequence}. */
export interface PackOptions {
  /** The batch is axis 0, and time axis 1 (default false: the other way round). */
  readonly batchFirst?: boolean;
  /** Refuse sequences that are not given with the longest first (default true). */
  readonly enforceSorted?: boolean;
}

/** Options of {@link padSequence} and {@link padPackedSequence}. */
export interface PadSequenceOptions {
  /** The batch is to be axis 0, and time axis 1 (default false: the other way round). */
  readonly batchFirst?: boolean;
  /** What the padding holds (default 0). */
  readonly paddingValue?: number;
}

/** Options of {@link padPackedSequence}. */
export interface PadPackedOptions extends PadSequenceOptions {
  /** How long the time axis is to be (default that of the longest sequence). */
  readonly totalLength?: number;
}

const isFalling = (sizes: unknown): sizes is number[] =>
  Array.isArray(sizes) && sizes.every((n, t) => Number.isSafeInteger(n) && n >= 1 && n <= (sizes[t - 1] ?? n));

/**
 * Checks lengths, one for each sequence of a batch; under `vmap` those of all examples.
 *
 * @throws ArgumentError `LENGTHS_INVALID`.
 */
export function checkLengths(name: string, lengths: unknown, batch: number, longest: number): void {
  const isTensor = lengths instanceof Tensor;
  const list: unknown = isTensor ? Array.from(lengths.everyElement) : lengths;
  const isRight = Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 1 && n <= longest);
  if (isRight && (isTensor ? lengths.shape.join() === String(batch) : list.length === batch)) return;
  throw new ArgumentError(
    "LENGTHS_INVALID",
    `${name}: lengths ${shown(lengths)} for ${batch} sequences of up to ${longest} steps; give ${batch} integers from 1 to ${longest}`,
  );
}

/** Lengths as numbers, checked. */
function knownLengths(name: string, lengths: Tensor | readonly number[], batch: number, longest: number): number[] {
  checkLengths(name, lengths, batch, longest);
  return lengths instanceof Tensor ? Array.from(lengths.data) : lengths.slice();
}

/**
 * Leaves the padding of a batch out: `[time, batch, ...]` and the length of each sequence give a {@link PackedSequence}.
 *
 * @throws ArgumentError `LENGTHS_INVALID`, `LENGTHS_UNSORTED` unless the longest comes first or `enforceSorted` is false, `PACKED_INVALID` for
 * no sequences, `OPTIONS_KIND`, `OPTION_UNKNOWN`; ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { packPaddedSequence } from "@adjoint/nn";
 * const x = tensor([[[1], [2], [3]], [[4], [0], [0]]]);
 * const packed = packPaddedSequence(x, [3, 1], { batchFirst: true });
 * console.log(packed.data.toArray(), packed.batchSizes); // → [ [ 1 ], [ 4 ], [ 2 ], [ 3 ] ] [ 2, 1, 1 ]
 * ```
 */
export function packPaddedSequence(
  x: Tensor,
  lengths: Tensor | readonly number[],
  options: PackOptions = {},
): PackedSequence {
  const name = "packPaddedSequence";
  checkOptions(name, options, "{ batchFirst: true }", ["batchFirst", "enforceSorted"]);
  const { batchFirst = false, enforceSorted = true } = options;
  checkRole(name, "x", x);
  if (x.ndim < 2) throw new ShapeError("INPUT_SHAPE", `${name}: ${shapeText(x.shape)}; give [time, batch, ...]`);
  const [time, batch] = batchFirst ? [x.shape[1], x.shape[0]] : x.shape;
  const known = knownLengths(name, lengths, batch, time);
  if (enforceSorted && known.some((n, i) => n > (known[i - 1] ?? n))) {
    throw new ArgumentError(
      "LENGTHS_UNSORTED",
      `${name}: lengths ${shown(known)} do not fall; sort the batch, or give { enforceSorted: false }`,
    );
  }
  const order = known.map((_, i) => i).sort((a, b) => known[b] - known[a]);
  const batchSizes = Array.from({ length: Math.max(0, ...known) }, (_, t) => known.filter((n) => n > t).length);
  const rows = batchSizes.flatMap((count, t) =>
    order.slice(0, count).map((sequence) => (batchFirst ? sequence * time + t : t * batch + sequence)),
  );
  const flat = reshape(x, [time * batch, ...x.shape.slice(2)]);
  return new PackedSequence(indexSelect(flat, indices(rows), 0), batchSizes, order);
}

/**
 * The sequences with padding again: `[time, batch, ...]`, and their lengths. The opposite of {@link packPaddedSequence}.
 *
 * @throws ArgumentError `PACKED_KIND`, `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { packSequence, padPackedSequence } from "@adjoint/nn";
 * const [x, lengths] = padPackedSequence(packSequence([tensor([1, 2, 3]), tensor([4])]), { batchFirst: true });
 * console.log(x.toArray(), lengths); // → [ [ 1, 2, 3 ], [ 4, 0, 0 ] ] [ 3, 1 ]
 * ```
 */
export function padPackedSequence(
  packed: PackedSequence,
  options: PadPackedOptions = {},
): [x: Tensor, lengths: number[]] {
  const name = "padPackedSequence";
  checkOptions(name, options, "{ batchFirst: true }", ["batchFirst", "paddingValue", "totalLength"]);
  if (!(packed instanceof PackedSequence)) {
    throw new ArgumentError(
      "PACKED_KIND",
      `${name}: ${shown(packed)} is not packed; give what packPaddedSequence makes`,
    );
  }
  const { data, batchSizes, sortedIndices } = packed;
  const { batchFirst = false, paddingValue = 0, totalLength = batchSizes.length } = options;
  checkCount(name, "totalLength", totalLength, batchSizes.length);
  const batch = sortedIndices.length;
  // One more row, which all padding is taken from.
  const padding = full([1, ...data.shape.slice(1)], paddingValue, { dtype: data.dtype });
  const rows = new Array<number>(totalLength * batch).fill(data.shape[0]);
  let row = 0;
  batchSizes.forEach((count, t) => {
    for (let i = 0; i < count; i++) rows[t * batch + sortedIndices[i]] = row++;
  });
  const padded = reshape(indexSelect(concat([data, padding], 0), indices(rows), 0), [
    totalLength,
    batch,
    ...data.shape.slice(1),
  ]);
  return [batchFirst ? swapAxes(padded, 0, 1) : padded, packed.lengths];
}

/**
 * Sequences `[length, ...]` of several lengths in one tensor `[time, batch, ...]`, the shorter ones padded.
 *
 * @throws ArgumentError `SEQUENCES_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`, ShapeError `SEQUENCE_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { padSequence } from "@adjoint/nn";
 * console.log(padSequence([tensor([1, 2]), tensor([3])], { batchFirst: true, paddingValue: -1 }).toArray());
 * // → [ [ 1, 2 ], [ 3, -1 ] ]
 * ```
 */
export function padSequence(sequences: readonly Tensor[], options: PadSequenceOptions = {}): Tensor {
  checkOptions("padSequence", options, "{ batchFirst: true }", ["batchFirst", "paddingValue"]);
  checkSequences("padSequence", sequences);
  const { batchFirst = false, paddingValue = 0 } = options;
  const time = Math.max(...sequences.map(({ shape }) => shape[0]));
  const padded = sequences.map((x) => {
    const missing = full([time - x.shape[0], ...x.shape.slice(1)], paddingValue, { dtype: x.dtype });
    return concat([x, missing], 0);
  });
  return stack(padded, batchFirst ? 0 : 1);
}

/**
 * Sequences `[length, ...]` of several lengths as a {@link PackedSequence}.
 *
 * @throws ArgumentError `SEQUENCES_KIND`, `LENGTHS_UNSORTED`, `OPTIONS_KIND`, `OPTION_UNKNOWN`, ShapeError `SEQUENCE_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { packSequence } from "@adjoint/nn";
 * console.log(packSequence([tensor([1]), tensor([2, 3])], { enforceSorted: false }).data.toArray()); // → [ 2, 1, 3 ]
 * ```
 */
export function packSequence(
  sequences: readonly Tensor[],
  options: Omit<PackOptions, "batchFirst"> = {},
): PackedSequence {
  checkOptions("packSequence", options, "{ enforceSorted: false }", ["enforceSorted"]);
  checkSequences("packSequence", sequences);
  const lengths = sequences.map(({ shape }) => shape[0]);
  return packPaddedSequence(padSequence(sequences), lengths, options);
}

/**
 * The sequences of a padded batch `[time, batch, ...]`, each in its length: the opposite of {@link padSequence}.
 *
 * @throws ArgumentError `LENGTHS_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { unpadSequence } from "@adjoint/nn";
 * const parts = unpadSequence(tensor([[1, 2], [3, 0]]), [2, 1], { batchFirst: true });
 * console.log(parts.map((x) => x.toArray())); // → [ [ 1, 2 ], [ 3 ] ]
 * ```
 */
export function unpadSequence(
  x: Tensor,
  lengths: Tensor | readonly number[],
  options: Omit<PackOptions, "enforceSorted"> = {},
): Tensor[] {
  checkOptions("unpadSequence", options, "{ batchFirst: true }", ["batchFirst"]);
  checkRole("unpadSequence", "x", x);
  if (x.ndim < 2) throw new ShapeError("INPUT_SHAPE", `unpadSequence: ${shapeText(x.shape)}; give [time, batch, ...]`);
  const { batchFirst = false } = options;
  const known = knownLengths("unpadSequence", lengths, x.shape[batchFirst ? 0 : 1], x.shape[batchFirst ? 1 : 0]);
  return unbind(x, batchFirst ? 0 : 1).map((sequence, i) => sequence.narrow(0, 0, known[i]));
}

const indices = (rows: readonly number[]): Tensor => tensor(Int32Array.from(rows), { shape: [rows.length] });

function checkSequences(name: string, sequences: readonly Tensor[]): void {
  const right = Array.isArray(sequences) && sequences.length > 0 && sequences.every((x) => x instanceof Tensor);
  if (!right) {
    throw new ArgumentError(
      "SEQUENCES_KIND",
      `${name}: ${shown(sequences)} is no list of sequences; give tensors [length, ...], at least one`,
    );
  }
  const [first] = sequences as readonly Tensor[];
  const wrong = (sequences as readonly Tensor[]).find(
    (x) => x.ndim === 0 || x.shape[0] === 0 || x.shape.slice(1).join() !== first.shape.slice(1).join(),
  );
  if (wrong === undefined) return;
  throw new ShapeError(
    "SEQUENCE_SHAPE",
    `${name}: ${shapeText(wrong.shape)} beside ${shapeText(first.shape)}; sequences differ in their length alone, which is at least 1`,
  );
}
