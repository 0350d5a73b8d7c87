import { ArgumentError, Parameter, State, Tensor } from "@adjoint/core";
import { shown } from "./checks.js";

/** A field in which states and modules are looked for; `put` replaces its content where that is not a property of the same name. */
export type Field = readonly [field: string, content: unknown, put?: (next: Tensor | Holder) => unknown];

/** Something whose fields hold states and more of its kind: the part of a module that the walk over the fields needs. */
export abstract class Holder {
  /** @internal The fields in which states and modules are looked for, by name. */
  fields(): Iterable<Field> {
    return Object.entries(this);
  }

  /** @internal The state-dict key of a field. */
  keyOf(field: string): string {
    return snakeCase(field);
  }

  /** @internal Throws where the states are not there yet. */
  checkReady(): void {}

  /** @internal Makes what is not there yet in the shapes that a state dict has at `path`. */
  prepare(_dict: Readonly<Record<string, Tensor>>, _path: string): void {}
}

/** A state or a module that a module holds: its key below the module, and how to put something else in its place. */
export interface Held {
  readonly key: string;
  readonly item: State | Holder;
  replace(next: Tensor | Holder): void;
}

/** PyTorch's spelling of a field: `runningMean` is `running_mean`. Other names stay as they are. */
export function snakeCase(field: string): string {
  return field.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The states for which tensors stand while a functional call runs. */
const originals = /* @__PURE__ */ new WeakMap<object, State>();

/** Has a tensor stand for a state, so that walks take it for one; without a state no longer. */
export function standFor(tensor: Tensor, state: State | null): void {
  if (state) originals.set(tensor, originalOf(state));
  else originals.delete(tensor);
}

/** The state itself, or that for which a tensor stands in its place. */
export function originalOf(state: State): State {
  return originals.get(state) ?? state;
}

/** Whether a state, or that for which a tensor stands in its place, is trained. */
export function isParameter(state: State): state is Parameter {
  return originalOf(state) instanceof Parameter;
}

// What stands for a state is no State, yet is used as one wherever a walk finds it.
const isState = (x: unknown): x is State => x instanceof State || (x instanceof Tensor && originals.has(x));

/** What a module holds in its fields, in arrays and Maps too, in the order of the fields. */
export function held(module: Holder): Held[] {
  const found: Held[] = [];
  for (const [field, content, put] of module.fields()) {
    visit(module.keyOf(field), content, found, put ?? ((next) => set(module, field, next)));
  }
  return found;
}

/** Puts something into a field or a place of an array. */
function set(owner: object, field: string | number, next: unknown): void {
  if (Reflect.set(owner, field, next)) return;
  throw new ArgumentError(
    "FIELD_FROZEN",
    `${owner.constructor.name}: nothing can be put in the place of "${field}"; do not freeze modules, or arrays in them`,
  );
}

function visit(key: string, content: unknown, found: Held[], replace: (next: Tensor | Holder) => unknown): void {
  if (isState(content) || content instanceof Holder) {
    found.push({ key, item: content, replace: (next) => void replace(next) });
  } else if (Array.isArray(content)) {
    content.forEach((item, i) => visit(`${key}.${i}`, item, found, (next) => set(content, i, next)));
  } else if (content instanceof Map) {
    for (const [name, item] of content) visit(`${key}.${name}`, item, found, (next) => content.set(name, next));
  }
}

/** Refuses what nothing would train: tensors that require a gradient in the place of parameters, modules and states in plain objects. */
function checkTrainable(module: Holder): void {
  for (const [field, content] of module.fields()) refuseTrainable(module, field, content);
}

function refuseTrainable(module: Holder, field: string, content: unknown): void {
  if (Array.isArray(content)) content.forEach((item, i) => refuseTrainable(module, `${field}.${i}`, item));
  else if (content instanceof Map) {
    for (const [name, item] of content) refuseTrainable(module, `${field}.${name}`, item);
  } else if (content instanceof Tensor && !isState(content) && content.requiresGrad && content.isLeaf) {
    throw new ArgumentError(
      "PARAMETER_EXPECTED",
      `${module.constructor.name}: the field ${field} holds a tensor that requires a gradient, yet is no Parameter, so that ` +
        `nothing would train it; make it new Parameter(...), or keep it as .detach()`,
    );
  } else if (isPlain(content) && Object.values(content).some((x) => isState(x) || x instanceof Holder)) {
    throw new ArgumentError(
      "FIELD_OBJECT",
      `${module.constructor.name}: the field ${field} holds modules or parameters in a plain object, in which nothing looks for ` +
        `them; make it new ModuleDict(...) or new ParameterDict(...), an array or a Map`,
    );
  }
}

/** Whether a value is an object literal, rather than of a class. */
function isPlain(x: unknown): x is object {
  return typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;
}

/** Which of the things that stand in several places are listed again at each. */
export type Repeated = "once" | "everywhere";

/**
 * Every module under `root` with its path, parents first, `root` itself as "". A module that is shared is listed once, or at
 * each of its places.
 */
export function* modulesUnder(root: Holder, repeated: Repeated = "once"): Generator<[path: string, module: Holder]> {
  const seen = new Set<Holder>();
  yield* walk(root, "");
  function* walk(module: Holder, path: string): Generator<[path: string, module: Holder]> {
    if (seen.has(module)) return;
    seen.add(module);
    yield [path, module];
    for (const { key, item } of held(module)) if (item instanceof Holder) yield* walk(item, join(path, key));
    // Leaving a module makes it eligible again elsewhere, yet never below itself.
    if (repeated === "everywhere") seen.delete(module);
  }
}

/** Every module under `root` once, `root` itself last. */
export function* childrenFirst(root: Holder, seen: Set<Holder> = new Set()): Generator<Holder> {
  if (seen.has(root)) return;
  seen.add(root);
  for (const { item } of held(root)) if (item instanceof Holder) yield* childrenFirst(item, seen);
  yield root;
}

/**
 * Every state under `root` with its path, those of a module before those of its children.
 *
 * @throws ArgumentError `STATE_KEY_REPEATED`, `PARAMETER_EXPECTED`, `FIELD_OBJECT`.
 */
export function* statesUnder(root: Holder, repeated: Repeated = "once"): Generator<[path: string, state: State]> {
  const seen = new Set<State>();
  const paths = new Map<string, State>();
  for (const [path, module] of modulesUnder(root, repeated)) {
    module.checkReady();
    checkTrainable(module);
    for (const { key, item } of held(module)) {
      if (item instanceof Holder || (repeated === "once" && seen.has(item))) continue;
      seen.add(item);
      const full = join(path, key);
      if (paths.has(full)) throw repeatedKey(module, full);
      paths.set(full, item);
      yield [full, item];
    }
  }
}

function repeatedKey(module: Holder, path: string): ArgumentError {
  return new ArgumentError(
    "STATE_KEY_REPEATED",
    `${module.constructor.name}: two fields have the state-dict key "${path}"; rename one of them`,
  );
}

/** The one of a name, and of a kind, among modules or states. @throws ArgumentError `MODULE_UNKNOWN` and the like. */
export function entryOf<T>(
  root: Holder,
  what: string,
  name: string,
  entries: Iterable<readonly [string, T]>,
  isWanted: (item: T) => boolean = () => true,
): T {
  const all = new Map<unknown, T>([...entries].filter(([, item]) => isWanted(item)));
  const found = all.get(name);
  if (found) return found;
  const keys = [...all.keys()].filter((key) => key !== "");
  throw new ArgumentError(
    `${what.toUpperCase()}_UNKNOWN`,
    `${root.constructor.name}: there is no ${what} ${shown(name)}; there are ${keys.slice(0, 20).join(", ") || "none"}` +
      (keys.length > 20 ? ", …" : ""),
  );
}

/** The key of something below a module. */
export function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
