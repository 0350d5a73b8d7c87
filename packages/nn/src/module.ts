import { ArgumentError, checkOptions, isFloating, type Parameter, State, type Tensor } from "@adjoint/core";
import { checkFlag, shown } from "./checks.js";
import { converted, copyOf } from "./clone.js";
import { childrenFirst, entryOf, held, isParameter, modulesUnder, statesUnder } from "./fields.js";
import { Hookable, wrapForward } from "./hooks.js";
import { load, type LoadOptions, type LoadReport, snapshot, type StateDict } from "./state-dict.js";
import { summarize, type Summary, type SummaryInput, type SummaryOptions } from "./summary.js";

/**
 * A part of a model: parameters, buffers and further modules in its fields, and `forward`, which computes with them.
 *
 * Everything is found by walking the fields, also inside arrays and Maps: there is nothing to register. A {@link Parameter}
 * is trained; any other {@link State} is a buffer; plain tensors and everything else are left alone. What is shared is listed
 * once. Private `#fields` cannot be seen. A plain tensor that requires a gradient is refused, since nothing would train it:
 * `parameters`, `stateDict` and the others that list states throw ArgumentError `PARAMETER_EXPECTED`. So are modules
 * and parameters in a plain object, into which the walk does not look: `FIELD_OBJECT`.
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
export abstract class Module<Inputs extends readonly unknown[] = [x: Tensor], Output = Tensor> extends Hookable {
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

  /** The parameters with their state-dict keys. One that has no label yet gets its key, for messages and graphs. */
  namedParameters(): [key: string, parameter: Parameter][] {
    return [...statesUnder(this)].flatMap(([key, state]): [string, Parameter][] => {
      if (!isParameter(state)) return [];
      state.label ??= key;
      return [[key, state]];
    });
  }

  /** The states of this module and of all below it that are not trained, such as running means. */
  buffers(): State[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  /** The buffers with their state-dict keys. */
  namedBuffers(): [key: string, buffer: State][] {
    return [...statesUnder(this)].filter(([, state]) => !isParameter(state));
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
    return this.namedChildren().map(([, module]) => module);
  }

  /** The modules in the fields of this one, with their keys. */
  namedChildren(): [key: string, module: AnyModule][] {
    const found = new Map<AnyModule, string>();
    for (const { key, item } of held(this)) if (item instanceof Module && !found.has(item)) found.set(item, key);
    return [...found].map(([module, key]) => [key, module]);
  }

  /** The module at a path, such as `layers.0.norm`; at "" this one. @throws ArgumentError `MODULE_UNKNOWN`. */
  getSubmodule(path: string): AnyModule {
    return entryOf(this, "module", path, modulesUnder(this, "everywhere")) as AnyModule;
  }

  /** The parameter with a state-dict key, such as `layers.0.weight`. @throws ArgumentError `PARAMETER_UNKNOWN`. */
  getParameter(key: string): Parameter {
    return entryOf(this, "parameter", key, statesUnder(this, "everywhere"), isParameter) as Parameter;
  }

  /** The buffer with a state-dict key, such as `norm.running_mean`. @throws ArgumentError `BUFFER_UNKNOWN`. */
  getBuffer(key: string): State {
    return entryOf(this, "buffer", key, statesUnder(this, "everywhere"), (state) => !isParameter(state));
  }

  /** Puts this module and all below it into training (or, with false, evaluation). */
  train(on = true): this {
    checkFlag("train", "on", on);
    for (const module of this.modules()) module.training = on;
    return this;
  }

  /** Puts this module and all below it into evaluation: no dropout, fixed statistics. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Calls a function with every module below this one, children first, and with this one last; with what is shared once.
   *
   * @throws ArgumentError `FUNCTION_KIND`.
   * @example
   * ```ts
   * import { init, Linear, ReLU, Sequential } from "@adjoint/nn";
   * const model = new Sequential(new Linear(2, 3), new ReLU(), new Linear(3, 1)).apply((module) => {
   *   if (module instanceof Linear && module.bias) init.zeros(module.bias);
   * });
   * console.log(model.getParameter("2.bias").toArray()); // → [ 0 ]
   * ```
   */
  apply(fn: (module: AnyModule) => void): this {
    if (typeof fn !== "function") {
      throw new ArgumentError("FUNCTION_KIND", `apply: ${shown(fn)} is no function; give one that takes a module`);
    }
    for (const module of childrenFirst(this)) fn(module as AnyModule);
    return this;
  }

  /**
   * Lets all parameters be as they are: they require no gradient any more and lose the one they have, so that optimizers pass them over.
   *
   * @example Training a new head on a model that is there
   * ```ts
   * import { Linear, ReLU, Sequential } from "@adjoint/nn";
   * const body = new Sequential(new Linear(4, 8), new ReLU()).freeze();
   * const model = new Sequential(body, new Linear(8, 2));
   * const trained = model.namedParameters().filter(([, parameter]) => parameter.requiresGrad);
   * console.log(trained.map(([key]) => key)); // → [ '1.weight', '1.bias' ]
   * ```
   */
  freeze(): this {
    for (const parameter of this.parameters()) Object.assign(parameter, { requiresGrad: false, grad: null });
    return this;
  }

  /** Has all parameters trained again, after {@link freeze}. */
  unfreeze(): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = true;
    return this;
  }

  /**
   * A copy with parameters, buffers and modules of its own; what is shared in this one is shared in the copy. Other fields are the same
   * in both: options and generators, and functions, which keep what they have captured. Hooks see the copy as well, gradients are not
   * copied. As no constructor runs, private `#fields` are lost.
   *
   * @throws ArgumentError `FORWARD_FIELD` for a module whose `forward` is a function in a field.
   * @example A target that follows a model
   * ```ts
   * import { noGrad, tensor } from "@adjoint/core";
   * import { Linear } from "@adjoint/nn";
   * const model = new Linear(1, 1);
   * const target = model.clone().freeze();
   * noGrad(() => model.weight.assign(tensor([[5]])));
   * console.log(target.weight.item() === 5, target.forward(tensor([1])).requiresGrad); // → false false
   * ```
   */
  clone(): this {
    return copyOf(this, wrapForward);
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
   * What each module in it gives and costs: output shapes, parameters, multiply-adds, and memory of states and outputs. It is run once on
   * zeros, in evaluation, and is as before afterwards. Parameters that are shared count where they come first.
   *
   * Multiply-adds are those of the matrix products and convolutions recorded in a module, whoever wrote it, but outside of its children.
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
   * // Trainable 79,510, frozen -; memory of states 310.6 KiB, of outputs 840 B
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
    if (lines.length === 0) return `${name}(${extra})`;
    return [`${name}(`, ...(extra === "" ? [] : [`  ${extra}`]), ...lines, ")"].join("\n");
  }
}

/** A module whatever its `forward` takes and gives. */
export type AnyModule = Module<never[], unknown>;
