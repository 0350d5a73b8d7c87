import {
  add,
  cast,
  type DType,
  expand,
  fullLike,
  type Parameter,
  type Shape,
  State,
  type Tensor,
  tensor,
  type Value,
} from "@adjoint/core";
import { fuse, type Fused, type NamedFormula, type Names } from "./fuse.js";
import type { GradientTransformation, Slots, Update, Write } from "./transformation.js";

/**
 * An update written for one element, as scalar formulas over names. A formula knows `gradient` (what comes from the rule
 * before), `parameter`, the options and all other names here; of what changes in a step it sees the new value once that has
 * been computed, in the order before, counters, scalars, elements, slots, update.
 */
export interface RuleDefinition {
  readonly name: string; // as in graphs
  /** Numbers, or scalar tensors that are read anew in each step. */
  readonly options?: Readonly<Record<string, number | Tensor>>;
  /** What depends on options and on the counters as they were, computed once a step. */
  readonly before?: Readonly<Record<string, NamedFormula>>;
  /** States of a single number for each parameter: what becomes of them in a step. */
  readonly counters?: Readonly<Record<string, NamedFormula>>;
  /** What depends on options and counters alone, computed once a step and not for each element. */
  readonly scalars?: Readonly<Record<string, NamedFormula>>;
  /** What depends on the slots as they were, computed for each element and not kept. */
  readonly elements?: Readonly<Record<string, NamedFormula>>;
  /** States in the shape of the parameter: what becomes of each element in a step. */
  readonly slots?: Readonly<Record<string, NamedFormula>>;
  /** What counters and slots start from where that is not 0. */
  readonly initial?: Readonly<Record<string, number>>;
  /** What comes out in the place of the gradient. */
  readonly update: NamedFormula;
}

/** One pass of a step: which name gets a new value, how, and whether a state keeps it. */
interface Pass {
  readonly target: string;
  readonly fused: Fused;
  readonly kept: boolean;
  /** Whether there is one number for a whole parameter. */
  readonly single: boolean;
}

/** All passes of a step, and the last one: to the update, or to the parameter it is added to. */
interface Program {
  readonly passes: readonly Pass[];
  readonly updated: Fused;
  readonly applied: Fused;
}

/**
 * A gradient transformation written for one element. Chained rules become one: a formula is traced through all of them, so
 * that a step reads and writes memory once for each slot and once for the parameter.
 */
export class Rule implements GradientTransformation {
  readonly slotNames: readonly string[];
  /** The rules of which this one consists, in their order. */
  readonly definitions: readonly RuleDefinition[];
  private readonly names: readonly ReadonlyMap<string, string>[];
  private readonly options: readonly (readonly [name: string, content: Tensor])[];
  private readonly counters: ReadonlySet<string>;
  private readonly initial: ReadonlyMap<string, number>;
  private traced: Program | null = null;

  constructor(definitions: readonly RuleDefinition[]) {
    this.definitions = definitions;
    this.names = uniqueNames(definitions);
    const named = <T>(part: (definition: RuleDefinition) => Readonly<Record<string, T>> | undefined): [string, T][] =>
      definitions.flatMap((definition, k) =>
        Object.entries(part(definition) ?? {}).map(([name, x]): [string, T] => [this.global(k, name), x]),
      );
    this.options = named((d) => d.options).map(([name, x]) => [name, typeof x === "number" ? scalar(x) : x]);
    const counters = named((d) => d.counters).map(([name]) => name);
    this.counters = new Set(counters);
    this.initial = new Map(named((d) => d.initial));
    this.slotNames = [...counters, ...named((d) => d.slots).map(([name]) => name)];
  }

  init(parameters: readonly Parameter[]): Slots[] {
    return parameters.map((parameter) =>
      Object.fromEntries(this.slotNames.map((name) => [name, new State(this.start(name, parameter))])),
    );
  }

  private start(name: string, parameter: Parameter): Tensor {
    const x = this.initial.get(name) ?? 0;
    return this.counters.has(name) ? scalar(x) : fullLike(parameter, x);
  }

  update(gradients: readonly (Tensor | null)[], slots: readonly Slots[], parameters: readonly Parameter[]): Update {
    const writes: Write[] = [];
    const { updated } = this.program;
    const updates = gradients.map((g, i) => g && this.run(updated, g, slots[i], parameters[i], writes));
    return { updates, writes };
  }

  step(gradients: readonly (Tensor | null)[], slots: readonly Slots[], parameters: readonly Parameter[]): Write[] {
    const writes: Write[] = [];
    const { applied } = this.program;
    gradients.forEach((g, i) => {
      if (g) writes.push([parameters[i], this.run(applied, g, slots[i], parameters[i], writes)]);
    });
    return writes;
  }

  private run(last: Fused, gradient: Tensor, slots: Slots, parameter: Parameter, writes: Write[]): Tensor {
    const known: Record<string, Tensor> = { ...slots, gradient, parameter };
    for (const [name, content] of this.options) known[name] = content;
    for (const { target, fused, kept, single } of this.program.passes) {
      const next = single
        ? evaluate(fused, known, [], "float64")
        : evaluate(fused, known, parameter.shape, parameter.dtype);
      if (kept) writes.push([slots[target], next]);
      known[target] = next;
    }
    return evaluate(last, known, parameter.shape, parameter.dtype);
  }

  /** The formulas, traced when they are first needed: a rule that only goes into a chain never is by itself. */
  private get program(): Program {
    const last = this.definitions.length - 1;
    return (this.traced ??= {
      passes: this.definitions.flatMap((definition, k) => this.passesOf(definition, k)),
      updated: this.fuse("update", (names) => this.updateOf(last, names)),
      applied: this.fuse("step", (names) => add(names["parameter"], this.updateOf(last, names))),
    });
  }

  private passesOf({ before, counters, scalars, elements, slots }: RuleDefinition, k: number): Pass[] {
    const passes = (formulas: RuleDefinition["slots"], kept: boolean, single: boolean): Pass[] =>
      Object.entries(formulas ?? {}).map(([name, formula]) => ({
        target: this.global(k, name),
        fused: this.fuse(name, (names) => formula(this.local(k, names))),
        kept,
        single,
      }));
    return [
      ...passes(before, false, true),
      ...passes(counters, true, true),
      ...passes(scalars, false, true),
      ...passes(elements, false, false),
      ...passes(slots, true, false),
    ];
  }

  private fuse(name: string, formula: NamedFormula): Fused {
    const known = ["gradient", "parameter", ...this.names.flatMap((names) => [...names.values()])];
    return fuse(`${this.definitions.map((d) => d.name).join("+")}.${name}`, known, formula);
  }

  private updateOf(k: number, names: Names): Value {
    return k < 0 ? names["gradient"] : this.definitions[k].update(this.local(k, names));
  }

  private global(k: number, name: string): string {
    return this.names[k].get(name) ?? name;
  }

  /** The names as rule `k` knows them. They are looked up when asked for, as what a formula asks for is what it reads. */
  private local(k: number, names: Names): Names {
    const local: Names = {};
    Object.defineProperty(local, "parameter", { get: () => names["parameter"] });
    Object.defineProperty(local, "gradient", { get: () => this.updateOf(k - 1, names) });
    for (const [name, global] of this.names[k]) Object.defineProperty(local, name, { get: () => names[global] });
    return local;
  }
}

function evaluate(fused: Fused, known: Readonly<Record<string, Tensor>>, shape: Shape, dtype: DType): Tensor {
  let result = fused.run(fused.uses.map((name) => known[name]));
  // What depends on single numbers alone comes out as one; a slot of the parameter's shape is full of it.
  if (result.ndim < shape.length) result = expand(result, shape);
  // Single numbers are float64; beside a parameter that is one itself they would decide the dtype.
  return result.dtype === dtype ? result : cast(result, dtype);
}

function scalar(x: number): Tensor {
  return tensor(x, { dtype: "float64" });
}

/** A name for everything in every rule: its own where that is free. */
function uniqueNames(definitions: readonly RuleDefinition[]): Map<string, string>[] {
  const taken = new Set(["gradient", "parameter"]);
  return definitions.map(({ options, before, counters, scalars, elements, slots }) => {
    const names = Object.keys({ ...options, ...before, ...counters, ...scalars, ...elements, ...slots });
    return new Map(names.map((name) => [name, takeName(name, taken)]));
  });
}

function takeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name}${i}`;
  taken.add(free);
  return free;
}
