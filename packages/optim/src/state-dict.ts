import { ArgumentError, cast, noGrad, Tensor, tensor } from "@adjoint/core";
import { shown } from "./checks.js";
import { commit, type Group, type OptimizerDefinition, stage } from "./groups.js";
import type { Slots, Write } from "./transformation.js";

/** The slots and options of an optimizer, laid out as PyTorch does. */
export interface OptimizerStateDict {
  /** The slots of each parameter by its number, under PyTorch's names: `exp_avg`, `step`. */
  readonly state: Readonly<Record<string, Readonly<Record<string, Tensor>>>>;
  /** The options of each group, and the numbers of its parameters. */
  readonly paramGroups: readonly Readonly<
    Record<string, unknown> & {
      params: readonly number[]; // keys of `state`, in the order of the parameters
    }
  >[];
}

/**
 * The state dict of an optimizer of PyTorch, brought over as it is: its slots as tensors (a count may be a number, a list tensors), its groups
 * with PyTorch's names.
 */
export interface TorchOptimizerStateDict {
  /** The slots of each parameter that has been moved, by its number. */
  readonly state: Readonly<Record<string, Readonly<Record<string, Tensor | number | null | readonly unknown[]>>>>;
  /** The options of each group, and the numbers of its parameters. */
  readonly param_groups: readonly Readonly<
    Record<string, unknown> & {
      params: readonly number[]; // keys of `state`, in the order of the parameters
    }
  >[];
}

/** `expAvgSq` is `exp_avg_sq`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** How PyTorch computes, and the notes of its schedules. */
const notes = /^(foreach|fused|capturable|differentiable|initialLr|m(ax|in)Lr|(base|max)Momentum)$/;

/** A group of PyTorch's in our words: without the notes, and without what is None where we have a default. */
function translated(defaults: object, group: OptimizerStateDict["paramGroups"][number]): typeof group {
  const usual: Readonly<Record<string, unknown>> = { ...defaults, params: null };
  const isMeant = (name: string, x: unknown): boolean =>
    Object.hasOwn(usual, name) ? x !== null || usual[name] === null : x !== null && x !== false && !notes.test(name);
  const options = Object.entries(group)
    .map(([name, x]) => [camelCase(name), typeof x === "string" ? camelCase(x) : x] as const)
    .filter(([name, x]) => isMeant(name, x));
  return Object.fromEntries(options) as typeof group;
}

/** What an optimizer holds now. */
export function snapshot<O extends object>(groups: readonly Group<O>[]): OptimizerStateDict {
  const state: Record<string, Record<string, Tensor>> = {};
  let count = 0;
  const paramGroups = groups.map(({ options, slots }) => {
    const params = slots.map((record) => {
      state[count] = Object.fromEntries(Object.entries(record).map(([name, slot]) => [snakeCase(name), slot.detach()]));
      return count++;
    });
    return { ...options, params };
  });
  return { state, paramGroups };
}

/** A state dict of ours or of PyTorch's as one of ours. @throws ArgumentError `STATE_DICT_KIND`. */
export function asStateDict<O extends object>(
  { name, defaults }: OptimizerDefinition<O>,
  dict: OptimizerStateDict | TorchOptimizerStateDict,
): OptimizerStateDict {
  const { state, param_groups: theirs } = (dict ?? {}) as Partial<TorchOptimizerStateDict>;
  if (!Array.isArray(theirs)) return checkDict(name, dict);
  const { paramGroups } = checkDict(name, { state, paramGroups: theirs });
  return { state, paramGroups: paramGroups.map((group) => translated(defaults, group)) } as OptimizerStateDict;
}

/** Takes up what {@link snapshot} gave. Everything is checked before anything is changed. */
export function load<O extends object>(
  definition: OptimizerDefinition<O>,
  groups: readonly Group<O>[],
  dict: OptimizerStateDict,
): void {
  const { name } = definition;
  if (dict.paramGroups.length !== groups.length) {
    throw misfit(name, `it has ${dict.paramGroups.length} parameter groups, the optimizer ${groups.length}`);
  }
  const changes = groups.map((group, k) => {
    const { params, ...options } = dict.paramGroups[k];
    if (params.length !== group.parameters.length) {
      throw misfit(name, `group ${k} has ${params.length} parameters, the optimizer's ${group.parameters.length}`);
    }
    const foreign = Object.keys(options).find((option) => !Object.hasOwn(definition.defaults, option));
    if (foreign !== undefined) throw misfit(name, `group ${k} has the option ${foreign}, which ${name} does not take`);
    return stage(definition, group, options as Partial<O>);
  });
  const writes = noGrad(() =>
    changes.flatMap(({ group, slots, transformation }, k) => {
      const fresh = transformation.init(group.parameters);
      const { params } = dict.paramGroups[k];
      return slots.flatMap((record, i) => slotWrites(name, record, fresh[i], params[i], dict.state));
    }),
  );
  for (const change of changes) commit(change);
  for (const [state, next] of writes) state.assign(next);
}

/** Refuses what is not laid out as a state dict: that of a model, or the optimizer itself. */
function checkDict(name: string, dict: unknown): OptimizerStateDict {
  const { state, paramGroups } = (dict ?? {}) as Readonly<Record<string, unknown>>;
  const groups = Array.isArray(paramGroups) ? (paramGroups as readonly unknown[]) : null;
  if (isObject(state) && groups?.every((group) => isObject(group) && Array.isArray(group["params"]))) {
    return dict as OptimizerStateDict;
  }
  const given = dict instanceof Promise ? "a Promise; await it first" : `${outline(dict)}; give optimizer.stateDict()`;
  throw new ArgumentError(
    "STATE_DICT_KIND",
    `loadStateDict: ${name} takes { state, paramGroups }, as stateDict() makes it, and not ${given}`,
  );
}

function isObject(x: unknown): x is Readonly<Record<string, unknown>> {
  return typeof x === "object" && x !== null;
}

/** A value for a message, of a plain object the names only. */
export function outline(x: unknown): string {
  const plain = isObject(x) && Object.getPrototypeOf(x) === Object.prototype;
  return plain ? `an object of ${Object.keys(x).slice(0, 3).join(", ")}` : shown(x);
}

/** What becomes of the slots of one parameter: as at the beginning where it has never been moved. */
function slotWrites(
  optimizer: string,
  slots: Slots,
  fresh: Slots,
  number: number,
  state: OptimizerStateDict["state"],
): Write[] {
  const found: unknown = Object.hasOwn(state, number) ? state[number] : null;
  const saved = isObject(found) && Object.values(found).some((x) => x !== null) ? found : null;
  return Object.entries(slots).map(([name, slot]): Write => {
    const key = `state.${number}.${snakeCase(name)}`;
    const content: unknown = saved?.[snakeCase(name)] ?? (saved === null ? fresh[name] : unsaid[name]);
    const next = typeof content === "number" ? tensor(content, { dtype: "float64" }) : content;
    if (next === undefined) throw misfit(optimizer, `${key} is missing`);
    if (!(next instanceof Tensor)) {
      throw new ArgumentError(
        "STATE_DICT_MISMATCH",
        `loadStateDict: ${key} is ${outline(next)}, not a tensor; JSON does not give tensors back: save those of state as safetensors`,
      );
    }
    if (next.ndim !== slot.ndim || next.shape.some((n, i) => n !== slot.shape[i])) {
      throw misfit(optimizer, `${key} is [${next.shape.join(", ")}] for [${slot.shape.join(", ")}]`);
    }
    return [slot, cast(next.detach(), slot.dtype)];
  });
}

/** PyTorch does not say how often SGD has moved: a buffer that is there has been. */
const unsaid: Readonly<Record<string, number>> = { bufferSteps: 1 };

/** An error for a state dict that belongs to something else. */
export function misfit(name: string, what: string): ArgumentError {
  return new ArgumentError(
    "STATE_DICT_MISMATCH",
    `loadStateDict: the state dict does not fit ${name}: ${what}; make the optimizer as the saved one was made`,
  );
}
