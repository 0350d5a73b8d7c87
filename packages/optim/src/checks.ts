import { ArgumentError } from "@adjoint/core";

/** Checks that options are finite numbers of at least 0. @throws ArgumentError `OPTION_INVALID`. */
export function checkAmounts(optimizer: string, amounts: Readonly<Record<string, number>>): void {
  for (const [name, x] of Object.entries(amounts)) {
    if (Number.isFinite(x) && x >= 0) continue;
    throw new ArgumentError("OPTION_INVALID", `${optimizer}: ${name} is ${String(x)}; give a number of at least 0`);
  }
}

/** Checks that options are decay rates: from 0, below 1. @throws ArgumentError `OPTION_INVALID`. */
export function checkDecays(optimizer: string, decays: Readonly<Record<string, number>>): void {
  for (const [name, x] of Object.entries(decays)) {
    if (x >= 0 && x < 1) continue;
    throw new ArgumentError("OPTION_INVALID", `${optimizer}: ${name} is ${String(x)}; give a number from 0 to below 1`);
  }
}
