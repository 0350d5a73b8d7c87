import type { Operand } from "../op.js";
import { relu, sigmoid, silu, softplus } from "../ops/activation.js";
import {
  abs,
  add,
  div,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  pow,
  reciprocal,
  rsqrt,
  sign,
  sqrt,
  square,
  sub,
} from "../ops/arithmetic.js";
import { ceil, floor, round } from "../ops/rounding.js";
import { eq, ge, gt, isNaN, le, logicalAnd, logicalNot, lt, ne } from "../ops/compare.js";
import { erf, exp, expm1, log, log1p } from "../ops/exponential.js";
import { cos, sin, tan, tanh } from "../ops/trigonometric.js";
import type { Tensor } from "../tensor.js";
import { TensorNode } from "../tensor-node.js";

/** The node as the Tensor that it is: that class comes last, behind its methods. */
export const self = (node: TensorNode): Tensor => node as Tensor;

/** Elementwise ops on a tensor, as methods. */
export abstract class ElementwiseMethods extends TensorNode {
  /** `this + y`, broadcast. */
  add(y: Operand): Tensor {
    return add(self(this), y);
  }
  /** `this - y`, broadcast. */
  sub(y: Operand): Tensor {
    return sub(self(this), y);
  }
  /** `this · y` element by element, broadcast. */
  mul(y: Operand): Tensor {
    return mul(self(this), y);
  }
  /** `this / y`, broadcast. */
  div(y: Operand): Tensor {
    return div(self(this), y);
  }
  /** The remainder of `this / y` with the sign of y. See {@link mod}. */
  mod(y: Operand): Tensor {
    return mod(self(this), y);
  }
  /** `this ^ y`, broadcast. */
  pow(y: Operand): Tensor {
    return pow(self(this), y);
  }
  /** The larger of the two, element by element. */
  maximum(y: Operand): Tensor {
    return maximum(self(this), y);
  }
  /** The smaller of the two, element by element. */
  minimum(y: Operand): Tensor {
    return minimum(self(this), y);
  }
  /** `-this`. */
  neg(): Tensor {
    return neg(self(this));
  }
  /** Absolute values. */
  abs(): Tensor {
    return abs(self(this));
  }
  /** Signs: -1, 0 or 1. */
  sign(): Tensor {
    return sign(self(this));
  }
  /** `this²`. */
  square(): Tensor {
    return square(self(this));
  }
  /** Square roots. */
  sqrt(): Tensor {
    return sqrt(self(this));
  }
  /** `1 / √this`. */
  rsqrt(): Tensor {
    return rsqrt(self(this));
  }
  /** `1 / this`. */
  reciprocal(): Tensor {
    return reciprocal(self(this));
  }
  /** The largest integers not above. */
  floor(): Tensor {
    return floor(self(this));
  }
  /** The smallest integers not below. */
  ceil(): Tensor {
    return ceil(self(this));
  }
  /** The nearest integers, halves to the even neighbour. */
  round(): Tensor {
    return round(self(this));
  }
  /** `e ^ this`. */
  exp(): Tensor {
    return exp(self(this));
  }
  /** `e ^ this - 1`, exact near 0. */
  expm1(): Tensor {
    return expm1(self(this));
  }
  /** Natural logarithms. */
  log(): Tensor {
    return log(self(this));
  }
  /** `ln(1 + this)`, exact near 0. */
  log1p(): Tensor {
    return log1p(self(this));
  }
  /** Sines. */
  sin(): Tensor {
    return sin(self(this));
  }
  /** Cosines. */
  cos(): Tensor {
    return cos(self(this));
  }
  /** Tangents. */
  tan(): Tensor {
    return tan(self(this));
  }
  /** Hyperbolic tangents. */
  tanh(): Tensor {
    return tanh(self(this));
  }
  /** The error function. */
  erf(): Tensor {
    return erf(self(this));
  }
  /** `1 / (1 + e^-this)`. */
  sigmoid(): Tensor {
    return sigmoid(self(this));
  }
  /** `max(0, this)`. */
  relu(): Tensor {
    return relu(self(this));
  }
  /** `this · σ(this)`. See {@link silu}. */
  silu(): Tensor {
    return silu(self(this));
  }
  /** `ln(1 + e^this)`. See {@link softplus}. */
  softplus(): Tensor {
    return softplus(self(this));
  }
  /** Where the two are equal, as bool. */
  eq(y: Operand): Tensor {
    return eq(self(this), y);
  }
  /** Where the two differ, as bool. */
  ne(y: Operand): Tensor {
    return ne(self(this), y);
  }
  /** Where `this < y`, as bool. */
  lt(y: Operand): Tensor {
    return lt(self(this), y);
  }
  /** Where `this ≤ y`, as bool. */
  le(y: Operand): Tensor {
    return le(self(this), y);
  }
  /** Where `this > y`, as bool. */
  gt(y: Operand): Tensor {
    return gt(self(this), y);
  }
  /** Where `this ≥ y`, as bool. */
  ge(y: Operand): Tensor {
    return ge(self(this), y);
  }
  /** Where an element is NaN, as bool. */
  isNaN(): Tensor {
    return isNaN(self(this));
  }
  /** Where an element is 0, as bool. */
  logicalNot(): Tensor {
    return logicalNot(self(this));
  }
  /** Where both are true, as bool. */
  logicalAnd(y: Operand): Tensor {
    return logicalAnd(self(this), y);
  }
}
