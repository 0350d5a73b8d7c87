import { ModuleBuilder, type FunctionBuilder, type Local } from "../assembler.js";
import { setMinimum, whileBelow } from "../loops.js";
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

/** Bytes of a line, and rows, that are added up in float32: 16 elements in each lane. The sums of these are in float64. */
const GROUP_BYTES = 1024;
const GROUP_ROWS = 16;

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
  emitScale(define("scale"));
  emitShift(define("shift"));
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

/** Calls `body` for the vectors from `at` up to `end`, four at a time as long as there are four. */
function eachVector(f: FunctionBuilder, at: Local, end: Local, body: (offset: number, which: number) => void): void {
  const main = f.local("i32");
  f.get(end).get(end).get(at).i32Sub().i32Const(63).i32And().i32Sub().set(main);
  for (const [vectors, bound] of [
    [4, main],
    [1, end],
  ] as const) {
    whileBelow(f, at, bound, () => {
      for (let i = 0; i < vectors; i++) body(16 * i, i);
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

/** Pushes the two lower or upper lanes of a float32 vector in float64. */
function widen(f: FunctionBuilder, x: Local, half: 0 | 1): FunctionBuilder {
  return f.get(x).get(x).i64x2Shuffle(half, half).f64x2PromoteLowF32x4();
}

/** A sum of float32 vectors that spends little time in float64: in groups, and these in two vectors of doubles. */
class GroupedSum {
  readonly #f: FunctionBuilder;
  readonly #total: Local;
  readonly #end: Local;

  constructor(f: FunctionBuilder) {
    this.#f = f;
    this.#total = f.local("v128");
    this.#end = f.local("i32");
  }

  start(): void {
    clear(this.#f, [this.#total]);
  }

  /** Runs `body` for each group of the line; it moves `at` up to the end that it is given. */
  eachGroup({ at, wholeEnd }: Line, body: (end: Local) => void): void {
    whileBelow(this.#f, at, wholeEnd, () => {
      setMinimum(this.#f, this.#end, (f) => f.get(at).i32Const(GROUP_BYTES).i32Add(), wholeEnd);
      body(this.#end);
    });
  }

  add(x: Local): void {
    this.#f.get(this.#total);
    widen(this.#f, x, 0).f64x2Add();
    widen(this.#f, x, 1).f64x2Add().set(this.#total);
  }

  /** Stores the sum as the result of the line. */
  store({ index }: Line): void {
    const total = this.#total;
    this.#f.get(index).i32Const(2).i32Mul().get(total).f64x2ExtractLane(0).get(total).f64x2ExtractLane(1);
    this.#f.f64Add().f64Store(PLACES.results);
  }
}

function emitSumAlong(f: FunctionBuilder): void {
  const sum = new GroupedSum(f);
  const parts = f.locals("v128", 4);
  const [first, second, third, fourth] = parts;
  eachLine(f, (line) => {
    const { at, mask } = line;
    sum.start();
    sum.eachGroup(line, (end) => {
      clear(f, parts);
      eachVector(f, at, end, (offset, i) => {
        f.get(at)
          .v128Load(PLACES.input + offset)
          .get(parts[i])
          .f32x4Add()
          .set(parts[i]);
      });
      f.get(first).get(second).f32x4Add().get(third).get(fourth).f32x4Add().f32x4Add().set(first);
      sum.add(first);
    });
    ifTail(f, line, () => {
      f.get(at).v128Load(PLACES.input).get(mask).v128And().set(first);
      sum.add(first);
    });
    sum.store(line);
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
  const all = f.locals("v128", 4);
  const [at, groupEnd] = f.locals("i32", 2);
  eachStrip(f, at, ({ column, vectors, stride, end }) => {
    const sums = all.slice(0, vectors);
    whileBelow(f, at, end, () => {
      setMinimum(f, groupEnd, (g) => g.get(at).get(stride).i32Const(GROUP_ROWS).i32Mul().i32Add(), end);
      clear(f, sums);
      whileBelow(f, at, groupEnd, () => {
        sums.forEach((sum, i) => {
          f.get(at)
            .v128Load(PLACES.input + 16 * i)
            .get(sum)
            .f32x4Add()
            .set(sum);
        });
        f.get(at).get(stride).i32Add().set(at);
      });
      sums.forEach((sum, i) => {
        for (const half of [0, 1] as const) {
          const offset = PLACES.results + 32 * i + 16 * half;
          f.get(column).i32Const(2).i32Mul();
          f.get(column).i32Const(2).i32Mul().v128Load(offset);
          widen(f, sum, half).f64x2Add().v128Store(offset);
        }
      });
    });
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
    eachVector(f, at, wholeEnd, (offset) => {
      f.get(at).v128Load(PLACES.input + offset);
      emitCompare(f, name, x, best, nans);
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
  const sum = new GroupedSum(f);
  const [largest, part, identity] = f.locals("v128", 3);
  const [at, index] = f.locals("i32", 2);
  const difference = emitterOfExponential(f, at, index);
  f.f32x4Const(-Infinity).set(identity);
  eachLine(f, (line) => {
    f.get(line.at).set(at).get(line.index).set(index);
    f.get(identity).set(largest);
    eachVector(f, line.at, line.wholeEnd, (offset) => {
      f.get(largest)
        .get(line.at)
        .v128Load(PLACES.input + offset)
        .f32x4Pmax()
        .set(largest);
    });
    f.get(largest).get(line.at).v128Load(PLACES.input).get(identity).get(line.mask).v128Bitselect();
    f.f32x4Pmax().set(largest).get(index);
    emitAcrossLanes(f, "max", largest);
    f.f32Store(PLACES.largest);
    difference.emitLevel(1);
    const next = (): FunctionBuilder => {
      const [result] = difference.emitVector(0);
      return f.get(at).get(result).v128Store(PLACES.output).get(result);
    };
    const walk = { ...line, at };
    sum.start();
    sum.eachGroup(walk, (end) => {
      clear(f, [part]);
      whileBelow(f, at, end, () => {
        next().get(part).f32x4Add().set(part);
        advance(f, at, 16);
      });
      sum.add(part);
    });
    ifTail(f, walk, () => {
      next().get(line.mask).v128And().set(part);
      sum.add(part);
    });
    sum.store(line);
  });
}

/** What emits `e^(input - largest)` for the vector at `at`, in the line whose number is `index / 4`. */
function emitterOfExponential(f: FunctionBuilder, at: Local, index: Local): BodyEmitter {
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

/** From one block to the other, so that what is written past the end of a line is overwritten by the next. */
function emitScale(f: FunctionBuilder): void {
  const factor = f.local("v128");
  eachLine(f, ({ at, end, index }) => {
    f.get(index).v128Load32Splat(PLACES.factors).set(factor);
    eachVector(f, at, end, (offset) => {
      f.get(at).get(at);
      f.v128Load(PLACES.output + offset).get(factor);
      f.f32x4Mul().v128Store(PLACES.input + offset);
    });
  });
}

function emitShift(f: FunctionBuilder): void {
  const [largest, factor] = f.locals("v128", 2);
  eachLine(f, ({ at, end, index }) => {
    f.get(index).v128Load32Splat(PLACES.largest).set(largest);
    f.get(index).v128Load32Splat(PLACES.factors).set(factor);
    eachVector(f, at, end, (offset) => {
      f.get(at).get(at);
      f.v128Load(PLACES.input + offset).get(largest);
      f.f32x4Sub().get(factor);
      f.f32x4Sub().v128Store(PLACES.output + offset);
    });
  });
}
