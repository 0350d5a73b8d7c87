import { Pad, type PadSizes } from "./pad-layer.js";

/**
 * Sequences with cells added at both ends of the last axis: `out[i] = x[i - left]`, and 0 outside of `x`. `[..., length]`
 * gives `[..., left + length + right]`.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { ZeroPad1d } from "@adjoint/nn";
 * console.log(new ZeroPad1d([2, 1]).forward(tensor([[1, 2]])).toArray()); // → [ [ 0, 0, 1, 2, 0 ] ]
 * ```
 */
export class ZeroPad1d extends Pad {
  constructor(padding: PadSizes) {
    super(1, padding, {});
  }
}

/**
 * Images with cells added around the last two axes, as many as `[left, right, top, bottom]` say, each axis as in {@link
 * ZeroPad1d}.
 *
 * @throws as {@link ZeroPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ZeroPad2d } from "@adjoint/nn";
 * console.log(new ZeroPad2d([1, 2, 0, 1]).forward(ones([1, 3, 4, 4])).shape); // → [ 1, 3, 5, 7 ]
 * ```
 */
export class ZeroPad2d extends Pad {
  constructor(padding: PadSizes) {
    super(2, padding, {});
  }
}

/**
 * Volumes with cells added around the last three axes, as many as `[left, right, top, bottom, front, back]` say, each axis as
 * in {@link ZeroPad1d}.
 *
 * @throws as {@link ZeroPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ZeroPad3d } from "@adjoint/nn";
 * console.log(new ZeroPad3d(1).forward(ones([1, 3, 4, 4, 4])).shape); // → [ 1, 3, 6, 6, 6 ]
 * ```
 */
export class ZeroPad3d extends Pad {
  constructor(padding: PadSizes) {
    super(3, padding, {});
  }
}

/**
 * Sequences with cells added at both ends of the last axis: `out[i] = x[i - left]`, and `value` outside of `x`. `[...,
 * length]` gives `[..., left + length + right]`.
 *
 * @throws ArgumentError `SIZE_INVALID`, `NUMBER_INVALID`; in `forward` ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { ConstantPad1d } from "@adjoint/nn";
 * console.log(new ConstantPad1d(1, 7).forward(tensor([[1, 2]])).toArray()); // → [ [ 7, 1, 2, 7 ] ]
 * ```
 */
export class ConstantPad1d extends Pad {
  constructor(padding: PadSizes, value: number) {
    super(1, padding, { value });
  }
}

/**
 * Images with cells added around the last two axes, as many as `[left, right, top, bottom]` say, each axis as in {@link
 * ConstantPad1d}.
 *
 * @throws as {@link ConstantPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ConstantPad2d } from "@adjoint/nn";
 * console.log(new ConstantPad2d([1, 2, 0, 1], 7).forward(ones([1, 3, 4, 4])).shape); // → [ 1, 3, 5, 7 ]
 * ```
 */
export class ConstantPad2d extends Pad {
  constructor(padding: PadSizes, value: number) {
    super(2, padding, { value });
  }
}

/**
 * Volumes with cells added around the last three axes, as many as `[left, right, top, bottom, front, back]` say, each axis as
 * in {@link ConstantPad1d}.
 *
 * @throws as {@link ConstantPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ConstantPad3d } from "@adjoint/nn";
 * console.log(new ConstantPad3d(1, 7).forward(ones([1, 3, 4, 4, 4])).shape); // → [ 1, 3, 6, 6, 6 ]
 * ```
 */
export class ConstantPad3d extends Pad {
  constructor(padding: PadSizes, value: number) {
    super(3, padding, { value });
  }
}
