import { type InstructionName, instructions, type ResultKind } from "./scalar.js";

/** One line of a formula: a constant, or an instruction on earlier registers. */
export interface Step {
  readonly op: InstructionName | "constant"; // the instruction
  readonly args: readonly number[]; // the registers of its operands; none for a constant
  readonly value?: number; // of a constant
}

/** Collects steps, computing each expression once and constants at once. */
export class ProgramBuilder {
  readonly steps: Step[] = [];
  readonly kinds: ResultKind[];
  private readonly inputs: number;
  private readonly known = new Map<string, number>();

  constructor(inputs: number) {
    this.inputs = inputs;
    this.kinds = new Array<ResultKind>(inputs).fill("same");
  }

  constant(value: number): number {
    return this.append(`constant ${Object.is(value, -0) ? "-0" : value}`, { op: "constant", args: [], value });
  }

  step(op: InstructionName, args: readonly number[]): number {
    const values = args.map((i) => this.constantAt(i));
    if (values.every((x) => x !== undefined)) {
      const [x, y, z] = values as number[];
      return this.constant(instructions[op].number(x, y, z));
    }
    const same = unchanged(op, args, values);
    return same ?? this.append(`${op} ${args.join(" ")}`, { op, args });
  }

  private constantAt(register: number): number | undefined {
    return register < this.inputs ? undefined : this.steps[register - this.inputs].value;
  }

  private append(key: string, step: Step): number {
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const register = this.inputs + this.steps.push(step) - 1;
    this.known.set(key, register);
    this.kinds.push(this.kindOf(step));
    return register;
  }

  private kindOf({ op, args, value }: Step): ResultKind {
    if (op === "constant") return Number.isInteger(value) ? "same" : "float";
    const { result } = instructions[op];
    if (result !== "same") return result;
    const operands = op === "select" ? args.slice(1) : args;
    if (operands.some((i) => this.kinds[i] === "float")) return "float";
    return op === "select" && operands.every((i) => this.kinds[i] === "bool") ? "bool" : "same";
  }
}

/** The operand that an instruction hands through untouched: x·1, 1·x, x/1. */
function unchanged(
  op: InstructionName,
  args: readonly number[],
  values: readonly (number | undefined)[],
): number | undefined {
  if ((op === "mul" || op === "div") && values[1] === 1) return args[0];
  if (op === "mul" && values[0] === 1) return args[1];
  return undefined;
}

/** Leaves out the steps that the result does not need, and numbers the rest anew. */
export function prune(
  steps: readonly Step[],
  inputs: number,
  output: number,
): [steps: readonly Step[], output: number] {
  const needed = new Set([output]);
  for (let i = steps.length - 1; i >= 0; i--) {
    if (needed.has(inputs + i)) for (const register of steps[i].args) needed.add(register);
  }
  const kept: Step[] = [];
  const renamed = new Map<number, number>();
  for (let i = 0; i < inputs; i++) renamed.set(i, i);
  steps.forEach((step, i) => {
    if (!needed.has(inputs + i)) return;
    renamed.set(inputs + i, inputs + kept.length);
    kept.push({ ...step, args: step.args.map((register) => renamed.get(register) ?? -1) });
  });
  return [kept, renamed.get(output) ?? -1];
}
