import { ArgumentError, checkOptions, mean, sum, type Tensor } from "@adjoint/core";
import { shown } from "../checks.js";

/** What becomes of the losses of the single elements: their mean, their sum, or nothing. */
export type Reduction = "mean" | "sum" | "none";

/** Options of the losses. */
export interface LossOptions {
  /** How the losses of the elements are put together (default `"mean"`). */
  readonly reduction?: Reduction;
}

/** The names of {@link LossOptions}. */
export const lossOptions: readonly string[] = ["reduction"];

/** Checks the names of options. @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`. */
export function checkLossOptions(name: string, options: unknown, known: readonly string[]): void {
  checkOptions(name, options, '{ reduction: "sum" }', known);
}

/** Puts the losses of the elements together. @throws ArgumentError `REDUCTION_UNKNOWN`. */
export function reduce(name: string, losses: Tensor, reduction: Reduction = "mean"): Tensor {
  checkReduction(name, reduction);
  if (reduction === "mean") return mean(losses);
  return reduction === "sum" ? sum(losses) : losses;
}

/** @throws ArgumentError `REDUCTION_UNKNOWN`. */
export function checkReduction(name: string, reduction: Reduction): void {
  if (reduction === "mean" || reduction === "sum" || reduction === "none") return;
  throw new ArgumentError(
    "REDUCTION_UNKNOWN",
    `${name}: unknown reduction ${shown(reduction)}; use "mean", "sum" or "none"`,
  );
}
