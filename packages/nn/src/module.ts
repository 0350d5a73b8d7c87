import {
  ArgumentError,
  cast,
  checkOptions,
  type DType,
  isFloating,
  noGrad,
  Parameter,
  State,
  type Tensor,
} from "@adjoint/core";
import { shown } from "./checks.js";
import { copyOf } from "./clone.js";
import { withPath } from "./failure.js";
import { held, Holder, modulesUnder, statesUnder } from "./fields.js";
import {
  type BackwardHook,
  callWithHooks,
  type ForwardHook,
  type ForwardPreHook,
  type HookHandle,
  register,
} from "./hooks.js";
import { load, type LoadOptions, type LoadReport, snapshot, type StateDict } from "./state-dict.js";

import { summarize, type Summary, type SummaryInput, type SummaryOptions } from "./summary.js";

/**
 * A part of a model: parameters, buffers and further modules in its fields, and `forward`, which computes with them.
 *
 * Everything is found by walking the fields, also inside arrays and Maps: there is nothing to register. A {@link Parameter}
 * is trained; any other {@link State} is a buffer; plain tensors and everything else are left alone. What is shared is listed
 * once. Private `#fields` cannot be seen. A plain tensor that requires a gradient is refused, since nothing would train it:
 * `parameters`, `stateDict` and the others that list states throw ArgumentError `PARAMETER_EXPECTED`.
 *
 * The type parameters are those of `forward`, its inputs and its result; left out, it takes a tensor and gives one.
 *
 * Printed, a module shows the modules in it, and of each what its `extraRepr` gives.
 *
 * Errors of Adjoint that are thrown in the `forward` of a child end with its place: `(in model.1.conv)`.
 *
 * @example
 * ```ts
 * import { relu, tensor, type Tensor } from "@adjoint/core";
 * import { Linear, Module } from "@adjoint/nn";
 * class Network extends Module {
 *   readonly hidden = new Linear(2, 8);
 *   readonly output = new Linear(8, 1);
 *   forward(x: Tensor): Tensor {
 *     return this.output.forward(relu(this.hidden.forward(x)));
 *   }
 * }
 * const model = new Network();
 * console.log(model.forward(tensor([[1, 2]])).shape); // → [ 1, 1 ]
 * console.log(Object.keys(model.stateDict()).join(" "));
 * // → hidden.weight hidden.bias output.weight output.bias
 * ```
 * @example A module that takes more than a tensor, and how it prints
 * ```ts
 * import { mul, ones, tensor, type Tensor } from "@adjoint/core";
 * import { Linear, Module } from "@adjoint/nn";
 * class Masked extends Module<[x: Tensor, mask: Tensor]> {
 *   readonly linear = new Linear(2, 2);
 *   forward(x: Tensor, mask: Tensor): Tensor {
 *     return mul(this.linear.forward(x), mask);
 *   }
 * }
 * const model = new Masked();
 * console.log(model.forward(ones([5, 2]), tensor([1, 0])).shape); // → [ 5, 2 ]
 * console.log(model);
 * // → Masked(
 * //   (linear): Linear(inFeatures=2, outFeatures=2, bias=true)
 * // )
 * ```
 */
export abstract class Module<Inputs extends readonly unknown[] = [x: Tensor], Output = Tensor> extends Holder {
  /** Whether the module is being trained; dropout and batch normalisation behave differently then. Set it with `train`, `eval`. */
  training = true;

  constructor() {
    super();
    wrapForward(this);
  }

  /** What the module computes. */
  abstract forward(...inputs: Inputs): Output;

  /** The parameters of this module and of all below it. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** The parameters with their state-dict keys. */
  namedParameters(): [key: string, parameter: Parameter][] {
    return [...statesUnder(this)].filter((entry): entry is [string, Parameter] => entry[1] instanceof Parameter);
  }

  /** The states of this module and of all below it that are not trained, such as running means. */
  buffers(): State[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  /** The buffers with their state-dict keys. */
  namedBuffers(): [key: string, buffer: State][] {
    return [...statesUnder(this)].filter(([, state]) => !(state instanceof Parameter));
  }

  /** This module and all below it, parents first. */
  modules(): AnyModule[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** The modules with their paths; this one's is "". */
  namedModules(): [path: string, module: AnyModule][] {
    return [...modulesUnder(this)].filter((entry): entry is [string, AnyModule] => entry[1] instanceof Module);
  }

  /** The modules in the fields of this one. */
  children(): AnyModule[] {
    const found = held(this).flatMap(({ item }) => (item instanceof Module ? [item] : []));
    return [...new Set(found)];
  }

  /** Puts this module and all below it into training (or, with false, evaluation). */
  train(on = true): this {
    for (const module of this.modules()) module.training = on;
    return this;
  }

  /** Puts this module and all below it into evaluation: no dropout, fixed statistics. */
  eval(): this {
    return this.train(false);
  }

  /** Calls a function with every module below this one, children first, and with this one last: to initialise them, say. */
  apply(fn: (module: AnyModule) => void): this {
    if (typeof fn !== "function") {
      throw new ArgumentError("FUNCTION_KIND", `apply: ${shown(fn)} is no function; give one that takes a module`);
    }
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /** Lets all parameters be as they are: they require no gradient any more, and optimizers pass them over. */
  freeze(): this {
    return this.setFrozen(true);
  }

  /** Has all parameters trained again, after {@link freeze}. */
  unfreeze(): this {
    return this.setFrozen(false);
  }

  private setFrozen(isFrozen: boolean): this {
    for (const parameter of this.parameters()) {
      parameter.requiresGrad = !isFrozen;
      // A gradient from before would move it once more.
      if (isFrozen) parameter.grad = null;
    }
    return this;
  }

  /**
   * A copy with parameters, buffers and modules of its own; what is shared in this one is shared in the copy, and hooks are copied too.
   * Other fields are the same in both: options and generators, and functions, which keep what they have captured. As no constructor
   * runs, private `#fields` are lost.
   */
  clone(): this {
    return copyOf(this, wrapForward);
  }

  /** Has a function see, and perhaps replace, the inputs of each call. */
  registerForwardPreHook(hook: ForwardPreHook<this>): HookHandle {
    return register(this, "before", hook);
  }

  /** Has a function see, and perhaps replace, the output of each call. */
  registerForwardHook(hook: ForwardHook<this>): HookHandle {
    return register(this, "after", hook);
  }

  /** Has a function see the gradients of inputs and outputs when a backward walk has come through. */
  registerBackwardHook(hook: BackwardHook<this>): HookHandle {
    return register(this, "backward", hook);
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /**
   * Converts the floating parameters and buffers to `dtype`. As a state keeps its dtype for life, each is replaced by a new
   * one (shared ones by one), so make optimizers and compiled functions afterwards.
   *
   * @throws DTypeError `DTYPE_UNKNOWN`.
   */
  to(dtype: "float32" | "float64"): this {
    const renewed = new Map<State, State>();
    for (const module of this.modules()) {
      for (const { item, replace } of held(module)) {
        if (!(item instanceof State) || !isFloating(item.dtype) || item.dtype === dtype) continue;
        const next = renewed.get(item) ?? converted(item, dtype);
        renewed.set(item, next);
        replace(next);
      }
    }
    return this;
  }

  /**
   * The contents of all parameters and buffers by their PyTorch keys, as they are now: later training does not change them.
   * Something shared is there under each of its keys.
   *
   * @throws ArgumentError `STATE_KEY_REPEATED` when two fields have the same key.
   */
  stateDict(): StateDict {
    return snapshot(this);
  }

  /**
   * Assigns the tensors of a state dict, converted to the dtypes here, and says what fitted. With `strict` (the default)
   * it must fit as a whole.
   *
   * @throws ArgumentError `STATE_DICT_KIND` for what is no state dict, `STATE_DICT_MISMATCH` naming every key that is missing,
   * unexpected or of another shape; nothing is assigned then.
   */
  loadStateDict(dict: Readonly<StateDict>, options: LoadOptions = {}): LoadReport {
    checkOptions("loadStateDict", options, "{ strict: false }", ["strict"]);
    return load(this, dict, options);
  }

  /**
   * What each module in it gives and costs: output shapes, parameters, multiply-adds of its products and convolutions, and memory. It
   * is run once on zeros, in evaluation, and is as before afterwards. Parameters that are shared count where they come first.
   *
   * @param input - the shape of the input with its batch, a tensor in its place, or a list of these for several inputs
   * @throws ArgumentError `INPUT_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`, and what `forward` throws.
   * @example
   * ```ts
   * import { Linear, ReLU, Sequential } from "@adjoint/nn";
   * console.log(new Sequential(new Linear(784, 100), new ReLU(), new Linear(100, 10)).summary([1, 784]));
   * // → Layer        Output    Parameters  Multiply-adds     Memory
   * // -----------------------------------------------------------
   * // Sequential   [1, 10]            -              -        0 B
   * //   0: Linear  [1, 100]      78,500         78,400  307.0 KiB
   * //   1: ReLU    [1, 100]           -              -      400 B
   * //   2: Linear  [1, 10]        1,010          1,000    4.0 KiB
   * // -----------------------------------------------------------
   * // Total                      79,510         79,400  311.4 KiB
   * // Trainable: 79,510
   * ```
   */
  summary(input: SummaryInput, options: SummaryOptions = {}): Summary {
    return summarize(this, input, options);
  }

  /** The module and all below it, one a line, as it is printed. */
  override toString(): string {
    return this.printed([]);
  }

  /** @internal As consoles print it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** What stands in the parentheses when the module is printed, `p=0.5` for one (default nothing). Override it for yours. */
  protected extraRepr(): string {
    return "";
  }

  private printed(outer: readonly AnyModule[]): string {
    const { name } = this.constructor;
    if (outer.includes(this)) return `${name}(…)`;
    const lines = held(this).flatMap(({ key, item }) =>
      item instanceof Module ? [`  (${key}): ${item.printed([...outer, this]).replaceAll("\n", "\n  ")}`] : [],
    );
    const extra = this.extraRepr();
    return lines.length === 0 ? `${name}(${extra})` : `${name}(${[extra, ...lines, ""].join("\n")})`;
  }
}

/** Puts the paths of errors, and the hooks, around the `forward` that the class of a module has. */
function wrapForward(module: Holder): void {
  const { forward } = module as { readonly forward?: (...inputs: never[]) => unknown };
  if (typeof forward !== "function") return;
  const value = (...inputs: unknown[]): unknown => withPath(module, () => callWithHooks(module, forward, inputs));
  Object.defineProperty(module, "forward", { value, configurable: true, writable: true });
}

/** A module whatever its `forward` takes and gives. */
export type AnyModule = Module<never[], unknown>;

function converted(state: State, dtype: DType): State {
  const content = noGrad(() => cast(state, dtype));
  if (!(state instanceof Parameter)) return new State(content, state.requiresGrad);
  const parameter = new Parameter(content, state.requiresGrad);
  const { grad } = state;
  parameter.grad = grad && noGrad(() => cast(grad, dtype));
  parameter.label = state.label;
  return parameter;
}
