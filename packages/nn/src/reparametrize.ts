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
  throw new ArgumentError(
    "PARAMETER_UNKNOWN",
    `${caller}: ${module.constructor.name} has no parameter ${shown(name)} of its own with axes; name one of its fields`,
  );
}

/** Puts states in the place of a field, which from now on is computed whenever it is read. */
export function replaceBy(
  module: AnyModule,
  name: string,
  states: Readonly<Record<string, State>>,
  compute: (module: AnyModule) => Tensor,
): void {
  for (const [key, state] of Object.entries(states)) Reflect.set(module, key, state);
  // An accessor is no field with a state in it: the walk finds the states it is computed from, and only these.
  Object.defineProperty(module, name, {
    configurable: true,
    enumerable: false,
    get(this: AnyModule) {
      return compute(this);
    },
  });
}

/** Makes a computed field a parameter again, with what it is now. @throws ArgumentError `MODULE_KIND`, `PARAMETER_UNKNOWN`. */
export function restore(caller: string, module: AnyModule, name: string, states: readonly string[]): void {
  if (!(module instanceof Module) || !states.every((key) => Reflect.get(module, key) instanceof State)) {
    throw new ArgumentError("PARAMETER_UNKNOWN", `${caller}: ${shown(module)} has no normalised ${shown(name)}`);
  }
  const value = new Parameter(noGrad(() => (Reflect.get(module, name) as Tensor).detach()));
  for (const key of states) Reflect.deleteProperty(module, key);
  Object.defineProperty(module, name, { value, configurable: true, enumerable: true, writable: true });
}
