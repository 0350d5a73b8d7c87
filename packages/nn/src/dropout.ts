import { div, elementwise, lt, sub, type Tensor, type Ternary, type Value, where } from "@adjoint/core";
import { chanceOf, drop, type DropoutFunctionOptions, DropoutLayer, type Shared } from "./dropout-layer.js";

/** `x / (1 - p)`, or 0 where the number u from [0, 1) is below p. */
export const dropBelow: Ternary = elementwise("dropout", {
  formula: (x: Value, u: Value, p: Value) => where(lt(u, p), 0, div(x, sub(1, p))),
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

const sequences: Shared = { 2: 1, 3: 2 };
const images: Shared = { 3: 2, 4: 2 }; // Three axes are a batch of sequences, as in PyTorch.
const volumes: Shared = { 4: 1, 5: 2 };

/**
 * Each element 0 with probability p (default 0.5), else `x / (1 - p)`, which keeps the mean; with `training: false` x itself.
 * Srivastava et al., 2014.
 *
 * @throws ArgumentError `PROBABILITY_INVALID`, `GENERATOR_KIND`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { Generator, ones } from "@adjoint/core";
 * import { dropout } from "@adjoint/nn";
 * const y = dropout(ones([100]), { p: 0.2, generator: new Generator(1) });
 * console.log([...new Set(y.data)].sort()); // → [ 0, 1.25 ]
 * ```
 */
export function dropout(x: Tensor, options: DropoutFunctionOptions = {}): Tensor {
  return drop("dropout", dropBelow, x, chanceOf("dropout", options));
}

/**
 * In training, sets each element to 0 with probability p (default 0.5) and divides the others by `1 - p`, which keeps the mean;
 * in evaluation `y = x`. Srivastava et al., 2014.
 *
 * @throws ArgumentError `PROBABILITY_INVALID`, `GENERATOR_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` `OPERAND_KIND`.
 * @example
 * ```ts
 * import { Generator, ones } from "@adjoint/core";
 * import { Dropout } from "@adjoint/nn";
 * const layer = new Dropout(0.5, { generator: new Generator(1) });
 * console.log([...new Set(layer.forward(ones([100])).data)].sort()); // → [ 0, 2 ]
 * console.log(layer.eval().forward(ones([3])).toArray()); // → [ 1, 1, 1 ]
 * ```
 */
export class Dropout extends DropoutLayer {
  forward(x: Tensor): Tensor {
    return drop("Dropout", dropBelow, x, this);
  }
}

/**
 * {@link dropout} of whole channels of sequences: all of `[length]` is 0 with probability p, else divided by `1 - p`. `x: [batch,
 * channels, length]` or `[channels, length]`. Tompson et al., 2014, arXiv:1411.4280.
 *
 * @throws ShapeError `INPUT_RANK`; ArgumentError as {@link dropout}.
 * @example
 * ```ts
 * import { Generator, ones } from "@adjoint/core";
 * import { dropout1d } from "@adjoint/nn";
 * const y = dropout1d(ones([4, 50]), { generator: new Generator(1) });
 * console.log(y.sum({ axis: 1 }).data.every((total) => total === 0 || total === 100)); // → true
 * ```
 */
export function dropout1d(x: Tensor, options: DropoutFunctionOptions = {}): Tensor {
  return drop("dropout1d", dropBelow, x, chanceOf("dropout1d", options), sequences);
}

/**
 * {@link dropout} of whole channels of images: all of `[height, width]` is 0 with probability p, else divided by `1 - p`. `x: [batch,
 * channels, height, width]`; three axes are, as in PyTorch, `[batch, channels, length]`. Tompson et al., 2014, arXiv:1411.4280.
 *
 * @throws ShapeError `INPUT_RANK`; ArgumentError as {@link dropout}.
 * @example
 * ```ts
 * import { Generator, ones } from "@adjoint/core";
 * import { dropout2d } from "@adjoint/nn";
 * const y = dropout2d(ones([2, 3, 5, 5]), { generator: new Generator(1) });
 * console.log(y.flatten(2).sum({ axis: 2 }).data.every((total) => total === 0 || total === 50)); // → true
 * ```
 */
export function dropout2d(x: Tensor, options: DropoutFunctionOptions = {}): Tensor {
  return drop("dropout2d", dropBelow, x, chanceOf("dropout2d", options), images);
}

/**
 * {@link dropout} of whole channels of volumes: all of `[depth, height, width]` is 0 with probability p, else divided by `1 - p`.
 * `x: [batch, channels, depth, height, width]` or without the batch axis. Tompson et al., 2014, arXiv:1411.4280.
 *
 * @throws ShapeError `INPUT_RANK`; ArgumentError as {@link dropout}.
 * @example
 * ```ts
 * import { Generator, ones } from "@adjoint/core";
 * import { dropout3d } from "@adjoint/nn";
 * const y = dropout3d(ones([3, 2, 2, 2]), { generator: new Generator(1) });
 * console.log(y.flatten(1).sum({ axis: 1 }).data.every((total) => total === 0 || total === 16)); // → true
 * ```
 */
export function dropout3d(x: Tensor, options: DropoutFunctionOptions = {}): Tensor {
  return drop("dropout3d", dropBelow, x, chanceOf("dropout3d", options), volumes);
}

/**
 * {@link dropout1d} as a module: in training whole channels of sequences are 0 with probability p (default 0.5) and the others divided
 * by `1 - p`; in evaluation `y = x`. `x: [batch, channels, length]` or `[channels, length]`.
 *
 * @throws ArgumentError as {@link Dropout}; in `forward` ShapeError `INPUT_RANK`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Dropout1d } from "@adjoint/nn";
 * console.log(new Dropout1d(0.2).eval().forward(ones([1, 2])).toArray()); // → [ [ 1, 1 ] ]
 * ```
 */
export class Dropout1d extends DropoutLayer {
  forward(x: Tensor): Tensor {
    return drop("Dropout1d", dropBelow, x, this, sequences);
  }
}

/**
 * {@link dropout2d} as a module: in training whole channels of images are 0 with probability p (default 0.5) and the others divided
 * by `1 - p`; in evaluation `y = x`. `x: [batch, channels, height, width]` or `[batch, channels, length]`.
 *
 * @throws ArgumentError as {@link Dropout}; in `forward` ShapeError `INPUT_RANK`.
 * @example
 * ```ts
 * import { Generator, ones } from "@adjoint/core";
 * import { Dropout2d } from "@adjoint/nn";
 * const layer = new Dropout2d(0.5, { generator: new Generator(0) });
 * console.log(layer.forward(ones([1, 3, 1, 2])).shape); // → [ 1, 3, 1, 2 ]
 * ```
 */
export class Dropout2d extends DropoutLayer {
  forward(x: Tensor): Tensor {
    return drop("Dropout2d", dropBelow, x, this, images);
  }
}

/**
 * {@link dropout3d} as a module: in training whole channels of volumes are 0 with probability p (default 0.5) and the others divided
 * by `1 - p`; in evaluation `y = x`. `x: [batch, channels, depth, height, width]`, or without the batch axis.
 *
 * @throws ArgumentError as {@link Dropout}; in `forward` ShapeError `INPUT_RANK`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Dropout3d } from "@adjoint/nn";
 * console.log(new Dropout3d(0.2).forward(ones([2, 3, 4, 4, 4])).shape); // → [ 2, 3, 4, 4, 4 ]
 * ```
 */
export class Dropout3d extends DropoutLayer {
  forward(x: Tensor): Tensor {
    return drop("Dropout3d", dropBelow, x, this, volumes);
  }
}
