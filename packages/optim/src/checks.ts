import { ArgumentError, type Parameter, Tensor } from "@adjoint/core";

/** A value as messages show it: strings quoted, arrays and plain objects in full, others by their class. */
export function shown(x: unknown): string {
  if (typeof x === "string") return JSON.stringify(x);
  if (typeof x === "function") return "a function";
  if (typeof x !== "object" || x === null) return String(x);
  if (x instanceof Tensor) return `a tensor [${x.shape.join(", ")}]`;
  if (Array.isArray(x)) return `[${x.map(shown).join(", ")}]`;
  const { name } = (x.constructor as { readonly name?: string } | undefined) ?? {};
  if (name !== undefined && name !== "Object") return `an object of class ${name}`;
  const entries = Object.entries(x).map(([key, content]) => `${key}: ${shown(content)}`);
  return entries.length > 0 ? `{ ${entries.join(", ")} }` : "{}";
}

/** Checks that options are finite numbers of at least 0. @throws ArgumentError `OPTION_INVALID`. */
export function checkAmounts(optimizer: string, amounts: Readonly<Record<string, number>>): void {
  for (const [name, x] of Object.entries(amounts)) {
    if (Number.isFinite(x) && x >= 0) continue;
    throw new ArgumentError("OPTION_INVALID", `${optimizer}: ${name} is ${shown(x)}; give a number of at least 0`);
  }
}

/** Checks that options are decay rates: from 0, below 1. @throws ArgumentError `OPTION_INVALID`. */
export function checkDecays(optimizer: string, decays: Readonly<Record<string, number>>): void {
  for (const [name, x] of Object.entries(decays)) {
    if (typeof x === "number" && x >= 0 && x < 1) continue;
    throw new ArgumentError("OPTION_INVALID", `${optimizer}: ${name} is ${shown(x)}; give a number from 0 to below 1`);
  }
}

/** Checks an option of two decay rates. @throws ArgumentError `OPTION_INVALID`. */
export function checkBetas(optimizer: string, betas: unknown): void {
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new ArgumentError("OPTION_INVALID", `${optimizer}: betas is ${shown(betas)}; give two numbers, [0.9, 0.999]`);
  }
  checkDecays(optimizer, { "betas[0]": betas[0] as number, "betas[1]": betas[1] as number });
}

/** An option: a number, or a scalar tensor (a State, say) that is read anew in each step. */
export type Rate = number | Tensor;

/** Checks that options are finite numbers, or tensors of one number. @throws ArgumentError `OPTION_INVALID`. */
export function checkRates(name: string, rates: Readonly<Record<string, Rate>>): void {
  for (const [option, x] of Object.entries(rates)) {
    checkOption(x instanceof Tensor ? x.size === 1 : Number.isFinite(x), name, option, x, "a number");
  }
}

/** Refuses an option unless `right`. @throws ArgumentError `OPTION_INVALID`. */
export function checkOption(right: boolean, optimizer: string, name: string, x: unknown, wanted: string): void {
  if (!right) throw new ArgumentError("OPTION_INVALID", `${optimizer}: ${name} is ${shown(x)}; give ${wanted}`);
}

/** A parameter as messages name it: its shape, and its path in the model where that is known. */
export function parameterText({ shape, label }: Parameter): string {
  return `parameter [${shape.join(", ")}]${label ? ` (${label})` : ""}`;
}
