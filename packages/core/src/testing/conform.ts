import { ComposedOp } from "../composed.js";
import { ArgumentError } from "../errors.js";
import { ElementwiseOp } from "../op.js";
import type { Generator } from "../random.js";
import type { Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { conformElementwise } from "./conform-elementwise.js";
import { conformSamples, type SampledOp } from "./conform-samples.js";
import type { ConformReport } from "./report.js";

/** A function that carries the definition of an op: what `elementwise`, `defineOp` and `compose` return. */
export type Conformable = ((...args: never[]) => unknown) & {
  readonly op: ElementwiseOp | SampledOp; // the definition
};

/** Options of {@link conform}. */
export interface ConformOptions {
  /** The seed of everything random (default 0). */
  readonly seed?: number;
  /** What takes the place of a floating tensor in the samples (default: normal numbers), in float64. */
  readonly draw?: (shape: Shape, generator: Generator) => Tensor;
}

/**
 * Checks everything an op promises, from its definition and its `samples` alone.
 *
 * Elementwise ops, at the samples, at random points of `domain` and over random broadcast shapes of ranks 0 to 5:
 * the tensor op, the op on Values and the op on numbers are the formula; gradients by reverse and forward mode are those of
 * differences, finite wherever the function is smooth; forward mode is the transpose of reverse mode, `⟨u, J·t⟩ = ⟨Jᵀu, t⟩`; second derivatives;
 * dtypes and shapes of results and gradients; the executors agree. Structural ops and composed functions, with the
 * tensors of their samples replaced by random ones: the same, as far as there is no formula to compare with.
 *
 * @returns what was checked
 * @throws GradientError `CONFORM_FAILED` naming op, check and sample; ArgumentError `NOT_AN_OP`.
 * @example
 * ```ts
 * import { elementwise, mul, sigmoid } from "@adjoint/core";
 * import { conform } from "@adjoint/core/testing";
 * const swish = elementwise("swish", { formula: (x) => mul(x, sigmoid(x)), samples: [[0], [1], [-1], [100]] });
 * console.log(conform(swish).differentiable); // → [ 0 ]
 * ```
 */
export function conform(op: Conformable, options: ConformOptions = {}): ConformReport {
  if (typeof op !== "function" || op.op === undefined) {
    throw new ArgumentError("NOT_AN_OP", "conform: takes the function of an op, which carries its definition as .op");
  }
  const call = (...args: readonly unknown[]): unknown => Reflect.apply(op, undefined, args);
  if (op.op instanceof ElementwiseOp) return conformElementwise(op.op, call, options.seed ?? 0);
  return conformSamples(op.op, op.op instanceof ComposedOp ? "composed" : "structural", call, options);
}
