import {
  ArgumentError,
  checkOptions,
  type DType,
  enableGrad,
  isFloating,
  type Node,
  type Shape,
  Tensor,
  tensor,
  zeros,
} from "@adjoint/core";
import { shapeText, shown } from "./checks.js";
import type { AnyModule, Module } from "./module.js";

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
  readonly bytes: number; // its own parameters and buffers, and what it gave
}

/** What `summary` gives: a row for each module, and sums. Printed, it is a table. */
export class Summary {
  readonly rows: readonly SummaryRow[]; // parents first
  readonly parameters: number; // all, those shared counted once
  readonly trainable: number; // those of them that require a gradient
  readonly multiplyAdds: number; // of one call
  readonly bytes: number; // of parameters and buffers, and of what all modules gave

  constructor(rows: readonly SummaryRow[], trainable: number) {
    const total = (of: (row: SummaryRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
    this.rows = rows;
    this.trainable = trainable;
    this.parameters = total((row) => row.parameters);
    this.multiplyAdds = total((row) => row.multiplyAdds);
    this.bytes = total((row) => row.bytes);
  }

  /** The table, a line for each module. */
  toString(): string {
    const head = ["Layer", "Output", "Parameters", "Multiply-adds", "Memory"];
    const lines = this.rows.map(({ path, name, outputs, parameters, multiplyAdds, bytes }) => {
      const depth = path === "" ? 0 : path.split(".").length;
      const label = `${"  ".repeat(depth)}${path === "" ? "" : `${path}: `}${name}`;
      return [label, outputs.map(shapeText).join(", ") || "-", count(parameters), count(multiplyAdds), size(bytes)];
    });
    const sums = ["Total", "", count(this.parameters), count(this.multiplyAdds), size(this.bytes)];
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
      `Trainable: ${count(this.trainable)}${frozen > 0 ? `, frozen: ${count(frozen)}` : ""}`,
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
  outputs: readonly Tensor[];
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
  const seen = new Map(modules.map(([, module]) => [module, { outputs: [], multiplyAdds: 0 } as Seen]));
  const states = [...root.parameters(), ...root.buffers()].map((state) => [state, state.detach()] as const);
  const training = modules.map(([, module]) => module.training);
  const calls: Call[] = [];
  const hooks = modules.flatMap(([, module]) => watch(module, seen.get(module)!, calls));
  try {
    root.eval();
    const output = enableGrad(() => (root as unknown as Module<readonly unknown[], unknown>).forward(...inputs));
    countProducts(tensorsIn(output), calls);
  } finally {
    for (const hook of hooks) hook.remove();
    modules.forEach(([, module], i) => (module.training = training[i]));
    for (const [state, before] of states) if (state.data !== before.data) state.assign(before);
  }
  return new Summary(rowsOf(modules, seen), trainableOf(root));
}

function rowsOf(modules: readonly [string, AnyModule][], seen: ReadonlyMap<AnyModule, Seen>): SummaryRow[] {
  const counted = new Set<Tensor>();
  // What a module gives is mostly what the last of its children gave: it counts with the innermost.
  const given = modules.toReversed().map(([, module]) => {
    const fresh = seen.get(module)!.outputs.filter((x) => !counted.has(x));
    for (const x of fresh) counted.add(x);
    return fresh;
  });
  return modules.map(([path, module], i) => {
    const { outputs, multiplyAdds } = seen.get(module)!;
    const own = ownStates(module).filter(({ state }) => !counted.has(state));
    for (const { state } of own) counted.add(state);
    const held = [...own.map(({ state }) => state), ...given[modules.length - 1 - i]];
    const elements = own.reduce((sum, { state, isParameter }) => sum + (isParameter ? state.size : 0), 0);
    const bytes = held.reduce((sum, x) => sum + x.data.byteLength, 0);
    const shapes = outputs.map(({ shape }) => shape);
    return { path, name: module.constructor.name, outputs: shapes, parameters: elements, multiplyAdds, bytes };
  });
}

/** The parameters and buffers in the fields of a module, not those of its children. */
function ownStates(module: AnyModule): { readonly state: Tensor; readonly isParameter: boolean }[] {
  const below = new Set<Tensor>(module.children().flatMap((child) => [...child.parameters(), ...child.buffers()]));
  const all = (list: readonly Tensor[], isParameter: boolean): { state: Tensor; isParameter: boolean }[] =>
    list.filter((state) => !below.has(state)).map((state) => ({ state, isParameter }));
  return [...all(module.parameters(), true), ...all(module.buffers(), false)];
}

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
      seen.outputs = tensorsIn(output);
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

/** The multiplications with an addition in a product of matrices or a convolution. */
function productsOf(node: Node): number {
  if (!(node instanceof Tensor) || node.inputs.length < 2) return 0;
  const [first, second] = node.inputs as readonly Tensor[];
  if (node.op?.name === "matmul") return node.size * first.shape[first.ndim - 1];
  if (node.op?.name !== "convolution") return 0;
  // Each element of the output is a sum over the weights of one filter, whichever of the three is computed from the others.
  const { computes } = node.attributes as { readonly computes: "input" | "weight" | "output" };
  const [weight, output] = { output: [second, node], input: [first, second], weight: [node, second] }[computes];
  return output.size * (weight.size / weight.shape[0]);
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
    // What requires a gradient is recorded, also past frozen parameters.
    content.requiresGrad = isFloating(content.dtype);
    return content;
  });
}
