import { gradients } from "../autograd.js";
import { zeros } from "../create.js";
import { allocate, type DType, isFloating } from "../dtype.js";
import { ArgumentError, describe, GradientError, TraceError } from "../errors.js";
import { withExecutor } from "../executors.js";
import { type Node, noGrad } from "../node.js";
import { stack } from "../ops/join.js";
import { Generator } from "../random.js";
import { formatShape, sameShape, type Shape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { vmap } from "../transforms/vmap.js";
import { compareBatches } from "./batches.js";
import { normal, scattered } from "./draw.js";
import { compareEmpty } from "./empty.js";
import { type Comparison, compareGradients, compareSecondGradients } from "./gradcheck.js";
import { checkLike, leafOf } from "./leaves.js";
import { type ConformReport, expectClose, Recorder } from "./report.js";
import { compareTransposes } from "./transposes.js";

/** What the checks need of the definition of a structural op or a composed function. */
export interface SampledOp {
  readonly name: string; // as in messages
  /** The parts of the definition that are read. */
  readonly definition: {
    readonly samples: () => readonly (readonly unknown[])[]; // argument lists to test the op at
    readonly domain?: (normal: Tensor, index: number) => Tensor; // what takes the place of a floating tensor
    readonly batch?: unknown; // false where vmap cannot pass
  };
}

/** What takes the place of the floating tensors in the samples. */
type Draw = (shape: Shape, generator: Generator) => Tensor;

const FLOAT64 = 1e-12;
const FLOAT32 = 1e-5;
/** Second derivatives along directions only: the entries of their inputs and cotangents are many. */
const CHECK = { skipKinks: true, maxEntries: 12, directions: 2 };
const SECOND = { skipKinks: true, maxEntries: 0, directions: 2 };

/** All checks of a structural op or a composed function: see `conform`. */
export function conformSamples(
  op: SampledOp,
  kind: ConformReport["kind"],
  call: (...args: readonly unknown[]) => unknown,
  options: { readonly seed?: number; readonly draw?: Draw },
): ConformReport {
  const { seed = 0, draw = normalDraw } = options;
  const { samples, batch, domain = (x: Tensor) => x } = op.definition;
  const recorder = new Recorder(op.name);
  const generator = new Generator(seed);
  const differentiable = new Set<number>();
  const lists = samples();
  if (lists.length === 0) throw new ArgumentError("SAMPLES_INVALID", `conform: ${op.name}: needs samples`);
  lists.forEach((args, i) => {
    const another = (shape: Shape, index: number): Tensor => domain(draw(shape, generator), index).detach();
    const check = new SampleCheck(call, args, another);
    const where = `sample ${i}: ${check.signature}`;
    recorder.check("forward on views", where, () => check.views());
    recorder.check("forward in float32", where, () => check.single());
    recorder.check("executors agree", where, () => check.executors());
    if (check.leaves.length === 0) return;
    const found = check.differentiable();
    for (const index of found) differentiable.add(index);
    if (found.length > 0) derivatives(check, where);
    if (batch === false) recorder.check("vmap is refused", where, () => check.refusesVmap());
    else {
      recorder.check("vmap is a loop", where, () => check.vmap(another));
      recorder.check("no examples", where, () => compareEmpty(check.fn, check.leaves));
    }
  });
  const inputs = [...differentiable].sort((a, b) => a - b);
  return { name: op.name, kind, differentiable: inputs, checks: recorder.finish() };

  function derivatives(check: SampleCheck, where: string): void {
    recorder.check("shapes and dtypes of gradients", where, () => check.gradientTypes());
    recorder.check("derivatives", where, () => compareGradients("conform", check.fn, check.leaves, CHECK));
    recorder.check("forward mode is reverse mode transposed", where, () =>
      compareTransposes(check.fn, check.leaves, generator),
    );
    recorder.check("second derivatives", where, () =>
      compareSecondGradients("conform", check.fn, check.leaves, SECOND),
    );
  }
}

const normalDraw: Draw = (shape, generator) => normal(generator, shape);

/** The checks at one argument list of the samples. */
class SampleCheck {
  /** Random float64 tensors in the places of the floating ones of the sample. */
  readonly leaves: readonly Tensor[];
  /** The arguments as they stand in messages. */
  readonly signature: string;
  private readonly call: (...args: readonly unknown[]) => unknown;
  private readonly args: readonly unknown[];

  constructor(
    call: (...args: readonly unknown[]) => unknown,
    args: readonly unknown[],
    draw: (shape: Shape, index: number) => Tensor,
  ) {
    this.call = call;
    this.args = args;
    const leaves: Tensor[] = [];
    replaceTensors(args, (x) => {
      leaves.push(draw(x.shape, leaves.length));
      return x;
    });
    this.leaves = leaves;
    this.signature = JSON.stringify(signature(args));
  }

  /** The op as a function of its floating tensors. */
  readonly fn = (given: readonly Node[]): readonly Tensor[] => {
    let next = 0;
    return tensorsIn(this.call(...replaceTensors(this.args, () => given[next++] as Tensor)));
  };

  /** How the inputs lie in memory makes no difference. */
  views(): Comparison {
    return compareAll(this.fn(this.leaves.map(scattered)), this.fn(this.leaves), FLOAT64);
  }

  /** The same float32 numbers in float32 and in float64. */
  single(): Comparison {
    const rounded = this.leaves.map((x) => x.to("float32"));
    const single = this.fn(rounded);
    const double = this.fn(rounded.map((x) => x.to("float64")));
    single.forEach((out, i) => {
      const other = double[i];
      const expected = other.dtype === "float64" && !this.fixesDType() ? "float32" : other.dtype;
      if (this.leaves.length > 0 && out.dtype !== expected) {
        throw new ArgumentError("DTYPE", `the result is ${out.dtype} for float32 and ${other.dtype} for float64`);
      }
    });
    return compareAll(single, double, FLOAT32);
  }

  /** Whether an argument names the dtype of the result, as in a cast. */
  private fixesDType(): boolean {
    return this.args.includes("float64");
  }

  executors(): Comparison {
    let compared = 0;
    for (const dtype of ["float64", "float32"] as const) {
      const typed = this.leaves.map((x) => x.to(dtype));
      const reference = withExecutor("reference", () => this.fn(typed));
      const wasm = withExecutor("wasm", () => this.fn(typed));
      compared += compareAll(wasm, reference, dtype === "float64" ? FLOAT64 : FLOAT32).compared;
    }
    return { compared, skipped: 0 };
  }

  /** Over examples of all floating tensors and, where there are integer ones, of those too. */
  vmap(draw: (shape: Shape, index: number) => Tensor): Comparison {
    const second = this.leaves.map((x, i) => draw(x.shape, i));
    const comparison = compareBatches(this.fn, this.leaves, second);
    this.noExamples();
    const integers = integersIn(this.args);
    if (integers.length === 0) return comparison;
    const all = (given: readonly Tensor[]): readonly Tensor[] =>
      this.withIntegers(given.slice(this.leaves.length))(given);
    const mapped = (...given: Tensor[]): readonly Tensor[] => all(given);
    const pairs = [
      ...this.leaves.map((x, i) => stack([x, second[i]])),
      ...integers.map((x) => stack([x, reversed(x)])),
    ];
    const got = noGrad(() => vmap(mapped)(...pairs));
    const want = [all([...this.leaves, ...integers]), all([...second, ...integers.map(reversed)])];
    const { compared } = compareAll(
      got,
      want[0].map((x, i) => noGrad(() => stack([x, want[1][i]]))),
      FLOAT64,
    );
    return { compared: comparison.compared + compared, skipped: 0 };
  }

  /** A vmap over no examples has results of no examples. */
  private noExamples(): void {
    const results = vmap((...given: Tensor[]) => this.fn(given))(...this.leaves.map((x) => zeros([0, ...x.shape])));
    this.fn(this.leaves).forEach((one, i) => {
      if (sameShape(results[i].shape, [0, ...one.shape])) return;
      throw new ArgumentError("SHAPE", `${formatShape(results[i].shape)} for no examples of ${formatShape(one.shape)}`);
    });
  }

  /** The op as a function of its floating tensors, with other integer tensors in the places of its own. */
  private withIntegers(integers: readonly Tensor[]): (given: readonly Tensor[]) => readonly Tensor[] {
    return (given) => {
      let [next, place] = [0, 0];
      const args = replaceTensors(
        this.args,
        () => given[next++],
        () => integers[place++],
      );
      return tensorsIn(this.call(...args));
    };
  }

  /** Where every tensor is mapped, those of integers too: a result's shape may depend on these alone. */
  refusesVmap(): Comparison {
    const mapped = (...given: Tensor[]): readonly Tensor[] => this.withIntegers(given.slice(this.leaves.length))(given);
    try {
      vmap(mapped)(...[...this.leaves, ...integersIn(this.args)].map((x) => stack([x, x])));
    } catch (error) {
      if (error instanceof TraceError) return { compared: 1, skipped: 0 };
      throw error;
    }
    throw new ArgumentError("BATCH", "vmap passes, although the definition says batch: false");
  }

  /** The places, among the floating tensors, of those that gradients reach. */
  differentiable(): number[] {
    return this.leaves.flatMap((_, i) => (this.reaches(i) ? [i] : []));
  }

  private reaches(index: number): boolean {
    const leaves = this.leaves.map((x, i) => (i === index ? leafOf(x) : x));
    const outputs = this.fn(leaves).filter((out) => out.requiresGrad);
    if (outputs.length === 0) return false;
    try {
      gradients(outputs, [leaves[index]], { cotangents: outputs.map(onesLike) });
      return true;
    } catch (error) {
      if (error instanceof GradientError && error.code === "UNUSED_INPUT") return false;
      throw error;
    }
  }

  gradientTypes(): Comparison {
    for (const dtype of ["float64", "float32"] as const satisfies readonly DType[]) {
      const leaves = this.leaves.map((x) => leafOf(x, dtype));
      const outputs = this.fn(leaves).filter((out) => out.requiresGrad);
      const found = gradients(outputs, leaves, { cotangents: outputs.map(onesLike), allowUnused: true });
      found.forEach((g, i) => checkLike(g, leaves[i], i));
    }
    return { compared: 2 * this.leaves.length, skipped: 0 };
  }
}

/** Other integers that are as good: the same, from the last to the first. */
function reversed(x: Tensor): Tensor {
  return new Tensor(x.data.slice().reverse(), x.shape, x.dtype);
}

function onesLike(x: Tensor): Tensor {
  return new Tensor(allocate(x.dtype, x.size).fill(1), x.shape, x.dtype);
}

/** The tensors of a result: one, a list, or several by name. */
function tensorsIn(result: unknown): readonly Tensor[] {
  if (result instanceof Tensor) return [result];
  if (typeof result === "object" && result !== null) {
    const parts: readonly unknown[] = Object.values(result);
    if (parts.every((part) => part instanceof Tensor)) return parts;
  }
  throw new ArgumentError("FUNCTION_RESULT", `the op gave ${describe(result)}, not Tensors`);
}

function compareAll(got: readonly Tensor[], want: readonly Tensor[], tolerance: number): Comparison {
  let compared = 0;
  got.forEach((x, i) => {
    if (!sameShape(x.shape, want[i].shape)) {
      throw new ArgumentError("SHAPE", `${formatShape(x.shape)}, where it should be ${formatShape(want[i].shape)}`);
    }
    compared += expectClose(x.data, want[i].data, tolerance).compared;
  });
  return { compared, skipped: 0 };
}

/** The integer and bool tensors among the arguments. */
function integersIn(args: readonly unknown[]): Tensor[] {
  const found: Tensor[] = [];
  const keep = (x: Tensor): Tensor => (found.push(x), x);
  replaceTensors(args, (x) => x, keep);
  return found;
}

/** The arguments with every floating tensor replaced, in lists and options too; integer tensors stay unless replaced as well. */
function replaceTensors(
  args: readonly unknown[],
  replace: (x: Tensor) => Tensor,
  replaceInteger = (x: Tensor): Tensor => x,
): unknown[] {
  const visit = (x: unknown): unknown => {
    if (x instanceof Tensor) return isFloating(x.dtype) ? replace(x) : replaceInteger(x);
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
