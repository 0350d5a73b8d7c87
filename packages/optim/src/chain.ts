import { ArgumentError, checkOptions } from "@adjoint/core";
import { checkOption, checkRates, shown } from "./checks.js";
import { checkTransformation, type GradientTransformation, Sequence } from "./transformation.js";
import { Rule, type RuleDefinition } from "./rule.js";

/**
 * A gradient transformation from scalar formulas. See {@link RuleDefinition}.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_INVALID`, `FUNCTION_KIND` for what should be a formula.
 * @example
 * ```ts
 * import { mul, sign } from "@adjoint/core";
 * import { chain, rule, scaleByLearningRate } from "@adjoint/optim";
 * const signs = rule({ name: "signs", update: ({ gradient }) => sign(gradient) });
 * console.log(chain(signs, scaleByLearningRate(0.1)).slotNames.length); // → 0
 * ```
 */
export function rule(definition: RuleDefinition): GradientTransformation {
  checkOptions("rule", definition, "{ name, update }", [
    "name",
    "options",
    "before",
    "counters",
    "scalars",
    "elements",
    "slots",
    "initial",
    "update",
  ]);
  const { name, options, initial, update, before, counters, scalars, elements, slots } = definition;
  checkOption(typeof name === "string", "rule", "name", name, "a name");
  for (const rates of [options, initial]) checkRates("rule", rates ?? {});
  for (const part of [{ update }, before, counters, scalars, elements, slots]) {
    for (const [key, formula] of Object.entries(part ?? {})) {
      if (typeof formula === "function") continue;
      throw new ArgumentError(
        "FUNCTION_KIND",
        `rule: ${key} is ${shown(formula)}; give a formula, ({ gradient }) => …`,
      );
    }
  }
  return new Rule([definition]);
}

/**
 * Transformations one after the other: each takes the updates of the one before as its gradients. Rules that follow each
 * other are computed as one.
 *
 * @throws ArgumentError `TRANSFORMATION_KIND`, and `SLOT_REPEATED` when two parts that are not rules have slots of the same name.
 * @example AdamW from its pieces, with clipping in front
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { addDecayedWeights, chain, clipByGlobalNorm, scaleByAdam, scaleByLearningRate } from "@adjoint/optim";
 * const steps = chain(clipByGlobalNorm(1), scaleByAdam(), addDecayedWeights(0.01), scaleByLearningRate(0.1));
 * const x = new Parameter(tensor([3, -4]));
 * const { updates } = steps.update([tensor([30, 40])], steps.init([x]), [x]);
 * console.log(updates[0]?.detach()); // → tensor([-0.1030, -0.0960])
 * ```
 */
export function chain(...transformations: readonly GradientTransformation[]): GradientTransformation {
  const parts: GradientTransformation[] = [];
  let rules: RuleDefinition[] = [];
  const close = (): void => {
    if (rules.length > 0) parts.push(new Rule(rules));
    rules = [];
  };
  for (const next of transformations) {
    checkTransformation("chain", next);
    if (next instanceof Rule) rules.push(...next.definitions);
    else {
      close();
      parts.push(next);
    }
  }
  close();
  if (parts.length === 0) return new Rule([]);
  return parts.length === 1 ? parts[0] : new Sequence(parts);
}
