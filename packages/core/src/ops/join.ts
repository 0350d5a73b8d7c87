import { checkTensor } from "../arguments.js";
import { allocate } from "../dtype.js";
import { ones } from "../create.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { checkShape, formatShape, normalizeAxis, sameShape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { unsqueeze } from "./shape.js";
import { narrow } from "./slice.js";

/**
 * Tensors joined along an existing axis (default the first); all other sizes must be equal. Dtypes promote.
 *
 * @throws ArgumentError `EMPTY_LIST`, `OPERAND_KIND`; ShapeError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { concat, tensor } from "@adjoint/core";
 * console.log(concat([tensor([[1, 2]]), tensor([[3, 4], [5, 6]])]).toArray()); // → [ [ 1, 2 ], [ 3, 4 ], [ 5, 6 ] ]
 * ```
 */
export const concat: OpFunction<[tensors: readonly Tensor[], axis?: number]> = defineOp<
  [tensors: readonly Tensor[], axis?: number],
  number
>({
  name: "concat",
  call: (tensors, axis = 0) => ({ inputs: tensors, attributes: checkJoin("concat", tensors, axis) }),
  shape: (inputs, axis) =>
    inputs[0].shape.map((n, i) => (i === axis ? inputs.reduce((sum, x) => sum + x.shape[axis], 0) : n)),
  forward: (inputs, axis, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    const inner = sizeOf(shape.slice(axis + 1));
    const row = shape[axis] * inner;
    let start = 0;
    for (const { data, shape: own } of inputs) {
      const run = own[axis] * inner;
      for (let from = 0, to = start; from < data.length; from += run, to += row)
        out.set(data.subarray(from, from + run), to);
      start += run;
    }
    return out;
  },
  vjp: (cotangent, { inputs, attributes: axis }) =>
    split(
      cotangent,
      inputs.map((x) => x.shape[axis]),
      axis,
    ),
  jvp: "linear",
  samples: () => [
    [[ones([2, 3]), ones([1, 3])], 0],
    [[ones([2, 3]), ones([2, 0]), ones([2, 2])], -1],
  ],
});

function checkJoin(name: string, tensors: readonly Tensor[], axis: number): number {
  if (!(tensors instanceof Array) || tensors.length === 0) {
    throw new ArgumentError("EMPTY_LIST", `${name}: needs an array of at least one tensor`);
  }
  for (const x of tensors) checkTensor(name, x);
  const { shape } = tensors[0];
  const at = normalizeAxis(name, axis, shape.length, shape);
  for (const other of tensors) {
    if (
      !sameShape(
        other.shape.filter((_, i) => i !== at),
        shape.filter((_, i) => i !== at),
      ) ||
      other.ndim !== shape.length
    ) {
      throw new ShapeError(
        "SHAPE_MISMATCH",
        `${name}: ${formatShape(shape)} and ${formatShape(other.shape)} along axis ${axis}: all other sizes must be equal`,
      );
    }
  }
  return at;
}

/**
 * Tensors of one shape joined along a new axis (default in front): `out[i] = tensors[i]` for axis 0. A negative axis counts
 * from the end of the result.
 *
 * @throws ArgumentError `EMPTY_LIST`, `OPERAND_KIND`; ShapeError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { stack, tensor } from "@adjoint/core";
 * const [a, b] = [tensor([1, 2]), tensor([3, 4])];
 * console.log(stack([a, b]).toArray(), stack([a, b], 1).toArray()); // → [ [ 1, 2 ], [ 3, 4 ] ] [ [ 1, 3 ], [ 2, 4 ] ]
 * ```
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ArgumentError("EMPTY_LIST", "stack: needs an array of at least one tensor");
  }
  for (const x of tensors) checkTensor("stack", x);
  for (const other of tensors) {
    if (!sameShape(other.shape, tensors[0].shape)) {
      throw new ShapeError(
        "SHAPE_MISMATCH",
        `stack: ${formatShape(tensors[0].shape)} and ${formatShape(other.shape)}: all shapes must be equal`,
      );
    }
  }
  const at = normalizeAxis("stack", axis, tensors[0].ndim + 1);
  return concat(
    tensors.map((x) => unsqueeze(x, at)),
    at,
  );
}

/**
 * The parts of `x` along an axis (default the first): of the given sizes, or all of one size (the last may be smaller).
 *
 * @throws ShapeError `SPLIT_SIZES` when the sizes do not add up, `AXIS_OUT_OF_RANGE`; ArgumentError `SPLIT_SIZES` for one size below
 * 1, `SHAPE_INVALID` for a list with sizes below 0.
 * @example
 * ```ts
 * import { split, tensor } from "@adjoint/core";
 * const x = tensor([1, 2, 3, 4, 5]);
 * console.log(split(x, 2).map((part) => part.toArray())); // → [ [ 1, 2 ], [ 3, 4 ], [ 5 ] ]
 * console.log(split(x, [1, 4]).map((part) => part.toArray())); // → [ [ 1 ], [ 2, 3, 4, 5 ] ]
 * ```
 */
export function split(x: Tensor, sizes: number | readonly number[], axis = 0): Tensor[] {
  checkTensor("split", x);
  const at = normalizeAxis("split", axis, x.ndim, x.shape);
  const length = x.shape[at];
  const parts = typeof sizes === "number" ? evenParts(length, sizes) : sizes;
  checkShape("split", parts);
  if (parts.reduce((a, b) => a + b, 0) !== length) {
    throw new ShapeError(
      "SPLIT_SIZES",
      `split: sizes [${parts.join(", ")}] of ${formatShape(x.shape)} along axis ${axis}; they must add up to ${length}`,
    );
  }
  let start = 0;
  return parts.map((size) => narrow(x, at, start, (start += size)));
}

function evenParts(length: number, size: number): number[] {
  if (!Number.isInteger(size) || size < 1)
    throw new ArgumentError("SPLIT_SIZES", `split: size ${size}; use an integer >= 1`);
  return Array.from({ length: Math.max(1, Math.ceil(length / size)) }, (_, i) => Math.min(size, length - i * size));
}
