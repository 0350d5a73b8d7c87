import { gradients } from "../autograd.js";
import { GradientError } from "../errors.js";
import { enableGrad, type Node } from "../node.js";
import { Tensor } from "../tensor.js";
import { agree, slopes } from "./differences.js";
import type { Comparison } from "./gradcheck.js";
import { leafOf } from "./leaves.js";
import { type Differentiable, problemOf } from "./problem.js";

const TOLERANCE = { absolute: 1e-9, relative: 1e-7 };

/**
 * Compares the partial derivatives of an elementwise function with differences, point by point: element `i` of the
 * result depends on element `i` of the operands alone, so one direction serves all points, and the size of one point's
 * derivative does not hide another's error.
 *
 * @throws GradientError `GRADCHECK_FAILED`
 */
export function compareElementwise(fn: Differentiable, points: readonly Float64Array[]): Comparison {
  const operands: Node[] = points.map((data) => new Tensor(data, [data.length], "float64"));
  const problem = problemOf("conform", fn, operands);
  const gradient = problem.reverse(new Float64Array(points[0].length).fill(1));
  let skipped = 0;
  points.forEach((x, k) => {
    const direction = x.map((value) => Math.max(1, Math.abs(value)));
    const found = slopes((step) =>
      problem.evaluate(
        points.map((other, j) => (j === k ? other.map((value, i) => value + step * direction[i]) : other)),
      ),
    );
    const tangent = problem.forward(points.map((other, j) => (j === k ? direction : new Float64Array(other.length))));
    x.forEach((_, i) => {
      if (found.kink[i]) {
        skipped++;
        return;
      }
      const numeric = found.value[i];
      for (const [mode, analytic] of [
        ["reverse", gradient[k][i] * direction[i]],
        ["forward", tangent[i]],
      ] as const) {
        if (agree(analytic, numeric, Math.abs(numeric), found.error[i], TOLERANCE)) continue;
        throw new GradientError(
          "GRADCHECK_FAILED",
          `${mode} mode gives ${analytic / direction[i]} for the derivative with respect to operand ${k} at ` +
            `(${points.map((other) => other[i]).join(", ")}), differences give ${numeric / direction[i]}`,
        );
      }
    });
  });
  return { compared: points.length * points[0].length - skipped, skipped };
}

/** `u · ∂f/∂xᵢ` as a function of the operands and, as the last one, u. */
export function derivativeOf(fn: (operands: readonly Node[]) => Node, operands: readonly Node[], index: number): Node {
  return enableGrad(() => {
    const given = operands.slice(0, -1).map((x) => (x.requiresGrad ? x : leafOf(x as Tensor)));
    const out = fn(given);
    const cotangents = [operands[operands.length - 1]];
    return gradients(out, [given[index]], { cotangents, createGraph: true, allowUnused: true })[0];
  });
}
