import { add, elementwise, lt, mul, rsqrt, sub, type Tensor, type Ternary, type Value, where } from "@adjoint/core";
import { chanceOf, drop, type DropoutFunctionOptions, DropoutLayer, type Shared } from "./dropout-layer.js";

/** What `selu` comes to at -∞, λ·α, with the opposite sign. */
const ALPHA = 1.7580993408473766;

/**
 * `a·(x + α·p)`, or `a·(α·p - α)` where the number u from [0, 1) is below p, with `a = 1 / √((1 - p)·(1 + p·α²))`: mean 0 and
 * variance 1 stay.
 */
export const dropToAlpha: Ternary = elementwise("alphaDropout", {
  formula: (x: Value, u: Value, p: Value) =>
    mul(rsqrt(mul(sub(1, p), add(1, mul(p, ALPHA * ALPHA)))), add(where(lt(u, p), -ALPHA, x), mul(p, ALPHA))),
  samples: [
    [2, 0.7, 0.5],
    [2, 0.2, 0.5],
    [-1, 0.2, 0],
  ],
  domain: [
    [-3, 3],
    [0.6, 1],
    [0.1, 0.5],
  ],
});

const channels: Shared = { 2: 2, 3: 2, 4: 2, 5: 2 };

/**
 * Dropout for networks of {@link SELU}: each element becomes `-λα`, the least that `selu` gives, with probability p (default 0.5),
 * and all are scaled and shifted so that mean 0 and variance 1 stay: `a·(x + α'·p)` or `a·(α'·p - α')` with `α' = λα ≈ 1.7581` and
 * `a = 1 / √((1 - p)·(1 + p·α'²))`. As in PyTorch it does so only with `training: true`. Klambauer et al., 2017, arXiv:1706.02515.
 *
 * @throws ArgumentError `PROBABILITY_INVALID`, `GENERATOR_KIND`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { Generator, zeros } from "@adjoint/core";
 * import { alphaDropout } from "@adjoint/nn";
 * const y = alphaDropout(zeros([100]), { training: true, generator: new Generator(1) });
 * console.log([...new Set(y.data)].map((x) => x.toFixed(4)).sort()); // → [ '-0.7792', '0.7792' ]
 * ```
 */
export function alphaDropout(x: Tensor, options: DropoutFunctionOptions = {}): Tensor {
  return drop("alphaDropout", dropToAlpha, x, chanceOf("alphaDropout", options, false));
}

/**
 * {@link alphaDropout} of whole channels, which are along axis 1 of `x: [batch, channels, …]`; only with `training: true`.
 *
 * @throws ShapeError `INPUT_RANK` unless `x` has 2 to 5 axes; ArgumentError as {@link alphaDropout}.
 * @example
 * ```ts
 * import { Generator, zeros } from "@adjoint/core";
 * import { featureAlphaDropout } from "@adjoint/nn";
 * const y = featureAlphaDropout(zeros([2, 3, 4]), { training: true, generator: new Generator(1) });
 * console.log(y.var({ axis: 2 }).sum().item()); // → 0
 * ```
 */
export function featureAlphaDropout(x: Tensor, options: DropoutFunctionOptions = {}): Tensor {
  return drop("featureAlphaDropout", dropToAlpha, x, chanceOf("featureAlphaDropout", options, false), channels);
}

/**
 * {@link alphaDropout} as a module: in training elements become `-λα` with probability p (default 0.5), and mean 0 and variance 1 stay;
 * in evaluation `y = x`.
 *
 * @throws ArgumentError as {@link Dropout}.
 * @example
 * ```ts
 * import { Generator, mean, randn, square } from "@adjoint/core";
 * import { AlphaDropout } from "@adjoint/nn";
 * const generator = new Generator(1);
 * const y = new AlphaDropout(0.2, { generator }).forward(randn([10000], { generator }));
 * console.log(Math.abs(mean(y).item()) < 0.05, Math.abs(mean(square(y)).item() - 1) < 0.05); // → true true
 * ```
 */
export class AlphaDropout extends DropoutLayer {
  forward(x: Tensor): Tensor {
    return drop("AlphaDropout", dropToAlpha, x, this);
  }
}

/**
 * {@link featureAlphaDropout} as a module: {@link AlphaDropout} of whole channels of `x: [batch, channels, …]`.
 *
 * @throws ArgumentError as {@link Dropout}; in `forward` ShapeError `INPUT_RANK` unless `x` has 2 to 5 axes.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { FeatureAlphaDropout } from "@adjoint/nn";
 * console.log(new FeatureAlphaDropout(0.2).eval().forward(ones([1, 2])).toArray()); // → [ [ 1, 1 ] ]
 * ```
 */
export class FeatureAlphaDropout extends DropoutLayer {
  forward(x: Tensor): Tensor {
    return drop("FeatureAlphaDropout", dropToAlpha, x, this, channels);
  }
}
