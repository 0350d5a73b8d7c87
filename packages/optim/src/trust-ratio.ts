import { div, gt, logicalAnd, mul, norm, where } from "@adjoint/core";
import { type GradientTransformation, stateless } from "./transformation.js";

/**
 * Each update times the length of its parameter over its own, `u·‖p‖ / ‖u‖`, so that all layers move by the same share of their size; as it
 * is where one of the lengths is 0. You et al., 2017, arXiv:1708.03888.
 *
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { chain, scaleByTrustRatio } from "@adjoint/optim";
 * const scaled = chain(scaleByTrustRatio());
 * const x = new Parameter(tensor([3, 4]));
 * console.log(scaled.update([tensor([2, 0])], scaled.init([x]), [x]).updates[0]?.detach()); // → tensor([5, 0])
 * ```
 */
export function scaleByTrustRatio(): GradientTransformation {
  return stateless((gradients, parameters) =>
    gradients.map((u, i) => {
      if (u === null) return null;
      const [length, own] = [norm(parameters[i]), norm(u)];
      const isUsable = logicalAnd(gt(length, 0), gt(own, 0));
      return mul(u, where(isUsable, div(length, own), 1).to(u.dtype));
    }),
  );
}
