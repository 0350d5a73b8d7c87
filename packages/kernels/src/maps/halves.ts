/** Float32 vectors computed in double precision: as two vectors of two doubles. */
import type { FloatLanes } from "./float-lanes.js";
import type { Lane } from "./lanes.js";

/** The lower and the upper two lanes of a float32 vector, as doubles. */
export type Halves = readonly [low: Lane, high: Lane];

/** The lanes of x as doubles. */
export function widen({ graph }: FloatLanes, x: Lane): Halves {
  const high = graph.shuffle(x, x, [2, 3, 2, 3]);
  return [graph.apply("f64x2PromoteLowF32x4", x), graph.apply("f64x2PromoteLowF32x4", high)];
}

/** Rounds doubles to a float32 vector. */
export function narrow({ graph }: FloatLanes, [low, high]: Halves): Lane {
  const [x, y] = [graph.apply("f32x4DemoteF64x2Zero", low), graph.apply("f32x4DemoteF64x2Zero", high)];
  return graph.shuffle(x, y, [0, 1, 4, 5]);
}

/** The lower 32 bits of each double. */
export function lowWords({ graph }: FloatLanes, [low, high]: Halves): Lane {
  return graph.shuffle(low, high, [0, 2, 4, 6]);
}

/** `body` on both halves. */
export function eachHalf(body: (...halves: readonly Lane[]) => Lane, ...operands: readonly Halves[]): Halves {
  return [body(...operands.map((x) => x[0])), body(...operands.map((x) => x[1]))];
}
