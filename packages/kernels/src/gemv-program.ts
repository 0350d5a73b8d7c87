import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.js";
import { emitAdd, emitLoad, emitMultiply, emitMultiplyAdd, emitStore, type TileShape } from "./gemm-tile.js";
import { forRange } from "./loops.js";

/** Rows of the matrix that are read side by side. */
const ROWS = 4;

/** What both products of a matrix and a vector know about their element type. */
type Element = Pick<TileShape, "bytes" | "fused">;

/**
 * Defines and exports the two products of a row-major matrix `M[rows, columns]` and a vector, on memory as it lies:
 *
 * - `dots4` or `dots8`: `y[i] += Σ_j M[i, j]·x[j]`
 * - `sums4` or `sums8`: `y[j] += Σ_i M[i, j]·x[i]`
 *
 * Parameters: addresses of M, x and y, then rows and columns.
 */
export function defineMatrixVector(module: ModuleBuilder, element: Element): void {
  defineDots(module, element);
  defineSums(module, element);
}

/** `y[i] += Σ_j M[i, j]·x[j]`: four rows at a time, each with a vector of partial sums; the tail element by element. */
function defineDots(module: ModuleBuilder, element: Element): void {
  const { bytes } = element;
  const f = module.defineFunction({ name: `dots${bytes}`, parameters: ["i32", "i32", "i32", "i32", "i32"] });
  const [matrix, x, y, rows, columns] = f.parameters;
  const [stride, whole, row] = f.locals("i32", 3);
  f.get(columns).i32Const(bytes).i32Mul().set(stride);
  f.get(stride).i32Const(-16).i32And().set(whole);
  const group = (count: number): void => {
    emitDots(f, element, count, { matrix, x, y, stride, whole });
    f.get(matrix).get(stride).i32Const(count).i32Mul().i32Add().set(matrix);
    f.get(y)
      .i32Const(count * bytes)
      .i32Add()
      .set(y);
  };
  forRange(f, row, { end: (g) => g.get(rows).i32Const(-ROWS).i32And(), step: ROWS }, () => group(ROWS));
  forRange(f, row, { from: row, end: rows }, () => group(1));
}

type DotLocals = Readonly<Record<"matrix" | "x" | "y" | "stride" | "whole", Local>>;

/** The dot products of `count` rows with x. */
function emitDots(f: FunctionBuilder, element: Element, count: number, at: DotLocals): void {
  const { bytes } = element;
  const scalar = bytes === 4 ? "f32" : "f64";
  const vectors = f.locals("v128", count);
  const totals = f.locals(scalar, count);
  const [left, right] = f.locals("v128", 2);
  const offset = f.local("i32");
  const address = (i: number): FunctionBuilder =>
    f.get(at.matrix).get(at.stride).i32Const(i).i32Mul().i32Add().get(offset).i32Add();
  vectors.forEach((vector) => f.f32x4Const(0).set(vector));
  forRange(f, offset, { end: at.whole, step: 16 }, () => {
    f.get(at.x).get(offset).i32Add().v128Load().set(right);
    vectors.forEach((vector, i) => {
      address(i).v128Load().set(left);
      emitMultiplyAdd(f, element, left, right, vector);
    });
  });
  vectors.forEach((vector, i) => {
    for (let lane = 0; lane < 16 / bytes; lane++) {
      f.get(vector);
      if (bytes === 4) f.f32x4ExtractLane(lane);
      else f.f64x2ExtractLane(lane);
      if (lane > 0) emitAdd(f, bytes);
    }
    f.set(totals[i]);
  });
  forRange(f, offset, { from: offset, end: at.stride, step: bytes }, () => {
    totals.forEach((total, i) => {
      emitLoad(address(i), bytes);
      emitLoad(f.get(at.x).get(offset).i32Add(), bytes);
      emitMultiply(f, bytes);
      emitAdd(f.get(total), bytes).set(total);
    });
  });
  totals.forEach((total, i) => {
    emitLoad(f.get(at.y).get(at.y), bytes, i * bytes);
    emitStore(emitAdd(f.get(total), bytes), bytes, i * bytes);
  });
}

/** `y[j] += Σ_i M[i, j]·x[i]`: four rows are added to y at a time; columns that fill no vector one by one. */
function defineSums(module: ModuleBuilder, element: Element): void {
  const { bytes } = element;
  const f = module.defineFunction({ name: `sums${bytes}`, parameters: ["i32", "i32", "i32", "i32", "i32"] });
  const [matrix, x, y, rows, columns] = f.parameters;
  const [stride, whole, row] = f.locals("i32", 3);
  f.get(columns).i32Const(bytes).i32Mul().set(stride);
  f.get(stride).i32Const(-16).i32And().set(whole);
  const group = (count: number): void => {
    emitSums(f, element, count, { matrix, x, y, stride, whole });
    f.get(matrix).get(stride).i32Const(count).i32Mul().i32Add().set(matrix);
    f.get(x)
      .i32Const(count * bytes)
      .i32Add()
      .set(x);
  };
  forRange(f, row, { end: (g) => g.get(rows).i32Const(-ROWS).i32And(), step: ROWS }, () => group(ROWS));
  forRange(f, row, { from: row, end: rows }, () => group(1));
}

/** Adds `count` rows, each times its element of x, to y. */
function emitSums(f: FunctionBuilder, element: Element, count: number, at: DotLocals): void {
  const { bytes } = element;
  const factors = f.locals("v128", count);
  const [left, sum] = f.locals("v128", 2);
  const offset = f.local("i32");
  const address = (i: number): FunctionBuilder =>
    f.get(at.matrix).get(at.stride).i32Const(i).i32Mul().i32Add().get(offset).i32Add();
  factors.forEach((factor, i) => {
    f.get(at.x);
    if (bytes === 4) f.v128Load32Splat(4 * i).set(factor);
    else f.v128Load64Splat(8 * i).set(factor);
  });
  forRange(f, offset, { end: at.whole, step: 16 }, () => {
    f.get(at.y).get(offset).i32Add().v128Load().set(sum);
    factors.forEach((factor, i) => {
      address(i).v128Load().set(left);
      emitMultiplyAdd(f, element, left, factor, sum);
    });
    f.get(at.y).get(offset).i32Add().get(sum).v128Store();
  });
  forRange(f, offset, { from: offset, end: at.stride, step: bytes }, () => {
    factors.forEach((_, i) => {
      f.get(at.y).get(offset).i32Add();
      emitLoad(f.get(at.y).get(offset).i32Add(), bytes);
      emitLoad(address(i), bytes);
      emitLoad(f.get(at.x), bytes, i * bytes);
      emitMultiply(f, bytes);
      emitStore(emitAdd(f, bytes), bytes);
    });
  });
}
