import {
  ArgumentError,
  enableGrad,
  GradientError,
  noGrad,
  type Parameter,
  type Shape,
  ShapeError,
  Tensor,
} from "@adjoint/core";
import { type Draft, produce } from "immer";
import { parameterText, shown } from "./checks.js";
import {
  commit,
  completed,
  type Group,
  newGroup,
  type OptimizerDefinition,
  type ParamGroup,
  shownGroup,
  stage,
} from "./groups.js";
import { checkDistinct, checkGroup, type GroupInput, groupsOf, type ParametersInput } from "./inputs.js";
import { asStateDict, load, type OptimizerStateDict, snapshot, type TorchOptimizerStateDict } from "./state-dict.js";
import { stepWrites, type Write } from "./transformation.js";

/** The options of an optimizer that has its learning rate and no others. */
export interface LearningRateOptions {
  /** How far a step goes: the factor of the update. */
  lr: number;
}

/**
 * Moves parameters along their gradients. This is the surface of all optimizers; what each one does is a
 * {@link GradientTransformation}.
 *
 * Slots, counts and rates are `State`s. A step computes everything first and assigns last, so one that throws changes
 * nothing. Parameters without a gradient are passed over.
 *
 * @example
 * ```ts
 * import { Parameter, sign, tensor } from "@adjoint/core";
 * import { chain, Optimizer, type OptimizerDefinition, rule, scaleByLearningRate } from "@adjoint/optim";
 * const signDescent: OptimizerDefinition<{ lr: number }> = {
 *   name: "SignDescent",
 *   defaults: { lr: 0.1 },
 *   check: () => {},
 *   transformation: (_options, rates) =>
 *     chain(rule({ name: "sign", update: ({ gradient }) => sign(gradient) }), scaleByLearningRate(rates.get("lr"))),
 * };
 * const x = new Parameter(tensor([3, -2]));
 * const optimizer = new Optimizer([x], { lr: 0.5 }, signDescent);
 * x.square().sum().backward();
 * optimizer.step();
 * console.log(x.detach()); // → tensor([ 2.5000, -1.5000])
 * ```
 */
export class Optimizer<O extends object = LearningRateOptions> {
  protected readonly name: string; // as in messages
  private readonly definition: OptimizerDefinition<O>;
  private readonly defaults: Readonly<O>;
  private readonly groups: Group<O>[] = [];

  /**
   * @param parameters - what to train: `model.parameters()`, or groups `{ params, lr, ... }` of them with options of their own
   * @param options - the options of the groups that do not give their own
   * @throws ArgumentError `PARAMETERS_MISSING`, `PARAMETER_KIND`, `PARAMETER_REPEATED`, `OPTIONS_KIND`, `OPTION_UNKNOWN`,
   * `OPTION_INVALID`.
   */
  constructor(parameters: ParametersInput<O>, options: Partial<O>, definition: OptimizerDefinition<O>) {
    this.name = definition.name;
    this.definition = definition;
    this.defaults = completed(definition, definition.defaults, options);
    for (const group of groupsOf(definition.name, parameters)) this.addParamGroup(group);
  }

  /**
   * The groups: parameters and their options, as values. To change options, set {@link lr} or call {@link setOptions}: assigning
   * to those of a group throws ArgumentError `GROUP_READ_ONLY`.
   */
  get paramGroups(): readonly ParamGroup<O>[] {
    return this.groups.map((group) => shownGroup(this.definition.name, group));
  }

  /** The learning rate, of the first group where they differ; NaN where there is none. Setting it sets that of all groups. */
  get lr(): number {
    return (this.groups[0].options as Partial<LearningRateOptions>).lr ?? NaN;
  }

  /** @throws ArgumentError `OPTION_INVALID`, or `OPTION_UNKNOWN` where there is none; nothing is changed then. */
  set lr(rate: number) {
    this.setOptions((draft) => Object.assign(draft as object, { lr: rate }));
  }

  /**
   * Adds parameters, with options of their own.
   *
   * @throws as the constructor; nothing is changed then.
   */
  addParamGroup(input: GroupInput<O>): void {
    const { name } = this.definition;
    const { params, ...own } = checkGroup(name, input, `group ${this.groups.length}`);
    const parameters = [...params];
    checkDistinct(
      name,
      this.groups.flatMap((group) => group.parameters),
      parameters,
    );
    this.groups.push(
      newGroup(this.definition, parameters, completed(this.definition, this.defaults, own as Partial<O>)),
    );
  }

  /**
   * Changes options: `optimizer.setOptions((draft) => { draft.lr *= 0.1 })`.
   *
   * @param recipe - changes the draft it is given, as with immer's `produce`
   * @param group - the number of the group; all of them when left out
   * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `GROUP_UNKNOWN`, `RECIPE_KIND`; nothing is changed
   * then.
   */
  setOptions(recipe: (draft: Draft<O>) => void, group?: number): void {
    if (typeof recipe !== "function") {
      throw new ArgumentError(
        "RECIPE_KIND",
        `${this.definition.name}: setOptions takes a function, not ${shown(recipe)}; write setOptions((draft) => { draft.lr = 0.1 })`,
      );
    }
    if (group !== undefined && !(group in this.groups)) {
      throw new ArgumentError(
        "GROUP_UNKNOWN",
        `${this.definition.name}: there is no group ${shown(group)}; there are ${this.groups.length}, from 0`,
      );
    }
    const chosen = group === undefined ? this.groups : [this.groups[group]];
    const staged = chosen.map((item) => {
      const next: Readonly<O> = produce(item.options as O, (draft) => void recipe(draft));
      return stage(this.definition, item, next);
    });
    for (const change of staged) commit(change);
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const { parameters } of this.groups) for (const parameter of parameters) parameter.grad = null;
  }

  /**
   * Moves every parameter that has a gradient.
   *
   * @throws GradientError `NO_GRADIENTS` when none has one, ShapeError `GRADIENT_SHAPE` for a gradient that was put there with
   * another shape, ArgumentError `GRADIENT_KIND` for one that is no tensor, ShapeError `UPDATE_SHAPE` for a faulty transformation;
   * nothing is changed then.
   */
  step(): void;
  /**
   * Calls a closure, then moves every parameter that has a gradient.
   *
   * @param closure - forgets the gradients, computes the loss, walks back, and returns the loss
   * @returns the loss that the closure gave
   * @throws as without one, and ArgumentError `CLOSURE_KIND`, `LOSS_KIND`.
   */
  step(closure: () => Tensor): Tensor;
  step(closure?: () => Tensor): Tensor | void {
    const loss = closure === undefined ? undefined : Optimizer.evaluate(this.name, closure);
    const writes = noGrad(() => this.groups.flatMap((group) => this.writesOf(group)));
    if (writes.length === 0) throw this.missingGradients();
    for (const write of writes) this.checkWrite(write);
    for (const [state, next] of writes) state.assign(next);
    return loss;
  }

  /** @internal What a closure gives, checked, with gradients recorded. @throws ArgumentError `CLOSURE_KIND`, `LOSS_KIND`. */
  static evaluate(name: string, closure: () => Tensor): Tensor {
    if (typeof closure !== "function") {
      throw new ArgumentError(
        "CLOSURE_KIND",
        `${name}: step takes a function that returns the loss, not ${shown(closure)}`,
      );
    }
    const loss: unknown = enableGrad(closure);
    if (loss instanceof Tensor && loss.size === 1) return loss.detach();
    throw new ArgumentError(
      "LOSS_KIND",
      `${name}: the closure returned ${shown(loss)}; return the loss, a tensor of one number`,
    );
  }

  /** @internal */
  protected missingGradients(): GradientError {
    return new GradientError(
      "NO_GRADIENTS",
      `${this.name}: no parameter has a gradient; call loss.backward() between zeroGrad() and step(), and check ` +
        "that the loss depends on these parameters",
    );
  }

  /** Refuses what could not be assigned, before anything is. */
  private checkWrite([state, next]: Write): void {
    if (sameShape(next.shape, state.shape) && next.dtype === state.dtype) return;
    throw new ShapeError(
      "UPDATE_SHAPE",
      `${this.definition.name}: the transformation made ${next.dtype} [${next.shape.join(", ")}] for a state of ${state.dtype} ` +
        `[${state.shape.join(", ")}]; updates keep the shape of what they are for`,
    );
  }

  private writesOf({ parameters, slots, transformation }: Group<O>): readonly Write[] {
    const gradients = parameters.map((parameter) => this.gradientOf(parameter));
    return gradients.some((g) => g !== null) ? stepWrites(transformation, gradients, slots, parameters) : [];
  }

  /** @internal The gradient of a parameter, checked. */
  protected gradientOf(parameter: Parameter): Tensor | null {
    const g = parameter.grad;
    if (g !== null && !(g instanceof Tensor)) {
      throw new ArgumentError(
        "GRADIENT_KIND",
        `${this.definition.name}: the gradient of a ${parameterText(parameter)} is ${shown(g)}; set .grad to a tensor ` +
          "of the parameter's shape, or to null",
      );
    }
    if (g === null || sameShape(g.shape, parameter.shape)) return g;
    throw new ShapeError(
      "GRADIENT_SHAPE",
      `${this.definition.name}: a gradient [${g.shape.join(", ")}] for a ${parameterText(parameter)}; ` +
        "set .grad to a tensor of the parameter's shape, or to null",
    );
  }

  /**
   * The slots and options as they are now, in the layout of PyTorch.
   *
   * It is nested, and holds options beside tensors, so that files of named tensors (safetensors) do not take it as it is: save the
   * tensors of `state` under names of your own, and `paramGroups` as JSON.
   */
  stateDict(): OptimizerStateDict {
    return snapshot(this.groups);
  }

  /**
   * Takes up slots and options that {@link stateDict} gave, or a state dict of PyTorch's optimizer of the same name, for parameters of
   * the same number and shapes in the same order.
   *
   * @throws ArgumentError `STATE_DICT_KIND`, `STATE_DICT_MISMATCH`, `OPTION_INVALID`; nothing is changed then.
   */
  loadStateDict(dict: OptimizerStateDict | TorchOptimizerStateDict): void {
    load(this.definition, this.groups, asStateDict(this.definition, dict));
  }

  /** The groups with their options, one a line, as an optimizer is printed. */
  toString(): string {
    const lines = this.groups.map(({ parameters, options }, i) => {
      const count = `${parameters.length} parameter${parameters.length === 1 ? "" : "s"}`;
      const set = Object.entries(options).map(([name, x]) => `${name}=${shown(x)}`);
      return `  (${i}): ${[count, ...set].join(", ")}\n`;
    });
    return `${this.definition.name}(\n${lines.join("")})`;
  }

  /** @internal As consoles print it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
