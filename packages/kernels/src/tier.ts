/**
 * Which implementation of the kernels runs: the fastest one that this engine compiles and that gives right results.
 */
import { canCompile, type SimdLevel } from "./engine.js";
import { createGemmProgram, type GemmProgram } from "./gemm-wasm.js";
import { isRight, revecPays } from "./self-test.js";

/** A SIMD level, or plain JavaScript without WebAssembly. */
export type Tier = SimdLevel | "javascript";

/** All tiers, the fastest first. */
export const TIERS: readonly Tier[] = ["revec", "relaxed", "plain", "javascript"];

const programs = new Map<SimdLevel, GemmProgram | null>();
let active: Tier | null = null;

/**
 * The tier in use. The first call chooses: the environment variable `ADJOINT_KERNELS` names the fastest tier allowed
 * (`javascript`, `plain`, `relaxed` or `revec`), and of those the first that works is taken.
 */
export function tier(): Tier {
  return (active ??= chooseTier());
}

/**
 * Chooses the tier: `"auto"` for the fastest that works. Throws when the tier does not work here.
 */
export function setTier(wanted: Tier | "auto"): void {
  if (wanted !== "auto" && !isAvailable(wanted))
    throw new Error(`internal: the kernels' tier ${wanted} does not work here`);
  active = wanted === "auto" ? fastestFrom("revec", revecPays) : wanted;
}

/** The tiers that work here, the fastest first; `"revec"` is listed where it works, also when it brings no gain. */
export function availableTiers(): Tier[] {
  return TIERS.filter(isAvailable);
}

/** The compiled matrix products of the tier in use, or null in plain JavaScript. */
export function activeProgram(): GemmProgram | null {
  const level = tier();
  return level === "javascript" ? null : programFor(level);
}

function chooseTier(): Tier {
  const value = typeof process === "object" ? process.env?.ADJOINT_KERNELS : undefined;
  const requested = TIERS.find((name) => name === value);
  return requested ? fastestFrom(requested, () => true) : fastestFrom("revec", revecPays);
}

/** The first tier from `first` on that works; "revec" only if `useRevec` says so. */
function fastestFrom(first: Tier, useRevec: () => boolean): Tier {
  const allowed = TIERS.slice(TIERS.indexOf(first));
  return allowed.find((name) => (name !== "revec" || useRevec()) && isAvailable(name)) ?? "javascript";
}

function isAvailable(name: Tier): boolean {
  return name === "javascript" || programFor(name) !== null;
}

/** Compiles and tests a program once; null when it cannot be compiled or computes something wrong. */
function programFor(level: SimdLevel): GemmProgram | null {
  let program = programs.get(level);
  if (program === undefined) {
    program = null;
    try {
      if (canCompile(level)) program = createGemmProgram(level);
      if (program && !isRight(program)) program = null;
    } catch {
      // An engine that refuses the module, or has no memory for it, is served by the next tier.
    }
    programs.set(level, program);
  }
  return program;
}
