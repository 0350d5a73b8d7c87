import {
  add,
  checkOptions,
  checkTensor,
  cosineSimilarity,
  type CosineSimilarityOptions,
  norm,
  sub,
  type Tensor,
} from "@adjoint/core";
import { checkNumber, checkRole } from "./checks.js";
import { KeptOptions } from "./kept-options.js";

/** Options of {@link pairwiseDistance}. */
export interface PairwiseDistanceOptions {
  /** The exponent of the norm, ±Infinity included (default 2). */
  readonly p?: number;
  /** What is added to each difference, which keeps the gradient finite where both are the same (default 1e-6). */
  readonly eps?: number;
  /** Keep the last axis, with size 1 (default false). */
  readonly keepDims?: boolean;
}

const distanceOptions = ["p", "eps", "keepDims"];

/**
 * The distance `‖x - y + ε‖ₚ` between vectors along the last axis: `[..., features]` twice, broadcast, to `[...]`.
 *
 * @throws ShapeError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE` for scalars; DTypeError `DTYPE_FLOATING`; ArgumentError `NORM_ORDER`,
 * `NUMBER_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { pairwiseDistance } from "@adjoint/nn";
 * console.log(pairwiseDistance(tensor([[3, 4]]), tensor([[0, 0]]), { eps: 0 }).toArray()); // → [ 5 ]
 * ```
 */
export function pairwiseDistance(x: Tensor, y: Tensor, options: PairwiseDistanceOptions = {}): Tensor {
  checkOptions("pairwiseDistance", options, "{ p: 1 }", distanceOptions);
  return distance("pairwiseDistance", x, y, options);
}

function distance(name: string, x: Tensor, y: Tensor, options: PairwiseDistanceOptions): Tensor {
  checkTensor(name, x);
  checkRole(name, "y", y);
  const { p = 2, eps = 1e-6, keepDims = false } = options;
  return norm(add(sub(x, y), checkNumber(name, "eps", eps)), { p, axis: -1, keepDims });
}

/**
 * The distance `‖x - y + ε‖ₚ` between vectors along the last axis as a module: {@link pairwiseDistance}.
 *
 * @throws as {@link pairwiseDistance}.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { PairwiseDistance } from "@adjoint/nn";
 * const layer = new PairwiseDistance({ p: 1, eps: 0 });
 * console.log(layer.forward(tensor([[3, 4]]), tensor([[0, 0]])).toArray()); // → [ 7 ]
 * ```
 */
export class PairwiseDistance extends KeptOptions<PairwiseDistanceOptions, [x: Tensor, y: Tensor]> {
  constructor(options: PairwiseDistanceOptions = {}) {
    super({}, options, "{ p: 1 }", distanceOptions);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return distance("PairwiseDistance", x, y, this.options);
  }
}

/**
 * The cosine of the angle between vectors along an axis (default 1), `Σ (x / max(‖x‖, ε)) · (y / max(‖y‖, ε))` with ε = 1e-8: `[batch,
 * features]` twice, broadcast, to `[batch]`.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what core's `cosineSimilarity` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { CosineSimilarity } from "@adjoint/nn";
 * const layer = new CosineSimilarity();
 * console.log(layer.forward(tensor([[1, 0], [0, 2]]), tensor([[3, 0], [4, 0]])).toArray()); // → [ 1, 0 ]
 * ```
 */
export class CosineSimilarity extends KeptOptions<CosineSimilarityOptions, [x: Tensor, y: Tensor]> {
  constructor(options: CosineSimilarityOptions = {}) {
    super({}, options, "{ axis: -1 }", ["axis", "eps"]);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return cosineSimilarity(x, y, this.options);
  }
}
