import { checkTensor } from "../arguments.js";
import { checkDType, convert, type DType, isFloating } from "../dtype.js";
import { defineOp, type OpFunction } from "../structural.js";
import { type Tensor } from "../tensor.js";
import { ones } from "../create.js";

/**
 * The elements in another dtype: fractions are cut towards zero, anything but 0 becomes true. Gradients pass between
 * the floating dtypes.
 *
 * @throws ArgumentError `OPERAND_KIND`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { cast, tensor } from "@adjoint/core";
 * console.log(cast(tensor([-1.5, 0, 2.7]), "int32").toArray()); // → [ -1, 0, 2 ]
 * console.log(cast(tensor([-1.5, 0, 2.7]), "bool").toArray()); // → [ 1, 0, 1 ]
 * ```
 */
export const cast: OpFunction<[x: Tensor, dtype: DType]> = defineOp<[x: Tensor, dtype: DType], DType>({
  name: "cast",
  call: (x, dtype) => {
    checkTensor("cast", x);
    return { inputs: [x], attributes: checkDType("cast", dtype) };
  },
  shape: ([x]) => x.shape,
  dtype: (_inputs, dtype) => dtype,
  forward: ([x], dtype) => (x.dtype === dtype ? x : convert(x.data, dtype)),
  vjp: (cotangent, { inputs: [x] }) => [isFloating(x.dtype) ? cast(cotangent, x.dtype) : null],
  jvp: ([t], { attributes }) => t && cast(t, attributes),
  batch: "front",
  samples: () => [
    [ones([2, 3]), "float64"],
    [ones([]), "int32"],
    [ones([0]), "bool"],
  ],
});
