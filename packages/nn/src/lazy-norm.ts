import { checkOptions } from "@adjoint/core";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./batch-norm.js";
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "./instance-norm.js";
import { Lazy } from "./lazy.js";
import type { Module } from "./module.js";
import type { RunningNormOptions } from "./running-norm.js";

type Layer = new (features: number, options: RunningNormOptions) => Module;

/** What all of them have in common. */
abstract class LazyNorm extends Lazy {
  constructor(Layer: Layer, options: RunningNormOptions, axis: number) {
    const make = (features: number): Module => new Layer(features, options);
    super({ make, axis, sizeIn: (get) => get("weight")[0] ?? get("running_mean")[0], printed: "" }, undefined);
  }
}

/** What the lazy batch normalisations have in common. */
abstract class LazyBatchNorm extends LazyNorm {
  constructor(Layer: Layer, options: RunningNormOptions) {
    super(Layer, options, 1);
  }
}

/** What the lazy instance normalisations have in common: inputs without a batch too, and PyTorch's defaults. */
abstract class LazyInstanceNorm extends LazyNorm {
  constructor(Layer: Layer, options: RunningNormOptions, axis: number) {
    checkOptions(new.target.name, options, "{ momentum: 0.1 }", ["eps", "momentum", "affine", "trackRunningStats"]);
    const { affine = true, trackRunningStats = true, ...others } = options;
    super(Layer, { ...others, affine, trackRunningStats }, axis);
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

/**
 * An {@link InstanceNorm1d} that takes its number of features from the first input. As in PyTorch, `affine` and `trackRunningStats` are true
 * by default here, and only here. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link InstanceNorm1d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyInstanceNorm1d } from "@adjoint/nn";
 * const layer = new LazyInstanceNorm1d();
 * layer.forward(ones([5, 3, 4]));
 * console.log(layer.getParameter("weight").shape); // → [ 3 ]
 * ```
 */
export class LazyInstanceNorm1d extends LazyInstanceNorm {
  constructor(options: RunningNormOptions = {}) {
    super(InstanceNorm1d, options, -2);
  }
}

/**
 * An {@link InstanceNorm2d} that takes its number of channels from the first input. See {@link LazyInstanceNorm1d}.
 *
 * @throws ArgumentError as {@link InstanceNorm2d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyInstanceNorm2d } from "@adjoint/nn";
 * const layer = new LazyInstanceNorm2d();
 * layer.forward(ones([5, 3, 2, 2]));
 * console.log(layer.getParameter("weight").shape); // → [ 3 ]
 * ```
 */
export class LazyInstanceNorm2d extends LazyInstanceNorm {
  constructor(options: RunningNormOptions = {}) {
    super(InstanceNorm2d, options, -3);
  }
}

/**
 * An {@link InstanceNorm3d} that takes its number of channels from the first input. See {@link LazyInstanceNorm1d}.
 *
 * @throws ArgumentError as {@link InstanceNorm3d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyInstanceNorm3d } from "@adjoint/nn";
 * const layer = new LazyInstanceNorm3d();
 * layer.forward(ones([5, 3, 2, 2, 2]));
 * console.log(layer.getParameter("weight").shape); // → [ 3 ]
 * ```
 */
export class LazyInstanceNorm3d extends LazyInstanceNorm {
  constructor(options: RunningNormOptions = {}) {
    super(InstanceNorm3d, options, -4);
  }
}
