import { ArgumentError, checkTensor, type PerAxis, ShapeError, type Tensor } from "@adjoint/core";
import { checkCount, shapeText, shown } from "./checks.js";
import { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./conv.js";
import type { Field } from "./fields.js";
import { Linear, type LinearOptions } from "./linear.js";
import { Module } from "./module.js";

/** A layer that is made when it first sees an input, and is that layer in every way from then on. */
abstract class Lazy<Layer extends Module> extends Module {
  private layer: Layer | null = null;

  /** The layer for inputs of so many features or channels. */
  protected abstract make(size: number): Layer;
  /** How many features or channels an input has. */
  protected abstract sizeOf(x: Tensor): number;

  forward(x: Tensor): Tensor {
    const { name } = this.constructor;
    checkTensor(name, x);
    if (this.layer === null) {
      const size = this.sizeOf(x);
      if (!(size > 0)) {
        throw new ShapeError("INPUT_SHAPE", `${name}: input ${shapeText(x.shape)} has no features to count`);
      }
      const layer = this.make(size);
      this.layer = x.dtype === "float64" ? layer.to("float64") : layer;
    }
    return this.layer.forward(x);
  }

  override fields(): Iterable<Field> {
    const { layer } = this;
    if (layer === null) return [];
    return [...layer.fields()].map(([field, content]) => [field, content, (next) => Reflect.set(layer, field, next)]);
  }

  override checkReady(): void {
    if (this.layer !== null) return;
    const { name } = this.constructor;
    throw new ArgumentError(
      "SIZE_UNKNOWN",
      `${name}: it has no parameters before it has seen an input; run one batch through the model first, model.forward(x)`,
    );
  }

  override prepare(dict: Readonly<Record<string, Tensor>>, path: string): void {
    const weight = dict[path === "" ? "weight" : `${path}.weight`];
    if (this.layer === null && weight?.ndim > 1) this.layer = this.make(weight.shape[1] * this.groups);
  }

  /** In how many groups the input channels are. */
  protected get groups(): number {
    return 1;
  }

  override toString(): string {
    return this.layer ? this.layer.toString() : super.toString();
  }
}

/**
 * A {@link Linear} that takes its number of input features from the first input, or from the state dict that is loaded. Before
 * that it has no parameters, and asking a model for them throws.
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
export class LazyLinear extends Lazy<Linear> {
  readonly outFeatures: number; // features of the output
  private readonly options: LinearOptions;

  constructor(outFeatures: number, options: LinearOptions = {}) {
    super();
    this.outFeatures = checkCount("LazyLinear", "outFeatures", outFeatures);
    this.options = options;
    // Options that make no sense are to be found here, not at the first input.
    new Linear(1, 1, options);
  }

  protected make(inFeatures: number): Linear {
    return new Linear(inFeatures, this.outFeatures, this.options);
  }

  protected sizeOf({ shape }: Tensor): number {
    return shape[shape.length - 1];
  }

  protected override extraRepr(): string {
    return `outFeatures=${this.outFeatures}`;
  }
}

/** What the lazy convolutions have in common. */
abstract class LazyConv<Layer extends Module> extends Lazy<Layer> {
  protected readonly arguments: readonly [outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions];
  private readonly spatial: number;

  constructor(spatial: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions) {
    super();
    this.arguments = [outChannels, kernelSize, options];
    this.spatial = spatial;
  }

  /** Makes it once for nothing: arguments that make no sense are to be found here, not at the first input. */
  protected tried(): void {
    this.make(this.groups);
  }

  protected sizeOf({ shape }: Tensor): number {
    return shape[shape.length - 1 - this.spatial];
  }

  protected override get groups(): number {
    const { groups = 1 } = this.arguments[2] ?? {};
    return groups;
  }

  protected override extraRepr(): string {
    return `outChannels=${this.arguments[0]}, kernelSize=${shown(this.arguments[1])}`;
  }
}

/** A {@link Conv1d} that takes its number of input channels from the first input. See {@link LazyConv2d}. */
export class LazyConv1d extends LazyConv<Conv1d> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(1, outChannels, kernelSize, options);
    this.tried();
  }

  protected make(inChannels: number): Conv1d {
    return new Conv1d(inChannels, ...this.arguments);
  }
}

/**
 * A {@link Conv2d} that takes its number of input channels from the first input, or from the state dict that is loaded. Before
 * that it has no parameters, and asking a model for them throws.
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
export class LazyConv2d extends LazyConv<Conv2d> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(2, outChannels, kernelSize, options);
    this.tried();
  }

  protected make(inChannels: number): Conv2d {
    return new Conv2d(inChannels, ...this.arguments);
  }
}

/** A {@link Conv3d} that takes its number of input channels from the first input. See {@link LazyConv2d}. */
export class LazyConv3d extends LazyConv<Conv3d> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(3, outChannels, kernelSize, options);
    this.tried();
  }

  protected make(inChannels: number): Conv3d {
    return new Conv3d(inChannels, ...this.arguments);
  }
}
