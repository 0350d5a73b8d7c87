import { checkChoice, checkFloating, checkNumber, checkRank } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { full, ones } from "../create.js";
import { ArgumentError } from "../errors.js";
import { elementwise, type Ternary } from "../op.js";
import { reducedShape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { sigmoid } from "./activation.js";
import { add, maximum, mul, sub } from "./arithmetic.js";
import { ceil, floor, round } from "./rounding.js";
import { cast } from "./cast.js";
import { eq, le, where } from "./compare.js";
import { pick } from "./picking.js";
import { sum } from "./reduce.js";
import { asLines, checkNonEmpty, type ReduceOptions, reduction } from "./reduction.js";
import { permute, reshape } from "./shape.js";
import { sort } from "./sort.js";

/** What a quantile between two elements is. */
export type Interpolation = "linear" | "lower" | "higher" | "midpoint" | "nearest";

/** Options of `quantile` and `nanquantile`. */
export interface QuantileOptions extends ReduceOptions {
  /** What stands for a quantile between two elements (default `linear`: their weighted mean). */
  readonly interpolation?: Interpolation;
}

const interpolations: readonly Interpolation[] = ["linear", "lower", "higher", "midpoint", "nearest"];

/** The weighted mean of two elements, also where both are the same infinity. */
const between: Ternary = elementwise("between", {
  formula: (x, y, w) => where(eq(x, y), x, add(x, mul(w, sub(y, x)))),
  partials: [(_x, _y, w) => sub(1, w), (_x, _y, w) => w, (x, y) => sub(y, x)],
  samples: [
    [1, 3, 0.25],
    [2, 2, 0.5],
  ],
});

/** The levels as a vector: a number in float64, so that its ranks are exact. */
function levelsOf(name: string, q: number | Tensor): Tensor {
  if (!(q instanceof Tensor)) return full([1], checkNumber(name, "q", q, 0, 1), { dtype: "float64" });
  checkFloating(name, q);
  checkRank(name, q, "[] or [levels]", 0, 1);
  const wrong = q.everyElement.find((level) => !(level >= 0 && level <= 1));
  if (wrong === undefined) return reshape(q, [q.size]);
  throw new ArgumentError("NUMBER_INVALID", `${name}: there is ${wrong} in q; use numbers from 0 to 1`);
}

function quantilesOf(name: string, x: Tensor, q: number | Tensor, options: QuantileOptions, leaveOut: boolean): Tensor {
  const { axes, keepDims } = reduction(name, x, options, ["interpolation"]);
  checkFloating(name, x);
  const interpolation = checkChoice(name, "interpolation", options.interpolation ?? "linear", interpolations);
  const levels = levelsOf(name, q);
  checkNonEmpty(name, x, axes);
  const lines = asLines(x, axes);
  const last = lines.ndim - 1;
  const found = atRanks(sort(lines).values, ranksOf(lines, levels, leaveOut), interpolation);
  const vector = q instanceof Tensor && q.ndim === 1;
  const shape = reducedShape(x.shape, axes, keepDims);
  return reshape(permute(found, [last, ...lines.shape.slice(0, last).keys()]), vector ? [q.size, ...shape] : shape);
}

/** Where the levels fall in each sorted line: `[...kept, levels]`. A NaN, which is sorted last, takes the place of all, or of none. */
function ranksOf(lines: Tensor, levels: Tensor, leaveOut: boolean): Tensor {
  const last = lines.ndim - 1;
  const end = lines.shape[last] - 1;
  const numbers = sum(eq(lines, lines), { axis: last, keepDims: true });
  if (leaveOut) return mul(levels, maximum(sub(numbers, 1), 0));
  return where(le(numbers, end), end, mul(levels, end));
}

/** What stands at ranks, perhaps between two elements, of the sorted lines. */
function atRanks(sorted: Tensor, ranks: Tensor, interpolation: Interpolation): Tensor {
  const at = (rank: Tensor): Tensor => pick(sorted, cast(rank, "int32"), sorted.ndim - 1);
  if (interpolation === "lower") return at(floor(ranks));
  if (interpolation === "higher") return at(ceil(ranks));
  if (interpolation === "nearest") return at(round(ranks));
  const weights = interpolation === "midpoint" ? 0.5 : cast(sub(ranks, floor(ranks)), sorted.dtype);
  return between(at(floor(ranks)), at(ceil(ranks)), weights);
}

/** The levels of the samples lie within 0 and 1. */
const domain = (normal: Tensor, index: number): Tensor => (index === 1 ? sigmoid(normal) : normal);

/**
 * The quantiles of the elements along some axes, or of all: the element at rank `q·(n - 1)` of their ascending order, by default
 * interpolated between its neighbours. NaN where an element is. The gradient goes to the two elements, and to `q`.
 *
 * @param q - a level from 0 to 1, or a tensor of such: a scalar, or a vector, whose axis comes first in the result
 * @throws ArgumentError `NUMBER_INVALID`, `CHOICE_INVALID`; DTypeError `DTYPE_FLOATING`; ShapeError `RANK_INVALID`, `EMPTY_REDUCTION` over no
 * elements, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { quantile, tensor } from "@adjoint/core";
 * const x = tensor([[1, 2, 3, 4], [10, 20, 30, 40]]);
 * console.log(quantile(x, 0.5, { axis: 1 }).toArray()); // → [ 2.5, 25 ]
 * console.log(quantile(x, tensor([0, 1]), { axis: 1 }).toArray()); // → [ [ 1, 10 ], [ 4, 40 ] ]
 * ```
 */
export const quantile: Composed<(x: Tensor, q: number | Tensor, options?: QuantileOptions) => Tensor> = compose(
  "quantile",
  (x, q, options = {}) => quantilesOf("quantile", x, q, options, false),
  {
    samples: () => [
      [ones([2, 3]), 0.4, { axis: 1 }],
      [ones([2, 3, 2]), ones([3]), { axis: [0, 2], keepDims: true }],
      [ones([3]), ones([]), { interpolation: "nearest" }],
      [ones([0, 2]), 1, { axis: 1, interpolation: "lower" }],
      [ones([]), 0, { interpolation: "higher" }],
    ],
    domain,
  },
);

/**
 * The quantiles of the elements that are not NaN, along some axes or of all; NaN where there is none. The rest as {@link quantile}.
 *
 * @throws ArgumentError `NUMBER_INVALID`, `CHOICE_INVALID`; DTypeError `DTYPE_FLOATING`; ShapeError `RANK_INVALID`, `EMPTY_REDUCTION` over no
 * elements, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { nanquantile, tensor } from "@adjoint/core";
 * console.log(nanquantile(tensor([3, NaN, 1, 2]), 0.5).item()); // → 2
 * ```
 */
export const nanquantile: Composed<(x: Tensor, q: number | Tensor, options?: QuantileOptions) => Tensor> = compose(
  "nanquantile",
  (x, q, options = {}) => quantilesOf("nanquantile", x, q, options, true),
  { samples: () => [[ones([3]), 0.4]], domain },
);
