import { type GradientTransformation, Sequence } from "./transformation.js";
import { Rule, type RuleDefinition } from "./rule.js";

/**
 * A gradient transformation from scalar formulas. See {@link RuleDefinition}.
 *
 * @example
 * ```ts
 * import { mul, sign } from "@adjoint/core";
 * import { chain, rule, scaleByLearningRate } from "@adjoint/optim";
 * const signs = rule({ name: "signs", update: ({ gradient }) => sign(gradient) });
 * console.log(chain(signs, scaleByLearningRate(0.1)).slotNames.length); // → 0
 * ```
 */
export function rule(definition: RuleDefinition): GradientTransformation {
  return new Rule([definition]);
}

/**
 * Transformations one after the other: each takes the updates of the one before as its gradients. Rules that follow each
 * other are computed as one.
 *
 * @throws ArgumentError `SLOT_REPEATED` when two parts that are not rules have slots of the same name.
 */
export function chain(...transformations: readonly GradientTransformation[]): GradientTransformation {
  const parts: GradientTransformation[] = [];
  for (const next of transformations) {
    const last = parts.at(-1);
    if (last instanceof Rule && next instanceof Rule) parts[parts.length - 1] = last.then(next);
    else parts.push(next);
  }
  return parts.length === 1 ? parts[0] : new Sequence(parts);
}
