import { ArgumentError, checkOptions, type Parameter, State, tensor } from "@adjoint/core";
import { checkOption, shown } from "./checks.js";
import type { GradientTransformation, Slots } from "./transformation.js";

/** What the options of an optimizer can hold: plain values, which never change in place. */
export type OptionValue = number | boolean | string | null | readonly (number | null)[];

/** The options of an optimizer, by name. */
export type Options<O> = { readonly [name in keyof O]: OptionValue };

/** Some parameters and the options they are trained with. A value: it stays as it is when the options are changed. */
export type ParamGroup<O> = Readonly<O> & {
  readonly params: readonly Parameter[]; // at least one
};

/** The numbers among the options of a group, as the states that a step reads. */
export interface Rates<O> {
  /** The state of an option: `rates.get("lr")`, or of a number in it: `rates.get("betas", 0)`. */
  get(name: keyof O & string, place?: number): State;
}

/** What makes an optimizer, besides its options. */
export interface OptimizerDefinition<O> {
  readonly name: string; // as in messages
  /** All options with their defaults. */
  readonly defaults: Readonly<O>;
  /** Throws unless the options make sense. */
  check(options: Readonly<O>): void;
  /**
   * The transformation from gradients to steps. It is asked for again when a boolean changes, or a number to or from 0; other
   * changes reach it through the states in `rates`.
   */
  transformation(options: Readonly<O>, rates: Rates<O>): GradientTransformation;
}

/** A group as the optimizer keeps it. */
export interface Group<O> {
  readonly parameters: readonly Parameter[];
  options: Readonly<O>;
  /** The numbers among the options, as the states that the computation reads: `lr`, `betas.0`. */
  readonly rates: ReadonlyMap<string, State>;
  transformation: GradientTransformation;
  slots: readonly Slots[];
}

/** The numbers in options, by name and place: `lr`, `betas.0`. */
export function numbersIn(options: object): [name: string, x: number][] {
  return Object.entries(options).flatMap(([name, x]: [string, unknown]): [string, number][] => {
    if (typeof x === "number") return [[name, x]];
    const items: readonly unknown[] = Array.isArray(x) ? x : [];
    return items.flatMap((item, i): [string, number][] => (typeof item === "number" ? [[`${name}.${i}`, item]] : []));
  });
}

/** What decides which formulas a step consists of: everything but how large numbers are that are not 0. */
export function structureOf(options: object): string {
  return JSON.stringify(options, (_key, x: unknown) => (typeof x === "number" ? x === 0 : x));
}

/**
 * Options with others in the place of some, checked.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function completed<O extends object>(
  definition: OptimizerDefinition<O>,
  options: Readonly<O>,
  given: Partial<O>,
): Readonly<O> {
  const { name, defaults } = definition;
  const [[first, value] = ["name", "value"]] = Object.entries(defaults);
  checkOptions(name, given, `{ ${first}: ${shown(value)} }`, Object.keys(defaults));
  // Arrays are copied, as a caller may change them later.
  const set = Object.entries(given)
    .filter(([, x]) => x !== undefined)
    .map(([key, x]: [string, unknown]) => [key, Array.isArray(x) ? Object.freeze([...x]) : x]);
  const next = Object.freeze({ ...options, ...(Object.fromEntries(set) as Partial<O>) });
  for (const [key, x] of Object.entries(next)) {
    const isFlag = typeof defaults[key as keyof O] === "boolean";
    checkOption(!isFlag || typeof x === "boolean", name, key, x, "true or false");
  }
  definition.check(next);
  return next;
}

/** A group as users see it: whoever assigns to an option is told how it is done. */
export function shownGroup<O extends object>(name: string, { options, parameters }: Group<O>): ParamGroup<O> {
  const plain = { ...options, params: parameters };
  const view = {};
  for (const [key, content] of Object.entries(plain)) {
    Object.defineProperty(view, key, {
      enumerable: true,
      get: () => content,
      set: () => {
        throw new ArgumentError(
          "GROUP_READ_ONLY",
          `${name}: a group cannot be changed through paramGroups; use optimizer.lr = 0.1, or optimizer.setOptions((draft) => ` +
            "{ draft.lr = 0.1 })",
        );
      },
    });
  }
  Object.defineProperty(view, Symbol.for("nodejs.util.inspect.custom"), { value: () => plain });
  return Object.freeze(view) as ParamGroup<O>;
}

/** A new group, its slots at 0. */
export function newGroup<O extends object>(
  definition: OptimizerDefinition<O>,
  parameters: readonly Parameter[],
  options: Readonly<O>,
): Group<O> {
  const rates = new Map(numbersIn(options).map(([key, x]) => [key, new State(tensor(x, { dtype: "float64" }))]));
  const transformation = definition.transformation(options, ratesOf(rates));
  return {
    parameters: Object.freeze([...parameters]),
    options,
    rates,
    transformation,
    slots: transformation.init(parameters),
  };
}

/** A group with the options, transformation and slots that it is to have. */
export interface Change<O> {
  readonly group: Group<O>;
  readonly options: Readonly<O>;
  readonly transformation: GradientTransformation;
  readonly slots: readonly Slots[];
}

/** Prepares other options for a group: slots that are no longer used are dropped, new ones start from 0. */
export function stage<O extends object>(
  definition: OptimizerDefinition<O>,
  group: Group<O>,
  given: Partial<O>,
): Change<O> {
  const options = completed(definition, group.options, given);
  if (structureOf(group.options) === structureOf(options)) return { ...group, group, options };
  const transformation = definition.transformation(options, ratesOf(group.rates));
  const fresh = transformation.init(group.parameters);
  return { group, options, transformation, slots: fresh.map((slots, i) => keep(slots, group.slots[i])) };
}

/** Makes a change that was prepared. */
export function commit<O extends object>({ group, options, transformation, slots }: Change<O>): void {
  Object.assign(group, { options, transformation, slots });
  for (const [key, x] of numbersIn(options)) {
    const rate = group.rates.get(key);
    if (rate && rate.item() !== x) rate.assign(tensor(x, { dtype: "float64" }));
  }
}

function ratesOf<O>(states: ReadonlyMap<string, State>): Rates<O> {
  return {
    get: (name, place) => {
      const state = states.get(place === undefined ? name : `${name}.${place}`);
      if (state === undefined) throw new Error(`internal: the option ${name} is not a number`);
      return state;
    },
  };
}

function keep(fresh: Slots, before: Slots): Slots {
  return Object.fromEntries(Object.entries(fresh).map(([name, slot]) => [name, before[name] ?? slot]));
}
