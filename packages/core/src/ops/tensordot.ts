import { checkInteger, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { formatShape, normalizeAxis, type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { checkFactors, matmul } from "./matmul.js";
import { sum } from "./reduce.js";
import { permute, reshape } from "./shape.js";

/** The axes over which {@link tensordot} sums: so many at the end of `a` and the start of `b`, or those of each in pairs. */
export type ContractedAxes = number | readonly [ofA: number | readonly number[], ofB: number | readonly number[]];

/**
 * The tensors multiplied and summed over pairs of axes: for one axis, `out[i, j] = Σₖ a[i, k]·b[k, j]`, where `i` and `j` stand for
 * all axes of `a` and of `b` that are not summed. A size of 1 meets any other.
 *
 * @param axes - how many axes, the last of `a` with the first of `b` (default 2), or `[axes of a, axes of b]`
 * @throws ShapeError `CONTRACTION_SIZES` for sizes that differ, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; ArgumentError `CONTRACTION_AXES`,
 * `INTEGER_INVALID`; DTypeError `DTYPE_BOOL`.
 * @example
 * ```ts
 * import { ones, tensor, tensordot } from "@adjoint/core";
 * console.log(tensordot(ones([2, 3, 4]), ones([3, 4, 5])).shape); // → [ 2, 5 ]
 * console.log(tensordot(tensor([[1, 2], [3, 4]]), tensor([1, 10]), [0, 0]).toArray()); // → [ 31, 42 ]
 * ```
 */
export const tensordot: Composed<(a: Tensor, b: Tensor, axes?: ContractedAxes) => Tensor> = compose(
  "tensordot",
  (a, b, axes = 2) => {
    checkTensor("tensordot", a);
    checkTensor("tensordot", b);
    const [summedA, summedB] = contractedAxes(a.shape, b.shape, axes);
    checkSizes(a.shape, b.shape, summedA, summedB);
    const [x, y] = [sumSingle(a, summedA, b, summedB), sumSingle(b, summedB, a, summedA)];
    const keptA = a.shape.map((_, i) => i).filter((i) => !summedA.includes(i));
    const keptB = b.shape.map((_, i) => i).filter((i) => !summedB.includes(i));
    const sizes = ({ shape }: Tensor, places: readonly number[]): number[] => places.map((i) => shape[i]);
    const inner = sizeOf(sizes(x, summedA));
    const left = reshape(permute(x, [...keptA, ...summedA]), [sizeOf(sizes(a, keptA)), inner]);
    const right = reshape(permute(y, [...summedB, ...keptB]), [inner, sizeOf(sizes(b, keptB))]);
    checkFactors("tensordot", left, right);
    return reshape(matmul(left, right), [...sizes(a, keptA), ...sizes(b, keptB)]);
  },
  {
    samples: () => [
      [ones([2, 3, 2]), ones([3, 2, 2])],
      [ones([2, 3]), ones([3]), 1],
      [
        ones([2, 3, 2]),
        ones([2, 3]),
        [
          [-1, 1],
          [0, 1],
        ],
      ],
      [ones([2]), ones([0]), 0],
      [ones([2, 1]), ones([3, 2]), 1],
    ],
  },
);

function contractedAxes(a: Shape, b: Shape, axes: unknown): [ofA: number[], ofB: number[]] {
  if (typeof axes === "number") {
    const count = checkInteger("tensordot", "axes", axes, 0, Math.min(a.length, b.length));
    const all = Array.from({ length: count }, (_, i) => i);
    return [all.map((i) => a.length - count + i), all];
  }
  if (!Array.isArray(axes) || axes.length !== 2) {
    throw new ArgumentError(
      "CONTRACTION_AXES",
      `tensordot: the axes are ${describe(axes)}; give their number, or those of both as in [[0, 1], [1, 0]]`,
    );
  }
  return [listOfAxes(axes[0], a), listOfAxes(axes[1], b)];
}

function listOfAxes(axes: unknown, shape: Shape): number[] {
  const list = [axes].flat().map((axis) => normalizeAxis("tensordot", axis as number, shape.length, shape));
  const repeated = list.find((axis, i) => list.indexOf(axis) !== i);
  if (repeated === undefined) return list;
  throw new ShapeError("AXIS_REPEATED", `tensordot: axis ${repeated} of ${formatShape(shape)} is named twice`);
}

function checkSizes(a: Shape, b: Shape, summedA: readonly number[], summedB: readonly number[]): void {
  if (summedA.length !== summedB.length) {
    throw new ArgumentError(
      "CONTRACTION_AXES",
      `tensordot: ${summedA.length} axes of ${formatShape(a)} for ${summedB.length} of ${formatShape(b)}; name them in pairs`,
    );
  }
  summedA.forEach((axis, i) => {
    const [m, n] = [a[axis], b[summedB[i]]];
    if (m === n || m === 1 || n === 1) return;
    throw new ShapeError(
      "CONTRACTION_SIZES",
      `tensordot: ${formatShape(a)} and ${formatShape(b)}: sizes ${m} of axis ${axis} and ${n} of axis ${summedB[i]} differ`,
    );
  });
}

/** `x` summed over those of its axes that meet an axis of size 1, as if that were repeated. */
function sumSingle(x: Tensor, summed: readonly number[], other: Tensor, summedOther: readonly number[]): Tensor {
  const single = summed.filter((axis, i) => other.shape[summedOther[i]] === 1 && x.shape[axis] !== 1);
  return single.length === 0 ? x : sum(x, { axis: single, keepDims: true });
}
