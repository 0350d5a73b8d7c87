import { gradients } from "../autograd.js";
import { allocate, type DType, isFloating } from "../dtype.js";
import { ArgumentError, describe } from "../errors.js";
import { withExecutor } from "../executors.js";
import type { Emit, Node } from "../node.js";
import { Generator } from "../random.js";
import { formatShape, sameShape, type Shape } from "../shape.js";
import { Tensor } from "../tensor.js";

import { normal, scattered } from "./draw.js";
import { type Comparison, compareGradients, compareSecondGradients } from "./gradcheck.js";
import { checkLike, leafOf } from "./leaves.js";
import { type ConformReport, expectClose, Recorder } from "./report.js";
import { compareTransposes } from "./transposes.js";

/** What the checks need of the definition of a structural op. */
export interface StructuralDefinition {
  readonly name: string; // as in messages
  /** The parts of its `OpDefinition` that are read. */
  readonly definition: {
    readonly samples: () => readonly (readonly unknown[])[]; // argument lists to test the op at
    readonly vjp?: unknown; // missing: the op is not differentiable
  };
  /** Emits the cotangents of the inputs of `node`. */
  backward(node: Tensor, cotangent: Tensor, emit: Emit): void;
}

/** What takes the place of the floating tensors in the samples. */
type Draw = (shape: Shape, generator: Generator) => Tensor;

const FLOAT64 = 1e-12;
const FLOAT32 = 1e-5;
/** Second derivatives along directions only: the entries of their inputs and cotangents are many. */
const CHECK = { skipKinks: true, maxEntries: 12, directions: 2 };
const SECOND = { skipKinks: true, maxEntries: 0, directions: 2 };

/** All checks of a structural op: see `conform`. */
export function conformStructural(
  op: StructuralDefinition,
  call: (...args: readonly unknown[]) => unknown,
  options: { readonly seed?: number; readonly draw?: Draw },
): ConformReport {
  const { seed = 0, draw = (shape, generator) => normal(generator, shape) } = options;
  const recorder = new Recorder(op.name);
  const generator = new Generator(seed);
  const differentiable = new Set<number>();
  const samples = op.definition.samples();
  if (samples.length === 0) throw new ArgumentError("SAMPLES_INVALID", `conform: ${op.name}: needs samples`);
  samples.forEach((args, i) => {
    const check = new SampleCheck(op, call, args, (shape) => draw(shape, generator), generator);
    const where = `sample ${i}: ${check.signature}`;
    recorder.check("forward on views", where, () => check.views());
    recorder.check("forward in float32", where, () => check.single());
    recorder.check("executors agree", where, () => check.executors());
    if (check.leaves.length === 0) return;
    if (op.definition.vjp === undefined) {
      recorder.check("no gradient", where, () => check.withoutGradient());
      return;
    }
    recorder.check("shapes and dtypes of gradients", where, () => {
      for (const index of check.differentiable()) differentiable.add(index);
      return check.gradientTypes();
    });
    recorder.check("derivatives", where, () => compareGradients("conform", check.fn, check.leaves, CHECK));
    recorder.check("forward mode is reverse mode transposed", where, () =>
      compareTransposes(check.fn, check.leaves, generator),
    );
    recorder.check("second derivatives", where, () =>
      compareSecondGradients("conform", check.fn, check.leaves, SECOND),
    );
  });
  const inputs = [...differentiable].sort((a, b) => a - b);
  return { name: op.name, kind: "structural", differentiable: inputs, checks: recorder.finish() };
}

/** The checks at one argument list of the samples. */
class SampleCheck {
  /** Random float64 tensors in the places of the floating ones of the sample. */
  readonly leaves: readonly Tensor[];
  /** The arguments as they stand in messages. */
  readonly signature: string;
  private readonly op: StructuralDefinition;
  private readonly call: (...args: readonly unknown[]) => unknown;
  private readonly args: readonly unknown[];
  private readonly generator: Generator;

  constructor(
    op: StructuralDefinition,
    call: (...args: readonly unknown[]) => unknown,
    args: readonly unknown[],
    draw: (shape: Shape) => Tensor,
    generator: Generator,
  ) {
    this.op = op;
    this.call = call;
    this.args = args;
    this.generator = generator;
    const leaves: Tensor[] = [];
    replaceTensors(args, (x) => {
      leaves.push(draw(x.shape));
      return x;
    });
    this.leaves = leaves;
    this.signature = JSON.stringify(signature(args));
  }

  /** The op as a function of its floating tensors. */
  readonly fn = (given: readonly Node[]): Tensor => {
    let next = 0;
    const result = this.call(...replaceTensors(this.args, () => given[next++] as Tensor));
    if (result instanceof Tensor) return result;
    throw new ArgumentError("FUNCTION_RESULT", `the op gave ${describe(result)}, not a Tensor`);
  };

  /** How the inputs lie in memory makes no difference. */
  views(): Comparison {
    return expectClose(this.fn(this.leaves.map(scattered)).data, this.fn(this.leaves).data, FLOAT64);
  }

  /** The same float32 numbers in float32 and in float64. */
  single(): Comparison {
    const rounded = this.leaves.map((x) => x.to("float32"));
    const single = this.fn(rounded);
    const double = this.fn(rounded.map((x) => x.to("float64")));
    if (!sameShape(single.shape, double.shape)) {
      throw new ArgumentError(
        "SHAPE",
        `${formatShape(single.shape)} in float32, ${formatShape(double.shape)} in float64`,
      );
    }
    const expected = double.dtype === "float64" && !this.fixesDType() ? "float32" : double.dtype;
    if (this.leaves.length > 0 && single.dtype !== expected) {
      throw new ArgumentError("DTYPE", `the result is ${single.dtype} for float32 and ${double.dtype} for float64`);
    }
    return expectClose(single.data, double.data, FLOAT32);
  }

  /** Whether an argument names the dtype of the result, as in a cast. */
  private fixesDType(): boolean {
    return this.args.includes("float64");
  }

  executors(): Comparison {
    let compared = 0;
    for (const dtype of ["float64", "float32"] as const) {
      const typed = this.leaves.map((x) => x.to(dtype));
      const reference = withExecutor("reference", () => this.fn(typed)).data;
      const wasm = withExecutor("wasm", () => this.fn(typed)).data;
      compared += expectClose(wasm, reference, dtype === "float64" ? FLOAT64 : FLOAT32).compared;
    }
    return { compared, skipped: 0 };
  }

  withoutGradient(): Comparison {
    const out = this.fn(this.leaves.map((x) => leafOf(x)));
    if (out.requiresGrad) throw new ArgumentError("GRADIENT", "the op has no vjp, but its result requires a gradient");
    return { compared: 1, skipped: 0 };
  }

  /** The tensor inputs to which the vjp gives a cotangent. */
  differentiable(): number[] {
    const out = this.fn(this.leaves.map((x) => leafOf(x)));
    if (!out.requiresGrad) throw new ArgumentError("GRADIENT", "the op has a vjp, but its result requires no gradient");
    const found: number[] = [];
    this.op.backward(out, normal(this.generator, out.shape), (index) => found.push(index));
    return found;
  }

  gradientTypes(): Comparison {
    for (const dtype of ["float64", "float32"] as const satisfies readonly DType[]) {
      const leaves = this.leaves.map((x) => leafOf(x, dtype));
      const out = this.fn(leaves);
      const ones = new Tensor(allocate(out.dtype, out.size).fill(1), out.shape, out.dtype);
      const found = gradients(out, leaves, { cotangents: [ones], allowUnused: true });
      found.forEach((g, i) => checkLike(g, leaves[i], i));
    }
    return { compared: 2 * this.leaves.length, skipped: 0 };
  }
}

/** The arguments with every floating tensor replaced, in lists and options too; integer tensors stay. */
function replaceTensors(args: readonly unknown[], replace: (x: Tensor) => Tensor): unknown[] {
  const visit = (x: unknown): unknown => {
    if (x instanceof Tensor) return isFloating(x.dtype) ? replace(x) : x;
    if (Array.isArray(x)) return x.map(visit);
    if (x === null || typeof x !== "object" || Object.getPrototypeOf(x) !== Object.prototype) return x;
    return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, visit(value)]));
  };
  return args.map(visit);
}

/** Arguments with the dtype and shape of tensors in their place, as failures name them. */
function signature(x: unknown): unknown {
  if (x instanceof Tensor) return `${x.dtype} ${formatShape(x.shape)}`;
  return Array.isArray(x) ? x.map(signature) : x;
}
