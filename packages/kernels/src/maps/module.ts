import { ModuleBuilder, type Callable } from "../assembler.js";
import { compileModule, type SimdLevel } from "../engine.js";
import { FloatLanes } from "./float-lanes.js";
import { LaneGraph, type Lane, type LaneCall } from "./lanes.js";
import { emitLoops, type InputLayout, type LoopPlan } from "./loop.js";
import { lowerProgram } from "./lower.js";
import type { MapDtype, MapProgram } from "./program.js";
import { loopsAgree, usesRevec } from "./revectorize.js";
import { SCALAR_FUNCTIONS } from "./scalar-functions.js";

/** A map over arrays at fixed addresses of {@link mapMemory}. */
export interface MapFunction {
  /** Address of each input, then of each output. */
  readonly addresses: readonly number[];
  /** Bytes that each array may take. */
  readonly slotBytes: number;
  /** Processes the rows that lie in the slots. */
  process(rows: number, inner: number): void;
}

const PAGES = 16;
const PAGE = 65536;
/** Between two slots: room for the vector that runs past the end, and a shift against aliasing of equal offsets. */
const GAP = 64;
/** What all the slots together should take, so that a block stays in the second-level cache. */
const BLOCK_BYTES = 65536;
const SLOT_BYTES = { least: 1024, most: 16384 };
/** Longer bodies gain nothing from two vectors a round: they fill the pipeline by themselves. */
const LONGEST_UNROLLED = 400;

let memory: WebAssembly.Memory | null = null;

/** The memory of all maps: never shared, since copies into shared memory take twice as long, and never grown. */
export function mapMemory(): WebAssembly.Memory {
  memory ??= new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  return memory;
}

/** Compiles a program for inputs that lie as `layouts` say; null when an instruction or the number of arrays is too much. */
export function compileMapFunction(
  program: MapProgram,
  layouts: readonly InputLayout[],
  dtype: MapDtype,
): MapFunction | null {
  const slots = layouts.length + program.outputs.length;
  const slotBytes = slotSize(slots);
  if (slots * (slotBytes + GAP) + GAP > PAGES * PAGE) return null;
  const graph = new LaneGraph();
  const inputs = layouts.map((layout, i) => graph.input(i, layout === "scalar"));
  const results = lowerProgram(new FloatLanes(graph, dtype === "float32" ? "f32x4" : "f64x2"), program, inputs);
  if (!results) return null;
  const addresses = Array.from({ length: slots }, (_, i) => GAP + i * (slotBytes + GAP));
  const { fast, exact } = instantiate({
    graph,
    results,
    layouts,
    addresses,
    elementBytes: dtype === "float32" ? 4 : 8,
  });
  const process = (rows: number, inner: number): void => {
    if (fast(rows, inner) !== 0) exact(rows, inner);
  };
  return { addresses, slotBytes, process };
}

function slotSize(slots: number): number {
  const share = 2 ** Math.floor(Math.log2(BLOCK_BYTES / slots));
  return Math.min(SLOT_BYTES.most, Math.max(SLOT_BYTES.least, share));
}

interface Draft {
  readonly graph: LaneGraph;
  readonly results: readonly Lane[];
  readonly layouts: readonly InputLayout[];
  readonly addresses: readonly number[];
  readonly elementBytes: 4 | 8;
}

/** Whether some lanes were wrong, as returned by the fast kernel: then the exact one has to run over the block again. */
type Kernel = (rows: number, inner: number) => number;

interface Kernels {
  readonly fast: Kernel;
  readonly exact: Kernel;
}

/** Compiles the kernels, with vectors paired where that works and pays: calls and doubles cannot be paired. */
function instantiate(draft: Draft): Kernels {
  const { graph, elementBytes } = draft;
  const pairable = elementBytes === 4 && graph.calls.size === 0 && unrollOf(graph) === 2;
  if (pairable && usesRevec()) {
    const kernels = instantiateAt("revec", draft);
    if (loopsAgree({ memory: mapMemory(), ...draft }, kernels.fast)) return kernels;
  }
  return instantiateAt("plain", draft);
}

const unrollOf = (graph: LaneGraph): 1 | 2 => (graph.nodes.length <= LONGEST_UNROLLED ? 2 : 1);

function instantiateAt(level: SimdLevel, draft: Draft): Kernels {
  const module = new ModuleBuilder();
  module.importMemory("maps", "memory", { minimum: PAGES, maximum: PAGES });
  const names = [...draft.graph.calls];
  const calls = new Map(names.map((name) => [name, importCall(module, name)]));
  defineKernel(module, draft, calls, true);
  if (names.length > 0) defineKernel(module, draft, calls, false);
  const compiled = compileModule(module.build(), level);
  const lanes = Object.fromEntries(names.map((name) => [name, SCALAR_FUNCTIONS[name]]));
  const imports = { maps: { memory: mapMemory() }, lanes };
  const { exports } = new WebAssembly.Instance(compiled, imports);
  const { fast, exact = fast } = exports as Record<string, Kernel>;
  return { fast, exact };
}

function importCall(module: ModuleBuilder, name: LaneCall): Callable {
  return module.importFunction("lanes", name, name === "pow" || name === "mod" ? ["f64", "f64"] : ["f64"], ["f64"]);
}

function defineKernel(
  module: ModuleBuilder,
  { graph, results, layouts, addresses, elementBytes }: Draft,
  calls: ReadonlyMap<LaneCall, Callable>,
  isFast: boolean,
): void {
  const name = isFast ? "fast" : "exact";
  const code = module.defineFunction({ name, parameters: ["i32", "i32"], results: ["i32"] });
  const alarm = isFast && calls.size > 0 ? code.local("v128") : null;
  const plan: LoopPlan = {
    graph,
    results,
    layouts,
    inputAddresses: addresses.slice(0, layouts.length),
    outputAddresses: addresses.slice(layouts.length),
    elementBytes,
    calls,
    alarm,
    unroll: isFast ? unrollOf(graph) : 1,
  };
  emitLoops(code, plan, code.parameters[0], code.parameters[1]);
  if (alarm) code.get(alarm).v128AnyTrue();
  else code.i32Const(0);
}
