import {
  ArgumentError,
  checkTensor,
  defaultGenerator,
  Generator,
  Parameter,
  type Shape,
  ShapeError,
  Tensor,
} from "@adjoint/core";

/** A value as messages show it: strings quoted, arrays and plain objects in full, others by their class. */
export function shown(x: unknown): string {
  if (typeof x === "string") return JSON.stringify(x);
  if (typeof x === "function") return "a function";
  if (typeof x !== "object" || x === null) return String(x);
  if (x instanceof Tensor) return `a tensor ${shapeText(x.shape)}`;
  if (Array.isArray(x)) return `[${x.map(shown).join(", ")}]`;
  const { name } = (x.constructor as { readonly name?: string } | undefined) ?? {};
  if (name !== undefined && name !== "Object") return `an object of class ${name}`;
  const entries = Object.entries(x).map(([key, content]) => `${key}: ${shown(content)}`);
  return entries.length > 0 ? `{ ${entries.join(", ")} }` : "{}";
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** A shape as messages show it. */
export function shapeText(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Checks a size: an integer from `least` to `most`. @throws ArgumentError `SIZE_INVALID`. */
export function checkCount(caller: string, name: string, count: number, least = 1, most = Infinity): number {
  if (Number.isSafeInteger(count) && count >= least && count <= most) return count;
  const range = most < Infinity ? `from ${least} to ${most}` : `of at least ${least}`;
  throw new ArgumentError("SIZE_INVALID", `${caller}: ${name} is ${shown(count)}; give an integer ${range}`);
}

/** Checks a number of layers to be made: so many that memory ends are a mistake. @throws ArgumentError `SIZE_INVALID`. */
export function checkLayers(caller: string, numLayers: number, least = 1): number {
  if (checkCount(caller, "numLayers", numLayers, least) <= 10_000) return numLayers;
  throw new ArgumentError("SIZE_INVALID", `${caller}: numLayers is ${numLayers}; give 10000 at most`);
}

/** Checks a share of a whole, from 0 to 1. @throws ArgumentError `PROBABILITY_INVALID`. */
export function checkProbability(caller: string, name: string, p: number): number {
  if (typeof p === "number" && p >= 0 && p <= 1) return p;
  throw new ArgumentError("PROBABILITY_INVALID", `${caller}: ${name} is ${shown(p)}; give a number from 0 to 1`);
}

/** Checks a tensor that is not the first argument; the message says which one it is. @throws ArgumentError `OPERAND_KIND`. */
export function checkRole(caller: string, role: string, x: Tensor): void {
  if (!(x instanceof Tensor)) checkTensor(`${caller} (${role})`, x);
}

/** The generator that was given, or that which `manualSeed` sets. @throws ArgumentError `GENERATOR_KIND`. */
export function checkGenerator(caller: string, generator: Generator = defaultGenerator): Generator {
  if (generator instanceof Generator) return generator;
  throw new ArgumentError("GENERATOR_KIND", `${caller}: generator is ${shown(generator)}; give new Generator(seed)`);
}

/** @throws ArgumentError `PARAMETER_KIND`. */
export function checkParameter(caller: string, parameter: Parameter): void {
  if (parameter instanceof Parameter) return;
  throw new ArgumentError(
    "PARAMETER_KIND",
    `${caller}: ${shown(parameter)} is not a Parameter; give one of a module, such as layer.weight`,
  );
}

/** Checks that an option is one of a few words. @throws ArgumentError `CHOICE_UNKNOWN`. */
export function checkOneOf<T extends string>(caller: string, name: string, x: T, choices: readonly T[]): T {
  if (choices.includes(x)) return x;
  throw new ArgumentError(
    "CHOICE_UNKNOWN",
    `${caller}: ${name} is ${shown(x)}; give ${choices.map(shown).join(" or ")}`,
  );
}

/**
 * Checks an integer from `least` on for each of `count` axes, or one for all of them. @throws ArgumentError `SIZE_INVALID`.
 *
 * @param usage - what to do, for the message
 */
export function checkPerAxis(
  caller: string,
  name: string,
  value: unknown,
  count: number,
  least = 1,
  usage = `give an integer of at least ${least}${count > 1 ? `, or ${count} of them` : ""}`,
): number[] {
  const list = typeof value === "number" ? new Array<number>(count).fill(value) : value;
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= least;
  if (Array.isArray(list) && list.length === count && Array.from(list).every(isCount)) return list.slice();
  throw new ArgumentError("SIZE_INVALID", `${caller}: ${name} is ${shown(value)}; ${usage}`);
}

/** Options as a printed module shows them: `stride=2, padding="same"`. */
export function settings(options: object): string {
  const given = Object.entries(options).filter(([, x]) => x !== undefined && !(x instanceof Generator));
  return given.map(([name, x]) => `${name}=${shown(x)}`).join(", ");
}

/** Checks a finite number. @throws ArgumentError `NUMBER_INVALID`. */
export function checkNumber(caller: string, name: string, x: number): number {
  if (Number.isFinite(x)) return x;
  throw new ArgumentError("NUMBER_INVALID", `${caller}: ${name} is ${shown(x)}; give a finite number`);
}

/** Checks an option: a finite number of at least 0. @throws ArgumentError `OPTION_INVALID`. */
export function checkAmount(caller: string, name: string, x: number): number {
  if (Number.isFinite(x) && x >= 0) return x;
  throw new ArgumentError("OPTION_INVALID", `${caller}: ${name} is ${shown(x)}; give a number of at least 0`);
}

/** Checks an option: a finite number above 0. @throws ArgumentError `OPTION_INVALID`. */
export function checkPositive(caller: string, name: string, x: number): number {
  if (Number.isFinite(x) && x > 0) return x;
  throw new ArgumentError("OPTION_INVALID", `${caller}: ${name} is ${shown(x)}; give a number above 0`);
}

/** Checks an option that is true or false. @throws ArgumentError `OPTION_INVALID`. */
export function checkFlag(caller: string, name: string, x: boolean): boolean {
  if (typeof x === "boolean") return x;
  throw new ArgumentError("OPTION_INVALID", `${caller}: ${name} is ${shown(x)}; give true or false`);
}

/** Checks options that are true or false. @throws ArgumentError `OPTION_INVALID`. */
export function checkFlags(caller: string, flags: Readonly<Record<string, boolean>>): void {
  for (const [name, x] of Object.entries(flags)) checkFlag(caller, name, x);
}

/** Checks an option: a number from 0 to 1. @throws ArgumentError `OPTION_INVALID`. */
export function checkShare(caller: string, name: string, x: number): number {
  if (checkAmount(caller, name, x) <= 1) return x;
  throw new ArgumentError("OPTION_INVALID", `${caller}: ${name} is ${x}; give a number from 0 to 1`);
}

/** An axis of a tensor, from the front. @throws ShapeError `AXIS_OUT_OF_RANGE`. */
export function checkAxis(caller: string, axis: number, { shape }: Tensor): number {
  const { length } = shape;
  if (Number.isInteger(axis) && axis >= -length && axis < length) return axis < 0 ? axis + length : axis;
  throw new ShapeError(
    "AXIS_OUT_OF_RANGE",
    `${caller}: axis ${shown(axis)} of ${shapeText(shape)}; it does not have that axis`,
  );
}
