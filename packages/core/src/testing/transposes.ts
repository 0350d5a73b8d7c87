import { GradientError } from "../errors.js";
import type { Node } from "../node.js";
import type { Generator } from "../random.js";
import type { Comparison } from "./gradcheck.js";
import { normal } from "./draw.js";
import { type Differentiable, problemOf } from "./problem.js";

/**
 * Whether forward mode is the transpose of reverse mode: `⟨u, J·t⟩ = ⟨Jᵀu, t⟩` for random u and t, to 1e-12 of the sum
 * of the products' sizes.
 *
 * @throws GradientError `GRADCHECK_FAILED`
 */
export function compareTransposes(fn: Differentiable, inputs: readonly Node[], generator: Generator): Comparison {
  const problem = problemOf("conform", fn, inputs);
  const direction = problem.variables.map((x) => normal(generator, [x.size]).data as Float64Array);
  const tangent = problem.forward(direction);
  const cotangent = normal(generator, [tangent.length]).data as Float64Array;
  const gradient = problem.reverse(cotangent);
  const [forward, size] = inner([cotangent], [tangent]);
  const [reverse, otherSize] = inner(gradient, direction);
  if (!(Math.abs(forward - reverse) <= 1e-12 * (1 + size + otherSize))) {
    throw new GradientError(
      "GRADCHECK_FAILED",
      `⟨u, J·t⟩ is ${forward} in forward mode, ⟨Jᵀu, t⟩ ${reverse} in reverse mode`,
    );
  }
  return { compared: 1, skipped: 0 };
}

/** The inner product of two lists of arrays, and that of their absolute values. */
function inner(a: readonly Float64Array[], b: readonly Float64Array[]): [sum: number, size: number] {
  let sum = 0;
  let size = 0;
  a.forEach((x, k) =>
    x.forEach((value, i) => {
      sum += value * b[k][i];
      size += Math.abs(value * b[k][i]);
    }),
  );
  return [sum, size];
}
