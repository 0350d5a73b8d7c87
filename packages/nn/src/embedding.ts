import type { Tensor } from "@adjoint/core";
import { type EmbeddingOptions, EmbeddingTable, pretrained, type PretrainedOptions } from "./embedding-table.js";

/**
 * A learned vector for each of `numEmbeddings` things, such as the words of a vocabulary: `out[..., k] = weight[indices[...], k]`.
 * Indices `[...]`, int32 or uint8, give `[..., embeddingDim]`.
 *
 * The rows start normal with deviation 1, that of `paddingIdx` at 0, as in PyTorch. With `maxNorm`, every `forward` first assigns the
 * weight anew, with the rows that it looks up made no longer than that; graphs recorded before through the same weight can not be
 * walked any more, so look up all the indices of a step in one call. Bengio et al., 2003.
 *
 * @throws ArgumentError `SIZE_INVALID`, `PADDING_IDX_INVALID`, `OPTION_INVALID`, `GENERATOR_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`,
 * ShapeError `WEIGHT_SHAPE`; in `forward` IndexError `INDEX_OUT_OF_RANGE`, DTypeError `INDEX_DTYPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Embedding } from "@adjoint/nn";
 * const layer = new Embedding(10, 3, { paddingIdx: 0 });
 * const words = tensor([[4, 2, 0], [7, 0, 0]], { dtype: "int32" });
 * console.log(layer.forward(words).shape); // → [ 2, 3, 3 ]
 * const known = Embedding.fromPretrained(tensor([[1, 2], [3, 4]]));
 * console.log(known.forward(tensor([1], { dtype: "int32" })).toArray()); // → [ [ 3, 4 ] ]
 * ```
 */
export class Embedding extends EmbeddingTable<[indices: Tensor]> {
  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super(numEmbeddings, embeddingDim, options, []);
  }

  /**
   * A layer with these rows, `[numEmbeddings, embeddingDim]`, which are not trained unless `freeze` is false.
   *
   * @throws ArgumentError `OPERAND_KIND`, ShapeError `WEIGHT_SHAPE`, and as the constructor.
   */
  static fromPretrained(weights: Tensor, options: EmbeddingOptions & PretrainedOptions = {}): Embedding {
    return pretrained(Embedding, weights, options);
  }

  forward(indices: Tensor): Tensor {
    return this.rows(indices);
  }
}
