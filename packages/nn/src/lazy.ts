import { ArgumentError, checkTensor, defaultGenerator, Generator, ShapeError, Tensor } from "@adjoint/core";
import { shapeText, shown } from "./checks.js";
import { wrapForward } from "./hooks.js";
import { Linear, type LinearOptions } from "./linear.js";
import { Module } from "./module.js";

/** What a lazy layer becomes, and where its size is found. */
export interface Plan {
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
export abstract class Lazy extends Module {
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
export function inputsOf(groups = 1): Plan["sizeIn"] {
  return (get) => get("weight")[1] * groups;
}
