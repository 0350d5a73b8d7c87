import {
  ArgumentError,
  checkOptions,
  type DType,
  enableGrad,
  isFloating,
  type Node,
  Parameter,
  type Shape,
  State,
  Tensor,
  tensor,
  zeros,
} from "@adjoint/core";
import { shapeText, shown } from "./checks.js";
import { held } from "./fields.js";
import type { AnyModule } from "./module.js";

/** What a module is shown with: the shape of its input, a tensor in its place, or a list of these for several inputs. */
export type SummaryInput = Shape | Tensor | readonly (Shape | Tensor)[];

/** Options of `summary`. */
export interface SummaryOptions {
  /** The dtype of inputs that are given by their shapes (default that of the parameters): `"int32"` for labels. */
  readonly dtype?: DType;
}

/** One module in a {@link Summary}. */
export interface SummaryRow {
  readonly path: string; // where it is, "" for the module itself
  readonly name: string; // its class
  readonly outputs: readonly Shape[]; // the shapes of what it gave last; none when it was not called
  readonly parameters: number; // the elements of its own parameters
  readonly multiplyAdds: number; // multiplications with an addition in its own products and convolutions
  readonly stateBytes: number; // memory of its own parameters and buffers
  readonly outputBytes: number; // memory of what it gave in all its calls
}

/** What `summary` gives: a row for each module, and sums. Printed, it is a table. */
export class Summary {
  readonly rows: readonly SummaryRow[]; // parents first
  readonly parameters: number; // all, those shared counted once
  readonly trainable: number; // those of them that require a gradient
  readonly multiplyAdds: number; // of one call
  readonly stateBytes: number; // memory of parameters and buffers
  readonly outputBytes: number; // memory of what all modules gave, as a backward walk keeps it

  constructor(rows: readonly SummaryRow[], trainable: number) {
    const total = (of: (row: SummaryRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
    this.rows = rows;
    this.trainable = trainable;
    this.parameters = total((row) => row.parameters);
    this.multiplyAdds = total((row) => row.multiplyAdds);
    this.stateBytes = total((row) => row.stateBytes);
    this.outputBytes = total((row) => row.outputBytes);
  }

  /** The table, a line for each module. */
  toString(): string {
    const head = ["Layer", "Output", "Parameters", "Multiply-adds", "Memory"];
    const lines = this.rows.map((row) => {
      const { path, name, outputs, parameters, multiplyAdds } = row;
      const label = `${"  ".repeat(depthOf(path))}${path === "" ? "" : `${path}: `}${name}`;
      const memory = size(row.stateBytes + row.outputBytes);
      return [label, outputs.map(shapeText).join(", ") || "-", count(parameters), count(multiplyAdds), memory];
    });
    const memory = size(this.stateBytes + this.outputBytes);
    const sums = ["Total", "", count(this.parameters), count(this.multiplyAdds), memory];
    const all = [head, ...lines, sums];
    const widths = head.map((_, i) => Math.max(...all.map((line) => line[i].length)));
    const written = all.map((line) =>
      line
        .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join("  ")
        .trimEnd(),
    );
    const rule = "-".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
    const frozen = this.parameters - this.trainable;
    return [
      written[0],
      rule,
      ...written.slice(1, -1),
      rule,
      written[written.length - 1],
      `Trainable ${count(this.trainable)}, frozen ${count(frozen)}; memory of states ${size(this.stateBytes)}, of outputs ${size(this.outputBytes)}`,
    ].join("\n");
  }

  /** @internal As consoles print it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

const count = (x: number): string => (x === 0 ? "-" : x.toLocaleString("en-US"));

function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const power = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** What was seen of a module while it ran. */
interface Seen {
  readonly given: Tensor[]; // in all calls
  shapes: readonly Shape[]; // in the last call
  multiplyAdds: number;
}

/** A call of a module: the nodes between its ends were made in it. */
interface Call {
  readonly seen: Seen;
  readonly start: number;
  end: number;
}

/** Runs a module once on zeros, in evaluation, and reads off what it does from the graph; it is as before afterwards. */
export function summarize(root: AnyModule, given: SummaryInput, options: SummaryOptions): Summary {
  checkOptions("summary", options, '{ dtype: "int32" }', ["dtype"]);
  const inputs = inputsOf(root, given, options);
  const modules = root.namedModules();
  const seen = new Map(modules.map(([, module]) => [module, { given: [], shapes: [], multiplyAdds: 0 } as Seen]));
  const states = [...root.parameters(), ...root.buffers()].map((state) => ({
    state,
    content: state.detach(),
    requiresGrad: state.requiresGrad,
  }));
  const training = modules.map(([, module]) => module.training);
  const calls: Call[] = [];
  const hooks = modules.flatMap(([, module]) => watch(module, seen.get(module)!, calls));
  try {
    root.eval();
    // What requires a gradient is recorded: products of frozen parameters are to be seen as well.
    for (const { state } of states) state.requiresGrad = isFloating(state.dtype);
    const output = enableGrad(() => Reflect.apply(root.forward, root, inputs) as unknown);
    countProducts(tensorsIn(output), calls);
  } finally {
    for (const hook of hooks) hook.remove();
    modules.forEach(([, module], i) => (module.training = training[i]));
    for (const { state, content, requiresGrad } of states) {
      state.requiresGrad = requiresGrad;
      if (state.data !== content.data) state.assign(content);
    }
  }
  return new Summary(rowsOf(modules, seen, inputs), trainableOf(root));
}

function rowsOf(
  modules: readonly [string, AnyModule][],
  seen: ReadonlyMap<AnyModule, Seen>,
  inputs: readonly Tensor[],
): SummaryRow[] {
  const counted = new Set<object>();
  // Tensors that share their elements, such as those of a Flatten, count once.
  const fresh = <T extends Tensor>(list: readonly T[]): T[] =>
    list.filter((x) => !counted.has(x.data) && counted.add(x.data));
  const bytes = (list: readonly Tensor[]): number => list.reduce((sum, x) => sum + x.data.byteLength, 0);
  fresh(inputs);
  const own = modules.map(([, module]) =>
    fresh(held(module).flatMap(({ item }) => (item instanceof State ? [item] : []))),
  );
  // What a module gives is mostly what the last of its children gave: it counts with the innermost.
  const outputBytes = new Map<AnyModule, number>();
  for (const [, module] of modules.toSorted(([a], [b]) => depthOf(b) - depthOf(a))) {
    outputBytes.set(module, bytes(fresh(seen.get(module)!.given)));
  }
  return modules.map(([path, module], i) => ({
    path,
    name: module.constructor.name,
    outputs: seen.get(module)!.shapes,
    parameters: own[i].reduce((sum, state) => sum + (state instanceof Parameter ? state.size : 0), 0),
    multiplyAdds: seen.get(module)!.multiplyAdds,
    stateBytes: bytes(own[i]),
    outputBytes: outputBytes.get(module)!,
  }));
}

const depthOf = (path: string): number => (path === "" ? 0 : path.split(".").length);

const trainableOf = (module: AnyModule): number =>
  module.parameters().reduce((sum, parameter) => sum + (parameter.requiresGrad ? parameter.size : 0), 0);

/** Notes when a module begins and ends, and what it gives. */
function watch(module: AnyModule, seen: Seen, calls: Call[]): { remove(): void }[] {
  const open: Call[] = [];
  return [
    module.registerForwardPreHook(() => {
      const call = { seen, start: tensor(0).id, end: Infinity };
      open.push(call);
      calls.push(call);
    }),
    module.registerForwardHook((_module, _inputs, output) => {
      const outputs = tensorsIn(output);
      seen.given.push(...outputs);
      seen.shapes = outputs.map(({ shape }) => shape);
      open.pop()!.end = tensor(0).id;
    }),
  ];
}

/** Walks the graph, and counts each product with the innermost module in which it was computed. */
function countProducts(roots: readonly Tensor[], calls: readonly Call[]): void {
  const found = new Set<Node>();
  const left: Node[] = [...roots];
  while (left.length > 0) {
    const node = left.pop()!;
    if (found.has(node)) continue;
    found.add(node);
    left.push(...node.inputs);
    const products = productsOf(node);
    if (products === 0) continue;
    const around = calls.filter(({ start, end }) => start < node.id && node.id < end);
    // The innermost began last.
    const inner = around.reduce<Call | null>((last, call) => (last && last.start > call.start ? last : call), null);
    if (inner) inner.seen.multiplyAdds += products;
  }
}

/** What the attributes of a convolution and of a recurrent layer say. */
interface Attributes {
  readonly computes: "input" | "weight" | "output";
  readonly given: readonly boolean[];
}

/** The multiplications with an addition in the ops that consist of them. */
function productsOf(node: Node): number {
  if (!(node instanceof Tensor) || node.op === null) return 0;
  const [first, second, ...others] = node.inputs as readonly Tensor[];
  const { computes, given } = (node.attributes ?? {}) as Attributes;
  switch (node.op.name) {
    case "matmul":
      return node.size * first.shape[first.ndim - 1];
    case "convolution": {
      // Each element of the output is a sum over the weights of one filter, whichever of the three is computed from the others.
      const [weight, output] = { output: [second, node], input: [first, second], weight: [node, second] }[computes];
      return output.size * (weight.size / weight.shape[0]);
    }
    case "recurrentLayer": {
      // The weights of the state, and perhaps those that project it, at each time of each sequence.
      const weights = second.size + (given[1] ? others[given[0] ? 1 : 0].size : 0);
      return (first.size / first.shape[2]) * weights;
    }
    default:
      return 0;
  }
}

/** All tensors in a result: one, or those in arrays and records. */
function tensorsIn(result: unknown): Tensor[] {
  if (result instanceof Tensor) return [result];
  return typeof result === "object" && result !== null ? Object.values(result).flatMap(tensorsIn) : [];
}

function inputsOf(root: AnyModule, given: SummaryInput, { dtype }: SummaryOptions): Tensor[] {
  const isShape = (x: unknown): x is Shape => Array.isArray(x) && x.every((n) => typeof n === "number");
  const list = given instanceof Tensor || isShape(given) ? [given] : given;
  if (!Array.isArray(list) || !list.every((x) => x instanceof Tensor || isShape(x))) {
    throw new ArgumentError(
      "INPUT_KIND",
      `summary: ${shown(given)}; give the shape of the input with its batch, [1, 3, 32, 32], a tensor, or a list of these`,
    );
  }
  const usual = dtype ?? root.parameters().find((x) => isFloating(x.dtype))?.dtype ?? "float32";
  return (list as readonly (Shape | Tensor)[]).map((x) => {
    const content = x instanceof Tensor ? x.detach() : zeros(x, { dtype: usual });
    content.requiresGrad = isFloating(content.dtype);
    return content;
  });
}
