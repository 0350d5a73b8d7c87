import type { Callable, FunctionBuilder, Local, ModuleBuilder } from "./assembler.js";
import { defineTile, emitAdd, emitLoad, emitStore, tileColumns, type TileShape } from "./gemm-tile.js";
import { forRange } from "./loops.js";

/**
 * Defines `clippedTile(a, b, end, out, stride, add, rows, columns, scratch)`: a tile of which only `rows` by `columns`
 * are inside the result. At the edges a smaller tile computes what it covers; what still sticks out goes to the
 * scratch space, and the inside is copied from there.
 */
export function defineClippedTile(module: ModuleBuilder, shape: TileShape): Callable {
  const sizes = tileSizes(shape).map((size) => ({ size, tile: defineTile(module, size, shape) }));
  const copy = defineCopyInside(module, shape);
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] });
  const [a, b, end, out, stride, add, rows, columns, scratch] = f.parameters;
  const compare = (size: TileShape, emit: () => void): void => {
    f.get(rows).i32Const(size.rows);
    emit();
    f.get(columns).i32Const(tileColumns(size));
    emit();
    f.i32And();
  };
  for (const { size, tile } of sizes) {
    compare(size, () => f.i32Eq());
    f.if(() => f.get(a).get(b).get(end).get(out).get(stride).get(add).call(tile).return());
  }
  const rowBytes = tileColumns(shape) * shape.bytes;
  f.block((leave) => {
    for (const { size, tile } of sizes.toReversed()) {
      compare(size, () => f.i32LeU());
      f.if(() => f.get(a).get(b).get(end).get(scratch).i32Const(rowBytes).i32Const(0).call(tile).br(leave));
    }
  });
  f.get(scratch).get(out).get(stride).get(add).get(rows).get(columns).call(copy);
  return f;
}

/** The tiles at hand, the largest first: the full one, and where it is large, 4 rows or half the columns of it. */
function tileSizes(shape: TileShape): TileShape[] {
  const heights = shape.rows > 4 ? [shape.rows, 4] : [shape.rows];
  const widths = shape.vectors > 2 ? [shape.vectors, shape.vectors / 2] : [shape.vectors];
  return heights.flatMap((rows) => widths.map((vectors) => ({ ...shape, rows, vectors })));
}

/** `copyInside(scratch, out, stride, add, rows, columns)`: moves a part of a tile to its place, or adds it there. */
function defineCopyInside(module: ModuleBuilder, shape: TileShape): Callable {
  const f = module.defineFunction({ parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] });
  const [scratch, out, stride, add, rows, columns] = f.parameters;
  const [row, offset, source, target] = f.locals("i32", 4);
  forRange(f, row, { end: rows }, () => {
    forRange(f, offset, { end: (g) => g.get(columns).i32Const(shape.bytes).i32Mul(), step: shape.bytes }, () => {
      f.get(scratch).get(offset).i32Add().set(source);
      f.get(out).get(offset).i32Add().tee(target);
      emitMove(f, shape, source, target, add);
    });
    f.get(out).get(stride).i32Add().set(out);
    f.get(scratch)
      .i32Const(tileColumns(shape) * shape.bytes)
      .i32Add()
      .set(scratch);
  });
  return f;
}

/** With the target's address on the stack: `*target = *source`, plus the old value when `add` is not 0. */
function emitMove(f: FunctionBuilder, { bytes }: TileShape, source: Local, target: Local, add: Local): void {
  const single = bytes === 4;
  emitLoad(f.get(source), bytes);
  f.get(add).if(
    () => emitLoad(f.get(target), bytes),
    // Adding -0 changes no number, not even 0.
    () => (single ? f.f32Const(-0) : f.f64Const(-0)),
    single ? "f32" : "f64",
  );
  emitStore(emitAdd(f, bytes), bytes);
}
