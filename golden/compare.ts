import { Tensor } from "@adjoint/core";
import type { Named, Outputs, Stored } from "./cases.js";
import { dtypes } from "./read.js";

/** How results are compared. */
export interface Comparison {
  /** `|got - want| ≤ tolerance · (1 + |want|)` (default 1e-10). */
  readonly tolerance?: number;
  /** Zeros must have the same sign (default false). */
  readonly signedZeros?: boolean;
  /** The dtype must be that of the stored array (default true). */
  readonly dtype?: boolean;
}

/** What differs between a result and what is wanted, in one line; nothing where they agree. */
export function faultsOf(what: string, got: Tensor | undefined, want: Stored, options: Comparison = {}): string[] {
  const { tolerance = 1e-10, signedZeros = false, dtype = true } = options;
  if (!(got instanceof Tensor)) return [`${what}: is missing`];
  if (got.shape.join() !== want.shape.join()) return [`${what}: shape [${got.shape}], want [${want.shape}]`];
  if (dtype && got.dtype !== dtypes[want.dtype]) return [`${what}: ${got.dtype}, want ${dtypes[want.dtype]}`];
  const wanted = Array.from(want.data, Number);
  const wrong = wanted.flatMap((w, i) => (isClose(got.data[i], w, tolerance, signedZeros) ? [] : [i]));
  if (wrong.length === 0) return [];
  const [i] = wrong;
  const others = wrong.length > 1 ? ` (and ${wrong.length - 1} more of ${wanted.length})` : "";
  return [`${what}[${i}]: got ${shown(got.data[i])}, want ${shown(wanted[i])}${others}`];
}

function isClose(got: number, want: number, tolerance: number, signedZeros: boolean): boolean {
  if (got === want) return !signedZeros || Object.is(got, want);
  if (Number.isNaN(got) || Number.isNaN(want)) return Number.isNaN(got) && Number.isNaN(want);
  return Number.isFinite(want) && Math.abs(got - want) <= tolerance * (1 + Math.abs(want));
}

const shown = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));

/** The faults of all results; results and stored arrays must have the same names. */
export function faultsOfAll(got: Named<Tensor>, want: Named<Stored>, options: Comparison = {}): string[] {
  const surplus = Object.keys(got).filter((name) => !(name in want));
  return [
    ...Object.entries(want).flatMap(([name, stored]) => faultsOf(name, got[name], stored, options)),
    ...surplus.map((name) => `${name}: is not wanted`),
  ];
}

/** Results by the names of the reference cases. */
export function named(outputs: Outputs): Named<Tensor> {
  if (outputs instanceof Tensor) return { out: outputs };
  if (Array.isArray(outputs)) return Object.fromEntries((outputs as Tensor[]).map((x, i) => [`out.${i}`, x]));
  return outputs as Named<Tensor>;
}
