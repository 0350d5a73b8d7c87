import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./batch-norm.js";
import { Lazy } from "./lazy.js";
import type { Module } from "./module.js";
import type { RunningNormOptions } from "./running-norm.js";

/** What the lazy batch normalisations have in common. */
abstract class LazyBatchNorm extends Lazy {
  constructor(Layer: new (features: number, options: RunningNormOptions) => Module, options: RunningNormOptions) {
    const make = (features: number): Module => new Layer(features, options);
    super({ make, axis: 1, sizeIn: (get) => get("weight")[0] ?? get("running_mean")[0], printed: "" }, undefined);
  }
}

/**
 * A {@link BatchNorm1d} that takes its number of features from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link BatchNorm1d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyBatchNorm1d } from "@adjoint/nn";
 * const layer = new LazyBatchNorm1d();
 * layer.forward(ones([5, 3]));
 * console.log(layer.getParameter("weight").shape); // → [ 3 ]
 * ```
 */
export class LazyBatchNorm1d extends LazyBatchNorm {
  constructor(options: RunningNormOptions = {}) {
    super(BatchNorm1d, options);
  }
}

/**
 * A {@link BatchNorm2d} that takes its number of channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link BatchNorm2d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyBatchNorm2d } from "@adjoint/nn";
 * const layer = new LazyBatchNorm2d();
 * layer.forward(ones([5, 3, 2, 2]));
 * console.log(layer.getParameter("weight").shape); // → [ 3 ]
 * ```
 */
export class LazyBatchNorm2d extends LazyBatchNorm {
  constructor(options: RunningNormOptions = {}) {
    super(BatchNorm2d, options);
  }
}

/**
 * A {@link BatchNorm3d} that takes its number of channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link BatchNorm3d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyBatchNorm3d } from "@adjoint/nn";
 * const layer = new LazyBatchNorm3d();
 * layer.forward(ones([5, 3, 2, 2, 2]));
 * console.log(layer.getParameter("weight").shape); // → [ 3 ]
 * ```
 */
export class LazyBatchNorm3d extends LazyBatchNorm {
  constructor(options: RunningNormOptions = {}) {
    super(BatchNorm3d, options);
  }
}
