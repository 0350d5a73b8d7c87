/** What is checked before a tier is used: that its numbers are right, and that revectorisation pays. */
import { ModuleBuilder } from "./assembler.js";
import { forwardBy, gradientBy } from "./conv/plan.js";
import { canCompile, compileModule } from "./engine.js";
import { gemmReference } from "./gemm-javascript.js";
import { defineTile, tileColumns, type TileShape } from "./gemm-tile.js";
import { ALONE, gemmWasm, type GemmProgram } from "./gemm-wasm.js";

/** Compares products, in all layouts and both element types, and convolutions with their definition. */
export function isRight(program: GemmProgram): boolean {
  return (
    [0, 1, 2, 3].every(
      (layout) => agrees(program, Float32Array, layout, 1e-5) && agrees(program, Float64Array, layout, 1e-13),
    ) && convolutionsAgree(program)
  );
}

/** Convolves a line of one channel, which is a product with a matrix of its parts. */
function convolutionsAgree(program: GemmProgram): boolean {
  const [filters, taps, places] = [7, 3, 35];
  const columns = { input: places + taps - 1, kernel: taps, output: places, dilation: 1, before: 0 };
  const rows = { input: 1, kernel: 1, output: 1, dilation: 1, before: 0 };
  const sizes = { batch: 1, groups: 1, channels: 1, filters, rows, columns };
  const x = new Float32Array(columns.input).map((_, i) => Math.sin(i + 1));
  const parts = new Float32Array(taps * places).map((_, i) => x[Math.floor(i / places) + (i % places)]);
  const weight = new Float32Array(filters * taps).map((_, i) => Math.cos(3 * i));
  const g = new Float32Array(filters * places).map((_, i) => Math.cos(5 * i));
  const close = (got: Float32Array, want: Float32Array): boolean =>
    want.every((value, i) => Math.abs(value - got[i]) <= 1e-5 * (1 + Math.abs(value)));
  const [out, gradient] = [new Float32Array(g.length), new Float32Array(weight.length)];
  forwardBy(program, sizes, x, weight, out);
  gradientBy(program, sizes, x, g, gradient);
  const [wantedOut, wantedGradient] = [new Float32Array(g.length), new Float32Array(weight.length)];
  gemmReference({ m: filters, n: places, k: taps, a: weight, b: parts, out: wantedOut });
  gemmReference({ m: filters, n: taps, k: places, a: g, b: parts, transposeB: true, out: wantedGradient });
  return close(out, wantedOut) && close(gradient, wantedGradient);
}

function agrees(
  program: GemmProgram,
  TypedArray: Float32ArrayConstructor | Float64ArrayConstructor,
  layout: number,
  tolerance: number,
): boolean {
  const [m, n, k] = [13, 35, 6];
  const a = new TypedArray(m * k).map((_: number, i: number) => Math.sin(i + 1));
  const b = new TypedArray(k * n).map((_: number, i: number) => Math.cos(3 * i));
  const [out, want] = [new TypedArray(m * n), new TypedArray(m * n)];
  const options = { m, n, k, a, b, transposeA: layout > 1, transposeB: layout % 2 === 1 };
  gemmWasm(program, { ...options, out }, ALONE);
  gemmReference({ ...options, out: want });
  return want.every((x, i) => Math.abs(x - out[i]) <= tolerance * (1 + Math.abs(x)));
}

let gain: boolean | null = null;

/**
 * Whether V8 really pairs vectors here: without AVX2 it compiles the same module, and wide tiles then spill and run at
 * half the speed of narrow ones. A wide and a narrow tile are timed, about 0.1 ms each.
 */
export function revecPays(): boolean {
  return (gain ??= canCompile("revec") && tileSpeed(4) > 1.2 * tileSpeed(2));
}

/** Multiply-adds a millisecond of a tile of 4 rows in first-level cache, at the level "revec". */
function tileSpeed(vectors: number): number {
  const [depth, rounds] = [64, 40];
  const shape: TileShape = { bytes: 4, rows: 4, vectors, fused: true };
  const run = compileRounds(shape, depth);
  let best = Infinity;
  for (let i = 0; i < 12; i++) {
    const start = performance.now();
    run(rounds);
    best = Math.min(best, performance.now() - start);
  }
  return (rounds * depth * shape.rows * tileColumns(shape)) / best;
}

function compileRounds(shape: TileShape, depth: number): (rounds: number) => void {
  const module = new ModuleBuilder();
  module.defineMemory({ minimum: 1 });
  const tile = defineTile(module, shape);
  const f = module.defineFunction({ name: "run", parameters: ["i32"] });
  const [rounds] = f.parameters;
  f.loop((again) => {
    f.i32Const(0).i32Const(4096);
    f.i32Const(4096 + depth * shape.vectors * 16);
    f.i32Const(32768).i32Const(256).i32Const(0).call(tile);
    f.get(rounds).i32Const(1).i32Sub().tee(rounds).brIf(again);
  });
  const { exports } = new WebAssembly.Instance(compileModule(module.build(), "revec"));
  return exports.run as (rounds: number) => void;
}
