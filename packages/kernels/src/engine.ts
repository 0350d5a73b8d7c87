/**
 * What the JavaScript engine can compile, and how to ask V8 for its best code.
 *
 * V8's switches are set only around a compilation and put back at once. V8 prints a warning for a switch that it does
 * not know, so a switch is touched only on the Node versions that are known to have it.
 */
import { ModuleBuilder } from "./assembler.js";

/** What a module is allowed to use: plain SIMD, relaxed SIMD, or relaxed SIMD paired into AVX2 by V8. */
export type SimdLevel = "plain" | "relaxed" | "revec";

/** The little of `node:v8` that is needed. */
interface V8 {
  setFlagsFromString(flags: string): void;
}

/** First Node version, and the first one that is not known to work. */
const NODE_WITH_SWITCHES = { from: 20, before: 27 };
const NODE_WITH_REVEC = { from: 24, before: 27 };
/** From this version on relaxed SIMD needs no switch, and the switch is gone. */
const NODE_WITH_RELAXED = 21;
/** From this version on functions are inlined by what the baseline tier has counted; without it Node 26 aborts. */
const NODE_WITH_INLINING = 24;

/** The major version of Node, or 0 elsewhere (browsers, Bun, Deno). */
export function nodeMajor(): number {
  const versions = typeof process === "object" ? process.versions : undefined;
  if (!versions?.node || !versions.v8 || "bun" in versions || "deno" in versions) return 0;
  return Number.parseInt(versions.node, 10);
}

/** A built-in module of Node, or null where there is none: a bundler sees no import. */
export function builtinModule(name: string): unknown {
  const load: unknown = typeof process === "object" ? Reflect.get(process, "getBuiltinModule") : undefined;
  if (nodeMajor() === 0 || typeof load !== "function") return null;
  return load.call(process, name) ?? null;
}

function isV8(module: unknown): module is V8 {
  return typeof module === "object" && module !== null && "setFlagsFromString" in module;
}

/**
 * Compiles a module at a SIMD level, with V8's optimising compiler at once where that can be asked for: its baseline
 * code is four times slower and lasts for the first thousands of calls.
 */
export function compileModule(bytes: BufferSource, level: SimdLevel): WebAssembly.Module {
  const v8 = builtinModule("node:v8");
  const switches = isV8(v8) ? switchesFor(level) : [];
  if (!isV8(v8) || switches.length === 0) return new WebAssembly.Module(bytes);
  for (const name of switches) v8.setFlagsFromString(`--${name}`);
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    for (const name of switches) v8.setFlagsFromString(`--${opposite(name)}`);
  }
}

/** Whether modules of this level compile here. For "revec" it says nothing about a gain: that has to be measured. */
export function canCompile(level: SimdLevel): boolean {
  if (typeof WebAssembly !== "object") return false;
  if (level === "revec" && !(nodeIn(NODE_WITH_REVEC) && builtinModule("node:v8") && process.arch === "x64"))
    return false;
  const module = new ModuleBuilder();
  const f = module.defineFunction({ parameters: ["v128"], results: ["v128"] });
  const [x] = f.parameters;
  f.get(x).get(x);
  if (level === "plain") f.f32x4Mul();
  else f.get(x).f32x4RelaxedMadd();
  try {
    compileModule(module.build(), level);
    return true;
  } catch {
    return false;
  }
}

function switchesFor(level: SimdLevel): string[] {
  if (!nodeIn(NODE_WITH_SWITCHES)) return [];
  const switches = ["no-liftoff", "no-wasm-lazy-compilation"];
  if (nodeMajor() >= NODE_WITH_INLINING) switches.push("no-wasm-inlining");
  if (level !== "plain" && nodeMajor() < NODE_WITH_RELAXED) switches.push("experimental-wasm-relaxed-simd");
  if (level === "revec") switches.push("experimental-wasm-revectorize");
  // What the user has set on the command line is left as it is.
  return switches.filter((name) => !process.execArgv.includes(`--${name}`));
}

function nodeIn({ from, before }: { from: number; before: number }): boolean {
  return nodeMajor() >= from && nodeMajor() < before;
}

function opposite(name: string): string {
  return name.startsWith("no-") ? name.slice(3) : `no-${name}`;
}
