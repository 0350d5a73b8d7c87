import { ArgumentError, cast, noGrad, type Shape, type State, Tensor } from "@adjoint/core";
import { shapeText, shown, sameShape } from "./checks.js";
import { Holder, modulesUnder, statesUnder } from "./fields.js";

/** Tensors by their PyTorch key: `conv1.weight`, `0.running_mean`. */
export type StateDict = Record<string, Tensor>;

/** Options of `loadStateDict`. */
export interface LoadOptions {
  /** Throw, and assign nothing, unless every key is there, none is left over, and all shapes fit (default true). */
  readonly strict?: boolean;
}

/** A tensor whose shape does not fit its place. */
export interface Mismatch {
  readonly key: string; // of the tensor in the state dict
  /** The shape in the module. */
  readonly expected: Shape;
  /** The shape in the state dict. */
  readonly found: Shape;
}

/** What loading a state dict did. */
export interface LoadReport {
  /** The keys that were assigned. */
  readonly matched: readonly string[];
  /** Keys of the module that the state dict lacks. */
  readonly missing: readonly string[];
  /** Keys of the state dict that the module lacks. */
  readonly unexpected: readonly string[];
  /** Keys on both sides whose shapes differ. */
  readonly mismatched: readonly Mismatch[];
}

/** The contents of every parameter and buffer under `root`, as they are now. */
export function snapshot(root: Holder): StateDict {
  return Object.fromEntries([...statesUnder(root, "everywhere")].map(([key, state]) => [key, state.detach()]));
}

/** Assigns the tensors of `dict` to the states of the same keys, converted to their dtypes. */
export function load(root: Holder, dict: Readonly<StateDict>, { strict = true }: LoadOptions): LoadReport {
  checkDict(dict);
  for (const [path, module] of modulesUnder(root)) module.prepare(dict, path);
  const states = new Map(statesUnder(root, "everywhere"));
  const report = compare(states, dict);
  const { matched, missing, unexpected, mismatched } = report;
  if (strict && missing.length + unexpected.length + mismatched.length > 0) throw misfit(root, report);
  // All conversions come before the first assignment, so that a failure leaves the module as it was.
  const next = noGrad(() => matched.map((key) => cast(dict[key].detach(), states.get(key)!.dtype)));
  matched.forEach((key, i) => states.get(key)!.assign(next[i]));
  return report;
}

/** Refuses what is likely to be given in the place of a state dict. */
function checkDict(dict: unknown): void {
  const wrong = (what: string, fix: string): ArgumentError =>
    new ArgumentError("STATE_DICT_KIND", `loadStateDict: ${what} is not a state dict; ${fix}`);
  if (dict instanceof Holder) throw wrong(`a module (${dict.constructor.name})`, "give model.stateDict()");
  if (dict instanceof Promise) throw wrong("a Promise", "await it first");
  if (dict instanceof Map) throw wrong("a Map", "give Object.fromEntries(map)");
  if (typeof dict !== "object" || dict === null || Array.isArray(dict) || dict instanceof Tensor) {
    throw wrong(shown(dict), "give an object of tensors by their keys, as model.stateDict() makes it");
  }
  if ("tensors" in dict && !(dict.tensors instanceof Tensor)) {
    throw wrong("{ tensors, … }, as loadSafetensors gives it,", "give the .tensors of it");
  }
}

function compare(states: ReadonlyMap<string, State>, dict: Readonly<StateDict>): LoadReport {
  const matched: string[] = [];
  const missing: string[] = [];
  const mismatched: Mismatch[] = [];
  for (const [key, state] of states) {
    if (!Object.hasOwn(dict, key)) {
      missing.push(key);
      continue;
    }
    const found = dict[key];
    if (!(found instanceof Tensor)) {
      throw new ArgumentError(
        "OPERAND_KIND",
        `loadStateDict: "${key}" is ${shown(found)}, not a Tensor; give a record of tensors`,
      );
    }
    if (sameShape(found.shape, state.shape)) matched.push(key);
    else mismatched.push({ key, expected: state.shape, found: found.shape });
  }
  return { matched, missing, unexpected: Object.keys(dict).filter((key) => !states.has(key)), mismatched };
}

function misfit(root: Holder, { missing, unexpected, mismatched }: LoadReport): ArgumentError {
  const shapes = mismatched.map(({ key, expected, found }) => `${key} ${shapeText(found)} for ${shapeText(expected)}`);
  const parts = [
    ...(missing.length > 0 ? [`missing ${missing.join(", ")}`] : []),
    ...(unexpected.length > 0 ? [`unexpected ${unexpected.join(", ")}`] : []),
    ...(shapes.length > 0 ? [`of another shape ${shapes.join(", ")}`] : []),
  ];
  return new ArgumentError(
    "STATE_DICT_MISMATCH",
    `loadStateDict: the state dict does not fit ${root.constructor.name}: ${parts.join("; ")}; ` +
      `nothing was assigned; ${cureOf(missing, unexpected)}pass { strict: false } to load what fits`,
  );
}

/** What to do where the keys differ by a prefix only: a checkpoint of a wrapped model, or of one that is a part of a larger one. */
function cureOf(missing: readonly string[], unexpected: readonly string[]): string {
  const [wanted] = missing;
  if (wanted === undefined) return "";
  const lacks = new Set(missing);
  for (const key of unexpected) {
    if (!key.endsWith(`.${wanted}`)) continue;
    const prefix = key.slice(0, -wanted.length);
    const rest = unexpected.filter((other) => other.startsWith(prefix)).map((other) => other.slice(prefix.length));
    if (rest.length === lacks.size && rest.every((other) => lacks.has(other))) {
      return `take the prefix "${prefix}" off its keys; or `;
    }
  }
  return "";
}
