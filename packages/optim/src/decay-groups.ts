import { ArgumentError, checkOptions, Parameter } from "@adjoint/core";
import { checkAmounts, shown } from "./checks.js";
import { isIterable } from "./inputs.js";

/** Options of {@link weightDecayGroups}. */
export interface DecayGroupOptions {
  /** Which parameters decay (default those with two axes or more: weights, and not biases or the scales of normalisations). */
  readonly decays?: (name: string, parameter: Parameter) => boolean;
}

/** Some parameters with the weight decay that they are trained with. */
export interface DecayGroup {
  readonly params: readonly Parameter[]; // at least one
  readonly weightDecay: number; // 0 for those that do not decay
}

/**
 * The parameters of a model in groups for an optimizer: those that decay, and those that do not. A group without parameters is left out.
 *
 * @param named - names and parameters: `model.namedParameters()`
 * @param weightDecay - the weight decay of those that decay
 * @throws ArgumentError `PARAMETER_KIND`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { ones, Parameter } from "@adjoint/core";
 * import { AdamW, weightDecayGroups } from "@adjoint/optim";
 * const named = [["weight", new Parameter(ones([2, 3]))], ["bias", new Parameter(ones([2]))]] as const;
 * const optimizer = new AdamW(weightDecayGroups(named, 0.1));
 * console.log(optimizer.paramGroups.map(({ weightDecay }) => weightDecay)); // → [ 0.1, 0 ]
 * ```
 */
export function weightDecayGroups(
  named: Iterable<readonly [name: string, parameter: Parameter]>,
  weightDecay: number,
  options: DecayGroupOptions = {},
): DecayGroup[] {
  checkOptions("weightDecayGroups", options, "{ decays: (name) => !name.endsWith('bias') }", ["decays"]);
  checkAmounts("weightDecayGroups", { weightDecay });
  const { decays = (_name, parameter) => parameter.ndim > 1 } = options;
  const list: readonly unknown[] = isIterable(named) ? [...named] : [null];
  const pairs = list.filter(isNamed);
  if (pairs.length < list.length || typeof decays !== "function") {
    throw new ArgumentError(
      "PARAMETER_KIND",
      `weightDecayGroups: ${shown(named)} and ${shown(decays)} are not names with parameters, and a function of both; give model.namedParameters()`,
    );
  }
  const [decaying, others]: [Parameter[], Parameter[]] = [[], []];
  for (const [name, parameter] of pairs) (decays(name, parameter) ? decaying : others).push(parameter);
  return [
    { params: decaying, weightDecay },
    { params: others, weightDecay: 0 },
  ].filter(({ params }) => params.length > 0);
}

const isNamed = (x: unknown): x is readonly [string, Parameter] =>
  Array.isArray(x) && typeof x[0] === "string" && x[1] instanceof Parameter;
