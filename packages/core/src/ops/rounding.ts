import { checkInteger } from "../arguments.js";
import { type Binary, checkOperand, elementwise, type Operand, type Unary, type UnaryWithOptions } from "../op.js";
import { checkOptions } from "../options.js";
import { instructions } from "../scalar.js";
import type { Tensor } from "../tensor.js";
import type { Value } from "../value.js";
import { abs, div, mod, mul, neg, sign, sub } from "./arithmetic.js";
import { eq, lt, ne, where } from "./compare.js";

/**
 * The largest integer not above x, in the dtype of x; its derivative is 0.
 *
 * @example
 * ```ts
 * import { floor, tensor } from "@adjoint/core";
 * console.log(floor(tensor([-0.5, 2.7]))); // → tensor([-1,  2])
 * ```
 */
export const floor: Unary = elementwise("floor", { formula: instructions.floor, samples: [[0.5], [-0.5], [2.7]] });

/**
 * The smallest integer not below x, in the dtype of x; its derivative is 0.
 *
 * @example
 * ```ts
 * import { ceil, tensor } from "@adjoint/core";
 * console.log(ceil(tensor([0.5, -1.5]))); // → tensor([ 1, -1])
 * ```
 */
export const ceil: Unary = elementwise("ceil", { formula: instructions.ceil, samples: [[0.5], [-0.5], [2.7]] });

const nearest: Unary = elementwise("round", {
  formula: instructions.round,
  samples: [[0.4], [-0.6], [2.7], [0.5], [1.5]],
});

function roundTo(x: Operand, options: { readonly decimals?: number } = {}): Operand {
  checkOperand("round", x);
  checkOptions("round", options, "{ decimals: 2 }", ["decimals"]);
  const decimals = checkInteger("round", "decimals", options.decimals ?? 0, -308, 308);
  const [there, back] = decimals > 0 ? [mul, div] : [div, mul];
  const unit = 10 ** Math.abs(decimals);
  const rounded = (scaled: Operand): Operand => nearest(scaled as Tensor);
  return decimals === 0 ? rounded(x) : back(rounded(there(x as Tensor, unit)) as Tensor, unit);
}

/**
 * The nearest integer, halves to the even neighbour, in the dtype of x; its derivative is 0. With `decimals`, the nearest
 * multiple of `10^-decimals`, always floating: `round(x·10^decimals) / 10^decimals`; negative ones round to tens and hundreds.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `INTEGER_INVALID` unless -308 ≤ decimals ≤ 308.
 * @example
 * ```ts
 * import { round, tensor } from "@adjoint/core";
 * console.log(round(tensor([0.5, 1.5, 2.7]))); // → tensor([0, 2, 3])
 * console.log(round(1234.567, { decimals: 1 }), round(1234.567, { decimals: -2 })); // → 1234.6 1200
 * ```
 */
export const round: UnaryWithOptions<{ decimals: number }> = /* @__PURE__ */ Object.assign(
  roundTo as Omit<UnaryWithOptions<{ decimals: number }>, "op">,
  { op: nearest.op },
) as UnaryWithOptions<{ decimals: number }>;

/**
 * The integer part of x, the fraction cut off towards 0, in the dtype of x; its derivative is 0.
 *
 * @example
 * ```ts
 * import { tensor, trunc } from "@adjoint/core";
 * console.log(trunc(tensor([-1.5, 2.7]))); // → tensor([-1,  2])
 * ```
 */
export const trunc: Unary = elementwise("trunc", {
  formula: (x) => where(lt(x, 0), ceil(x), floor(x)),
  samples: [[0], [0.5], [-0.5], [2.7]],
});

/**
 * The fraction `x - trunc(x)`, with the sign of x.
 *
 * @example
 * ```ts
 * import { frac, tensor } from "@adjoint/core";
 * console.log(frac(tensor([-1.5, 2.25]))); // → tensor([-0.5000,  0.2500])
 * ```
 */
export const frac: Unary = elementwise("frac", {
  formula: (x) => sub(x, trunc(x)),
  samples: [[0.5], [-0.5], [2.7]],
  domain: [[1.1, 1.9]],
});

/**
 * The remainder with the sign of the dividend, `x - y·trunc(x/y)`, as C's `fmod` and JavaScript's `%`, broadcast. For the sign of
 * the divisor see `mod`.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { fmod, tensor } from "@adjoint/core";
 * console.log(fmod(tensor([5, -5]), 3)); // → tensor([ 2, -2])
 * ```
 */
export const fmod: Binary = elementwise("fmod", {
  formula: (x: Value, y: Value) => mul(sign(x), mod(abs(x), abs(y))),
  partials: [() => 1, (x, y) => neg(trunc(div(x, y)))],
  samples: [
    [5, 3],
    [-5, 3],
    [5, -3],
    [0.5, 0.2],
  ],
  domain: [
    [0.1, 0.9],
    [1, 3],
  ],
});

/**
 * The quotient rounded down, `⌊x / y⌋`, broadcast, in the dtype of the operands: `x = y·floorDiv(x, y) + mod(x, y)`, so that
 * `floorDiv(1, 0.1)` is 9, because 0.1 is a little more than a tenth. Its derivative is 0.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { floorDiv, tensor } from "@adjoint/core";
 * console.log(floorDiv(tensor([5, -5]), 3)); // → tensor([ 1, -2])
 * ```
 */
export const floorDiv: Binary = elementwise("floorDiv", {
  formula: (x: Value, y: Value) => {
    const rest = fmod(x, y);
    const below = mul(ne(rest, 0), ne(lt(rest, 0), lt(y, 0)));
    return where(eq(y, 0), div(x, y), round(sub(div(sub(x, rest), y), below)));
  },
  partials: [() => 0, () => 0],
  result: "same",
  samples: [
    [5, 3],
    [-5, 3],
    [5, -3],
    [1, 0.1],
    [-1, Infinity],
    [1, 0],
  ],
  domain: [
    [0.1, 0.9],
    [1, 3],
  ],
});
