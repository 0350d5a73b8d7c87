import { checkBoolean, checkChoice, checkOptions } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { full, ones } from "../create.js";
import { type DType, isFloating } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { add, div, maximum, mul } from "./arithmetic.js";
import { floor } from "./rounding.js";
import { gt, where } from "./compare.js";
import { asLine, checkPlaces, checkSource, checkStorable, inShape } from "./indices.js";
import { addAt, integers } from "./picking.js";
import { extremeAt, multiplyAt, putAt } from "./scattering.js";
import { slice } from "./slice.js";

/** What a scatter works on: scalars as vectors of one, and of the source only what indices stand beside. */
interface Scattering {
  readonly x: Tensor;
  readonly indices: Tensor;
  readonly source: Tensor;
  readonly axis: number;
}

function scattering(name: string, x: Tensor, indices: Tensor, source: Tensor, axis: number): Scattering {
  const at = checkPlaces(name, x, indices, axis);
  checkSource(name, source, x);
  const [line, places, whole] = [asLine(x), asLine(indices), asLine(source)];
  if (whole.ndim !== line.ndim || places.shape.some((n, i) => n > whole.shape[i])) {
    throw new ShapeError(
      "SHAPE_MISMATCH",
      `${name}: ${formatShape(source.shape)} at indices ${formatShape(indices.shape)}: the ranks must be equal, and the source at least as large on every axis`,
    );
  }
  const fits = places.shape.every((n, i) => n === whole.shape[i]);
  const part = fits ? whole : slice(whole, ...places.shape.map((n) => [0, n] as const));
  return { x: line, indices: places, source: part, axis: at };
}

/**
 * `x` with elements replaced: with axis 0, `out = x`, then `out[indices[i][j]][j] = source[i][j]` for all i, j in order, so that
 * of several at one place the last stays (in PyTorch any). Only it gets a gradient.
 *
 * @param indices - int32 or uint8, negative ones count from the end; of the rank of `x`, no larger than it on the other axes
 * @param source - a number, or a tensor of the dtype and rank of `x`, at least as large as the indices on every axis
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`, `DTYPE_MISMATCH`; ShapeError `SHAPE_MISMATCH`,
 * `AXIS_OUT_OF_RANGE`; ArgumentError `OPERAND_KIND`, `NUMBER_INVALID` for a number that the dtype does not hold.
 * @example
 * ```ts
 * import { scatter, tensor, zeros } from "@adjoint/core";
 * const at = tensor([[2], [0]], { dtype: "int32" });
 * console.log(scatter(zeros([2, 3]), at, 1, 1).toArray()); // → [ [ 0, 0, 1 ], [ 1, 0, 0 ] ]
 * ```
 */
export const scatter: Composed<(x: Tensor, indices: Tensor, source: Tensor | number, axis: number) => Tensor> = compose(
  "scatter",
  (x, indices, source, axis) => {
    if (typeof source === "number") {
      const at = checkPlaces("scatter", x, indices, axis);
      return inShape(putAt(asLine(x), asLine(indices), checkStorable("scatter", source, x.dtype), at), x.shape);
    }
    const given = scattering("scatter", x, indices, source, axis);
    return inShape(putAt(given.x, given.indices, given.source, given.axis), x.shape);
  },
  {
    samples: () => [
      [ones([3, 2]), integers([2, 2], 0, 1, 0, -1), ones([2, 2]), 0],
      [ones([2, 3]), integers([1, 2], 2, 0), ones([2, 2]), 1],
      [ones([2, 3]), integers([2, 1], 2, 0), -1, 1],
      [ones([2, 0]), integers([0, 0]), ones([0, 0]), 0],
      [ones([]), integers([], 0), ones([]), 0],
    ],
  },
);

/**
 * `x` with elements added: with axis 0, `out = x`, then `out[indices[i][j]][j] += source[i][j]` for all i, j. The reverse of
 * {@link gather}; arguments as in {@link scatter}, but for the source, which is no number.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`, `DTYPE_MISMATCH`; ShapeError `SHAPE_MISMATCH`,
 * `AXIS_OUT_OF_RANGE`; ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { scatterAdd, tensor, zeros } from "@adjoint/core";
 * const at = tensor([0, 2, 0], { dtype: "int32" });
 * console.log(scatterAdd(zeros([3]), at, tensor([1, 2, 3]), 0)); // → tensor([4, 0, 2])
 * ```
 */
export const scatterAdd: Composed<(x: Tensor, indices: Tensor, source: Tensor, axis: number) => Tensor> = compose(
  "scatterAdd",
  (x, indices, source, axis) => {
    const given = scattering("scatterAdd", x, indices, source, axis);
    return add(x, inShape(addAt(given.source, given.indices, given.axis, given.x.shape), x.shape));
  },
  {
    samples: () => [
      [ones([3, 2]), integers([2, 2], 0, 1, 0, -1), ones([2, 2]), 0],
      [ones([2, 3]), integers([1, 2], 2, 0), ones([2, 2]), 1],
      [ones([2, 0]), integers([0, 0]), ones([0, 0]), 0],
      [ones([]), integers([], 0), ones([]), 0],
    ],
  },
);

/** How {@link scatterReduce} brings the elements at one place together. */
export type ScatterReduction = "sum" | "prod" | "mean" | "amax" | "amin";

const REDUCTIONS: readonly ScatterReduction[] = ["sum", "prod", "mean", "amax", "amin"];

/** Options of {@link scatterReduce}. */
export interface ScatterReduceOptions {
  /** Whether the element of `x` counts beside those of the source (default true). */
  readonly includeSelf?: boolean;
}

type ReduceCall = [
  x: Tensor,
  indices: Tensor,
  source: Tensor,
  axis: number,
  reduce: ScatterReduction,
  options?: ScatterReduceOptions,
];

/**
 * `x` with the elements of `source` at each place reduced into one: their sum, product, mean, largest (`amax`) or smallest
 * (`amin`), with or without the element of `x` itself. Places that no index names keep their element. Integer means are rounded
 * down; equal extremes share the gradient evenly, and the gradient of a product is exact beside zeros. Arguments as in {@link
 * scatterAdd}.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`, `DTYPE_MISMATCH`; ShapeError `SHAPE_MISMATCH`,
 * `AXIS_OUT_OF_RANGE`; ArgumentError `OPERAND_KIND`, `CHOICE_INVALID`, `OPTION_UNKNOWN`, `BOOLEAN_INVALID`.
 * @example
 * ```ts
 * import { scatterReduce, tensor, zeros } from "@adjoint/core";
 * const at = tensor([0, 2, 0], { dtype: "int32" });
 * const parts = tensor([1, 2, 3]);
 * console.log(scatterReduce(zeros([3]), at, parts, 0, "mean", { includeSelf: false })); // → tensor([2, 0, 2])
 * console.log(scatterReduce(zeros([3]), at, parts, 0, "amax")); // → tensor([3, 0, 2])
 * ```
 */
export const scatterReduce: Composed<(...args: ReduceCall) => Tensor> = compose(
  "scatterReduce",
  (x, indices, source, axis, reduce, options = {}) => {
    const name = "scatterReduce";
    const given = scattering(name, x, indices, source, axis);
    checkChoice(name, "reduce", reduce, REDUCTIONS);
    checkOptions(name, options, "{ includeSelf: false }", ["includeSelf"]);
    const includeSelf = checkBoolean(name, "includeSelf", options.includeSelf ?? true);
    return inShape(reduced(given, reduce, includeSelf), x.shape);
  },
  {
    samples: () => [
      ...REDUCTIONS.map((reduce): ReduceCall => [ones([3]), integers([4], 0, 2, 0, -1), ones([4]), 0, reduce]),
      [ones([2, 3]), integers([1, 3], 2, 0, 0), ones([2, 3]), 1, "mean", { includeSelf: false }],
      [ones([0]), integers([0]), ones([0]), 0, "amin", { includeSelf: false }],
      [ones([]), integers([], 0), ones([]), 0, "amax"],
    ],
  },
);

function reduced({ x, indices, source, axis }: Scattering, reduce: ScatterReduction, includeSelf: boolean): Tensor {
  const { shape, dtype } = x;
  const counts = (): Tensor => addAt(full(indices.shape, 1, { dtype: "int32" }), indices, axis, shape);
  /** What takes the place of `x` where an index names it. */
  const instead = (result: Tensor): Tensor => where(gt(counts(), 0), result, x);
  if (reduce === "amax" || reduce === "amin") {
    const sign = reduce === "amax" ? 1 : -1;
    const start = includeSelf ? x : instead(full([], least(dtype, sign), { dtype }));
    return extremeAt(start, indices, source, axis, sign);
  }
  if (reduce === "prod") {
    const products = multiplyAt(source, indices, axis, shape);
    return includeSelf ? mul(x, products) : instead(products);
  }
  const sums = addAt(source, indices, axis, shape);
  if (reduce === "sum") return includeSelf ? add(x, sums) : instead(sums);
  return includeSelf ? quotient(add(x, sums), add(counts(), 1)) : instead(quotient(sums, maximum(counts(), 1)));
}

/** The mean of `count` elements, in the dtype of their sum. */
function quotient(sum: Tensor, count: Tensor): Tensor {
  if (isFloating(sum.dtype)) return div(sum, count);
  return floor(div(sum.to("float64"), count)).to(sum.dtype);
}

/** What no element of a dtype is smaller than (sign 1), or larger (sign -1). */
function least(dtype: DType, sign: 1 | -1): number {
  if (isFloating(dtype)) return -sign * Infinity;
  const [low, high] = dtype === "int32" ? [-(2 ** 31), 2 ** 31 - 1] : [0, dtype === "bool" ? 1 : 255];
  return sign === 1 ? low : high;
}
