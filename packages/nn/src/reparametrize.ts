import { ArgumentError, noGrad, Parameter, State, type Tensor } from "@adjoint/core";
import { shown } from "./checks.js";
import { type AnyModule, Module } from "./module.js";

/** The parameter of a module that is to be computed from others. @throws ArgumentError `MODULE_KIND`, `PARAMETER_UNKNOWN`. */
export function parameterOf(caller: string, module: AnyModule, name: string): Parameter {
  if (!(module instanceof Module)) {
    throw new ArgumentError("MODULE_KIND", `${caller}: ${shown(module)} is no module; give a layer, such as a Linear`);
  }
  const parameter: unknown = typeof name === "string" ? Reflect.get(module, name) : undefined;
  if (parameter instanceof Parameter && parameter.ndim > 0) return parameter;
  const found = parameter === undefined ? "no such field" : `${shown(parameter)}, which is none`;
  throw new ArgumentError(
    "PARAMETER_UNKNOWN",
    `${caller}: ${shown(name)} of ${module.constructor.name} must be a parameter with axes, and there is ${found}; name one of its fields`,
  );
}

/** A parameter as it was computed for a call, and the states it was computed from. */
interface Computed {
  readonly value: Tensor;
  readonly from: readonly unknown[];
}

/**
 * Puts states in the place of a field, which from now on is computed from them: once for each call of the module, and whenever it is
 * read otherwise. `prepare` is run before each call.
 */
export function replaceBy(
  module: AnyModule,
  name: string,
  states: Readonly<Record<string, State>>,
  compute: (module: AnyModule) => Tensor,
  prepare: (module: AnyModule) => void = () => {},
): void {
  const calls = new WeakMap<AnyModule, Computed>();
  const contents = (owner: AnyModule): unknown[] =>
    Object.keys(states).flatMap((key) => [fieldOf(owner, key), fieldOf(owner, key)?.assignedAt]);
  const get = function (this: AnyModule): Tensor {
    // A call that threw leaves what it had computed behind, which is of no use once the states are others.
    const last = calls.get(this);
    return last && contents(this).every((x, i) => x === last.from[i]) ? last.value : compute(this);
  };
  for (const [key, state] of Object.entries(states)) Reflect.set(module, key, state);
  // An accessor is no field with a state in it: the walk finds the states it is computed from, and only these.
  Object.defineProperty(module, name, { get, configurable: true, enumerable: false });
  module.registerForwardPreHook((owner) => {
    // Hooks and accessors are copied with a module; the hook of a parameter that was restored does nothing.
    if (Object.getOwnPropertyDescriptor(owner, name)?.get !== get) return;
    prepare(owner);
    calls.set(owner, { value: compute(owner), from: contents(owner) });
  });
  module.registerForwardHook((owner) => void calls.delete(owner));
}

/** A tensor in a field. */
export function fieldOf(module: AnyModule, field: string): Tensor {
  return Reflect.get(module, field) as Tensor;
}

/** Makes a computed field a parameter again, with what it is now. @throws ArgumentError `PARAMETER_UNKNOWN`. */
export function restore(caller: string, module: AnyModule, name: string, suffixes: readonly string[]): void {
  const states = suffixes.map((suffix) => String(name) + suffix);
  if (!(module instanceof Module) || !states.every((key) => fieldOf(module, key) instanceof State)) {
    throw new ArgumentError(
      "PARAMETER_UNKNOWN",
      `${caller}: ${shown(module)} has no ${shown(name)} that is normalised so; give the module and the field that were`,
    );
  }
  const requiresGrad = states.some((key) => fieldOf(module, key).requiresGrad);
  const value = new Parameter(
    noGrad(() => fieldOf(module, name).detach()),
    requiresGrad,
  );
  for (const key of states) Reflect.deleteProperty(module, key);
  Object.defineProperty(module, name, { value, configurable: true, enumerable: true, writable: true });
}
