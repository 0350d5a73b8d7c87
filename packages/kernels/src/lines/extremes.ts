import type { FunctionBuilder, Local } from "../assembler.js";
import { whileBelow } from "../loops.js";
import { clear, eachLine, eachStrip, eachVector, ifTail, PLACES } from "./walk.js";

type Extreme = "max" | "min";

/**
 * Takes the vector on the stack into `best`, and the places of its NaNs into `nans`: `f32x4Pmax` is one instruction where
 * `f32x4Max` takes seven, and keeps `best` where the new number, or it, is NaN.
 */
function emitCompare(f: FunctionBuilder, name: Extreme, x: Local, best: Local, nans: Local): void {
  f.set(x).get(x).get(x).f32x4Ne().get(nans).v128Or().set(nans);
  f.get(best).get(x);
  (name === "max" ? f.f32x4Pmax() : f.f32x4Pmin()).set(best);
}

/** Pushes the extreme of the four lanes. */
export function emitAcrossLanes(f: FunctionBuilder, name: Extreme, x: Local): void {
  const pair = (): FunctionBuilder => (name === "max" ? f.f32Max() : f.f32Min());
  f.get(x).f32x4ExtractLane(0).get(x).f32x4ExtractLane(1);
  pair().get(x).f32x4ExtractLane(2).get(x).f32x4ExtractLane(3);
  pair();
  pair();
}

export function emitExtremeAlong(f: FunctionBuilder, name: Extreme): void {
  const [x, best, nans, identity] = f.locals("v128", 4);
  f.f32x4Const(name === "max" ? -Infinity : Infinity).set(identity);
  eachLine(f, (line) => {
    const { at, wholeEnd, index, mask } = line;
    f.get(identity).set(best);
    clear(f, [nans]);
    eachVector(f, at, wholeEnd, (vectors) => {
      for (let i = 0; i < vectors; i++) {
        f.get(at).v128Load(PLACES.input + 16 * i);
        emitCompare(f, name, x, best, nans);
      }
    });
    ifTail(f, line, () => {
      f.get(at).v128Load(PLACES.input).get(identity).get(mask).v128Bitselect();
      emitCompare(f, name, x, best, nans);
    });
    f.get(index);
    emitAcrossLanes(f, name, best);
    // Adding -0 changes nothing.
    f.f32Const(NaN).f32Const(-0).get(nans).v128AnyTrue().select().f32Add().f32Store(PLACES.results);
  });
}

export function emitExtremeAcross(f: FunctionBuilder, name: Extreme): void {
  const x = f.local("v128");
  const [all, nans] = [f.locals("v128", 4), f.locals("v128", 4)];
  const at = f.local("i32");
  eachStrip(f, at, ({ column, vectors, stride, end }) => {
    const best = all.slice(0, vectors);
    clear(f, nans.slice(0, vectors));
    best.forEach((value, i) =>
      f
        .get(column)
        .v128Load(PLACES.results + 16 * i)
        .set(value),
    );
    whileBelow(f, at, end, () => {
      best.forEach((value, i) => {
        f.get(at).v128Load(PLACES.input + 16 * i);
        emitCompare(f, name, x, value, nans[i]);
      });
      f.get(at).get(stride).i32Add().set(at);
    });
    // A lane with all bits set is a NaN, which later calls keep.
    best.forEach((value, i) =>
      f
        .get(column)
        .get(value)
        .get(nans[i])
        .v128Or()
        .v128Store(PLACES.results + 16 * i),
    );
  });
}
