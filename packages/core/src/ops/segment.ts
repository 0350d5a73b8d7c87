import { checkInteger, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { full, ones } from "../create.js";
import { ShapeError } from "../errors.js";
import { formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { div, maximum } from "./arithmetic.js";
import { checkIndices } from "./indices.js";
import { addRowsAt, integers } from "./picking.js";
import { reshape } from "./shape.js";

/** Rows and the segment of each: `segmentSum` and its kin. */
type Segments = (values: Tensor, segments: Tensor, count: number) => Tensor;

function checkSegments(name: string, values: Tensor, segments: Tensor, count: number): void {
  checkTensor(name, values);
  checkInteger(name, "the number of segments", count, 0, 2 ** 31 - 1);
  const hint = `there are ${count} segments, from 0 on`;
  checkIndices(name, ["segment", "segments"], segments, 0, count - 1, hint);
  if (segments.ndim === 1 && values.ndim > 0 && segments.size === values.shape[0]) return;
  throw new ShapeError(
    "SHAPE_MISMATCH",
    `${name}: values ${formatShape(values.shape)} in segments ${formatShape(segments.shape)}; give a vector with a segment for each row`,
  );
}

const samples = (): Parameters<Segments>[] => [
  [ones([4, 2]), integers([4], 2, 0, 2, 2), 4],
  [ones([3]), integers([3], 0, 1, 1), 2],
  [ones([0, 2]), integers([0]), 1],
];

/**
 * The sums of rows by segment: `out[s] = Σ values[i]` over all i with `segments[i] = s`, zeros for a segment without rows. JAX's
 * `segment_sum`.
 *
 * @param values - `[rows, ...]`
 * @param segments - `[rows]`, int32 or uint8, from 0 to `count - 1`, in any order
 * @returns `[count, ...]`
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`; ShapeError `SHAPE_MISMATCH`; ArgumentError `OPERAND_KIND`,
 * `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { segmentSum, tensor } from "@adjoint/core";
 * const segments = tensor([0, 2, 0], { dtype: "int32" });
 * console.log(segmentSum(tensor([1, 2, 3]), segments, 3)); // → tensor([4, 0, 2])
 * ```
 */
export const segmentSum: Composed<Segments> = compose(
  "segmentSum",
  (values, segments, count) => {
    checkSegments("segmentSum", values, segments, count);
    return addRowsAt(values, segments, 0, count);
  },
  { samples },
);

/**
 * The means of rows by segment, zeros for a segment without rows; always floating. Arguments as in {@link segmentSum}.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`; ShapeError `SHAPE_MISMATCH`; ArgumentError `OPERAND_KIND`,
 * `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { segmentMean, tensor } from "@adjoint/core";
 * const segments = tensor([0, 2, 0], { dtype: "int32" });
 * console.log(segmentMean(tensor([1, 2, 3]), segments, 3)); // → tensor([2, 0, 2])
 * ```
 */
export const segmentMean: Composed<Segments> = compose(
  "segmentMean",
  (values, segments, count) => {
    checkSegments("segmentMean", values, segments, count);
    const sizes = addRowsAt(full(segments.shape, 1, { dtype: "int32" }), segments, 0, count);
    const each = reshape(maximum(sizes, 1), [count, ...values.shape.slice(1).fill(1)]);
    return div(addRowsAt(values, segments, 0, count), each);
  },
  { samples },
);
