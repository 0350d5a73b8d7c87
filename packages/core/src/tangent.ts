import { gradients } from "./autograd.js";
import { zerosLike } from "./create.js";
import { enableGrad } from "./node.js";
import type { Tensor } from "./tensor.js";

/**
 * The tangent of an op that has only a reverse rule. The rule is linear in the cotangent `u`, so the
 * derivative of `⟨vjp(u), t⟩` with respect to `u`, a second reverse pass, is the wanted `J·t`.
 */
export function tangentByTwoWalks(
  vjp: (u: Tensor) => readonly (Tensor | null)[],
  node: Tensor,
  tangents: readonly (Tensor | null)[],
): Tensor | null {
  return enableGrad(() => {
    const u = zerosLike(node);
    u.requiresGrad = true;
    const pairs = vjp(u).flatMap((g, i): [Tensor, Tensor][] => {
      const t = tangents[i];
      return g !== null && t !== null && g.requiresGrad ? [[g, t]] : [];
    });
    if (pairs.length === 0) return null;
    const outputs = pairs.map(([g]) => g);
    const cotangents = pairs.map(([, t]) => t);
    return gradients(outputs, [u], { cotangents, createGraph: true, allowUnused: true })[0];
  });
}
