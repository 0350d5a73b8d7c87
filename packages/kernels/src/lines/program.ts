import { ModuleBuilder, type FunctionBuilder, type Local } from "../assembler.js";
import { whileBelow } from "../loops.js";
import { exp2OfFraction } from "../maps/error-function.js";
import { FloatLanes } from "../maps/float-lanes.js";
import { type Lane, LaneGraph } from "../maps/lanes.js";
import { BodyEmitter } from "../maps/loop.js";

/** Bytes of the longest line that fits into memory at once. */
export const LINE_BYTES = 1 << 18;

/** Where in memory a call reads and writes: two blocks of lines, and numbers for each line. */
export const PLACES = {
  input: 64,
  output: 128 + LINE_BYTES,
  results: 256 + 2 * LINE_BYTES, // 8 bytes each for sums, 4 for the rest
  largest: 3 * LINE_BYTES, // 4 bytes each
  factors: 3.5 * LINE_BYTES, // 4 bytes each
} as const;

/**
 * The module of the kernels on lines of float32. They take two counts, work at {@link PLACES} in the memory that the
 * module imports as `maps.memory`, and may write a vector past the end of a line and of the results.
 *
 * - `sumAlong`, `maxAlong`, `minAlong` of (lines, length): a result for each line
 * - `sumAcross`, `maxAcross`, `minAcross` of (rows, columns): takes the rows into a result for each column
 * - `exponentials` of (lines, length): `output = e^(input - largest)`, the largest elements, and the sums of the outputs
 * - `scale` of (lines, length): `input = output · factor`
 * - `shift` of (lines, length): `output = (input - largest) - factor`
 *
 * The extremes of lines with a NaN are NaN; the other kernels let NaN spread.
 */
export function buildLinesProgram(pages: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("maps", "memory", { minimum: pages, maximum: pages });
  const define = (name: string): FunctionBuilder => module.defineFunction({ name, parameters: ["i32", "i32"] });
  emitSumAlong(define("sumAlong"));
  emitSumAcross(define("sumAcross"));
  for (const name of ["max", "min"] as const) {
    emitExtremeAlong(define(`${name}Along`), name);
    emitExtremeAcross(define(`${name}Across`), name);
  }
  emitExponentials(define("exponentials"));
  const { input, output, largest, factors } = PLACES;
  const scale = define("scale");
  emitEach(scale, [output, input], [factors], (factor) => scale.get(factor).f32x4Mul());
  const shift = define("shift");
  emitEach(shift, [input, output], [largest, factors], (most, factor) =>
    shift.get(most).f32x4Sub().get(factor).f32x4Sub(),
  );
  return module.build();
}

/** A walk over contiguous lines, in byte offsets. */
interface Line {
  /** The place in the line; the body moves it from the start up to `end`. */
  readonly at: Local;
  readonly end: Local;
  /** The end of the last whole vector. */
  readonly wholeEnd: Local;
  /** Four times the number of the line. */
  readonly index: Local;
  /** The lanes of the vector at `wholeEnd` that belong to the line. */
  readonly mask: Local;
}

function eachLine(f: FunctionBuilder, body: (line: Line) => void): void {
  const [lines, length] = f.parameters;
  const [at, end, wholeEnd, index] = f.locals("i32", 4);
  const mask = f.local("v128");
  f.get(length).i32Const(3).i32And().i32x4Splat().i32x4Const(0, 1, 2, 3).i32x4GtS().set(mask);
  const stop = (): FunctionBuilder => f.get(lines).i32Const(4).i32Mul();
  whileBelow(f, index, stop, () => {
    f.get(at).get(length).i32Const(4).i32Mul().i32Add().set(end);
    f.get(at).get(length).i32Const(-4).i32And().i32Const(4).i32Mul().i32Add().set(wholeEnd);
    body({ at, end, wholeEnd, index, mask });
    f.get(end).set(at);
    advance(f, index, 4);
  });
}

function advance(f: FunctionBuilder, offset: Local, bytes: number): void {
  f.get(offset).i32Const(bytes).i32Add().set(offset);
}

/** Calls `body` with the number of vectors to take, four as long as there are as many up to `end`, and then one. */
function eachVector(f: FunctionBuilder, at: Local, end: Local, body: (vectors: number) => void): void {
  const main = f.local("i32");
  f.get(end).get(end).get(at).i32Sub().i32Const(63).i32And().i32Sub().set(main);
  for (const [vectors, bound] of [
    [4, main],
    [1, end],
  ] as const) {
    whileBelow(f, at, bound, () => {
      body(vectors);
      advance(f, at, 16 * vectors);
    });
  }
}

/** Runs `body` where a line has elements behind its last whole vector. */
function ifTail(f: FunctionBuilder, { at, end }: Line, body: () => void): void {
  f.get(at).get(end).i32LtU().if(body);
}

function clear(f: FunctionBuilder, vectors: readonly Local[]): void {
  for (const vector of vectors) f.f32x4Const(0).set(vector);
}

/**
 * Adds one or four float32 vectors to a sum of two vectors of doubles. The four are added in pairs first: float64 takes three
 * times as long, and errors of two additions do not grow.
 */
function addWide(f: FunctionBuilder, [x, ...others]: readonly Local[], [low, high]: readonly Local[]): void {
  if (others.length === 3) {
    f.get(x).get(others[0]).f32x4Add().get(others[1]).get(others[2]).f32x4Add().f32x4Add().set(x);
  }
  f.get(low).get(x).f64x2PromoteLowF32x4().f64x2Add().set(low);
  f.get(high).get(x).get(x).i64x2Shuffle(1, 1).f64x2PromoteLowF32x4().f64x2Add().set(high);
}

/** Stores the sum of all lanes of two vectors of doubles as the result of a line. */
function storeTotal(f: FunctionBuilder, { index }: Line, [low, high]: readonly Local[]): void {
  f.get(low).get(high).f64x2Add().set(low);
  f.get(index).i32Const(2).i32Mul().get(low).f64x2ExtractLane(0).get(low).f64x2ExtractLane(1);
  f.f64Add().f64Store(PLACES.results);
}

function emitSumAlong(f: FunctionBuilder): void {
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

/** A strip of columns: up to four vectors, which start at the byte offset `column`. */
interface Strip {
  readonly column: Local;
  readonly vectors: number;
  /** Bytes of a row. */
  readonly stride: Local;
  /** The offset behind the last row of the strip. */
  readonly end: Local;
}

/** Runs `body` for all strips, with `at` at the first row of each. */
function eachStrip(f: FunctionBuilder, at: Local, body: (strip: Strip) => void): void {
  const [rows, columns] = f.parameters;
  const [column, stride, end, main] = f.locals("i32", 4);
  f.get(columns).i32Const(4).i32Mul().tee(stride).i32Const(-64).i32And().set(main);
  for (const [vectors, bound] of [
    [4, main],
    [1, stride],
  ] as const) {
    whileBelow(f, column, bound, () => {
      f.get(column).tee(at).get(rows).get(stride).i32Mul().i32Add().set(end);
      body({ column, vectors, stride, end });
      advance(f, column, 16 * vectors);
    });
  }
}

function emitSumAcross(f: FunctionBuilder): void {
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
function emitAcrossLanes(f: FunctionBuilder, name: Extreme, x: Local): void {
  const pair = (): FunctionBuilder => (name === "max" ? f.f32Max() : f.f32Min());
  f.get(x).f32x4ExtractLane(0).get(x).f32x4ExtractLane(1);
  pair().get(x).f32x4ExtractLane(2).get(x).f32x4ExtractLane(3);
  pair();
  pair();
}

function emitExtremeAlong(f: FunctionBuilder, name: Extreme): void {
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

function emitExtremeAcross(f: FunctionBuilder, name: Extreme): void {
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

function emitExponentials(f: FunctionBuilder): void {
  const [largest, identity, ...total] = f.locals("v128", 4);
  const [at, index] = f.locals("i32", 2);
  const exponentials = emitterOfExponentials(f, at, index);
  f.f32x4Const(-Infinity).set(identity);
  eachLine(f, (line) => {
    f.get(line.at).set(at).get(line.index).set(index);
    f.get(identity).set(largest);
    eachVector(f, line.at, line.wholeEnd, (vectors) => {
      for (let i = 0; i < vectors; i++) {
        f.get(largest)
          .get(line.at)
          .v128Load(PLACES.input + 16 * i)
          .f32x4Pmax()
          .set(largest);
      }
    });
    f.get(largest).get(line.at).v128Load(PLACES.input).get(identity).get(line.mask).v128Bitselect();
    f.f32x4Pmax().set(largest).get(index);
    emitAcrossLanes(f, "max", largest);
    f.f32Store(PLACES.largest);
    exponentials.emitLevel(1);
    const next = (vectors: number): Local[] => {
      const results = exponentials.emitResults(vectors).flat();
      results.forEach((result, i) =>
        f
          .get(at)
          .get(result)
          .v128Store(PLACES.output + 16 * i),
      );
      return results;
    };
    clear(f, total);
    eachVector(f, at, line.wholeEnd, (vectors) => addWide(f, next(vectors), total));
    ifTail(f, { ...line, at }, () => {
      const [result] = next(1);
      f.get(result).get(line.mask).v128And().set(result);
      addWide(f, [result], total);
    });
    storeTotal(f, line, total);
  });
}

/** What emits `e^(input - largest)` for the vector at `at`, in the line whose number is `index / 4`. */
function emitterOfExponentials(f: FunctionBuilder, at: Local, index: Local): BodyEmitter {
  const graph = new LaneGraph();
  const lanes = new FloatLanes(graph, "f32x4");
  const emitter = new BodyEmitter(
    f,
    {
      graph,
      results: [exponential(lanes, lanes.sub(graph.input(0, false), graph.input(1, true)))],
      layouts: ["dense", "scalar"],
      inputAddresses: [PLACES.input, PLACES.largest],
      outputAddresses: [],
      elementBytes: 4,
      calls: new Map(),
      alarm: null,
      unroll: 1,
    },
    { dense: at, row: at, scalar: index },
  );
  emitter.emitLevel(0);
  return emitter;
}

/**
 * `eˣ` for a difference `x <= 0`, at half the cost of an exponential for everywhere: its relative error is up to
 * `(2 + |x|)·2⁻²³`, as that of the difference itself would make it. Exactly 0 below 2⁻¹²⁶.
 */
function exponential(f: FloatLanes, x: Lane): Lane {
  const { graph } = f;
  const rounder = f.constant(1.5 * 2 ** 23);
  const exponent = f.mul(x, f.constant(Math.LOG2E));
  const bounded = f.atLeast(exponent, -126);
  const rounded = f.add(bounded, rounder);
  const mantissa = exp2OfFraction(f, f.sub(bounded, f.sub(rounded, rounder)));
  const result = graph.apply("i32x4Add", mantissa, graph.shift("i32x4Shl", rounded, 23));
  // A comparison that holds for NaN, too.
  return graph.apply("v128Andnot", result, f.compare("Lt", exponent, f.constant(-126)));
}

/**
 * Takes every line from one block to the other through `emit`, which has the vector on the stack, and the numbers of the line
 * in locals. Within one block, what is written past the end of a line would spoil the next.
 */
function emitEach(
  f: FunctionBuilder,
  [from, to]: readonly [from: number, to: number],
  numbers: readonly number[],
  emit: (...numbers: readonly Local[]) => void,
): void {
  const locals = f.locals("v128", numbers.length);
  eachLine(f, ({ at, end, index }) => {
    locals.forEach((local, i) => f.get(index).v128Load32Splat(numbers[i]).set(local));
    eachVector(f, at, end, (vectors) => {
      for (let offset = 0; offset < 16 * vectors; offset += 16) {
        f.get(at)
          .get(at)
          .v128Load(from + offset);
        emit(...locals);
        f.v128Store(to + offset);
      }
    });
  });
}
