import { checkInteger, checkTensor, checkTensors } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { allocate } from "../dtype.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { checkSizes, formatShape, normalizeAxis, sameShape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { takeAlong } from "./ranges.js";
import { reshape, unsqueeze } from "./shape.js";

/**
 * Tensors joined along an existing axis (default the first); all other sizes must be equal. Vectors of no elements are left out
 * among tensors of more axes, so that a list can begin with one. Dtypes promote.
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
  call: (tensors, axis = 0) => {
    checkTensors("concat", tensors);
    const filled = tensors.filter((x) => x.ndim !== 1 || x.size > 0);
    const inputs = filled.some((x) => x.ndim > 1) ? filled : tensors;
    return { inputs, attributes: checkJoin(inputs, axis) };
  },
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
  batch: (inputs, axis) => concat(inputs, axis + 1),
  samples: () => [
    [[ones([2, 3]), ones([1, 3])], 0],
    [[ones([2, 3]), ones([2, 0]), ones([2, 2])], -1],
    [[ones([0, 2])], 1],
    [[ones([0]), ones([2, 1])], -1],
  ],
});

function checkJoin(tensors: readonly Tensor[], axis: number): number {
  const { shape } = tensors[0];
  const at = normalizeAxis("concat", axis, shape.length, shape);
  for (const other of tensors) {
    if (other.ndim === shape.length && other.shape.every((n, i) => i === at || n === shape[i])) continue;
    throw new ShapeError(
      "SHAPE_MISMATCH",
      `concat: ${formatShape(shape)} and ${formatShape(other.shape)} along axis ${axis}: all other sizes must be equal`,
    );
  }
  return at;
}

/**
 * Tensors of one shape joined along a new axis (default in front): `out[i] = tensors[i]` for axis 0. A negative axis counts
 * from the end of the result. Dtypes promote.
 *
 * @throws ArgumentError `EMPTY_LIST`, `OPERAND_KIND`; ShapeError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { stack, tensor } from "@adjoint/core";
 * const [a, b] = [tensor([1, 2]), tensor([3, 4])];
 * console.log(stack([a, b]).toArray(), stack([a, b], 1).toArray()); // → [ [ 1, 2 ], [ 3, 4 ] ] [ [ 1, 3 ], [ 2, 4 ] ]
 * ```
 */
export const stack: Composed<(tensors: readonly Tensor[], axis?: number) => Tensor> = compose(
  "stack",
  (tensors, axis = 0) => {
    checkTensors("stack", tensors);
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
  },
  { samples: () => [[[ones([2, 3]), ones([2, 3])], -1], [[ones([]), ones([]), ones([])]], [[ones([0])]]] },
);

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
export const split: Composed<(x: Tensor, sizes: number | readonly number[], axis?: number) => Tensor[]> = compose(
  "split",
  (x, sizes, axis = 0) => {
    checkTensor("split", x);
    const at = normalizeAxis("split", axis, x.ndim, x.shape);
    const length = x.shape[at];
    const parts = typeof sizes === "number" ? evenParts(length, sizes) : checkSizes("split", sizes);
    if (parts.reduce((a, b) => a + b, 0) !== length) {
      throw new ShapeError(
        "SPLIT_SIZES",
        `split: sizes ${formatShape(parts)} of ${formatShape(x.shape)} along axis ${axis}; they must add up to ${length}`,
      );
    }
    return partsOf(x, parts, at);
  },
  {
    samples: () => [
      [ones([2, 5]), 2, 1],
      [ones([2, 5]), [1, 0, 4], -1],
      [ones([0, 2]), 1],
      // Sizes of parts are no shape: their product, 2^60 here, is no number of elements.
      [ones([120]), new Array<number>(60).fill(2)],
    ],
  },
);

function evenParts(length: number, size: number): number[] {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new ArgumentError("SPLIT_SIZES", `split: size ${size}; use an integer >= 1`);
  return Array.from({ length: Math.max(1, Math.ceil(length / size)) }, (_, i) => Math.min(size, length - i * size));
}

/**
 * The parts as halves of halves: the gradient of each part is put into zeros of the size of what it was taken from, and n parts
 * taken from the whole would cost n times the whole instead of log n times.
 */
function partsOf(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  if (sizes.length < 2) return sizes.map(() => x);
  const half = sizes.length >> 1;
  const left = sizes.slice(0, half).reduce((a, b) => a + b, 0);
  return [
    ...partsOf(takeAlong(x, axis, 0, left), sizes.slice(0, half), axis),
    ...partsOf(takeAlong(x, axis, left, x.shape[axis] - left), sizes.slice(half), axis),
  ];
}

/**
 * The parts of `x` along an axis (default the first) in so many pieces of equal size, `⌈length / chunks⌉`; the last may be smaller,
 * and there are fewer pieces when the length is used up before.
 *
 * @throws ArgumentError `INTEGER_INVALID`; ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { arange, chunk } from "@adjoint/core";
 * console.log(chunk(arange(5), 2).map((part) => part.toArray())); // → [ [ 0, 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export const chunk: Composed<(x: Tensor, chunks: number, axis?: number) => Tensor[]> = compose(
  "chunk",
  (x, chunks, axis = 0) => {
    checkTensor("chunk", x);
    const at = normalizeAxis("chunk", axis, x.ndim, x.shape);
    checkInteger("chunk", "chunks", chunks, 1, 2 ** 16);
    const length = x.shape[at];
    const parts = length === 0 ? new Array<number>(chunks).fill(0) : evenParts(length, Math.ceil(length / chunks));
    return partsOf(x, parts, at);
  },
  {
    samples: () => [
      [ones([2, 5]), 3, -1],
      [ones([0, 2]), 2],
    ],
  },
);

/**
 * The slices of `x` along an axis (default the first), which is dropped: the rows of a matrix. The reverse of `stack`.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { tensor, unbind } from "@adjoint/core";
 * const [a, b] = unbind(tensor([[1, 2], [3, 4]]));
 * console.log(a.toArray(), b.toArray()); // → [ 1, 2 ] [ 3, 4 ]
 * ```
 */
export const unbind: Composed<(x: Tensor, axis?: number) => Tensor[]> = compose(
  "unbind",
  (x, axis = 0) => {
    checkTensor("unbind", x);
    const at = normalizeAxis("unbind", axis, x.ndim, x.shape);
    const shape = x.shape.toSpliced(at, 1);
    return partsOf(x, new Array<number>(x.shape[at]).fill(1), at).map((part) => reshape(part, shape));
  },
  { samples: () => [[ones([2, 3]), 1], [ones([2])], [ones([2, 0])]] },
);
