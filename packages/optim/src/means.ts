import { add, mul, type State, sub, type Value } from "@adjoint/core";
import type { NamedFormula } from "./fuse.js";
import type { Rates } from "./groups.js";

/** The number of steps, as a counter. */
export const counting: Readonly<Record<"step", NamedFormula>> = { step: ({ step }) => add(step, 1) };

/** What a running mean becomes, `share·kept + (1 - share)·next`. */
export function mixed(share: Value, kept: Value, next: Value): Value {
  return add(mul(share, kept), mul(sub(1, share), next));
}

/** The running mean of the gradients, as a slot. */
export const mean: Readonly<Record<"expAvg", NamedFormula>> = {
  expAvg: ({ expAvg, gradient, beta1 }) => mixed(beta1, expAvg, gradient),
};

/** The running means of the gradients and of their squares, as slots. */
export const moments: Readonly<Record<"expAvg" | "expAvgSq", NamedFormula>> = {
  expAvg: mean.expAvg,
  expAvgSq: ({ expAvgSq, gradient, beta2 }) => mixed(beta2, expAvgSq, mul(gradient, gradient)),
};

/** The rates of an optimizer with two running means. */
export function adamRates(
  rates: Rates<{ lr: number; betas: readonly [number, number]; eps: number }>,
): Readonly<Record<"lr" | "beta1" | "beta2" | "eps", State>> {
  return { lr: rates.get("lr"), beta1: rates.get("betas", 0), beta2: rates.get("betas", 1), eps: rates.get("eps") };
}
