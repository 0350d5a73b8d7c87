import { gradients } from "./autograd.js";
import { ArgumentError, describe } from "./errors.js";
import type { Node } from "./node.js";
import { ProgramBuilder, prune, type Step } from "./program.js";
import { type Algebra, type InstructionName, instructions, type ResultKind, type ScalarOp } from "./scalar.js";
import { whileTracing } from "./tracing.js";
import { constant, Value } from "./value.js";

/** A scalar op whose inside can be written out in instructions. */
export interface CompositeOp extends ScalarOp {
  readonly formula: Formula;
}

function isComposite(op: ScalarOp): op is CompositeOp {
  return "formula" in op;
}

/** A formula over some of the registers of another program. */
export interface Derived {
  readonly formula: Formula; // computes the cotangent
  /** Which of `[...inputs, out, cotangent]` the formula's own inputs are. */
  readonly uses: readonly number[];
}

/**
 * A scalar function as a straight program: registers `0 … inputs-1` are the inputs and step `i`
 * defines register `inputs + i`. It is traced once from code over symbolic Values; its derivatives are
 * programs too, found by differentiating the traced graph.
 *
 * @example
 * ```ts
 * import { Formula, mul, sigmoid } from "@adjoint/core";
 * const silu = Formula.trace("silu", ["x"], (x) => mul(x, sigmoid(x)));
 * console.log(String(silu));
 * // → silu(x) =
 * //   %1 = neg(x)
 * //   %2 = exp(%1)
 * //   %4 = add(1, %2)
 * //   %5 = div(1, %4)
 * //   %6 = mul(x, %5)
 * ```
 */
export class Formula {
  readonly name: string; // of the function
  readonly inputs: number; // how many there are
  readonly inputNames: readonly string[]; // one for each input
  readonly steps: readonly Step[]; // in the order in which they run
  /** The register of the result. */
  readonly output: number;
  /** The dtype rule of the result. */
  readonly result: ResultKind;
  private readonly symbols: readonly Value[];
  /** The graph that was traced, over leaves with the names of the inputs; its numbers mean nothing. */
  readonly root: Value;
  private readonly derived: (Derived | null | undefined)[] = [];

  private constructor(name: string, inputNames: readonly string[], symbols: readonly Value[], root: Value) {
    const builder = new ProgramBuilder(symbols.length);
    const output = lower(root, symbols, builder);
    const result = builder.kinds[output];
    this.name = name;
    this.inputs = symbols.length;
    this.inputNames = inputNames;
    [this.steps, this.output] = prune(builder.steps, symbols.length, output);
    this.symbols = symbols;
    this.root = root;
    this.result = result;
  }

  /**
   * Runs `fn` once on symbolic Values and keeps what it did.
   *
   * @throws TraceError `TRACE_READ` when `fn` reads a number, ArgumentError `FORMULA_RESULT` when it does not return a Value.
   */
  static trace(name: string, inputNames: readonly string[], fn: (...inputs: Value[]) => Value | number): Formula {
    const symbols = inputNames.map(symbol);
    const result = whileTracing(() => fn(...symbols));
    const root = typeof result === "number" ? constant(result) : result;
    if (!(root instanceof Value)) {
      throw new ArgumentError("FORMULA_RESULT", `${name}: the formula returned ${describe(root)}; return a Value`);
    }
    return new Formula(name, inputNames, symbols, root);
  }

  /**
   * The program that takes the inputs, the result `out` and the cotangent `g` of the result to the
   * cotangent of input `index`; null where that is zero everywhere. As it is linear in `g`, it takes
   * tangents forward as well.
   *
   * @param partial - ∂out/∂input as a function of the inputs and the result, in place of the derived one
   */
  pullback(index: number, partial?: (...inputsAndOut: Value[]) => Value | number): Derived | null {
    return (this.derived[index] ??= this.derive(index, partial));
  }

  private derive(index: number, partial?: (...inputsAndOut: Value[]) => Value | number): Derived | null {
    const g = symbol("g");
    const out = partial ? symbol("out") : this.root;
    const cotangent = whileTracing(() => {
      if (partial) return g.mul(partial(...this.symbols, out));
      return gradients(this.root, [this.symbols[index]], { cotangents: [g], createGraph: true, allowUnused: true })[0];
    });
    // The result becomes one more input, cut off from what it was computed from, so that differentiating
    // the derivative again does not count that path twice.
    const known = [...this.symbols, out, g];
    const names = [...this.inputNames, "out", "g"];
    const uses = usedBy(cotangent, known);
    const symbols = uses.map((i) => symbol(names[i]));
    const root = copy(cotangent, new Map(uses.map((i, k) => [known[i], symbols[k]])));
    const name = `${this.name}'${this.inputs > 1 ? this.inputNames[index] : ""}`;
    const formula = new Formula(
      name,
      uses.map((i) => names[i]),
      symbols,
      root,
    );
    return formula.isZero ? null : { formula, uses };
  }

  private get isZero(): boolean {
    const step = this.steps[this.output - this.inputs];
    return step?.op === "constant" && step.value === 0;
  }

  /** The value of the formula on plain numbers. */
  evaluate(...inputs: readonly number[]): number {
    const registers = inputs.slice();
    for (const { op, args, value } of this.steps) {
      registers.push(
        op === "constant"
          ? (value ?? NaN)
          : instructions[op].number(registers[args[0]], registers[args[1]], registers[args[2]]),
      );
    }
    return registers[this.output];
  }

  /** The program as text, a step a line. */
  toString(): string {
    const show = (register: number): string => {
      if (register < this.inputs) return this.inputNames[register];
      const { op, value } = this.steps[register - this.inputs];
      return op === "constant" ? String(value) : `%${register}`;
    };
    const lines = this.steps.flatMap(({ op, args }, i) =>
      op === "constant" ? [] : [`  %${this.inputs + i} = ${op}(${args.map(show).join(", ")})`],
    );
    if (lines.length === 0) lines.push(`  ${show(this.output)}`);
    return [`${this.name}(${this.inputNames.join(", ")}) =`, ...lines].join("\n");
  }
}

function symbol(name: string): Value {
  const leaf = new Value(NaN, null, null, true);
  leaf.label = name;
  return leaf;
}

/** The places in `known` (the first, where a node stands twice) of the nodes on which `root` depends. */
function usedBy(root: Value, known: readonly Value[]): number[] {
  const stop = new Set(known);
  const reached = new Set<Node>([root]);
  for (const node of nodesUnder(root, stop)) for (const input of node.inputs) reached.add(input);
  return known.map((_, i) => i).filter((i) => reached.has(known[i]) && known.indexOf(known[i]) === i);
}

/** The graph under `root` again, with other nodes in the places given by `copies`. */
function copy(root: Value, copies: Map<Node, Value>): Value {
  for (const node of nodesUnder(root, copies)) {
    if (node.op === null) continue;
    const inputs = node.inputs.map((input) => copies.get(input) ?? (input as Value));
    copies.set(
      node,
      new Value(
        NaN,
        node.op,
        inputs,
        inputs.some((input) => input.requiresGrad),
      ),
    );
  }
  return copies.get(root) ?? root;
}

/** Writes the graph under `root` as steps, older nodes first; returns the register of `root`. */
function lower(root: Value, known: readonly Value[], builder: ProgramBuilder): number {
  const registers = new Map<Value, number>();
  known.forEach((value, i) => registers.set(value, registers.get(value) ?? i));
  for (const node of nodesUnder(root, registers)) {
    if (node.op === null) {
      registers.set(node, builder.constant(node.number));
      continue;
    }
    const args = node.inputs.map((input) => registers.get(input as Value) ?? -1);
    registers.set(node, lowerOp(node.op, args, builder));
  }
  return registers.get(root) ?? -1;
}

function lowerOp(op: ScalarOp, args: readonly number[], builder: ProgramBuilder): number {
  if (isComposite(op)) return inline(op.formula, args, builder);
  const { expand } = op;
  if (expand === undefined) return builder.step(op.name as InstructionName, args);
  const [x, y, z] = args;
  return expand(registersOf(builder), x, y, z);
}

/** The algebra of registers: every instruction becomes a step. */
function registersOf(builder: ProgramBuilder): Algebra<number> {
  const steps = Object.values(instructions).map(({ name, pullbacks }) => [
    name,
    (...args: number[]) => builder.step(name, args.slice(0, pullbacks.length)),
  ]);
  return {
    ...(Object.fromEntries(steps) as Record<InstructionName, (x: number, y?: number, z?: number) => number>),
    constant: (x) => builder.constant(x),
  };
}

function inline(formula: Formula, args: readonly number[], builder: ProgramBuilder): number {
  const registers = args.slice();
  for (const { op, args: operands, value } of formula.steps) {
    registers.push(
      op === "constant"
        ? builder.constant(value ?? NaN)
        : builder.step(
            op,
            operands.map((i) => registers[i]),
          ),
    );
  }
  return registers[formula.output];
}

/** What `root` is computed from, up to and without the `known` nodes, oldest first. */
function nodesUnder(root: Value, known: { has(node: Value): boolean }): Value[] {
  const found = new Set<Value>();
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (found.has(node) || known.has(node)) continue;
    found.add(node);
    stack.push(...(node.inputs as readonly Value[]));
  }
  return [...found].sort((a, b) => a.id - b.id);
}
