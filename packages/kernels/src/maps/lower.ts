import { erf } from "./error-function.js";
import { exp, expm1, log, log1p, tanh } from "./exponential.js";
import type { FloatLanes } from "./float-lanes.js";
import type { Lane, LaneCall } from "./lanes.js";
import { mod, pow, powConstant } from "./power.js";
import type { MapOp, MapProgram, MapStep } from "./program.js";
import { atan, cos, sin, tan } from "./trigonometric.js";

/** One instruction as vector instructions; null when it has none at this width. */
type Lowering = (f: FloatLanes, ...operands: readonly Lane[]) => Lane;

/** Instructions that are the same at both widths. */
const ARITHMETIC: Partial<Record<MapOp, Lowering>> = {
  add: (f, x, y) => f.add(x, y),
  sub: (f, x, y) => f.sub(x, y),
  mul: (f, x, y) => f.mul(x, y),
  div: (f, x, y) => f.div(x, y),
  neg: (f, x) => f.neg(x),
  abs: (f, x) => f.abs(x),
  sqrt: (f, x) => f.unary("Sqrt", x),
  floor: (f, x) => f.unary("Floor", x),
  ceil: (f, x) => f.unary("Ceil", x),
  round: (f, x) => f.unary("Nearest", x),
  sign,
};

/** Functions on vectors of floats, which doubles take from the engine lane by lane. */
const FUNCTIONS: Readonly<Record<LaneCall, Lowering>> = {
  exp,
  expm1,
  log,
  log1p,
  tanh,
  erf,
  sin,
  cos,
  tan,
  atan,
  pow,
  mod,
};

const COMPARISONS = { eq: "Eq", ne: "Ne", lt: "Lt", le: "Le", gt: "Gt", ge: "Ge" } as const;

const isComparison = (op: MapOp): op is keyof typeof COMPARISONS => op in COMPARISONS;
const isCall = (op: MapOp): op is LaneCall => op in FUNCTIONS;

/** x with 1 for its magnitude where it is not 0, and NaN for NaN. */
function sign(f: FloatLanes, x: Lane): Lane {
  const { graph } = f;
  const unit = graph.apply("v128And", f.compare("Ne", x, f.constant(0)), f.constant(1));
  return graph.apply("v128Or", f.withSign(unit, x), f.compare("Ne", x, x));
}

/** The outputs of a program as nodes of the graph of `f`, or null when an instruction has no vector form there. */
export function lowerProgram(f: FloatLanes, program: MapProgram, inputs: readonly Lane[]): Lane[] | null {
  const lowerer = new Lowerer(f, inputs);
  for (const step of program.steps) if (!lowerer.add(step)) return null;
  return program.outputs.map((register) => lowerer.registers[register]);
}

class Lowerer {
  readonly registers: Lane[];
  readonly #f: FloatLanes;
  /** The masks of the registers that hold 0 or 1. */
  readonly #masks = new Map<Lane, Lane>();
  readonly #constants = new Map<Lane, number>();

  constructor(f: FloatLanes, inputs: readonly Lane[]) {
    this.#f = f;
    this.registers = [...inputs];
  }

  /** Lowers one step; false when it has no vector form. */
  add(step: MapStep): boolean {
    const operands = step.args.map((register) => this.registers[register]);
    const value = this.#lower(step, operands);
    if (value) this.registers.push(value);
    return value !== null;
  }

  #lower({ op, value }: MapStep, operands: readonly Lane[]): Lane | null {
    const f = this.#f;
    if (op === "constant") return this.#constant(value ?? 0);
    if (op === "select") return f.graph.select(this.#mask(operands[0]), operands[1], operands[2]);
    if (op === "max" || op === "min") return this.#extreme(op, operands[0], operands[1]);
    if (isComparison(op)) return this.#comparison(COMPARISONS[op], operands[0], operands[1]);
    const exponent = op === "pow" ? this.#constants.get(operands[1]) : undefined;
    const power = exponent === undefined ? null : powConstant(f, operands[0], exponent);
    if (power) return power;
    if (isCall(op)) {
      return f.shape === "f32x4" ? FUNCTIONS[op](f, ...operands) : f.graph.eachLane(op, f.shape, operands);
    }
    return ARITHMETIC[op]?.(f, ...operands) ?? null;
  }

  #constant(value: number): Lane {
    const node = this.#f.constant(value);
    this.#constants.set(node, this.#f.shape === "f32x4" ? Math.fround(value) : value);
    return node;
  }

  #comparison(name: (typeof COMPARISONS)[keyof typeof COMPARISONS], x: Lane, y: Lane): Lane {
    const mask = this.#f.compare(name, x, y);
    const node = this.#f.graph.apply("v128And", mask, this.#f.constant(1));
    this.#masks.set(node, mask);
    return node;
  }

  #mask(condition: Lane): Lane {
    return this.#masks.get(condition) ?? this.#f.compare("Ne", condition, this.#f.constant(0));
  }

  #extreme(op: "max" | "min", x: Lane, y: Lane): Lane {
    const bound = this.#constants.get(y);
    if (bound !== undefined) return this.#bounded(op, x, bound);
    const other = this.#constants.get(x);
    if (other !== undefined) return this.#bounded(op, y, other);
    return this.#f.extreme(op === "max" ? "Max" : "Min", x, y);
  }

  /** `max` or `min` with a constant: one instruction unless the sign of a zero or NaN matters. */
  #bounded(op: "max" | "min", x: Lane, bound: number): Lane {
    const f = this.#f;
    if (Number.isNaN(bound)) return f.constant(NaN);
    if (op === "min") return Object.is(bound, -0) ? f.extreme("Min", x, f.constant(bound)) : f.atMost(x, bound);
    const larger = f.atLeast(x, bound);
    // The instruction leaves -0 where the bound is 0; adding 0 makes it 0 and changes nothing else.
    return Object.is(bound, 0) ? f.add(larger, f.constant(0)) : larger;
  }
}
