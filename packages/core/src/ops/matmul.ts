import { commonType } from "../apply.js";
import { checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { allocate, allocateUncleared, type DType, type TypedArray } from "../dtype.js";
import { DTypeError, ShapeError } from "../errors.js";
import { multiply } from "../product.js";
import { broadcastShapes, formatShape, type Shape, sizeOf, stridesOf } from "../shape.js";
import { viewOf } from "../storage.js";
import { type BatchContext, defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { mul } from "./arithmetic.js";
import { cast } from "./cast.js";
import { alignedFronts, matrixStarts } from "./fronts.js";
import { sum } from "./reduce.js";
import { expand, reshape, transpose, unsqueeze } from "./shape.js";
import { slice } from "./slice.js";

/**
 * The matrix product over the last two axes, the axes in front broadcast: `[…, m, k] · […, k, n] → […, m, n]`. A vector on the
 * left is a row, on the right a column, and its axis is dropped from the result; two vectors give their dot product.
 *
 * @throws ShapeError `MATMUL_SHAPES` for scalars and for inner sizes that differ, `SHAPE_MISMATCH` when the front axes do not
 * broadcast; DTypeError `DTYPE_BOOL`.
 * @example
 * ```ts
 * import { matmul, tensor } from "@adjoint/core";
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(matmul(a, tensor([[1], [10]])).toArray()); // → [ [ 21 ], [ 43 ] ]
 * console.log(matmul(a, tensor([1, 10])).toArray()); // → [ 21, 43 ]
 * ```
 */
export const matmul: Composed<(a: Tensor, b: Tensor) => Tensor> = compose(
  "matmul",
  (a, b) => {
    checkFactors("matmul", a, b);
    if (a.ndim === 2 && b.ndim === 2) return product(a, b);
    const left = a.ndim === 1 ? unsqueeze(a, 0) : a;
    const right = b.ndim === 1 ? unsqueeze(b, 1) : b;
    const front = broadcastShapes("matmul: front axes", [left.shape.slice(0, -2), right.shape.slice(0, -2)]);
    const full = right.ndim > 2 ? product(left, right) : rowsTimes(left, right);
    const [m, n] = full.shape.slice(-2);
    return reshape(full, [...front, ...(a.ndim === 1 ? [] : [m]), ...(b.ndim === 1 ? [] : [n])]);
  },
  {
    samples: () => [
      [ones([2, 3]), ones([3, 2])],
      [ones([2, 1, 1, 2]), ones([2, 2, 1])],
      [ones([2, 1, 2]), ones([2, 2])],
      [ones([2, 2]), ones([2, 2, 1])],
      [ones([3]), ones([3])],
      [ones([2]), ones([2, 2, 1])],
      [ones([2, 1, 2]), ones([2])],
      [ones([2, 0]), ones([0, 3])],
    ],
  },
);

/** One matrix on the right of many is one product of all their rows. */
function rowsTimes(left: Tensor, right: Tensor): Tensor {
  const front = left.shape.slice(0, -1);
  const rows = product(reshape(left, [sizeOf(front), left.shape[left.ndim - 1]]), right);
  return reshape(rows, [...front, right.shape[1]]);
}

/** Checks the operands of a product that sums over the last axis of `a` and the last but one of `b`. */
export function checkFactors(name: string, a: Tensor, b: Tensor): void {
  checkTensor(name, a);
  checkTensor(name, b);
  const shapes = `${name}: ${formatShape(a.shape)} x ${formatShape(b.shape)}`;
  if (commonType([a, b]) === "bool") {
    throw new DTypeError("DTYPE_BOOL", `${shapes}: both are bool, which has no sums; convert one with x.to("int32")`);
  }
  if (a.ndim === 0 || b.ndim === 0) {
    throw new ShapeError("MATMUL_SHAPES", `${shapes}: a scalar has no matrix product; use mul`);
  }
  const inner = a.shape[a.ndim - 1];
  const other = b.shape[Math.max(0, b.ndim - 2)];
  if (inner !== other) {
    throw new ShapeError("MATMUL_SHAPES", `${shapes}: inner sizes ${inner} and ${other} differ; transpose the second?`);
  }
}

/** Matrices in a tensor's last two axes: where each starts, and whether their columns rather than rows are contiguous. */
interface Matrices {
  readonly base: TypedArray;
  readonly starts: readonly number[];
  readonly transposed: boolean;
}

function matricesOf(x: Tensor, front: Shape): Matrices {
  const [rows, columns] = x.shape.slice(-2);
  const view = viewOf(x);
  const [down, across] = view.strides.slice(-2);
  const plain = (across === 1 || columns === 1) && (down === columns || rows === 1);
  const transposed = !plain && (down === 1 || rows === 1) && (across === rows || columns === 1);
  const { base, offset, strides } =
    plain || transposed ? view : { base: x.data, offset: 0, strides: stridesOf(x.shape) };
  return { base, starts: matrixStarts({ base, offset, strides }, x.shape, front), transposed };
}

function run(a: Tensor, b: Tensor, front: Shape, dtype: DType, summed: boolean): TypedArray {
  const [m, k] = a.shape.slice(-2);
  const n = b.shape[b.ndim - 1];
  const left = matricesOf(a.dtype === dtype ? a : cast(a, dtype), front);
  const right = matricesOf(b.dtype === dtype ? b : cast(b, dtype), front);
  const out = summed ? allocate(dtype, m * n) : allocateUncleared(dtype, sizeOf(front) * m * n);
  left.starts.forEach((start, i) => {
    multiply({
      m,
      n,
      k,
      a: left.base.subarray(start, start + m * k),
      b: right.base.subarray(right.starts[i], right.starts[i] + k * n),
      out: summed ? out : out.subarray(i * m * n, (i + 1) * m * n),
      transposeA: left.transposed,
      transposeB: right.transposed,
      accumulate: summed,
    });
  });
  return out;
}

function frontOf(a: Tensor, b: Tensor): Shape {
  return broadcastShapes("matmul", [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
}

const product: OpFunction<[a: Tensor, b: Tensor]> = defineOp<[a: Tensor, b: Tensor], undefined>({
  name: "matmul",
  shape: ([a, b]) => [...frontOf(a, b), a.shape[a.ndim - 2], b.shape[b.ndim - 1]],
  forward: ([a, b], _attributes, _shape, dtype) => run(a, b, frontOf(a, b), dtype, false),
  vjp: (g, { inputs: [a, b], needs: [needsA, needsB] }) => [
    needsA ? against(g, transpose(b), a) : null,
    needsB ? against(transpose(a), g, b) : null,
  ],
  jvp: ([ta, tb], { inputs: [a, b] }) => {
    const first = ta && product(ta, b);
    const second = tb && product(a, tb);
    return first && second ? first.add(second) : (first ?? second);
  },
  batch: batchedProduct,
  samples: () => [
    [ones([2, 3]), ones([3, 4])],
    [ones([2, 2, 3]), ones([2, 3, 1])],
    [ones([2, 3]), ones([2, 1, 3, 2])],
    [ones([2, 0]), ones([0, 3])],
  ],
});

/** One matrix that all examples share is one product with the rows of all of them: on the left, with their columns. */
function batchedProduct(inputs: readonly Tensor[], _attributes: undefined, context: BatchContext): Tensor {
  const [a, b] = inputs;
  const shared = (i: number): boolean => !context.batched[i] && inputs[i].ndim === 3 && context.size > 0;
  if (shared(1)) return rowsTimes(a, slice(b, 0));
  if (shared(0)) return transpose(rowsTimes(transpose(b), transpose(slice(a, 0))));
  const [left, right] = alignedFronts(inputs, context);
  // Gradients of a matrix for each example are columns times rows, which one pass over memory multiplies.
  return left.shape[left.ndim - 1] === 1 ? mul(left, right) : product(left, right);
}

/**
 * The cotangent `a·b` of the operand `x`: one matrix that was used with many collects the sum over them at once, and one
 * that is a transposed view gets `(bᵀ·aᵀ)ᵀ`, so that behind the transposition the elements lie in order again.
 */
function against(a: Tensor, b: Tensor, x: Tensor): Tensor {
  const multiplied = x.ndim === 2 && Math.max(a.ndim, b.ndim) > 2 ? summedProduct : product;
  if (x.view !== null && x.view.strides[x.ndim - 2] === 1) return transpose(multiplied(transpose(b), transpose(a)));
  return multiplied(a, b);
}

/** The sum of the products over all front axes: `[…, m, k] · […, k, n] → [m, n]`. */
const summedProduct: OpFunction<[a: Tensor, b: Tensor]> = defineOp<[a: Tensor, b: Tensor], undefined>({
  name: "summedMatmul",
  shape: ([a, b]) => [a.shape[a.ndim - 2], b.shape[b.ndim - 1]],
  forward: ([a, b], _attributes, _shape, dtype) => run(a, b, frontOf(a, b), dtype, true),
  vjp: (g, { inputs: [a, b] }) => {
    const front = frontOf(a, b);
    const left = (x: Tensor): Tensor => expand(x, [...front, ...x.shape.slice(-2)]);
    return [product(g, transpose(left(b))), product(transpose(left(a)), g)];
  },
  jvp: ([ta, tb], { inputs: [a, b] }) => {
    const first = ta && summedProduct(ta, b);
    const second = tb && summedProduct(a, tb);
    return first && second ? first.add(second) : (first ?? second);
  },
  batch: (inputs, _attributes, context) => {
    const [a, b] = alignedFronts(inputs, context);
    const all = product(a, b);
    return sum(all, { axis: all.shape.map((_, i) => i).slice(1, -2) });
  },
  samples: () => [
    [ones([3, 2, 3]), ones([3, 3, 4])],
    [ones([2, 2, 3]), ones([3, 1])],
  ],
});
