import { ArgumentError, checkOptions, mean, sum, type Tensor } from "@adjoint/core";
import { shown } from "../checks.js";

/** What becomes of the losses of the single elements: their mean, their sum, or nothing. */
export type Reduction = "mean" | "sum" | "none";

/** Options of the losses. */
export interface LossOptions {
  /** How the losses of the elements are put together (default `"mean"`). */
  readonly reduction?: Reduction;
}

/** Options by name: what each is when it is left out (undefined: a tensor that need not be there), and how it is checked. */
export type Known<Options> = {
  readonly [K in keyof Options]-?: readonly [
    fallback: Options[K],
    check: (caller: string, name: string, x: Exclude<Options[K], undefined>) => unknown,
  ];
};

/** Options with the fallbacks of those left out. */
export type Settled<Options> = {
  readonly [K in keyof Options]-?: Exclude<Options[K], undefined> extends Tensor
    ? Options[K]
    : Exclude<Options[K], undefined>;
};

/** The reduction among known options. */
export const reduction: readonly [Reduction, (caller: string, name: string, x: Reduction) => void] = [
  "mean",
  (caller, _name, x) => checkReduction(caller, x, ["mean", "sum", "none"]),
];

/** The options of a loss that has no others. */
export const lossOptions: Known<LossOptions> = { reduction };

/** @throws ArgumentError `REDUCTION_UNKNOWN`. */
export function checkReduction<R extends string>(caller: string, x: R, words: readonly R[]): void {
  if (words.includes(x)) return;
  throw new ArgumentError(
    "REDUCTION_UNKNOWN",
    `${caller}: unknown reduction ${shown(x)}; use ${words.map((word) => `"${word}"`).join(", ")}`,
  );
}

/** Checks options and fills in the others. @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, and what the checks throw. */
export function settle<Options extends object>(
  caller: string,
  options: Options,
  known: Known<Options>,
): Settled<Options> {
  checkOptions(caller, options, '{ reduction: "sum" }', Object.keys(known));
  const settled: Partial<Options> = {};
  for (const name in known) {
    const [fallback, check] = known[name];
    const x = options[name];
    if (x !== undefined) check(caller, name, x as Exclude<Options[typeof name], undefined>);
    settled[name] = x ?? fallback;
  }
  return settled as Settled<Options>;
}

/** Puts the losses of the elements together. */
export function reduce(losses: Tensor, how: Reduction): Tensor {
  if (how === "none") return losses;
  return how === "sum" ? sum(losses) : mean(losses);
}
