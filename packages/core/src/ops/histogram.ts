import { checkFloating, checkInteger, checkNumber, checkOptions, checkRank, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones, tensor } from "../create.js";
import { allocate, isFloating, type TypedArray } from "../dtype.js";
import { ArgumentError, DTypeError, IndexError, ShapeError } from "../errors.js";
import { formatShape, sameShape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { cast } from "./cast.js";
import { addAt } from "./picking.js";
import { reshape } from "./shape.js";

/** Options of `bincount`. */
export interface BincountOptions {
  /** What each element adds to its bin (default 1): a tensor of the shape of `x`. */
  readonly weights?: Tensor;
  /** The least number of bins (default 0). */
  readonly minLength?: number;
}

/** How many bins the elements of `x` need, and no fewer than `least`. */
function binsFor(x: Tensor, least: number): number {
  checkRank("bincount", x, "[elements]", 1, 1);
  if (isFloating(x.dtype) || x.dtype === "bool") {
    throw new DTypeError(
      "INDEX_DTYPE",
      `bincount: takes int32 or uint8, not ${x.dtype}; convert it with x.to("int32")`,
    );
  }
  let bins = least;
  x.everyElement.forEach((bin: number) => {
    if (bin < 0) throw new IndexError("INDEX_OUT_OF_RANGE", `bincount: there is ${bin} in x; use integers >= 0`);
    if (bin >= bins) bins = bin + 1;
  });
  return bins;
}

/**
 * How often each integer is in a vector: `out[c]` counts the elements that equal c, or adds up their weights. It has
 * `max(x) + 1` bins (inside `vmap` that of all examples), at least `minLength`. int32 without weights; with them in their dtype (float64 for integers), differentiable in them.
 *
 * @param x - `[elements]` int32 or uint8, none below 0
 * @throws ShapeError `RANK_INVALID`, `SHAPE_MISMATCH` when the weights have another shape; DTypeError `INDEX_DTYPE`; IndexError
 * `INDEX_OUT_OF_RANGE`; ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { bincount, tensor } from "@adjoint/core";
 * const x = tensor([0, 2, 2], { dtype: "int32" });
 * console.log(bincount(x, { minLength: 4 }).toArray()); // → [ 1, 0, 2, 0 ]
 * console.log(bincount(x, { weights: tensor([0.5, 1, 2]) }).toArray()); // → [ 0.5, 0, 3 ]
 * ```
 */
export const bincount: Composed<(x: Tensor, options?: BincountOptions) => Tensor> = compose(
  "bincount",
  (x, options = {}) => {
    checkOptions("bincount", options, "{ minLength: 10 }", ["weights", "minLength"]);
    const { weights, minLength = 0 } = options;
    const bins = binsFor(x, checkInteger("bincount", "minLength", minLength, 0));
    if (weights === undefined) return addAt(ones(x.shape, { dtype: "int32" }), x, 0, [bins]);
    checkTensor("bincount", weights);
    if (!sameShape(weights.shape, x.shape)) {
      throw new ShapeError(
        "SHAPE_MISMATCH",
        `bincount: weights ${formatShape(weights.shape)} for ${formatShape(x.shape)}; give one for each element`,
      );
    }
    return addAt(isFloating(weights.dtype) ? weights : cast(weights, "float64"), x, 0, [bins]);
  },
  {
    samples: () => {
      const x = tensor([1, 3, 1], { dtype: "int32" });
      return [[x], [x, { weights: ones([3]), minLength: 5 }], [tensor([], { dtype: "int32" })]];
    },
  },
);

/** Options of `histc`. */
export interface HistcOptions {
  /** How many bins there are (default 100). */
  readonly bins?: number;
  /** The lower edge of the first bin (default 0). */
  readonly min?: number;
  /** The upper edge of the last bin (default 0). When it equals `min`, the bins reach from the smallest element to the largest. */
  readonly max?: number;
}

interface Bins {
  readonly bins: number;
  readonly min: number;
  readonly max: number;
}

/** The edges, or those that the elements give; where these are equal too, one below and one above. */
function edgesFor({ min, max }: Bins, x: TypedArray): [low: number, high: number] {
  let [low, high] = [min, max];
  if (low === high && x.length > 0) {
    [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < x.length; i++) {
      low = Math.min(low, x[i]);
      high = Math.max(high, x[i]);
    }
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      throw new ArgumentError("RANGE_INVALID", `histc: the elements reach from ${low} to ${high}; give min and max`);
    }
  }
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** The histogram of each line along the last axis. */
const lineHistogram: OpFunction<[x: Tensor, bins: Bins]> = defineOp<[x: Tensor, bins: Bins], Bins>({
  name: "histc",
  call: (x, bins) => ({ inputs: [x], attributes: bins }),
  shape: ([x], { bins }) => [...x.shape.slice(0, -1), bins],
  forward: ([x], attributes, shape, dtype) => {
    const { bins } = attributes;
    const out = allocate(dtype, sizeOf(shape));
    const length = x.shape[x.ndim - 1];
    for (let first = 0, line = 0; first < out.length; first += bins, line++) {
      const elements = x.data.subarray(line * length, (line + 1) * length);
      const [low, high] = edgesFor(attributes, elements);
      for (let i = 0; i < length; i++) {
        const value = elements[i];
        if (!(value >= low && value <= high)) continue;
        out[first + Math.min(bins - 1, Math.floor(((value - low) * bins) / (high - low)))]++;
      }
    }
    return out;
  },
  batch: "front",
  samples: () => [[ones([2, 3]), { bins: 4, min: 0, max: 1 }]],
});

/**
 * The histogram of all elements: how many lie in each of `bins` bins of equal width from `min` to `max`, the upper edge of the last
 * included. Elements outside and NaNs are left out. The result has the dtype of `x` and carries no gradient.
 *
 * @returns `[bins]`
 * @throws DTypeError `DTYPE_FLOATING`; ArgumentError `INTEGER_INVALID`, `NUMBER_INVALID`, and `RANGE_INVALID` when min is above max, or neither is
 * given and an element is infinite or NaN.
 * @example
 * ```ts
 * import { histc, tensor } from "@adjoint/core";
 * console.log(histc(tensor([1, 2, 1]), { bins: 4, min: 0, max: 3 }).toArray()); // → [ 0, 2, 1, 0 ]
 * ```
 */
export const histc: Composed<(x: Tensor, options?: HistcOptions) => Tensor> = compose(
  "histc",
  (x, options = {}) => {
    checkFloating("histc", x);
    checkOptions("histc", options, "{ bins: 10 }", ["bins", "min", "max"]);
    const bins = checkInteger("histc", "bins", options.bins ?? 100, 1);
    const min = checkNumber("histc", "min", options.min ?? 0);
    const max = checkNumber("histc", "max", options.max ?? 0);
    if (min > max) throw new ArgumentError("RANGE_INVALID", `histc: min ${min} is above max ${max}; exchange them`);
    return lineHistogram(reshape(x, [x.size]), { bins, min, max });
  },
  {
    samples: () => [
      [ones([2, 3]), { bins: 4, min: -1, max: 1 }],
      [ones([5]), { bins: 3 }],
      [ones([0]), { bins: 2 }],
      [ones([]), { bins: 1 }],
    ],
  },
);
