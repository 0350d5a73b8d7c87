import {
  ArgumentError,
  concat,
  div,
  dot,
  noGrad,
  type Parameter,
  reshape,
  stack,
  Tensor,
  tensor,
  unbind,
  zerosLike,
} from "@adjoint/core";
import { chain } from "./chain.js";
import { checkAmounts, checkOption, shown } from "./checks.js";
import type { OptimizerDefinition } from "./groups.js";
import type { GroupInput, ParametersInput } from "./inputs.js";
import { type Memory, nothing, Run } from "./lbfgs-run.js";
import { Optimizer } from "./optimizer.js";
import { asStateDict, misfit, type OptimizerStateDict, type TorchOptimizerStateDict } from "./state-dict.js";

/** Options of {@link LBFGS}. */
export interface LBFGSOptions {
  /** The length of a step along the direction (default 1), where there is no line search. */
  lr: number;
  /** The most iterations in a step (default 20). */
  maxIter: number;
  /** The most calls of the closure in a step (default null: 1.25 times `maxIter`). */
  maxEval: number | null;
  /** Gradients that are nowhere larger end a step (default 1e-7). */
  toleranceGrad: number;
  /** Changes of parameters and loss that are smaller end a step (default 1e-9). */
  toleranceChange: number;
  /** How many of the last steps make the picture of the curvature (default 100). */
  historySize: number;
  /** How far to go: `lr` (default null), or by the strong Wolfe conditions. */
  lineSearchFn: "strongWolfe" | null;
}

const definition: OptimizerDefinition<LBFGSOptions> = {
  name: "LBFGS",
  defaults: {
    lr: 1,
    maxIter: 20,
    maxEval: null,
    toleranceGrad: 1e-7,
    toleranceChange: 1e-9,
    historySize: 100,
    lineSearchFn: null,
  },
  check: ({ lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn }) => {
    checkAmounts("LBFGS", { lr, toleranceGrad, toleranceChange });
    for (const [name, x] of Object.entries({ maxIter, historySize, maxEval: maxEval ?? 1 })) {
      checkOption(Number.isSafeInteger(x) && x >= 1, "LBFGS", name, x, "an integer of at least 1");
    }
    const known = lineSearchFn === null || lineSearchFn === "strongWolfe";
    checkOption(known, "LBFGS", "lineSearchFn", lineSearchFn, '"strongWolfe" or null');
  },
  transformation: () => chain(),
};

/**
 * Newton's method with the curvature guessed from the last steps: `p ← p - t·H·g`, where H is built from differences of gradients and
 * of parameters. For whole batches. Liu and Nocedal, 1989; the recursion is algorithm 7.4 of Nocedal and Wright, 2006.
 *
 * A step calls the closure several times, which computes the loss and its gradients anew. All parameters are one group.
 *
 * @throws ArgumentError `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`, `GROUP_SINGLE` for several groups, and those of {@link
 * Optimizer}; in `step` `CLOSURE_MISSING`.
 * @example
 * ```ts
 * import { Parameter, tensor, unbind } from "@adjoint/core";
 * import { LBFGS } from "@adjoint/optim";
 * const x = new Parameter(tensor([-1.5, 2], { dtype: "float64" }));
 * const optimizer = new LBFGS([x], { lineSearchFn: "strongWolfe", maxIter: 60 });
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const [a, b] = unbind(x); // Rosenbrock's valley
 *   const loss = a.sub(1).square().add(b.sub(a.square()).square().mul(100));
 *   loss.backward();
 *   return loss;
 * });
 * console.log(x.detach()); // → tensor([1.0000, 1.0000], dtype=float64)
 * ```
 */
export class LBFGS extends Optimizer<LBFGSOptions> {
  private memory: Memory = nothing;

  /** @param parameters - what to train; @param options - see {@link LBFGSOptions}. */
  constructor(parameters: ParametersInput<LBFGSOptions>, options: Partial<LBFGSOptions> = {}) {
    super(parameters, options, definition);
  }

  /** @throws ArgumentError `GROUP_SINGLE`: it has the group that it was made with. */
  override addParamGroup(input: GroupInput<LBFGSOptions>): void {
    if (this.paramGroups.length === 0) return super.addParamGroup(input);
    throw new ArgumentError("GROUP_SINGLE", "LBFGS: it takes all parameters as one group: model.parameters()");
  }

  /**
   * Moves the parameters, by several iterations.
   *
   * @param closure - forgets the gradients, computes the loss, walks back, and returns the loss
   * @returns the loss at the start
   * @throws ArgumentError `CLOSURE_MISSING`, `LOSS_KIND`, GradientError `NO_GRADIENTS`; when something throws, all is as before.
   */
  override step(closure?: () => Tensor): Tensor {
    if (typeof closure !== "function") {
      throw new ArgumentError(
        "CLOSURE_MISSING",
        "LBFGS: step needs a closure, since it looks at the loss several times: optimizer.step(() => { optimizer.zeroGrad(); " +
          "const loss = …; loss.backward(); return loss; })",
      );
    }
    const { params } = this.paramGroups[0];
    const before = params.map((parameter) => parameter.detach());
    try {
      const { loss, memory } = new Run(params, this.paramGroups[0], this.memory, {
        loss: () => Optimizer.evaluate(this.name, closure),
        gradient: () => this.gradient(params),
      }).run();
      this.memory = memory;
      return loss;
    } catch (error) {
      params.forEach((parameter, i) => parameter.assign(before[i]));
      throw error;
    }
  }

  /** The gradients of all parameters as one vector. */
  private gradient(params: readonly Parameter[]): Tensor {
    const found = params.map((parameter) => this.gradientOf(parameter));
    if (found.every((g) => g === null)) throw this.missingGradients();
    return noGrad(() =>
      concat(
        params.map((parameter, i) => reshape(found[i] ?? zerosLike(parameter), [parameter.size])),
        0,
      ).detach(),
    );
  }

  /** What it knows from the steps before, as tensors under PyTorch's names, with the options. */
  override stateDict(): OptimizerStateDict {
    const { iterations, evaluations, direction, t, gradient, differences, moves, scale, loss } = this.memory;
    const ro = differences.map((y, i) => noGrad(() => div(1, dot(y, moves[i]))));
    const number = (x: number): Tensor => tensor(x, { dtype: "float64" });
    const list = (name: string, all: readonly Tensor[]): object => (all.length > 0 ? { [name]: stack(all) } : {});
    const own = {
      n_iter: number(iterations),
      func_evals: number(evaluations),
      t: number(t),
      H_diag: number(scale),
      prev_loss: number(loss),
      ...(direction && { d: direction }),
      ...(gradient && { prev_flat_grad: gradient }),
      ...list("old_dirs", differences),
      ...list("old_stps", moves),
      ...list("ro", ro),
    };
    return { ...super.stateDict(), state: { 0: own } };
  }

  /** @throws ArgumentError `STATE_DICT_KIND`, `STATE_DICT_MISMATCH`, `OPTION_INVALID`, `OPTION_UNKNOWN`; nothing is changed then. */
  override loadStateDict(dict: OptimizerStateDict | TorchOptimizerStateDict): void {
    const ours = asStateDict(definition, dict);
    const state: Readonly<Record<string, unknown>> = ours.state["0"] ?? {};
    const { params } = this.paramGroups[0];
    const size = params.reduce((total, parameter) => total + parameter.size, 0);
    const wrong = (name: string): ArgumentError =>
      misfit("LBFGS", `state.0.${name} is ${shown(state[name])}, with ${size} numbers in all parameters`);
    const number = (name: string, usual: number): number => {
      const x = state[name] ?? usual;
      if (typeof x === "number") return x;
      if (x instanceof Tensor && x.size === 1) return x.item();
      throw wrong(name);
    };
    const vectors = (name: string): Tensor[] => {
      const given: unknown = state[name] ?? [];
      const list: readonly unknown[] = given instanceof Tensor && given.ndim === 2 ? unbind(given) : [given].flat();
      return list.map((x) => {
        if (x instanceof Tensor && x.ndim === 1 && x.size === size) return x.detach();
        throw wrong(name);
      });
    };
    const vector = (name: string): Tensor | null => (state[name] ? (vectors(name)[0] ?? null) : null);
    const memory: Memory = {
      iterations: number("n_iter", 0),
      evaluations: number("func_evals", 0),
      t: number("t", 0),
      scale: number("H_diag", 1),
      loss: number("prev_loss", 0),
      direction: vector("d"),
      gradient: vector("prev_flat_grad"),
      differences: vectors("old_dirs"),
      moves: vectors("old_stps"),
    };
    if (memory.differences.length !== memory.moves.length) throw wrong("old_stps");
    super.loadStateDict({ ...ours, state: {} });
    this.memory = memory;
  }
}
