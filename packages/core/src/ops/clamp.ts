import { compose, type ComposedOp } from "../composed.js";
import { ones } from "../create.js";
import { ArgumentError } from "../errors.js";
import { type Binary, elementwise, type Operand } from "../op.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import type { Value } from "../value.js";
import { add, maximum, minimum, mul, sub } from "./arithmetic.js";
import { ge, gt, le, logicalOr, lt, where } from "./compare.js";

/** The bounds of {@link clamp}; one may be left out. */
export interface ClampOptions {
  /** The lower bound, broadcast. */
  readonly min?: Operand;
  /** The upper bound, broadcast. */
  readonly max?: Operand;
}

/** {@link clamp}: a tensor gives a tensor, a Value a Value, a number a number. */
export interface Clamp {
  (x: Value, options: { readonly min?: Value | number; readonly max?: Value | number }): Value;
  (x: number, options: { readonly min?: number; readonly max?: number }): number;
  (x: Tensor, options: ClampOptions): Tensor;
  /** Its name and samples. */
  readonly op: ComposedOp<[x: Tensor, options: ClampOptions]>;
}

/** `max(x, bound)`, where a tie gives all of the gradient to x. */
const atLeast: Binary = elementwise("clamp", {
  formula: (x: Value, bound: Value) => maximum(x, bound),
  partials: [(x, bound) => ge(x, bound), (x, bound) => lt(x, bound)],
  samples: [[1, 0]],
});

/** `min(x, bound)`, where a tie gives all of the gradient to x. */
const atMost: Binary = elementwise("clamp", {
  formula: (x: Value, bound: Value) => minimum(x, bound),
  partials: [(x, bound) => le(x, bound), (x, bound) => gt(x, bound)],
  samples: [[1, 0]],
});

/** Both bounds, with PyTorch's shares of the gradient where they meet or cross. */
const between = elementwise("clamp", {
  formula: (x: Value, low: Value, high: Value) => minimum(maximum(x, low), high),
  partials: [
    (x, low, high) => mul(ge(x, low), le(x, high)),
    (x, low, high) => mul(lt(x, low), lt(low, high)),
    (x, low, high) => logicalOr(gt(x, high), gt(low, high)),
  ],
  samples: [[1, 0, 2]],
});

/**
 * `x` held between two bounds, `min(max(x, min), max)`, broadcast; where the bounds cross, `max` wins, and NaN stays NaN. The
 * gradient reaches `x` inside and at the bounds, and a bound where it is the result.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `BOUNDS_MISSING` without any bound; ShapeError `SHAPE_MISMATCH`.
 * @example
 * ```ts
 * import { clamp, tensor } from "@adjoint/core";
 * console.log(clamp(tensor([-2, 0.5, 3]), { min: 0, max: 1 })); // → tensor([0.0000, 0.5000, 1.0000])
 * ```
 */
export const clamp: Clamp = /* @__PURE__ */ compose(
  "clamp",
  (x: Tensor, options: ClampOptions) => {
    checkOptions("clamp", options, "{ min: 0, max: 1 }", ["min", "max"]);
    const { min, max } = options;
    if (min === undefined && max === undefined) {
      throw new ArgumentError("BOUNDS_MISSING", "clamp: got no bound; give min, max or both, as in { min: 0, max: 1 }");
    }
    if (max === undefined) return atLeast(x, min as Operand);
    return min === undefined ? atMost(x, max) : between(x, min, max);
  },
  {
    samples: () => [
      [ones([2, 3]), { min: -0.5, max: 0.5 }],
      [ones([2, 3]), { min: ones([3]) }],
      [ones([2, 1]), { min: ones([3]), max: ones([2, 3]) }],
      [ones([0, 2]), { max: ones([2]) }],
      [ones([]), { max: 0 }],
    ],
  },
) as Clamp;

/**
 * The linear interpolation `x + w·(y - x)`, broadcast: `x` at w = 0 and `y` at w = 1.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { lerp, tensor } from "@adjoint/core";
 * console.log(lerp(tensor([0, 10]), 20, 0.25)); // → tensor([ 5.0000, 12.5000])
 * ```
 */
export const lerp = elementwise("lerp", {
  // From the nearer end, so that both ends are met exactly.
  formula: (x: Value, y: Value, w: Value) => {
    const way = sub(y, x);
    return where(lt(w, 0.5), add(x, mul(w, way)), sub(y, mul(sub(1, w), way)));
  },
  samples: [
    [0, 10, 0.25],
    [1, 2, 0],
    [1, 2, 1],
  ],
});
