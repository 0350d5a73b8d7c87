import { checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { full, ones } from "../create.js";
import type { TypedArray } from "../dtype.js";
import { describe, DTypeError, ShapeError } from "../errors.js";
import type { Operand } from "../op.js";
import { broadcastShapes, formatShape, sameShape, type Shape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";
import { Value } from "../value.js";
import { where } from "./compare.js";
import { checkSource, checkStorable } from "./indices.js";
import { pickRows } from "./picking.js";
import { putAt } from "./scattering.js";
import { expand, reshape } from "./shape.js";
import { slice } from "./slice.js";

function checkMask(name: string, mask: unknown): asserts mask is Tensor {
  if (mask instanceof Tensor && mask.dtype === "bool") return;
  const got = mask instanceof Tensor ? mask.dtype : describe(mask);
  throw new DTypeError(
    "MASK_DTYPE",
    `${name}: the mask is ${got}; use a bool tensor, as gt(x, 0) or x.to("bool") give`,
  );
}

function toShape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : expand(x, shape);
}

/** The places of all elements that are not 0, found without a branch: half of all predictions about a random mask are wrong. */
function placesOfNonzero(data: TypedArray): Int32Array {
  let count = 0;
  for (let i = 0; i < data.length; i++) count += Number(data[i] !== 0);
  const places = new Int32Array(count);
  for (let i = 0, n = 0; n < count; i++) {
    places[n] = i;
    n += Number(data[i] !== 0);
  }
  return places;
}

/**
 * `x` with `value` where the mask is true, broadcast. No gradient reaches the elements that are replaced.
 *
 * @param mask - a tensor of bool
 * @param value - a number that the dtype of `x` holds, or a scalar Tensor or Value, which may carry a gradient
 * @throws DTypeError `MASK_DTYPE`; ShapeError `SHAPE_MISMATCH`, `RANK_INVALID`; ArgumentError `OPERAND_KIND`, `NUMBER_INVALID`.
 * @example
 * ```ts
 * import { gt, maskedFill, tensor } from "@adjoint/core";
 * const x = tensor([1, 2, 3]);
 * console.log(maskedFill(x, gt(x, 1), -Infinity)); // → tensor([   1, -inf, -inf])
 * ```
 */
export const maskedFill: Composed<(x: Tensor, mask: Tensor, value: Operand) => Tensor> = compose(
  "maskedFill",
  (x, mask, value) => {
    checkTensor("maskedFill", x);
    checkMask("maskedFill", mask);
    if (value instanceof Value) return where(mask, value, x);
    if (value instanceof Tensor) {
      if (value.ndim === 0) return where(mask, value, x);
      throw new ShapeError(
        "RANK_INVALID",
        `maskedFill: the value has shape ${formatShape(value.shape)}; give a scalar, or use where for more`,
      );
    }
    return where(mask, full([], checkStorable("maskedFill", value, x.dtype), { dtype: x.dtype }), x);
  },
  {
    samples: () => [
      [ones([2, 3]), bools([3], 1, 0, 1), 7],
      [ones([2]), bools([2, 1], 1, 0), ones([])],
      [ones([0, 2]), bools([2], 1, 0), 1],
      [ones([]), bools([], 1), 2],
    ],
  },
);

/** A tensor of bool, for samples. */
function bools(shape: Shape, ...elements: readonly number[]): Tensor {
  return new Tensor(Uint8Array.from(elements), shape, "bool");
}

/**
 * The elements of `x` where the mask is true, as a vector, in row-major order; both broadcast. `vmap` can pass it only where the
 * mask is the same for all examples.
 *
 * @param mask - a tensor of bool
 * @throws DTypeError `MASK_DTYPE`; ShapeError `SHAPE_MISMATCH`; ArgumentError `OPERAND_KIND`; TraceError `BATCH_READ`.
 * @example
 * ```ts
 * import { gt, maskedSelect, tensor } from "@adjoint/core";
 * const x = tensor([[1, 5], [7, 2]]);
 * console.log(maskedSelect(x, gt(x, 4))); // → tensor([5, 7])
 * ```
 */
export const maskedSelect: Composed<(x: Tensor, mask: Tensor) => Tensor> = compose(
  "maskedSelect",
  (x, mask) => {
    checkTensor("maskedSelect", x);
    checkMask("maskedSelect", mask);
    const shape = broadcastShapes("maskedSelect", [x.shape, mask.shape]);
    const places = placesOfNonzero(toShape(mask, shape).data);
    return pickRows(reshape(toShape(x, shape), [sizeOf(shape)]), new Tensor(places, [places.length], "int32"), 0);
  },
  {
    samples: () => [
      [ones([2, 3]), bools([2, 3], 1, 0, 1, 0, 1, 1)],
      [ones([2]), bools([2, 1], 1, 0)],
      [ones([2]), bools([2], 0, 0)],
      [ones([]), bools([], 1)],
    ],
    batch: false,
  },
);

/**
 * `x` with the elements of `source`, one after the other, in the places where the mask is true, in row-major order. `x` and the
 * mask broadcast; of the source its first elements are used, as many as there are such places.
 *
 * @param mask - a tensor of bool, under `vmap` the same for all examples
 * @throws DTypeError `MASK_DTYPE`, `DTYPE_MISMATCH`; ShapeError `SHAPE_MISMATCH`, `SOURCE_TOO_SMALL`; ArgumentError `OPERAND_KIND`;
 * TraceError `BATCH_READ`.
 * @example
 * ```ts
 * import { maskedScatter, tensor } from "@adjoint/core";
 * const mask = tensor([true, false, true]);
 * console.log(maskedScatter(tensor([1, 2, 3]), mask, tensor([7, 8]))); // → tensor([7, 2, 8])
 * ```
 */
export const maskedScatter: Composed<(x: Tensor, mask: Tensor, source: Tensor) => Tensor> = compose(
  "maskedScatter",
  (x, mask, source) => {
    const name = "maskedScatter";
    checkTensor(name, x);
    checkMask(name, mask);
    checkSource(name, source, x);
    const shape = broadcastShapes(name, [x.shape, mask.shape]);
    const places = placesOfNonzero(toShape(mask, shape).data);
    if (source.size < places.length) {
      throw new ShapeError(
        "SOURCE_TOO_SMALL",
        `${name}: the source ${formatShape(source.shape)} has ${source.size} elements for the ${places.length} places of the mask; give as many`,
      );
    }
    const indices = new Tensor(places, [places.length], "int32");
    const elements = slice(reshape(source, [source.size]), [0, places.length]);
    return reshape(putAt(reshape(toShape(x, shape), [sizeOf(shape)]), indices, elements, 0), shape);
  },
  {
    samples: () => [
      [ones([2, 3]), bools([2, 3], 1, 0, 1, 0, 1, 1), ones([5])],
      [ones([2]), bools([2, 1], 1, 0), ones([1, 2])],
      [ones([]), bools([], 0), ones([])],
    ],
    batch: false,
  },
);

/**
 * The indices of the elements that are not 0 (NaN is not), one row each, in row-major order.
 *
 * @returns `[count, x.ndim]`, int32
 * @throws ArgumentError `OPERAND_KIND`; TraceError `BATCH_READ` under `vmap`: how many rows there are depends on the elements.
 * @example
 * ```ts
 * import { nonzero, tensor } from "@adjoint/core";
 * console.log(nonzero(tensor([[0, 3], [4, 0]])).toArray()); // → [ [ 0, 1 ], [ 1, 0 ] ]
 * ```
 */
export const nonzero: Composed<(x: Tensor) => Tensor> = compose(
  "nonzero",
  (x) => {
    checkTensor("nonzero", x);
    const places = placesOfNonzero(x.data);
    const { shape, ndim } = x;
    const out = new Int32Array(places.length * ndim);
    for (let n = 0; n < places.length; n++) {
      for (let axis = ndim - 1, rest = places[n]; axis >= 0; axis--) {
        const above = (rest / shape[axis]) | 0;
        out[n * ndim + axis] = rest - above * shape[axis];
        rest = above;
      }
    }
    return new Tensor(out, [places.length, ndim], "int32");
  },
  { samples: () => [[ones([2, 3])], [ones([0, 2])], [ones([])]], batch: false },
);
