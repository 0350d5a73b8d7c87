import { fold, type FoldOptions, type PerAxis, type Tensor, unfold, type UnfoldOptions } from "@adjoint/core";
import { checkPerAxis } from "./checks.js";
import { KeptOptions } from "./kept-options.js";

/** Options of {@link Fold} and {@link Unfold}. */
export type FoldLayerOptions = Omit<UnfoldOptions, "kernelSize">;

const optionNames = ["dilation", "padding", "stride"];

/**
 * The windows over images as columns: `[batch, channels, height, width]` to `[batch, channels · kernelHeight · kernelWidth, places]`,
 * or both without the batch. The formula stands at core's `unfold`.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `unfold` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Unfold } from "@adjoint/nn";
 * console.log(new Unfold([2, 3]).forward(ones([2, 5, 3, 4])).shape); // → [ 2, 30, 4 ]
 * ```
 */
export class Unfold extends KeptOptions<UnfoldOptions, [x: Tensor]> {
  constructor(kernelSize: PerAxis, options: FoldLayerOptions = {}) {
    super({ kernelSize }, options, "{ stride: 2 }", optionNames);
    checkPerAxis("Unfold", "kernelSize", kernelSize, 2);
  }

  forward(x: Tensor): Tensor {
    return unfold(x, this.options);
  }
}

/**
 * Images from the columns of their windows, what overlaps added up: `[batch, channels · kernelHeight · kernelWidth, places]` to `[batch,
 * channels, ...outputSize]`, or both without the batch. The transpose, as a linear map, of {@link Unfold}.
 *
 * @throws as {@link Unfold}; in `forward` what core's `fold` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Fold } from "@adjoint/nn";
 * console.log(new Fold([2, 3], 2).forward(ones([4, 2])).toArray()); // → [ [ [ 1, 2, 1 ], [ 1, 2, 1 ] ] ]
 * ```
 */
export class Fold extends KeptOptions<FoldOptions, [x: Tensor]> {
  constructor(outputSize: PerAxis, kernelSize: PerAxis, options: FoldLayerOptions = {}) {
    super({ outputSize, kernelSize }, options, "{ stride: 2 }", optionNames);
    checkPerAxis("Fold", "outputSize", outputSize, 2);
    checkPerAxis("Fold", "kernelSize", kernelSize, 2);
  }

  forward(x: Tensor): Tensor {
    return fold(x, this.options);
  }
}
