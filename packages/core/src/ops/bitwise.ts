import { checkTensor } from "../arguments.js";
import { full, tensor } from "../create.js";
import { allocate, type DType, isFloating, promote } from "../dtype.js";
import { ArgumentError, describe, DTypeError } from "../errors.js";
import { broadcastShapes, type Shape } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import { Tensor } from "../tensor.js";
import { expand, reshape } from "./shape.js";

/** What a bitwise op of two operands takes: tensors of int32, uint8 or bool, or one of them and an integer. */
type Arguments = [x: Tensor | number, y: Tensor | number];

/** A tensor of integers; a number takes the dtype of the tensor beside it, int32 beside bool. */
function integers(name: string, x: unknown, beside: unknown, bool: boolean): Tensor {
  if (typeof x === "number" && beside instanceof Tensor) {
    if (Number.isInteger(x) && Math.abs(x) <= 2 ** 32) {
      return full([], x, { dtype: beside.dtype === "uint8" ? "uint8" : "int32" });
    }
    throw new ArgumentError("INTEGER_INVALID", `${name}: got the operand ${describe(x)}; use an integer of 32 bits`);
  }
  checkTensor(name, x);
  if (!isFloating(x.dtype) && (bool || x.dtype !== "bool")) return x;
  throw new DTypeError(
    "DTYPE_INTEGER",
    `${name}: takes int32${bool ? ", uint8 or bool" : " or uint8"}, not ${x.dtype}; convert it with x.to("int32")`,
  );
}

const broadcast = (name: string, inputs: readonly Tensor[]): Shape =>
  broadcastShapes(
    name,
    inputs.map((x) => x.shape),
  );

/** The axes of one example, aligned at the last: axes of size 1 go behind that of the examples. */
function alignedFronts(inputs: readonly Tensor[]): Tensor[] {
  const rank = Math.max(...inputs.map((x) => x.ndim));
  return inputs.map((x) => {
    const [size, ...shape] = x.shape;
    return reshape(x, [size, ...new Array<number>(rank - x.ndim).fill(1), ...shape]);
  });
}

/** A bitwise op of two operands from what it does to two integers, with the bits of the result's dtype. */
function bitwise(
  name: string,
  combine: (x: number, y: number, bits: number) => number,
  bool: boolean,
): OpFunction<Arguments> {
  const op: OpFunction<Arguments> = defineOp<Arguments, undefined>({
    name,
    call: (x, y) => ({
      inputs: [integers(name, x, y, bool), integers(name, y, x, bool)],
      attributes: undefined,
    }),
    shape: (inputs) => broadcast(name, inputs),
    dtype: ([x, y]) => promote(x.dtype, y.dtype),
    forward: (inputs, _attributes, shape, dtype) => {
      const [x, y] = inputs.map((input) => expand(input, shape).data);
      const out = allocate(dtype, x.length);
      const bits = dtype === "int32" ? 32 : 8;
      for (let i = 0; i < out.length; i++) out[i] = combine(x[i], y[i], bits);
      return out;
    },
    batch: (inputs) => {
      const [x, y] = alignedFronts(inputs);
      return op(x, y);
    },
    samples: () => [
      [tensor([5, 12, -7], { dtype: "int32" }), tensor([[3], [1]], { dtype: "int32" })],
      [tensor([5, 200], { dtype: "uint8" }), tensor(3, { dtype: "uint8" })],
      [tensor([5, 6], { dtype: "int32" }), 2],
      [3, tensor([], { dtype: "int32" })],
      ...(bool ? ([[tensor([true, false]), tensor(true)]] as Arguments[]) : []),
    ],
  });
  return op;
}

/**
 * The bits that are set in both `x` and `y`, broadcast; of bools, whether both are true. No gradient.
 *
 * @throws DTypeError `DTYPE_INTEGER` unless both are int32, uint8 or bool; ArgumentError `OPERAND_KIND`, `INTEGER_INVALID`; ShapeError
 * `SHAPE_MISMATCH`.
 * @example
 * ```ts
 * import { bitwiseAnd, tensor } from "@adjoint/core";
 * console.log(bitwiseAnd(tensor([5, 12], { dtype: "int32" }), 6).toArray()); // → [ 4, 4 ]
 * ```
 */
export const bitwiseAnd: OpFunction<Arguments> = /* @__PURE__ */ bitwise("bitwiseAnd", (x, y) => x & y, true);

/**
 * The bits that are set in `x` or `y`, broadcast; of bools, whether either is true. No gradient.
 *
 * @throws DTypeError `DTYPE_INTEGER` unless both are int32, uint8 or bool; ArgumentError `OPERAND_KIND`, `INTEGER_INVALID`; ShapeError
 * `SHAPE_MISMATCH`.
 * @example
 * ```ts
 * import { bitwiseOr, tensor } from "@adjoint/core";
 * console.log(bitwiseOr(tensor([5, 12], { dtype: "int32" }), 6).toArray()); // → [ 7, 14 ]
 * ```
 */
export const bitwiseOr: OpFunction<Arguments> = /* @__PURE__ */ bitwise("bitwiseOr", (x, y) => x | y, true);

/**
 * The bits that are set in just one of `x` and `y`, broadcast; of bools, whether just one is true. No gradient.
 *
 * @throws DTypeError `DTYPE_INTEGER` unless both are int32, uint8 or bool; ArgumentError `OPERAND_KIND`, `INTEGER_INVALID`; ShapeError
 * `SHAPE_MISMATCH`.
 * @example
 * ```ts
 * import { bitwiseXor, tensor } from "@adjoint/core";
 * console.log(bitwiseXor(tensor([5, 12], { dtype: "int32" }), 6).toArray()); // → [ 3, 10 ]
 * ```
 */
export const bitwiseXor: OpFunction<Arguments> = /* @__PURE__ */ bitwise("bitwiseXor", (x, y) => x ^ y, true);

/**
 * The bits of `x` moved up by `y` places, `x · 2^y` in so many bits as the dtype has, broadcast; 0 where `y` is negative or no less
 * than these bits. No gradient.
 *
 * @throws DTypeError `DTYPE_INTEGER` unless both are int32 or uint8; ArgumentError `OPERAND_KIND`, `INTEGER_INVALID`; ShapeError
 * `SHAPE_MISMATCH`.
 * @example
 * ```ts
 * import { bitwiseLeftShift, tensor } from "@adjoint/core";
 * console.log(bitwiseLeftShift(tensor([1, 3], { dtype: "int32" }), 2).toArray()); // → [ 4, 12 ]
 * ```
 */
export const bitwiseLeftShift: OpFunction<Arguments> = /* @__PURE__ */ bitwise(
  "bitwiseLeftShift",
  (x, y, bits) => (y < 0 || y >= bits ? 0 : x << y),
  false,
);

/**
 * The bits of `x` moved down by `y` places, `⌊x / 2^y⌋`, broadcast; where `y` is negative or no less than the bits of the dtype, -1 for
 * negative `x` and 0 for others. No gradient.
 *
 * @throws DTypeError `DTYPE_INTEGER` unless both are int32 or uint8; ArgumentError `OPERAND_KIND`, `INTEGER_INVALID`; ShapeError
 * `SHAPE_MISMATCH`.
 * @example
 * ```ts
 * import { bitwiseRightShift, tensor } from "@adjoint/core";
 * console.log(bitwiseRightShift(tensor([9, -9], { dtype: "int32" }), 1).toArray()); // → [ 4, -5 ]
 * ```
 */
export const bitwiseRightShift: OpFunction<Arguments> = /* @__PURE__ */ bitwise(
  "bitwiseRightShift",
  (x, y, bits) => x >> (y < 0 || y >= bits ? 31 : y),
  false,
);

/**
 * All bits of `x` the other way round, `-x - 1` in int32; of bools, their opposites. No gradient.
 *
 * @throws DTypeError `DTYPE_INTEGER` unless `x` is int32, uint8 or bool; ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { bitwiseNot, tensor } from "@adjoint/core";
 * console.log(bitwiseNot(tensor([0, 5], { dtype: "int32" })).toArray()); // → [ -1, -6 ]
 * ```
 */
export const bitwiseNot: OpFunction<[x: Tensor]> = defineOp<[x: Tensor], undefined>({
  name: "bitwiseNot",
  call: (x) => ({ inputs: [integers("bitwiseNot", x, undefined, true)], attributes: undefined }),
  shape: ([x]) => x.shape,
  dtype: ([x]): DType => x.dtype,
  forward: ([x], _attributes, _shape, dtype) => {
    const { data } = x;
    const out = allocate(dtype, data.length);
    for (let i = 0; i < out.length; i++) out[i] = dtype === "bool" ? 1 - data[i] : ~data[i];
    return out;
  },
  batch: "front",
  samples: () => [
    [tensor([[0, 5, -3]], { dtype: "int32" })],
    [tensor(200, { dtype: "uint8" })],
    [tensor([true, false])],
    [tensor([], { dtype: "int32" })],
  ],
});
