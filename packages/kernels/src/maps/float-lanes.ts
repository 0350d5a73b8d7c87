import type { Lane, LaneGraph } from "./lanes.js";

/** Arithmetic on vectors of floats of one width, as nodes of a graph. */
export class FloatLanes {
  readonly graph: LaneGraph;
  readonly shape: "f32x4" | "f64x2";
  readonly signBit: Lane;

  constructor(graph: LaneGraph, shape: "f32x4" | "f64x2") {
    this.graph = graph;
    this.shape = shape;
    this.signBit = this.constant(-0);
  }

  /** `value` in every lane, rounded to the width. */
  constant(value: number): Lane {
    const view = new DataView(new ArrayBuffer(8));
    if (this.shape === "f64x2") {
      view.setFloat64(0, value);
      return this.graph.bits64(view.getBigInt64(0));
    }
    view.setFloat32(0, value);
    return this.graph.bits32(view.getInt32(0));
  }

  add(x: Lane, y: Lane): Lane {
    return this.graph.apply(`${this.shape}Add`, x, y);
  }

  sub(x: Lane, y: Lane): Lane {
    return this.graph.apply(`${this.shape}Sub`, x, y);
  }

  mul(x: Lane, y: Lane): Lane {
    return this.graph.apply(`${this.shape}Mul`, x, y);
  }

  div(x: Lane, y: Lane): Lane {
    return this.graph.apply(`${this.shape}Div`, x, y);
  }

  /** One instruction with the sign bit, where V8 makes three of the instruction `abs` and of `neg`. */
  abs(x: Lane): Lane {
    return this.graph.apply("v128Andnot", x, this.signBit);
  }

  neg(x: Lane): Lane {
    return this.graph.apply("v128Xor", x, this.signBit);
  }

  /** The square root or a rounding to integers. */
  unary(name: "Sqrt" | "Floor" | "Ceil" | "Nearest", x: Lane): Lane {
    return this.graph.apply(`${this.shape}${name}`, x);
  }

  /** A mask: all bits of a lane set where the comparison holds. */
  compare(name: "Eq" | "Ne" | "Lt" | "Le" | "Gt" | "Ge", x: Lane, y: Lane): Lane {
    return this.graph.apply(`${this.shape}${name}`, x, y);
  }

  /** The larger and the smaller, with NaN propagated and -0 below +0. */
  extreme(name: "Max" | "Min", x: Lane, y: Lane): Lane {
    return this.graph.apply(`${this.shape}${name}`, x, y);
  }

  /** `min(x, bound)` for a bound that is not NaN, NaN for NaN; one instruction where `Min` takes eight. */
  atMost(x: Lane, bound: number): Lane {
    return this.graph.apply(`${this.shape}Pmin`, x, this.constant(bound));
  }

  /** `max(x, bound)` for a bound that is not NaN and not 0, NaN for NaN. */
  atLeast(x: Lane, bound: number): Lane {
    return this.graph.apply(`${this.shape}Pmax`, x, this.constant(bound));
  }

  /** The sign bit of x. */
  signOf(x: Lane): Lane {
    return this.graph.apply("v128And", x, this.signBit);
  }

  /** A number that is not negative, or -0, given the sign of `x`. */
  withSign(magnitude: Lane, x: Lane): Lane {
    return this.graph.apply("v128Or", magnitude, this.signOf(x));
  }

  /** `c₀ + c₁x + c₂x² + …` by Horner's rule. */
  horner(x: Lane, coefficients: readonly number[]): Lane {
    const [last, ...rest] = [...coefficients].reverse();
    return rest.reduce((sum, c) => this.add(this.mul(sum, x), this.constant(c)), this.constant(last));
  }

  /**
   * `c₀ + c₁x + c₂x² + …`, even and odd powers apart (Estrin, 1960): in Horner's rule every operation waits for the one
   * before, and the processor looks ahead over no more than one or two vectors. Loses accuracy where the two cancel.
   */
  polynomial(x: Lane, coefficients: readonly number[]): Lane {
    if (coefficients.length <= 3) return this.horner(x, coefficients);
    const square = this.mul(x, x);
    const [even, odd] = [0, 1].map((parity) => coefficients.filter((_, i) => i % 2 === parity));
    return this.add(this.mul(this.polynomial(square, odd), x), this.polynomial(square, even));
  }
}
