import {
  type AxisOptions,
  checkOptions,
  checkTensor,
  chunk,
  compose,
  type Composed,
  logSoftmax,
  mul,
  neg,
  ones,
  ShapeError,
  sigmoid,
  softmax,
  type Tensor,
} from "@adjoint/core";
import { checkNumber, shapeText } from "../checks.js";
import { Module } from "../module.js";

/**
 * The softmax of `-x` along an axis (default the last), `e^-xᵢ / Σⱼ e^-xⱼ`, in the shape of `x`: the smallest element gets the
 * largest share.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`; ArgumentError `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { softmin } from "@adjoint/nn";
 * console.log(softmin(tensor([1, 2]))); // → tensor([0.7311, 0.2689])
 * ```
 */
export const softmin: Composed<(x: Tensor, options?: AxisOptions) => Tensor> = compose(
  "softmin",
  (x, options = {}) => {
    checkTensor("softmin", x);
    checkOptions("softmin", options, "{ axis: 1 }", ["axis"]);
    return softmax(neg(x), options);
  },
  { samples: () => [[ones([2, 3])], [ones([2, 3]), { axis: 0 }]] },
);

/**
 * The gated linear unit: `a · σ(b)` of the halves `[a, b]` of `x` along an axis (default the last). `[…, 2n, …]` gives `[…, n, …]`.
 * Dauphin et al., 2016, arXiv:1612.08083.
 *
 * @throws ShapeError `SIZE_ODD`, `AXIS_OUT_OF_RANGE`; ArgumentError `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { glu } from "@adjoint/nn";
 * console.log(glu(tensor([[1, 2, 0, 100]]))); // → tensor([[0.5000, 2.0000]])
 * ```
 */
export const glu: Composed<(x: Tensor, options?: AxisOptions) => Tensor> = compose(
  "glu",
  (x, options = {}) => {
    checkTensor("glu", x);
    checkOptions("glu", options, "{ axis: 1 }", ["axis"]);
    const { axis = -1 } = options;
    const [a, b] = chunk(x, 2, axis);
    if (a.shape.join() === b?.shape.join()) return mul(a, sigmoid(b));
    throw new ShapeError(
      "SIZE_ODD",
      `glu: ${shapeText(x.shape)} has no halves along axis ${axis}; give it an even size there`,
    );
  },
  { samples: () => [[ones([2, 4])], [ones([2, 3]), { axis: 0 }]] },
);

/** A function along an axis as a module. */
abstract class AlongAxis extends Module {
  readonly axis: number; // negative ones count from the end

  /** @param options - `{ axis }`, or the axis alone (default the last). */
  constructor(options: number | AxisOptions = {}) {
    super();
    const given = typeof options === "number" ? { axis: options } : options;
    checkOptions(new.target.name, given, "{ axis: 1 }", ["axis"]);
    const { axis = -1 } = given;
    this.axis = checkNumber(new.target.name, "axis", axis);
  }

  protected override extraRepr(): string {
    return `axis=${this.axis}`;
  }
}

/**
 * `e^xᵢ / Σⱼ e^xⱼ` along an axis (default the last), in the shape of `x`: positive numbers that sum to 1.
 *
 * @throws ArgumentError `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Softmax } from "@adjoint/nn";
 * const layer = new Softmax(1); // or { axis: 1 }
 * console.log(layer.forward(tensor([[0, 0], [0, 1000]])).toArray()); // → [ [ 0.5, 0.5 ], [ 0, 1 ] ]
 * ```
 */
export class Softmax extends AlongAxis {
  forward(x: Tensor): Tensor {
    return softmax(x, { axis: this.axis });
  }
}

/**
 * The logarithm of the softmax, `xᵢ - ln Σⱼ e^xⱼ`, along an axis (default the last), in the shape of `x`; finite also where the
 * softmax rounds to 0.
 *
 * @throws ArgumentError `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { LogSoftmax } from "@adjoint/nn";
 * console.log(new LogSoftmax(0).forward(tensor([0, 1000])).toArray()); // → [ -1000, 0 ]
 * ```
 */
export class LogSoftmax extends AlongAxis {
  forward(x: Tensor): Tensor {
    return logSoftmax(x, { axis: this.axis });
  }
}

/**
 * {@link softmin} as a module: `e^-xᵢ / Σⱼ e^-xⱼ` along an axis (default the last), in the shape of `x`.
 *
 * @throws ArgumentError `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Softmin } from "@adjoint/nn";
 * console.log(new Softmin(0).forward(tensor([0, 1000])).toArray()); // → [ 1, 0 ]
 * ```
 */
export class Softmin extends AlongAxis {
  forward(x: Tensor): Tensor {
    return softmin(x, { axis: this.axis });
  }
}

/**
 * {@link glu} as a module: `a · σ(b)` of the halves `[a, b]` of `x` along an axis (default the last); `[…, 2n, …]` gives
 * `[…, n, …]`.
 *
 * @throws ArgumentError `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `SIZE_ODD`, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { GLU } from "@adjoint/nn";
 * console.log(new GLU({ axis: 1 }).forward(ones([2, 6, 5])).shape); // → [ 2, 3, 5 ]
 * ```
 */
export class GLU extends AlongAxis {
  forward(x: Tensor): Tensor {
    return glu(x, { axis: this.axis });
  }
}

/**
 * The softmax over the channels at each place of an image: `[batch, channels, height, width]`, or without the batch axis, gives the
 * same shape.
 *
 * @throws ShapeError `INPUT_SHAPE` for other ranks; ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { zeros } from "@adjoint/core";
 * import { Softmax2d } from "@adjoint/nn";
 * console.log(new Softmax2d().forward(zeros([2, 1, 2])).toArray()); // → [ [ [ 0.5, 0.5 ] ], [ [ 0.5, 0.5 ] ] ]
 * ```
 */
export class Softmax2d extends Module {
  forward(x: Tensor): Tensor {
    checkTensor("Softmax2d", x);
    if (x.ndim === 3 || x.ndim === 4) return softmax(x, { axis: -3 });
    throw new ShapeError(
      "INPUT_SHAPE",
      `Softmax2d: ${shapeText(x.shape)} is no image; give [batch, channels, height, width]`,
    );
  }
}
