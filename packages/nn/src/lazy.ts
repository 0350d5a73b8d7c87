import {
  ArgumentError,
  checkTensor,
  defaultGenerator,
  Generator,
  type PerAxis,
  ShapeError,
  Tensor,
} from "@adjoint/core";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./batch-norm.js";
import { shapeText, shown } from "./checks.js";
import { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./conv.js";
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeLayerOptions } from "./conv-transpose.js";
import { wrapForward } from "./hooks.js";
import { Linear, type LinearOptions } from "./linear.js";
import { Module } from "./module.js";
import type { RunningNormOptions } from "./running-norm.js";

/** What a lazy layer becomes, and where its size is found. */
interface Plan {
  /** The layer for inputs of so many features or channels. */
  readonly make: (size: number) => Module;
  /** The axis of the input that has them; negative ones count from the end. */
  readonly axis: number;
  /** The number of them by a state dict, of which `get` gives the shape of a tensor. */
  readonly sizeIn: (get: (key: string) => readonly number[]) => number;
  readonly printed: string; // what stands in the parentheses
}

/**
 * A layer that waits for its first input, or for a state dict, and becomes another then, in every way: its class, its fields and its
 * parameters, as in PyTorch.
 */
abstract class Lazy extends Module {
  private readonly plan: Plan;

  /** @param least - a size to try the arguments with: those that make no sense are to be found here, not at the first input */
  constructor(plan: Plan, generator: unknown, least = 1) {
    super();
    this.plan = plan;
    const { counter } = generator instanceof Generator ? generator : defaultGenerator;
    const before = counter.detach();
    plan.make(least);
    // The layer itself is to draw the numbers that it would have drawn without the trial.
    counter.assign(before);
  }

  forward(...inputs: [x: Tensor]): Tensor {
    const [x] = inputs;
    const { name } = this.constructor;
    checkTensor(name, x);
    const size = x.shape.at(this.plan.axis) ?? 0;
    if (size === 0) {
      throw new ShapeError("INPUT_SHAPE", `${name}: input ${shapeText(x.shape)} has no features or channels to count`);
    }
    const layer = this.plan.make(size).train(this.training);
    if (x.dtype === "float64") layer.to("float64");
    const prototype = Object.getPrototypeOf(layer) as Module;
    const output = Reflect.apply(prototype.forward, layer, inputs);
    // Only after it has computed something: an input that does not fit decides nothing.
    this.become(layer);
    return output;
  }

  private become(layer: Module): void {
    const { training } = this;
    Reflect.deleteProperty(this, "plan");
    Reflect.deleteProperty(this, "forward");
    Object.setPrototypeOf(this, Object.getPrototypeOf(layer) as object);
    Object.assign(this, layer, { training });
    wrapForward(this);
  }

  /** @internal */
  override checkReady(): void {
    throw new ArgumentError(
      "SIZE_UNKNOWN",
      `${this.constructor.name}: it has no parameters before it has seen an input; run one batch through the model first, ` +
        "model.forward(x), or load a state dict",
    );
  }

  /** @internal */
  override prepare(dict: Readonly<Record<string, Tensor>>, path: string): void {
    const size = this.plan.sizeIn((key) => {
      const found: unknown = dict[path === "" ? key : `${path}.${key}`];
      return found instanceof Tensor ? found.shape : [];
    });
    if (size > 0) this.become(this.plan.make(size));
  }

  protected override extraRepr(): string {
    return this.plan.printed;
  }
}

/**
 * A {@link Linear} that takes its number of input features from the first input, or from the state dict that is loaded, and is a
 * Linear from then on. Before that it has no parameters, and asking a model for them throws.
 *
 * @throws ArgumentError as {@link Linear}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyLinear } from "@adjoint/nn";
 * const layer = new LazyLinear(2);
 * layer.forward(ones([5, 3]));
 * console.log(layer.stateDict()["weight"].shape, String(layer)); // → [ 2, 3 ] Linear(inFeatures=3, outFeatures=2, bias=true)
 * ```
 */
export class LazyLinear extends Lazy {
  constructor(outFeatures: number, options: LinearOptions = {}) {
    const make = (inFeatures: number): Linear => new Linear(inFeatures, outFeatures, options);
    const plan = { make, axis: -1, sizeIn: inputsOf(), printed: `outFeatures=${shown(outFeatures)}` };
    super(plan, options?.generator);
  }
}

/** How many inputs there are by a weight `[outputs, inputs / groups, …]`. */
function inputsOf(groups = 1): Plan["sizeIn"] {
  return (get) => get("weight")[1] * groups;
}

/** What the lazy convolutions have in common. */
abstract class LazyConv<Options extends ConvLayerOptions | ConvTransposeLayerOptions> extends Lazy {
  constructor(
    Layer: new (inChannels: number, outChannels: number, kernelSize: PerAxis, options: Options) => Module,
    spatial: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: Options,
    sizeIn: (groups?: number) => Plan["sizeIn"] = inputsOf,
  ) {
    const groups = options?.groups;
    const plan = {
      make: (inChannels: number) => new Layer(inChannels, outChannels, kernelSize, options),
      axis: -1 - spatial,
      sizeIn: sizeIn(groups),
      printed: `outChannels=${shown(outChannels)}, kernelSize=${shown(kernelSize)}`,
    };
    super(plan, options?.generator, groups);
  }
}

/** How many inputs there are by the weight of a transposed convolution `[inputs, outputs / groups, …]`. */
const firstOf = (): Plan["sizeIn"] => (get) => get("weight")[0];

/**
 * A {@link Conv1d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link Conv1d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConv1d } from "@adjoint/nn";
 * const layer = new LazyConv1d(4, 3);
 * layer.forward(ones([1, 2, 8]));
 * console.log(layer.getParameter("weight").shape); // → [ 4, 2, 3 ]
 * ```
 */
export class LazyConv1d extends LazyConv<ConvLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(Conv1d, 1, outChannels, kernelSize, options);
  }
}

/**
 * A {@link Conv2d} that takes its number of input channels from the first input, or from the state dict that is loaded, and is a
 * Conv2d from then on. Before that it has no parameters, and asking a model for them throws.
 *
 * @throws ArgumentError as {@link Conv2d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Flatten, LazyConv2d, LazyLinear, Sequential } from "@adjoint/nn";
 * const model = new Sequential(new LazyConv2d(4, 3), new Flatten(), new LazyLinear(10));
 * console.log(model.forward(ones([1, 3, 8, 8])).shape); // → [ 1, 10 ]
 * console.log(model.parameters().map(({ shape }) => shape)[2]); // → [ 10, 144 ]
 * ```
 */
export class LazyConv2d extends LazyConv<ConvLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(Conv2d, 2, outChannels, kernelSize, options);
  }
}

/**
 * A {@link Conv3d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link Conv3d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConv3d } from "@adjoint/nn";
 * const layer = new LazyConv3d(4, 3);
 * layer.forward(ones([1, 2, 8, 8, 8]));
 * console.log(layer.getParameter("weight").shape); // → [ 4, 2, 3, 3, 3 ]
 * ```
 */
export class LazyConv3d extends LazyConv<ConvLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(Conv3d, 3, outChannels, kernelSize, options);
  }
}

/**
 * A {@link ConvTranspose1d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link ConvTranspose1d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConvTranspose1d } from "@adjoint/nn";
 * const layer = new LazyConvTranspose1d(4, 3);
 * layer.forward(ones([1, 2, 8]));
 * console.log(layer.getParameter("weight").shape); // → [ 2, 4, 3 ]
 * ```
 */
export class LazyConvTranspose1d extends LazyConv<ConvTransposeLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(ConvTranspose1d, 1, outChannels, kernelSize, options, firstOf);
  }
}

/**
 * A {@link ConvTranspose2d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link ConvTranspose2d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConvTranspose2d } from "@adjoint/nn";
 * const layer = new LazyConvTranspose2d(4, 3);
 * layer.forward(ones([1, 2, 8, 8]));
 * console.log(layer.getParameter("weight").shape); // → [ 2, 4, 3, 3 ]
 * ```
 */
export class LazyConvTranspose2d extends LazyConv<ConvTransposeLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(ConvTranspose2d, 2, outChannels, kernelSize, options, firstOf);
  }
}

/**
 * A {@link ConvTranspose3d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link ConvTranspose3d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConvTranspose3d } from "@adjoint/nn";
 * const layer = new LazyConvTranspose3d(4, 3);
 * layer.forward(ones([1, 2, 4, 4, 4]));
 * console.log(layer.getParameter("weight").shape); // → [ 2, 4, 3, 3, 3 ]
 * ```
 */
export class LazyConvTranspose3d extends LazyConv<ConvTransposeLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(ConvTranspose3d, 3, outChannels, kernelSize, options, firstOf);
  }
}

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
