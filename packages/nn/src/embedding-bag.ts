import {
  arange,
  ArgumentError,
  checkOptions,
  checkTensor,
  eq,
  expand,
  floorDiv,
  isFloating,
  mul,
  reshape,
  scatterReduce,
  searchsorted,
  segmentMean,
  segmentSum,
  ShapeError,
  slice,
  sub,
  type Tensor,
  unsqueeze,
  where,
  zeros,
} from "@adjoint/core";
import { checkOneOf, checkRole, shapeText } from "./checks.js";
import { type EmbeddingOptions, EmbeddingTable, pretrained, type PretrainedOptions } from "./embedding-table.js";

const modes = ["mean", "sum", "max"] as const;

/** Options of {@link EmbeddingBag}. */
export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** How the rows of a bag become one (default `"mean"`). */
  readonly mode?: (typeof modes)[number];
  /** Whether the offsets end with the number of indices, so that they are one more than the bags (default false). */
  readonly includeLastOffset?: boolean;
}

/** What `forward` of {@link EmbeddingBag} takes beside the indices. */
export interface BagOptions {
  /** Where each bag starts among flat indices: `[bags]` int32, rising from 0; equal ones make an empty bag. */
  readonly offsets?: Tensor | null;
  /** A factor for each row, in the shape of the indices; with mode `"sum"` alone (default 1). */
  readonly perSampleWeights?: Tensor | null;
}

/**
 * The sum, mean or largest elements of the learned vectors of each bag of things, `out[b] = mean of weight[i] over the i in bag b`,
 * without those of `paddingIdx`; 0 for a bag of none.
 *
 * Bags of one size come as indices `[batch, n]`, others as flat indices `[n]` with offsets: `[batch, embeddingDim]`. Rows start, and
 * options work, as in {@link Embedding}, `maxNorm` too. In a largest element, rows that are equal share the gradient.
 *
 * @throws as {@link Embedding}, and ArgumentError `CHOICE_UNKNOWN`, `MODE_INVALID` for `perSampleWeights` or `scaleGradByFreq` with a mode
 * that has none, `OFFSETS_INVALID`, ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { EmbeddingBag } from "@adjoint/nn";
 * const layer = EmbeddingBag.fromPretrained(tensor([[1, 2], [3, 4], [5, 6]]), { mode: "sum" });
 * console.log(layer.forward(tensor([[0, 1], [2, 2]], { dtype: "int32" })).toArray()); // → [ [ 4, 6 ], [ 10, 12 ] ]
 * const [words, offsets] = [tensor([0, 1, 2], { dtype: "int32" }), tensor([0, 2, 2], { dtype: "int32" })];
 * console.log(layer.forward(words, { offsets }).toArray()); // → [ [ 4, 6 ], [ 0, 0 ], [ 5, 6 ] ]
 * ```
 */
export class EmbeddingBag extends EmbeddingTable<[indices: Tensor, options?: BagOptions]> {
  readonly mode: (typeof modes)[number]; // how the rows of a bag become one
  readonly includeLastOffset: boolean; // whether the offsets end with the number of indices

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingBagOptions = {}) {
    super(numEmbeddings, embeddingDim, options, ["mode", "includeLastOffset"]);
    this.mode = checkOneOf("EmbeddingBag", "mode", options.mode ?? "mean", modes);
    this.includeLastOffset = options.includeLastOffset ?? false;
    if (this.mode === "max" && options.scaleGradByFreq) throw noSuch("scaleGradByFreq", "mean or sum");
  }

  /**
   * A layer with these rows, `[numEmbeddings, embeddingDim]`, which are not trained unless `freeze` is false.
   *
   * @throws ArgumentError `OPERAND_KIND`, ShapeError `WEIGHT_SHAPE`, and as the constructor.
   */
  static fromPretrained(weights: Tensor, options: EmbeddingBagOptions & PretrainedOptions = {}): EmbeddingBag {
    return pretrained(EmbeddingBag, weights, options);
  }

  forward(indices: Tensor, options: BagOptions = {}): Tensor {
    checkTensor("EmbeddingBag", indices);
    checkOptions("EmbeddingBag", options, "{ offsets }", ["offsets", "perSampleWeights"]);
    const { offsets = null, perSampleWeights = null } = options;
    if (indices.ndim !== (offsets === null ? 2 : 1)) {
      throw new ShapeError(
        "INPUT_SHAPE",
        `EmbeddingBag: indices ${shapeText(indices.shape)}; give [batch, n], or [n] with { offsets }`,
      );
    }
    const count = indices.size;
    const flat = reshape(indices, [count]);
    const [bags, bagOf] = offsets === null ? evenBags(indices) : this.bagsAt(offsets, count);
    const rows = this.weighted(this.rows(flat), indices, perSampleWeights);
    // What is left out of all bags goes into one behind the last.
    const kept = this.paddingIdx === null ? bagOf : where(eq(flat, this.paddingIdx), bags, bagOf).to("int32");
    return slice(this.reduced(rows, kept, bags + 1), [0, bags]);
  }

  private weighted(rows: Tensor, indices: Tensor, weights: Tensor | null): Tensor {
    if (weights === null) return rows;
    checkRole("EmbeddingBag", "perSampleWeights", weights);
    if (this.mode !== "sum") throw noSuch("perSampleWeights", "sum");
    if (shapeText(weights.shape) === shapeText(indices.shape)) return mul(rows, reshape(weights, [indices.size, 1]));
    throw new ShapeError(
      "INPUT_SHAPE",
      `EmbeddingBag: perSampleWeights ${shapeText(weights.shape)} for indices ${shapeText(indices.shape)}; give one for each`,
    );
  }

  private reduced(rows: Tensor, bagOf: Tensor, bags: number): Tensor {
    if (this.mode !== "max") return (this.mode === "sum" ? segmentSum : segmentMean)(rows, bagOf, bags);
    const empty = zeros([bags, rows.shape[1]], { dtype: rows.dtype });
    return scatterReduce(empty, expand(unsqueeze(bagOf, 1), rows.shape), rows, 0, "amax", { includeSelf: false });
  }

  /** The number of bags that start at offsets, and the bag of each of `count` indices. */
  private bagsAt(offsets: Tensor, count: number): [bags: number, bagOf: Tensor] {
    checkRole("EmbeddingBag", "offsets", offsets);
    const { includeLastOffset } = this;
    if (isFloating(offsets.dtype) || offsets.ndim !== 1 || !checkStarts(offsets, count, includeLastOffset)) {
      throw new ArgumentError(
        "OFFSETS_INVALID",
        `EmbeddingBag: offsets ${offsets.dtype} ${shapeText(offsets.shape)} into ${count} indices; give a vector of int32 that ` +
          `rises from 0 to ${includeLastOffset ? count : `at most ${count}`}`,
      );
    }
    const bagOf = sub(searchsorted(offsets, arange(count), { right: true }), 1);
    return [offsets.size - (includeLastOffset ? 1 : 0), bagOf];
  }
}

/** Whether offsets rise from 0 to at most `count`, or, where they are to end with it, to just that. */
function checkStarts(offsets: Tensor, count: number, includeLast: boolean): boolean {
  const starts = offsets.everyElement;
  // Under vmap those of all examples stand there, in no order.
  if (starts.length !== offsets.size) return starts.every((start) => start >= 0 && start <= count);
  const last = starts.at(-1) ?? -1;
  return (
    starts[0] === 0 &&
    starts.every((start, i) => i === 0 || start >= starts[i - 1]) &&
    (includeLast ? last === count : last <= count)
  );
}

/** Bags of one size. */
function evenBags({ shape: [batch, n], size }: Tensor): [bags: number, bagOf: Tensor] {
  return [batch, floorDiv(arange(size, { dtype: "int32" }), n || 1)];
}

function noSuch(option: string, needed: string): ArgumentError {
  return new ArgumentError("MODE_INVALID", `EmbeddingBag: ${option} goes with mode ${needed}; leave it out`);
}
