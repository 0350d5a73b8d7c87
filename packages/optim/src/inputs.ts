import { ArgumentError, Parameter, Tensor } from "@adjoint/core";
import { shown } from "./checks.js";

/** Some parameters and the options in which they differ from the others. */
export type GroupInput<O> = Partial<O> & {
  readonly params: Iterable<Parameter>; // at least one, none of them in another group
};

/** What an optimizer takes: parameters, or groups of them. */
export type ParametersInput<O> = Iterable<Parameter> | Iterable<GroupInput<O>>;

/** Parameters or groups of them, as groups. @throws ArgumentError `PARAMETERS_MISSING`, `PARAMETER_KIND`. */
export function groupsOf<O extends object>(name: string, input: ParametersInput<O>): GroupInput<O>[] {
  if (!isIterable(input)) {
    throw new ArgumentError(
      "PARAMETER_KIND",
      `${name}: the parameters are ${shown(input)}; give a list of them: model.parameters()`,
    );
  }
  const items: (Parameter | GroupInput<O>)[] = [...input];
  if (items.length === 0) {
    throw new ArgumentError(
      "PARAMETERS_MISSING",
      `${name}: there are no parameters to train; give model.parameters(), which finds every Parameter in the fields of a module, ` +
        "in arrays and Maps too, but not in private #fields or plain objects",
    );
  }
  const parameters = items.filter((item) => item instanceof Parameter);
  if (parameters.length === items.length) return [{ params: parameters } as Partial<O> & { params: Parameter[] }];
  return items.map((item, i) => checkGroup(name, item, `item ${i}`));
}

/** A group that is given, its parameters as an array. @throws ArgumentError `PARAMETERS_MISSING`, `PARAMETER_KIND`. */
export function checkGroup<O>(name: string, item: Parameter | GroupInput<O>, place: string): GroupInput<O> {
  const group = hasParams(item) ? { ...item, params: [...item.params] } : null;
  if (group === null || !group.params.every((parameter) => parameter instanceof Parameter)) {
    throw new ArgumentError(
      "PARAMETER_KIND",
      `${name}: ${place} is ${group ? "a group of other things" : shown(item)}, neither a Parameter nor a group ` +
        "{ params: [...] } of them; " +
        (item instanceof Tensor ? "make it new Parameter(...)" : "give one or the other"),
    );
  }
  if (group.params.length === 0) {
    throw new ArgumentError("PARAMETERS_MISSING", `${name}: ${place} is a group without parameters; leave it out`);
  }
  return group;
}

function hasParams<O>(item: Parameter | GroupInput<O>): item is GroupInput<O> {
  return typeof item === "object" && item !== null && "params" in item && isIterable(item.params);
}

/** Whether `x` is an object that can be walked. */
export function isIterable(x: unknown): x is Iterable<never> {
  return typeof x === "object" && x !== null && Symbol.iterator in x;
}

/** Checks that no parameter is trained twice. @throws ArgumentError `PARAMETER_REPEATED`. */
export function checkDistinct(name: string, known: readonly Parameter[], more: readonly Parameter[]): void {
  const seen = new Set(known);
  more.forEach((parameter, i) => {
    if (seen.has(parameter)) {
      throw new ArgumentError(
        "PARAMETER_REPEATED",
        `${name}: parameter ${known.length + i} [${parameter.shape.join(", ")}]${parameter.label ? ` (${parameter.label})` : ""} ` +
          "is given twice, and would be moved twice in each step; list it once",
      );
    }
    seen.add(parameter);
  });
}
