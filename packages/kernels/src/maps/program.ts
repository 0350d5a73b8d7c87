/**
 * The language of elementwise kernels: a straight-line scalar program, run once for every element.
 */
import { SCALAR_FUNCTIONS } from "./scalar-functions.js";

/** The scalar instructions a map can use. Their meaning at each element is given at {@link MapStep}. */
export type MapOp =
  | "constant"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "neg"
  | "abs"
  | "sign"
  | "max"
  | "min"
  | "pow"
  | "exp"
  | "log"
  | "expm1"
  | "log1p"
  | "sqrt"
  | "sin"
  | "cos"
  | "tan"
  | "atan"
  | "tanh"
  | "erf"
  | "floor"
  | "ceil"
  | "round"
  | "mod"
  | "select"
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge";

/**
 * One instruction: `op` applied to earlier registers.
 *
 * Comparisons give 0 or 1; `select(c, x, y)` is `c ≠ 0 ? x : y` (NaN counts as not zero); `max` and `min` propagate NaN
 * and order -0 below +0; `sign` keeps ±0 and NaN; `round` takes halves to even; `mod(x, y) = x - ⌊x/y⌋·y` without
 * rounding of the quotient, with the sign of `y` also where it is 0; `pow` is the pow of IEEE 754-2019, so
 * `pow(x, 0) = pow(1, y) = 1` for NaN too, and `pow(-1, ±∞) = 1`.
 */
export interface MapStep {
  readonly op: MapOp; // the instruction
  readonly args: readonly number[]; // the registers of its operands, in order; none for a `constant`
  /** The value of a `constant`. */
  readonly value?: number;
}

/** Registers 0 to `inputs - 1` are the inputs; step i defines register `inputs + i`, once. */
export interface MapProgram {
  readonly inputs: number; // how many there are
  readonly steps: readonly MapStep[]; // in the order in which they run
  readonly outputs: readonly number[]; // the registers of the results
}

/** How an input runs along the inner axis: one element a position, or one element for the whole row. */
export type MapMode = "vector" | "scalar";

/** The element types of maps. */
export type MapDtype = "float32" | "float64";

/** The arrays of maps. */
export type MapArray = Float32Array | Float64Array;

/** A compiled map. */
export interface MapKernel {
  /**
   * Computes dense `outputs: [outer, inner]`. The element of input j at row o and position i is
   * `inputs[j][outerStrides[j]·o + (modes[j] === "vector" ? i : 0)]`. Strides are not negative.
   */
  run(
    inputs: readonly MapArray[],
    outerStrides: readonly number[],
    outer: number,
    inner: number,
    outputs: readonly MapArray[],
  ): void;
}

/** Throws an internal error unless every register is defined before it is read and every operand count is right. */
export function checkProgram(program: MapProgram, modes: readonly MapMode[]): void {
  const { inputs, steps, outputs } = program;
  const fail = (what: string): never => {
    throw new Error(`internal: map program: ${what}`);
  };
  if (modes.length !== inputs) fail(`${modes.length} modes for ${inputs} inputs`);
  steps.forEach(({ op, args, value }, i) => {
    if (args.length !== (op === "constant" ? 0 : SCALAR_FUNCTIONS[op].length))
      fail(`${op} has ${args.length} operands`);
    for (const arg of args) if (!(arg >= 0 && arg < inputs + i)) fail(`step ${i} reads register ${arg}`);
    if (op === "constant" && value === undefined) fail(`step ${i} is a constant without a value`);
  });
  for (const output of outputs) if (!(output >= 0 && output < inputs + steps.length)) fail(`output ${output}`);
}
