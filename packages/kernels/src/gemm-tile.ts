import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.js";

/**
 * The register tile of a matrix product: `rows` rows by `vectors` vectors of 16 bytes, all of it in registers while
 * the inner dimension runs.
 */
export interface TileShape {
  /** Bytes an element: 4 for float32, 8 for float64. */
  readonly bytes: 4 | 8;
  readonly rows: number;
  readonly vectors: number;
  /** Whether `relaxed_madd` may be used; otherwise products are rounded before they are added. */
  readonly fused: boolean;
}

/** Columns of a tile. */
export function tileColumns({ bytes, vectors }: TileShape): number {
  return (vectors * 16) / bytes;
}

/**
 * Defines `tile(a, b, end, out, stride, add)`: the product of one packed panel of A and one of B.
 *
 * `a` and `b` walk over panels of the shape `panel`, until `b` meets `end`; of their items the first `shape.rows` and
 * `shape.vectors` are used. The tile goes to `out`, whose rows lie `stride` bytes apart, and is added to what stands
 * there when `add` is not 0. Each element sums its products in the order of the inner dimension.
 */
export function defineTile(module: ModuleBuilder, shape: TileShape, panel: TileShape = shape): FunctionBuilder {
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] });
  const [a, b, end, out, stride, add] = f.parameters;
  const sums = Array.from({ length: shape.rows }, () => f.locals("v128", shape.vectors));
  f.loop((again) => {
    emitStep(f, shape, a, b, sums);
    f.get(a)
      .i32Const(panel.rows * shape.bytes)
      .i32Add()
      .set(a);
    f.get(b)
      .i32Const(panel.vectors * 16)
      .i32Add()
      .tee(b);
    f.get(end).i32Ne().brIf(again);
  });
  emitStores(f, shape, sums, out, stride, add);
  return f;
}

/** One step of the inner dimension: a rank-1 update of the tile. */
export function emitStep(f: FunctionBuilder, shape: TileShape, a: Local, b: Local, sums: readonly Local[][]): void {
  const right = f.locals("v128", shape.vectors);
  const left = f.local("v128");
  right.forEach((vector, j) =>
    f
      .get(b)
      .v128Load(16 * j)
      .set(vector),
  );
  for (let i = 0; i < shape.rows; i++) {
    f.get(a);
    if (shape.bytes === 4) f.v128Load32Splat(4 * i).set(left);
    else f.v128Load64Splat(8 * i).set(left);
    for (let j = 0; j < shape.vectors; j++) {
      emitMultiplyAdd(f, shape, left, right[j], sums[i][j]);
    }
  }
}

/** `sum += x * y`, lane by lane. */
export function emitMultiplyAdd(
  f: FunctionBuilder,
  { bytes, fused }: Pick<TileShape, "bytes" | "fused">,
  x: Local,
  y: Local,
  sum: Local,
): void {
  if (fused) {
    f.get(x).get(y).get(sum);
    if (bytes === 4) f.f32x4RelaxedMadd();
    else f.f64x2RelaxedMadd();
  } else {
    f.get(sum).get(x).get(y);
    if (bytes === 4) f.f32x4Mul().f32x4Add();
    else f.f64x2Mul().f64x2Add();
  }
  f.set(sum);
}

function emitStores(
  f: FunctionBuilder,
  { bytes, rows, vectors }: TileShape,
  sums: readonly Local[][],
  out: Local,
  stride: Local,
  add: Local,
): void {
  f.get(add).if(() => {
    const row = f.local("i32");
    f.get(out).set(row);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < vectors; j++) {
        f.get(row)
          .v128Load(16 * j)
          .get(sums[i][j]);
        if (bytes === 4) f.f32x4Add();
        else f.f64x2Add();
        f.set(sums[i][j]);
      }
      f.get(row).get(stride).i32Add().set(row);
    }
  });
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < vectors; j++)
      f.get(out)
        .get(sums[i][j])
        .v128Store(16 * j);
    f.get(out).get(stride).i32Add().set(out);
  }
}

/** Scalar instructions of an element size. */
export const emitLoad = (f: FunctionBuilder, bytes: 4 | 8, offset = 0): FunctionBuilder =>
  bytes === 4 ? f.f32Load(offset) : f.f64Load(offset);

export const emitStore = (f: FunctionBuilder, bytes: 4 | 8, offset = 0): FunctionBuilder =>
  bytes === 4 ? f.f32Store(offset) : f.f64Store(offset);

export const emitAdd = (f: FunctionBuilder, bytes: 4 | 8): FunctionBuilder => (bytes === 4 ? f.f32Add() : f.f64Add());

export const emitMultiply = (f: FunctionBuilder, bytes: 4 | 8): FunctionBuilder =>
  bytes === 4 ? f.f32Mul() : f.f64Mul();
