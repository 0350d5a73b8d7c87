import { checkTensor } from "./arguments.js";
import { allocate, type DType } from "./dtype.js";
import { ArgumentError, describe } from "./errors.js";
import { type Cotangent, type Emit, isRecording } from "./node.js";
import { Tensor } from "./tensor.js";
import type { TensorOp } from "./tensor-node.js";
import { Value } from "./value.js";

/** From a Value to a scalar tensor: the bridge over which gradients pass from tensors to Values. */
const liftOp: TensorOp = {
  name: "lift",
  backward(_node: Tensor, cotangent: Tensor, emit: Emit): void {
    emit(0, isRecording() ? lower(cotangent) : cotangent.item());
  },
  tangent: (_node, tangents) => tangents[0],
};

/**
 * A Value as a tensor of no axes; gradients flow back to the Value.
 *
 * @example
 * ```ts
 * import { lift, mul, tensor, value } from "@adjoint/core";
 * const scale = value(2);
 * mul(lift(scale, "float32"), tensor([1, 2, 3])).sum().backward();
 * console.log(scale.grad); // → 6
 * ```
 */
export function lift(x: Value, dtype: DType): Tensor {
  if (!(x instanceof Value)) {
    throw new ArgumentError("OPERAND_KIND", `lift: ${describe(x)} is not a Value; value(...) makes one from a number`);
  }
  return lifted(x.number, dtype, x);
}

function lifted(x: number, dtype: DType, source: Value | null): Tensor {
  const data = allocate(dtype, 1);
  data[0] = x;
  if (source === null || !source.requiresGrad || !isRecording()) return new Tensor(data, [], dtype);
  return new Tensor(data, [], dtype, liftOp, [source], undefined, true);
}

/** The Value of a one-element tensor: the way back over the bridge. */
class Lowered extends Value {
  constructor(tensor: Tensor) {
    super(tensor.item(), LOWER, [tensor], true);
  }

  override pullback(cotangent: Cotangent, createGraph: boolean, emit: Emit): void {
    const { dtype } = this.inputs[0] as Tensor;
    emit(0, createGraph ? lift(cotangent as Value, dtype) : lifted(cotangent as number, dtype, null));
  }
}

const LOWER = { name: "lower", number: (x: number) => x, pullbacks: [] };

/**
 * A tensor of no axes as a Value; gradients flow back to the tensor.
 *
 * @throws ArgumentError `NOT_SCALAR` when the tensor has axes.
 */
export function lower(tensor: Tensor): Value {
  checkTensor("lower", tensor);
  if (tensor.ndim !== 0) {
    throw new ArgumentError(
      "NOT_SCALAR",
      `lower: shape [${tensor.shape.join(", ")}]; only a tensor of no axes is a Value (sum, mean, squeeze)`,
    );
  }
  return tensor.requiresGrad && isRecording() ? new Lowered(tensor) : new Value(tensor.item(), null, null, false);
}
