import type { FunctionBuilder, Local } from "../assembler.js";
import { exp2OfFraction } from "../maps/error-function.js";
import { FloatLanes } from "../maps/float-lanes.js";
import { type Lane, LaneGraph } from "../maps/lanes.js";
import { BodyEmitter } from "../maps/loop.js";
import { emitAcrossLanes } from "./extremes.js";
import { addWide, storeTotal } from "./sums.js";
import { clear, eachLine, eachVector, ifTail, PLACES } from "./walk.js";

export function emitExponentials(f: FunctionBuilder): void {
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
export function emitEach(
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
