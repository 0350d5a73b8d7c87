import { gradients } from "../autograd.js";
import { allocate, type DType, isFloating } from "../dtype.js";
import { ArgumentError, describe } from "../errors.js";
import { withExecutor } from "../executors.js";
import type { Node } from "../node.js";
import type { ElementwiseOp } from "../op.js";
import { Generator } from "../random.js";
import { broadcastShapes, formatShape, type Shape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { Value } from "../value.js";
import { compareBatches } from "./batches.js";
import { broadcastingShapes, broadcastPlaces, scattered, uniform } from "./draw.js";
import { compareElementwise, derivativeOf } from "./elementwise-derivatives.js";
import { checkLike, leafOf } from "./leaves.js";
import { compareTransposes } from "./transposes.js";
import type { Comparison } from "./gradcheck.js";
import { type ConformReport, expectClose, Recorder } from "./report.js";

/** The op as a function of operands, with its options filled in. */
type Call = (...operands: readonly unknown[]) => unknown;

/** Elements past one block of the executor, so that its seams are tested. */
const LONG = 2500;
const RANDOM_POINTS = 24;
const FLOAT64 = 1e-12;
const FLOAT32 = 1e-5;

/** All checks of an elementwise op: see `conform`. */
export function conformElementwise(op: ElementwiseOp, call: Call, seed: number): ConformReport {
  const recorder = new Recorder(op.name);
  const bool = op.result === "bool";
  for (const options of optionsOf(op)) {
    const check = new ElementwiseCheck(op, call, options, new Generator(seed), recorder);
    check.forward();
    check.dtypes();
    if (bool) check.withoutGradient();
    else check.derivatives();
  }
  const differentiable = Array.from({ length: op.arity }, (_, i) => i).filter((i) => !bool && op.pullback(i) !== null);
  return { name: op.name, kind: "elementwise", differentiable, checks: recorder.finish() };
}

/** The defaults, and values beside them. */
function optionsOf(op: ElementwiseOp): number[][] {
  if (op.optionNames.length === 0) return [[]];
  return [[...op.optionDefaults], op.optionDefaults.map((x) => x + 0.25)];
}

class ElementwiseCheck {
  private readonly op: ElementwiseOp;
  private readonly given: Call;
  private readonly options: readonly number[];
  private readonly generator: Generator;
  private readonly recorder: Recorder;
  /** One array an operand: the samples, then random points of the domain. */
  private readonly points: readonly Float64Array[];

  constructor(op: ElementwiseOp, given: Call, options: readonly number[], generator: Generator, recorder: Recorder) {
    this.op = op;
    this.given = given;
    this.options = options;
    this.generator = generator;
    this.recorder = recorder;
    const { samples } = op.details;
    if (samples.length === 0 || samples.some((sample) => sample.length !== op.arity)) {
      throw new ArgumentError("SAMPLES_INVALID", `conform: ${op.name}: needs samples of ${op.arity} operands each`);
    }
    this.points = Array.from({ length: op.arity }, (_, i) =>
      Float64Array.from([...samples.map((sample) => sample[i]), ...this.draw([RANDOM_POINTS], i).data]),
    );
  }

  private draw(shape: Shape, operand: number): Tensor {
    return uniform(this.generator, shape, this.op.details.domain?.[operand]);
  }

  private call(...operands: readonly unknown[]): unknown {
    const { optionNames } = this.op;
    if (optionNames.length === 0) return this.given(...operands);
    return this.given(...operands, Object.fromEntries(optionNames.map((name, i) => [name, this.options[i]])));
  }

  private onTensors(...operands: readonly Node[]): Tensor {
    const result = this.call(...operands);
    if (result instanceof Tensor) return result;
    throw new ArgumentError("FUNCTION_RESULT", `on tensors the op gave ${describe(result)}`);
  }

  /** The formula, element by element of the broadcast operands. */
  private reference(operands: readonly Tensor[]): Float64Array {
    const shape = broadcastShapes(
      this.op.name,
      operands.map((x) => x.shape),
    );
    const places = operands.map((x) => broadcastPlaces(x.shape, shape));
    const out = new Float64Array(shape.reduce((size, n) => size * n, 1));
    for (let i = 0; i < out.length; i++) out[i] = this.evaluate(operands.map((x, k) => x.data[places[k][i]]));
    return out;
  }

  private evaluate(operands: readonly number[]): number {
    return this.op.formula.evaluate(...operands, ...this.options);
  }

  private at(index: number): string {
    return `at (${this.points.map((x) => x[index]).join(", ")})`;
  }

  /** The tensor op, the op on Values and that on numbers against the formula. */
  forward(): void {
    const vectors = this.points.map((data) => new Tensor(data, [data.length], "float64"));
    this.recorder.check("forward", "samples and random points", () => this.againstFormula(vectors, (i) => this.at(i)));
    this.recorder.check("forward on numbers and Values", "samples and random points", () => this.scalars());
    for (const shapes of broadcastingShapes(this.generator, this.op.arity)) {
      const where = shapes.map(formatShape).join(" and ");
      const operands = shapes.map((shape, i) => this.draw(shape, i));
      this.recorder.check("forward", where, () => this.againstFormula(operands));
      this.recorder.check("forward", `${where} not in order`, () => this.againstFormula(operands.map(scattered)));
      const others = shapes.map((shape, i) => this.draw(shape, i));
      const fn = (given: readonly Tensor[]): Tensor[] => [this.onTensors(...given)];
      this.recorder.check("vmap is a loop", where, () => compareBatches(fn, operands, others));
    }
    const long = this.points.map((_, i) => this.draw([LONG], i));
    this.recorder.check("forward", formatShape([LONG]), () => this.againstFormula(long));
    this.recorder.check("executors agree", formatShape([LONG]), () => this.executors([...vectors], [...long]));
  }

  /** In float64 tightly, in float32 to its precision, at the same float32 numbers. */
  private againstFormula(operands: readonly Tensor[], place?: (index: number) => string): Comparison {
    const double = expectClose(this.onTensors(...operands).data, this.reference(operands), FLOAT64, place);
    const rounded = operands.map((x) => x.to("float32"));
    const result = this.onTensors(...rounded);
    const want = this.reference(rounded).map((x) => (result.dtype === "bool" ? x : Math.fround(x)));
    const single = expectClose(result.data, want, FLOAT32, (i) => `in float32, ${place ? place(i) : `element ${i}`}`);
    return { compared: double.compared + single.compared, skipped: 0 };
  }

  private scalars(): Comparison {
    const count = this.points[0].length;
    for (let i = 0; i < count; i++) {
      const operands = this.points.map((x) => x[i]);
      const want = this.evaluate(operands);
      const number = this.call(...operands);
      const value = this.call(...operands.map((x) => new Value(x, null, null, true)));
      if (typeof number !== "number" || !same(number, want)) {
        throw new ArgumentError(
          "FUNCTION_RESULT",
          `${this.at(i)}: on numbers ${describe(number)}, the formula ${want}`,
        );
      }
      if (!(value instanceof Value) || !same(value.number, want)) {
        const got = value instanceof Value ? value.number : describe(value);
        throw new ArgumentError("FUNCTION_RESULT", `${this.at(i)}: on Values ${got}, the formula ${want}`);
      }
    }
    return { compared: 2 * count, skipped: 0 };
  }

  private executors(...lists: readonly Tensor[][]): Comparison {
    let compared = 0;
    for (const operands of lists) {
      for (const dtype of ["float64", "float32"] as const) {
        const typed = operands.map((x) => x.to(dtype));
        const reference = withExecutor("reference", () => this.onTensors(...typed)).data;
        const wasm = withExecutor("wasm", () => this.onTensors(...typed)).data;
        compared += expectClose(
          wasm,
          reference,
          dtype === "float64" ? FLOAT64 : FLOAT32,
          (i) => `${dtype} ${i}`,
        ).compared;
      }
    }
    return { compared, skipped: 0 };
  }

  /** Integers and booleans: the dtype that the formula's instructions say, and its values in it. */
  dtypes(): void {
    const { result } = this.op;
    for (const dtype of ["int32", "uint8", "bool"] as const) {
      const want: DType = result === "bool" ? "bool" : result === "float" ? "float32" : this.typeWithOptions(dtype);
      this.recorder.check("dtypes", `${dtype} operands`, () => {
        const operands = this.points.map((_, i) => this.integers(dtype, i));
        const out = this.onTensors(...operands);
        if (out.dtype !== want) throw new ArgumentError("DTYPE", `the result is ${out.dtype}, not ${want}`);
        const stored = allocate(want, out.size);
        this.reference(operands).forEach((x, i) => (stored[i] = want === "bool" && x === x ? Number(x !== 0) : x));
        return expectClose(out.data, stored, FLOAT32);
      });
    }
  }

  /** A fraction among the options or the constants of the formula makes integers floating. */
  private typeWithOptions(dtype: DType): DType {
    if (this.options.some((x) => !Number.isInteger(x))) return "float32";
    return dtype === "bool" && this.options.length > 0 ? "int32" : dtype;
  }

  private integers(dtype: DType, operand: number): Tensor {
    const data = allocate(dtype, 6);
    for (let i = 0; i < 6; i++) data[i] = dtype === "bool" ? (i >> operand) % 2 : 1 + this.generator.integer(0, 3);
    return new Tensor(data, [6], dtype);
  }

  withoutGradient(): void {
    this.recorder.check("no gradient", "random points", () => {
      const leaves = this.points.map((data) => new Tensor(data, [data.length], "float64", null, null, undefined, true));
      if (this.onTensors(...leaves).requiresGrad)
        throw new ArgumentError("GRADIENT", "a bool result requires a gradient");
      return { compared: 1, skipped: 0 };
    });
  }

  /** First and second derivatives, against differences and between forward and reverse mode. */
  derivatives(): void {
    const finite = this.finitePoints();
    const where = "samples and random points";
    const fn = (operands: readonly Node[]): Node => this.onTensors(...operands);
    this.recorder.check("derivatives", where, () => compareElementwise(fn, finite));
    this.recorder.check("derivatives on Values", where, () => this.valueDerivatives(finite));
    finite.forEach((_, i) => {
      const second = (operands: readonly Node[]): Node => derivativeOf(fn, operands, i);
      const cotangents = uniform(this.generator, [finite[0].length], [0.5, 1.5]).data as Float64Array;
      this.recorder.check("second derivatives", where, () => compareElementwise(second, [...finite, cotangents]));
    });
    for (const shapes of broadcastingShapes(this.generator, this.op.arity)) {
      const place = shapes.map(formatShape).join(" and ");
      const operands = shapes.map((shape, i) => this.draw(shape, i));
      this.recorder.check("forward mode is reverse mode transposed", place, () =>
        compareTransposes(fn, operands, this.generator),
      );
      this.recorder.check("shapes and dtypes of gradients", place, () => this.gradientTypes(operands));
    }
  }

  /** The points at which the operands and the op are finite: the others have no derivative. */
  private finitePoints(): Float64Array[] {
    const keep = Array.from(this.points[0], (_, i) => i).filter((i) => {
      const operands = this.points.map((x) => x[i]);
      return [...operands, this.evaluate(operands)].every(Number.isFinite);
    });
    return this.points.map((x) => Float64Array.from(keep, (i) => x[i]));
  }

  private valueDerivatives(points: readonly Float64Array[]): Comparison {
    const leaves = points.map((data) => new Tensor(data, [data.length], "float64", null, null, undefined, true));
    const out = this.onTensors(...leaves);
    const ones = new Tensor(new Float64Array(out.size).fill(1), out.shape, "float64");
    const found = out.requiresGrad ? gradients(out, leaves, { cotangents: [ones], allowUnused: true }) : [];
    let compared = 0;
    for (let i = 0; i < points[0].length; i++) {
      const values = points.map((data) => new Value(data[i], null, null, true));
      const result = this.call(...values) as Value;
      const each = result.requiresGrad
        ? gradients(result, values, { allowUnused: true })
        : values.map(() => new Value(0, null, null, false));
      const want = points.map((_, k) => found[k]?.data[i] ?? 0);
      compared += expectClose(
        each.map((g) => g.number),
        want,
        FLOAT64,
        (k) =>
          `the gradient of operand ${k} at (${points.map((x) => x[i]).join(", ")}) on Values, against the tensor op`,
      ).compared;
    }
    return { compared, skipped: 0 };
  }

  /** In every mixture of floating dtypes a gradient has the shape and dtype of its operand. */
  private gradientTypes(operands: readonly Tensor[]): Comparison {
    const types: DType[][] = [operands.map(() => "float64"), operands.map(() => "float32")];
    types.push(operands.map((_, i) => (i % 2 === 0 ? "float32" : "float64")));
    for (const dtypes of types) {
      const leaves = operands.map((x, i) => leafOf(x, dtypes[i]));
      const out = this.onTensors(...leaves);
      if (!isFloating(out.dtype))
        throw new ArgumentError("DTYPE", `the result is ${out.dtype} for ${dtypes.join(", ")}`);
      if (!out.requiresGrad) throw new ArgumentError("GRADIENT", "the result requires no gradient");
      const ones = new Tensor(allocate(out.dtype, out.size).fill(1), out.shape, out.dtype);
      gradients(out, leaves, { cotangents: [ones], allowUnused: true }).forEach((g, i) => checkLike(g, leaves[i], i));
    }
    return { compared: types.length * operands.length, skipped: 0 };
  }
}

function same(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b);
}
