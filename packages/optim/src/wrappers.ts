import { add, ArgumentError, div, type Parameter, State, type Tensor, tensor, zerosLike } from "@adjoint/core";
import { checkOption, shown } from "./checks.js";
import { checkTransformation, type GradientTransformation, type Write } from "./transformation.js";

/** Whether something is done to a parameter. */
export type Mask = (parameter: Parameter) => boolean;

/**
 * A transformation for some parameters alone: the updates of the others pass as they are. For weight decay that leaves biases and scales out,
 * `masked(addDecayedWeights(0.1), (p) => p.ndim > 1)`.
 *
 * @throws ArgumentError `TRANSFORMATION_KIND`, `FUNCTION_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { addDecayedWeights, masked } from "@adjoint/optim";
 * const decay = masked(addDecayedWeights(0.5), (parameter) => parameter.ndim > 1);
 * const all = [new Parameter(tensor([[2]])), new Parameter(tensor([2]))];
 * const { updates } = decay.update([tensor([[0]]), tensor([0])], decay.init(all), all);
 * console.log(updates.map((u) => u?.item())); // → [ 1, 0 ]
 * ```
 */
export function masked(inner: GradientTransformation, mask: Mask): GradientTransformation {
  checkTransformation("masked", inner);
  if (typeof mask !== "function") {
    throw new ArgumentError(
      "FUNCTION_KIND",
      `masked: the mask is ${shown(mask)}; give (parameter) => parameter.ndim > 1`,
    );
  }
  return {
    slotNames: inner.slotNames,
    init: (parameters) => parameters.map((parameter) => (mask(parameter) ? inner.init([parameter])[0] : {})),
    update: (gradients, slots, parameters) => {
      const chosen = parameters.flatMap((parameter, i) => (mask(parameter) ? [i] : []));
      const pick = <T>(all: readonly T[]): T[] => chosen.map((i) => all[i]);
      const { updates, writes } = inner.update(pick(gradients), pick(slots), pick(parameters));
      const all = [...gradients];
      chosen.forEach((i, k) => (all[i] = updates[k]));
      return { updates: all, writes };
    },
  };
}

/**
 * Gathers the gradients of `every` steps, and moves the parameters by their mean in the last of these only: large batches in little memory,
 * where the optimizer is to be called after each part. A gradient that is missing in some of them counts as 0. (Without it, `backward()` adds up gradients by itself until `zeroGrad()`.)
 *
 * @throws ArgumentError `OPTION_INVALID`, `TRANSFORMATION_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { accumulate, Optimizer, scaleByLearningRate } from "@adjoint/optim";
 * const x = new Parameter(tensor(10));
 * const optimizer = new Optimizer<{ lr: number }>([x], {}, {
 *   name: "Accumulated",
 *   defaults: { lr: 1 },
 *   check: () => {},
 *   transformation: (_options, rates) => accumulate(2, scaleByLearningRate(rates.get("lr"))),
 * });
 * for (const gradient of [1, 3, 5]) {
 *   x.grad = tensor(gradient);
 *   optimizer.step();
 * }
 * console.log(x.item()); // → 8
 * ```
 */
export function accumulate(every: number, inner: GradientTransformation): GradientTransformation {
  checkOption(Number.isSafeInteger(every) && every >= 1, "accumulate", "every", every, "an integer of at least 1");
  checkTransformation("accumulate", inner);
  const number = (x: number): Tensor => tensor(x, { dtype: "float64" });
  return {
    slotNames: [...inner.slotNames, "miniStep", "received", "accumulated"],
    init: (parameters) =>
      inner.init(parameters).map((slots, i) => ({
        ...slots,
        miniStep: new State(number(0)),
        received: new State(number(0)),
        accumulated: new State(zerosLike(parameters[i])),
      })),
    update: (gradients, slots, parameters) => {
      const writes: Write[] = [];
      const ready = gradients.map((g, i) => {
        const { miniStep, received, accumulated } = slots[i];
        const sum = g === null ? accumulated : add(accumulated, div(g, every)).to(g.dtype);
        const count = received.item() + (g === null ? 0 : 1);
        const next = miniStep.item() + 1;
        const isLast = next >= every;
        writes.push([miniStep, number(isLast ? 0 : next)], [received, number(isLast ? 0 : count)]);
        if (isLast || g !== null) writes.push([accumulated, isLast ? zerosLike(sum) : sum]);
        // A parameter that took no part in any of the steps is not moved, as without a gradient.
        return isLast && count > 0 ? sum.detach() : null;
      });
      const { updates, writes: own } = inner.update(ready, slots, parameters);
      return { updates, writes: [...writes, ...own] };
    },
  };
}
