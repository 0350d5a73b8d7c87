import type { FunctionBuilder, Local } from "../assembler.js";
import { whileBelow } from "../loops.js";
import { advance, clear, eachLine, eachStrip, eachVector, ifTail, type Line, PLACES } from "./walk.js";

/**
 * Adds one or four float32 vectors to a sum of two vectors of doubles. The four are added in pairs first: float64 takes three
 * times as long, and errors of two additions do not grow.
 */
export function addWide(f: FunctionBuilder, [x, ...others]: readonly Local[], [low, high]: readonly Local[]): void {
  if (others.length === 3) {
    f.get(x).get(others[0]).f32x4Add().get(others[1]).get(others[2]).f32x4Add().f32x4Add().set(x);
  }
  f.get(low).get(x).f64x2PromoteLowF32x4().f64x2Add().set(low);
  f.get(high).get(x).get(x).i64x2Shuffle(1, 1).f64x2PromoteLowF32x4().f64x2Add().set(high);
}

/** Stores the sum of all lanes of two vectors of doubles as the result of a line. */
export function storeTotal(f: FunctionBuilder, { index }: Line, [low, high]: readonly Local[]): void {
  f.get(low).get(high).f64x2Add().set(low);
  f.get(index).i32Const(2).i32Mul().get(low).f64x2ExtractLane(0).get(low).f64x2ExtractLane(1);
  f.f64Add().f64Store(PLACES.results);
}

export function emitSumAlong(f: FunctionBuilder): void {
  const total = f.locals("v128", 2);
  const parts = f.locals("v128", 4);
  eachLine(f, (line) => {
    const { at, wholeEnd, mask } = line;
    clear(f, total);
    eachVector(f, at, wholeEnd, (vectors) => {
      const used = parts.slice(0, vectors);
      used.forEach((part, i) =>
        f
          .get(at)
          .v128Load(PLACES.input + 16 * i)
          .set(part),
      );
      addWide(f, used, total);
    });
    ifTail(f, line, () => {
      f.get(at).v128Load(PLACES.input).get(mask).v128And().set(parts[0]);
      addWide(f, [parts[0]], total);
    });
    storeTotal(f, line, total);
  });
}

export function emitSumAcross(f: FunctionBuilder): void {
  const [rows] = f.parameters;
  const parts = f.locals("v128", 4);
  const all = f.locals("v128", 8);
  const [at, row, ...places] = f.locals("i32", 6);
  eachStrip(f, at, ({ column, vectors, stride }) => {
    const totals = all.slice(0, 2 * vectors);
    const each = (visit: (total: Local, offset: number) => void): void =>
      totals.forEach((total, i) => {
        f.get(column).i32Const(2).i32Mul();
        visit(total, PLACES.results + 16 * i);
      });
    each((total, offset) => f.v128Load(offset).set(total));
    f.i32Const(0).set(row);
    for (const [count, bound] of [
      [4, (): FunctionBuilder => f.get(rows).i32Const(-4).i32And()],
      [1, rows],
    ] as const) {
      whileBelow(f, row, bound, () => {
        f.get(at);
        for (const place of places.slice(0, count)) f.tee(place).get(stride).i32Add();
        f.set(at);
        for (let i = 0; i < vectors; i++) {
          parts.slice(0, count).forEach((part, r) =>
            f
              .get(places[r])
              .v128Load(PLACES.input + 16 * i)
              .set(part),
          );
          addWide(f, parts.slice(0, count), totals.slice(2 * i, 2 * i + 2));
        }
        advance(f, row, count);
      });
    }
    each((total, offset) => f.get(total).v128Store(offset));
  });
}
