import { ArgumentError, cast, noGrad, Tensor, zerosLike } from "@adjoint/core";
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

/** `expAvgSq` is `exp_avg_sq`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
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

/** Takes up what {@link snapshot} gave. Everything is checked before anything is changed. */
export function load<O extends object>(
  definition: OptimizerDefinition<O>,
  groups: readonly Group<O>[],
  dict: OptimizerStateDict,
): void {
  const { name } = definition;
  checkDict(name, dict);
  if (dict.paramGroups.length !== groups.length) {
    throw misfit(name, `it has ${dict.paramGroups.length} parameter groups, the optimizer ${groups.length}`);
  }
  const changes = groups.map((group, k) => {
    const { params, ...options } = dict.paramGroups[k];
    if (params.length !== group.parameters.length) {
      throw misfit(name, `group ${k} has ${params.length} parameters, the optimizer's ${group.parameters.length}`);
    }
    return stage(definition, group, options as Partial<O>);
  });
  const writes = noGrad(() =>
    changes.flatMap(({ slots }, k) =>
      slots.flatMap((record, i) => slotWrites(name, record, dict.paramGroups[k].params[i], dict)),
    ),
  );
  for (const change of changes) commit(change);
  for (const [state, next] of writes) state.assign(next);
}

/** Refuses what is not laid out as a state dict: that of a model, or the optimizer itself. */
function checkDict(name: string, dict: unknown): void {
  const { state, paramGroups } = (dict ?? {}) as Readonly<Record<string, unknown>>;
  const groups = Array.isArray(paramGroups) ? (paramGroups as readonly unknown[]) : null;
  if (isObject(state) && groups?.every((group) => isObject(group) && Array.isArray(group["params"]))) return;
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
function outline(x: unknown): string {
  const plain = isObject(x) && Object.getPrototypeOf(x) === Object.prototype;
  return plain ? `an object of ${Object.keys(x).slice(0, 3).join(", ")}` : shown(x);
}

/** What becomes of the slots of one parameter: 0 where it has never been moved. */
function slotWrites(optimizer: string, slots: Slots, number: number, { state }: OptimizerStateDict): Write[] {
  const saved = Object.hasOwn(state, number) ? state[number] : null;
  return Object.entries(slots).map(([name, slot]): Write => {
    if (saved === null) return [slot, zerosLike(slot)];
    const next = saved[snakeCase(name)];
    const key = `state.${number}.${snakeCase(name)}`;
    if (!(next instanceof Tensor)) throw misfit(optimizer, `${key} is missing`);
    if (next.ndim !== slot.ndim || next.shape.some((n, i) => n !== slot.shape[i])) {
      throw misfit(optimizer, `${key} is [${next.shape.join(", ")}] for [${slot.shape.join(", ")}]`);
    }
    return [slot, cast(next.detach(), slot.dtype)];
  });
}

function misfit(name: string, what: string): ArgumentError {
  return new ArgumentError(
    "STATE_DICT_MISMATCH",
    `loadStateDict: the state dict does not fit ${name}: ${what}; make the optimizer as the saved one was made`,
  );
}
