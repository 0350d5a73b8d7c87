import { gradients } from "../autograd.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { isRecording, type Node, withRecording } from "../node.js";
import { formatShape, sameShape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { constant, Value } from "../value.js";
import { startArguments } from "./grad.js";
import { checkFunction, checkHolds, checkResult, detached, recordedSince } from "./primal.js";
import { leavesOf, pairLeaves, type Tree, withLeaves } from "./tree.js";

/** A result of {@link vjp}: the value of the function, and the way back from it. */
export interface VjpResult<P extends readonly unknown[], R> {
  readonly value: R; // what the function returned
  /** From a cotangent, nested as `value` is, to those of the primals: `Jᵀ·u`. It can be called many times. */
  readonly pullback: (cotangent: R) => P;
}

/**
 * Reverse mode: `f(x)` together with the map `u ↦ Jᵀ·u`, where `J` is the Jacobian of `f` at `x`.
 *
 * @param fn - takes Tensors and Values, perhaps in arrays and objects, and returns the same
 * @param primals - the arguments at which to differentiate
 * @throws ArgumentError `NOT_A_FUNCTION`, `PRIMAL_KIND`, `NO_PRIMALS`, `FUNCTION_RESULT`, `TREE_STRUCTURE`, `COTANGENT_KIND`, `GRADIENT_DTYPE`;
 * ShapeError `COTANGENT_SHAPE`.
 * @example
 * ```ts
 * import { mul, tensor, vjp } from "@adjoint/core";
 * const { value, pullback } = vjp((x, y) => mul(x, y), [tensor([1, 2]), tensor([3, 4])]);
 * console.log(value.toArray()); // → [ 3, 8 ]
 * console.log(pullback(tensor([1, 10])).map(String)); // → [ 'tensor([ 3, 40])', 'tensor([ 1, 20])' ]
 * ```
 */
export function vjp<P extends readonly unknown[], R extends Tree>(
  fn: (...primals: NoInfer<P>) => R,
  primals: readonly [...P],
): VjpResult<P, R> {
  return pulled("vjp", fn, primals);
}

/** What {@link vjp} gives, under the name of another transform. */
export function pulled<P extends readonly unknown[], R extends Tree>(
  name: string,
  fn: (...primals: NoInfer<P>) => R,
  primals: readonly [...P],
): VjpResult<P, R> {
  checkFunction(name, fn);
  if (!Array.isArray(primals)) {
    throw new ArgumentError("PRIMAL_KIND", "vjp: takes a function and an array of its arguments, as in vjp(f, [x, y])");
  }
  const places = primals.map((_, i) => i);
  checkHolds(name, primals, places);
  const started = startArguments(name, fn as (...args: readonly unknown[]) => R, primals, places);
  const { value, starts } = started.call();
  const outputs = leavesOf(value);
  checkResult(name, outputs, value);
  const wanted = isRecording() && recordedSince(starts, outputs).reachesOut;
  const shown = withLeaves(value, wanted ? outputs : outputs.map(detached));
  const pullback = (cotangent: R): P => {
    const pairs = pairLeaves("vjp", "the cotangent", shown, cotangent);
    const cotangents = pairs.map(([output, u, path]) => checkCotangent(output, u, path));
    const used = outputs.flatMap((output, i) => (output.requiresGrad ? [i] : []));
    const keep = isRecording() && (wanted || cotangents.some((u) => u.requiresGrad));
    const found =
      used.length === 0
        ? started.primals.map((x) => x.wrap(undefined))
        : withRecording(true, () =>
            gradients(
              used.map((i) => outputs[i]),
              starts,
              { cotangents: used.map((i) => cotangents[i]), createGraph: keep, retainGraph: true, allowUnused: true },
            ),
          );
    return withLeaves(primals as readonly Tree[], keep ? found : found.map(detached)) as P;
  };
  return { value: shown, pullback };
}

function checkCotangent(output: Node, cotangent: unknown, path: string): Node {
  if (output instanceof Value) {
    if (typeof cotangent === "number") return constant(cotangent);
    if (cotangent instanceof Value) return cotangent;
  }
  if (!(output instanceof Tensor && cotangent instanceof Tensor)) {
    throw new ArgumentError(
      "COTANGENT_KIND",
      `vjp: the cotangent${path} is no ${output instanceof Tensor ? "Tensor" : "Value or number"}, as the result there is`,
    );
  }
  if (sameShape(output.shape, cotangent.shape)) return cotangent;
  throw new ShapeError(
    "COTANGENT_SHAPE",
    `vjp: the cotangent${path} has shape ${formatShape(cotangent.shape)}, the result ${formatShape(output.shape)}; make them equal`,
  );
}
