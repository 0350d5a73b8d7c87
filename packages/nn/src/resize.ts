import { interpolate, type InterpolateOptions, type PerAxis, type Tensor } from "@adjoint/core";
import { KeptOptions } from "./kept-options.js";

/** Options of {@link Upsample}. */
export type UpsampleOptions = Omit<InterpolateOptions, "antialias">;

/** Options of {@link UpsamplingNearest2d} and {@link UpsamplingBilinear2d}: one of the two. */
export interface UpsamplingOptions {
  /** The height and width of the result, or one number for both. */
  readonly size?: PerAxis;
  /** By what height and width are multiplied, rounded down. */
  readonly scaleFactor?: PerAxis;
}

const sizes = ["size", "scaleFactor"];

abstract class Resize extends KeptOptions<InterpolateOptions, [x: Tensor]> {
  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }
}

/**
 * Sequences, images or volumes brought to other sizes, by copying cells (`"nearest"`, the default), or from several cells around
 * each (`"linear"`, `"bilinear"`, `"bicubic"`, `"trilinear"`, `"area"`): `[batch, channels, ...in]` to `[batch, channels, ...out]`, with
 * `out` given as `size`, or `⌊in · scaleFactor⌋`. The formulas stand at core's `interpolate`.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `interpolate` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Upsample } from "@adjoint/nn";
 * const x = tensor([[[1, 2]]]);
 * console.log(new Upsample({ scaleFactor: 2 }).forward(x).toArray()); // → [ [ [ 1, 1, 2, 2 ] ] ]
 * console.log(new Upsample({ size: 3, mode: "linear", alignCorners: true }).forward(x).toArray()); // → [ [ [ 1, 1.5, 2 ] ] ]
 * ```
 */
export class Upsample extends Resize {
  constructor(options: UpsampleOptions) {
    super({}, options, "{ scaleFactor: 2 }", [...sizes, "mode", "alignCorners", "recomputeScaleFactor"]);
  }
}

/**
 * Images made larger by copying cells, `out[p, q] = x[⌊p·in / out⌋, …]`: `[batch, channels, height, width]` to `[batch, channels,
 * outHeight, outWidth]`. {@link Upsample} of mode `"nearest"`.
 *
 * @throws as {@link Upsample}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { UpsamplingNearest2d } from "@adjoint/nn";
 * console.log(new UpsamplingNearest2d({ scaleFactor: 2 }).forward(ones([1, 3, 4, 4])).shape); // → [ 1, 3, 8, 8 ]
 * ```
 */
export class UpsamplingNearest2d extends Resize {
  constructor(options: UpsamplingOptions) {
    super({ mode: "nearest" }, options, "{ scaleFactor: 2 }", sizes);
  }
}

/**
 * Images made larger from the four cells around each, the corners kept in place: `[batch, channels, height, width]` to `[batch,
 * channels, outHeight, outWidth]`. {@link Upsample} of mode `"bilinear"` with `alignCorners`.
 *
 * @throws as {@link Upsample}.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { UpsamplingBilinear2d } from "@adjoint/nn";
 * const layer = new UpsamplingBilinear2d({ size: [1, 3] });
 * console.log(layer.forward(tensor([[[[1, 2]]]])).flatten()); // → tensor([1.0000, 1.5000, 2.0000])
 * ```
 */
export class UpsamplingBilinear2d extends Resize {
  constructor(options: UpsamplingOptions) {
    super({ mode: "bilinear", alignCorners: true }, options, "{ scaleFactor: 2 }", sizes);
  }
}
