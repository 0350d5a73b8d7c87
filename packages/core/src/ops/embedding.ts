import { checkInteger, checkOptions, checkRank } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { allocate, checkDType, type DType } from "../dtype.js";
import { ArgumentError, describe } from "../errors.js";
import { sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { eq, where } from "./compare.js";
import { checkIndices } from "./indices.js";
import { integers, pickRows } from "./picking.js";
import { reshape, unsqueeze } from "./shape.js";

/**
 * Labels (int32 or uint8, from 0 to `classes - 1`) as rows of the identity matrix: `out[..., c] = 1` where `labels[...] = c`,
 * zeros elsewhere.
 *
 * @returns `[..., classes]`, float32 unless another dtype is given
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`, `DTYPE_UNKNOWN`; ArgumentError `ONE_HOT_CLASSES`.
 * @example
 * ```ts
 * import { oneHot, tensor } from "@adjoint/core";
 * console.log(oneHot(tensor([2, 0], { dtype: "int32" }), 3).toArray()); // → [ [ 0, 0, 1 ], [ 1, 0, 0 ] ]
 * ```
 */
export const oneHot: OpFunction<[labels: Tensor, classes: number, dtype?: DType]> = defineOp<
  [labels: Tensor, classes: number, dtype?: DType],
  { readonly classes: number; readonly dtype: DType }
>({
  name: "oneHot",
  call: (labels, classes, dtype = "float32") => {
    if (!Number.isSafeInteger(classes) || classes < 1) {
      throw new ArgumentError(
        "ONE_HOT_CLASSES",
        `oneHot: the number of classes is ${describe(classes)}; give an integer of at least 1`,
      );
    }
    checkIndices("oneHot", ["label", "labels"], labels, 0, classes - 1);
    return { inputs: [labels], attributes: { classes, dtype: checkDType("oneHot", dtype) } };
  },
  shape: ([labels], { classes }) => [...labels.shape, classes],
  dtype: (_inputs, { dtype }) => dtype,
  forward: ([{ data }], { classes }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    for (let i = 0; i < data.length; i++) out[i * classes + data[i]] = 1;
    return out;
  },
  batch: "front",
  samples: () => [
    [integers([2, 2], 2, 0, 1, 1), 3],
    [integers([], 0), 1, "int32"],
    [integers([0], 0), 2, "float64"],
  ],
});

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** A row that gets no gradient, such as that of the padding of sentences; negative ones count from the end (default none). */
  readonly paddingIndex?: number;
}

/**
 * Rows of a table by their numbers: `out[..., k] = weight[indices[...], k]`.
 *
 * @param indices - `[...]` int32 or uint8, from 0 to `rows - 1`
 * @param weight - `[rows, features]`
 * @returns `[..., features]`
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`; ShapeError `RANK_INVALID`; ArgumentError `OPERAND_KIND`,
 * `INTEGER_INVALID`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { embedding, tensor } from "@adjoint/core";
 * const table = tensor([[0, 0], [1, 2], [3, 4]]);
 * console.log(embedding(tensor([2, 1], { dtype: "int32" }), table).toArray()); // → [ [ 3, 4 ], [ 1, 2 ] ]
 * ```
 */
export const embedding: Composed<(indices: Tensor, weight: Tensor, options?: EmbeddingOptions) => Tensor> = compose(
  "embedding",
  (indices, weight, options = {}) => {
    checkRank("embedding", weight, "[rows, features]", 2, 2);
    const [rows, features] = weight.shape;
    checkIndices("embedding", ["index", "indices"], indices, 0, rows - 1, `the table has ${rows} rows`);
    checkOptions("embedding", options, "{ paddingIndex: 0 }", ["paddingIndex"]);
    const picked = reshape(pickRows(weight, reshape(indices, [indices.size]), 0), [...indices.shape, features]);
    if (options.paddingIndex === undefined) return picked;
    const given = checkInteger("embedding", "paddingIndex", options.paddingIndex, -rows, rows - 1);
    const padding = eq(unsqueeze(indices, -1), given < 0 ? given + rows : given);
    return where(padding, picked.detach(), picked);
  },
  {
    samples: () => [
      [integers([2, 2], 2, 0, 2, 1), ones([3, 2])],
      [integers([2], 2, 0), ones([3, 2]), { paddingIndex: 1 }],
      [integers([], 1), ones([2, 3])],
      [integers([0]), ones([2, 3]), { paddingIndex: -1 }],
    ],
  },
);
