import { Pad, type PadSizes } from "./pad-layer.js";

/**
 * Sequences with cells added at both ends of the last axis: `out[i] = x[|i - left|]`, and mirrored likewise behind: the
 * outermost element is not repeated. `[..., length]` gives `[..., left + length + right]`.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` ShapeError `INPUT_SHAPE`, ArgumentError `PADDING_INVALID` for as many
 * cells as the axis is long, or more.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { ReflectionPad1d } from "@adjoint/nn";
 * console.log(new ReflectionPad1d([2, 1]).forward(tensor([[1, 2, 3]])).toArray()); // → [ [ 3, 2, 1, 2, 3, 2 ] ]
 * ```
 */
export class ReflectionPad1d extends Pad {
  constructor(padding: PadSizes) {
    super(1, padding, { mode: "reflect" });
  }
}

/**
 * Images with cells added around the last two axes, as many as `[left, right, top, bottom]` say, each axis as in {@link
 * ReflectionPad1d}.
 *
 * @throws as {@link ReflectionPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ReflectionPad2d } from "@adjoint/nn";
 * console.log(new ReflectionPad2d([1, 2, 0, 1]).forward(ones([1, 3, 4, 4])).shape); // → [ 1, 3, 5, 7 ]
 * ```
 */
export class ReflectionPad2d extends Pad {
  constructor(padding: PadSizes) {
    super(2, padding, { mode: "reflect" });
  }
}

/**
 * Volumes with cells added around the last three axes, as many as `[left, right, top, bottom, front, back]` say, each axis as
 * in {@link ReflectionPad1d}.
 *
 * @throws as {@link ReflectionPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ReflectionPad3d } from "@adjoint/nn";
 * console.log(new ReflectionPad3d(1).forward(ones([1, 3, 4, 4, 4])).shape); // → [ 1, 3, 6, 6, 6 ]
 * ```
 */
export class ReflectionPad3d extends Pad {
  constructor(padding: PadSizes) {
    super(3, padding, { mode: "reflect" });
  }
}

/**
 * Sequences with cells added at both ends of the last axis: `out[i] = x[i - left]`, and the outermost element outside of `x`.
 * `[..., length]` gives `[..., left + length + right]`.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { ReplicationPad1d } from "@adjoint/nn";
 * console.log(new ReplicationPad1d([0, 2]).forward(tensor([[1, 2]])).toArray()); // → [ [ 1, 2, 2, 2 ] ]
 * ```
 */
export class ReplicationPad1d extends Pad {
  constructor(padding: PadSizes) {
    super(1, padding, { mode: "replicate" });
  }
}

/**
 * Images with cells added around the last two axes, as many as `[left, right, top, bottom]` say, each axis as in {@link
 * ReplicationPad1d}.
 *
 * @throws as {@link ReplicationPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ReplicationPad2d } from "@adjoint/nn";
 * console.log(new ReplicationPad2d([1, 2, 0, 1]).forward(ones([1, 3, 4, 4])).shape); // → [ 1, 3, 5, 7 ]
 * ```
 */
export class ReplicationPad2d extends Pad {
  constructor(padding: PadSizes) {
    super(2, padding, { mode: "replicate" });
  }
}

/**
 * Volumes with cells added around the last three axes, as many as `[left, right, top, bottom, front, back]` say, each axis as
 * in {@link ReplicationPad1d}.
 *
 * @throws as {@link ReplicationPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ReplicationPad3d } from "@adjoint/nn";
 * console.log(new ReplicationPad3d(1).forward(ones([1, 3, 4, 4, 4])).shape); // → [ 1, 3, 6, 6, 6 ]
 * ```
 */
export class ReplicationPad3d extends Pad {
  constructor(padding: PadSizes) {
    super(3, padding, { mode: "replicate" });
  }
}

/**
 * Sequences with cells added at both ends of the last axis: `out[i] = x[(i - left) mod n]`, so that each end goes on with the
 * other. `[..., length]` gives `[..., left + length + right]`.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` ShapeError `INPUT_SHAPE`, ArgumentError `PADDING_INVALID` for more cells
 * than the axis is long.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { CircularPad1d } from "@adjoint/nn";
 * console.log(new CircularPad1d(1).forward(tensor([[1, 2, 3]])).toArray()); // → [ [ 3, 1, 2, 3, 1 ] ]
 * ```
 */
export class CircularPad1d extends Pad {
  constructor(padding: PadSizes) {
    super(1, padding, { mode: "circular" });
  }
}

/**
 * Images with cells added around the last two axes, as many as `[left, right, top, bottom]` say, each axis as in {@link
 * CircularPad1d}.
 *
 * @throws as {@link CircularPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { CircularPad2d } from "@adjoint/nn";
 * console.log(new CircularPad2d([1, 2, 0, 1]).forward(ones([1, 3, 4, 4])).shape); // → [ 1, 3, 5, 7 ]
 * ```
 */
export class CircularPad2d extends Pad {
  constructor(padding: PadSizes) {
    super(2, padding, { mode: "circular" });
  }
}

/**
 * Volumes with cells added around the last three axes, as many as `[left, right, top, bottom, front, back]` say, each axis as
 * in {@link CircularPad1d}.
 *
 * @throws as {@link CircularPad1d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { CircularPad3d } from "@adjoint/nn";
 * console.log(new CircularPad3d(1).forward(ones([1, 3, 4, 4, 4])).shape); // → [ 1, 3, 6, 6, 6 ]
 * ```
 */
export class CircularPad3d extends Pad {
  constructor(padding: PadSizes) {
    super(3, padding, { mode: "circular" });
  }
}
