import { ones } from "../create.js";
import { allocate, allocateUncleared, isFloating } from "../dtype.js";
import { type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import { Tensor } from "../tensor.js";
import {
  addToPlanes,
  averages,
  type Divisors,
  largestPlaces,
  type Places,
  spreadAverages,
  takeFromPlanes,
} from "./pool-loops.js";

/** The shape with the axes of the planes replaced. */
function withPlanes(shape: Shape, spatial: number, sizes: Shape): Shape {
  return [...shape.slice(0, shape.length - spatial), ...sizes];
}

const results = (places: readonly Places[]): number[] => places.map(({ starts }) => starts.length);
const inputs = (places: readonly Places[]): number[] => places.map(({ input }) => input);

const PAIRS: Places = { input: 5, starts: [0, 2], ends: [2, 4], step: 1 };
const OVERLAPPING: Places = { input: 4, starts: [0, 1, 3], ends: [2, 4, 4], step: 1 };
const DILATED: Places = { input: 6, starts: [1, 0, 2], ends: [4, 5, 6], step: 2 };

/**
 * Where the largest element under each window lies (int32): its flat position within its plane, the last axes. It has
 * no gradient; {@link planeGather} takes the elements there, and its rule needs no second search.
 */
export const largestUnder: OpFunction<[x: Tensor, places: readonly Places[]]> = defineOp<
  [x: Tensor, places: readonly Places[]],
  readonly Places[]
>({
  name: "largestUnder",
  call: (x, places) => ({ inputs: [x], attributes: places }),
  shape: ([x], places) => withPlanes(x.shape, places.length, results(places)),
  dtype: () => "int32",
  forward: ([x], places, shape) => {
    const out = new Int32Array(sizeOf(shape));
    if (out.length > 0) largestPlaces(x.data, places, out);
    return out;
  },
  batch: "front",
  samples: () => [
    [ones([2, 5, 4]), [PAIRS, OVERLAPPING]],
    [ones([2, 3, 6]), [DILATED]],
  ],
});

interface Planes {
  /** The sizes of a plane: the last axes of the larger tensor. */
  readonly sizes: Shape;
}

/**
 * The elements of each plane (the last axes of `x`, of the given sizes) at flat positions within it, which {@link
 * largestUnder} found. The positions are trusted.
 */
export const planeGather: OpFunction<[x: Tensor, positions: Tensor, sizes: Shape]> = defineOp<
  [x: Tensor, positions: Tensor, sizes: Shape],
  Planes
>({
  name: "planeGather",
  call: (x, positions, sizes) => ({ inputs: [x, positions], attributes: { sizes } }),
  shape: ([, positions]) => positions.shape,
  dtype: ([x]) => x.dtype,
  forward: ([x, positions], { sizes }, shape, dtype) => {
    const out = allocateUncleared(dtype, sizeOf(shape));
    takeFromPlanes(x.data, positions.data, sizeOf(sizes), sizeOf(shape.slice(-sizes.length)), out);
    return out;
  },
  vjp: (g, { inputs: [, positions], attributes: { sizes } }) => [planeScatter(g, positions, sizes), null],
  jvp: ([t], { inputs: [, positions], attributes: { sizes } }) => t && planeGather(t, positions, sizes),
  batch: "front",
  samples: () => [[ones([2, 2, 3]), new Tensor(Int32Array.of(5, 0, 0, 1, 2, 2), [2, 1, 3], "int32"), [2, 3]]],
});

/** Planes of zeros to which `g` is added at flat positions: the transpose of {@link planeGather}. */
export const planeScatter: OpFunction<[g: Tensor, positions: Tensor, sizes: Shape]> = defineOp<
  [g: Tensor, positions: Tensor, sizes: Shape],
  Planes
>({
  name: "planeScatter",
  call: (g, positions, sizes) => ({ inputs: [g, positions], attributes: { sizes } }),
  shape: ([g], { sizes }) => withPlanes(g.shape, sizes.length, sizes),
  dtype: ([g]) => g.dtype,
  forward: ([g, positions], { sizes }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    addToPlanes(g.data, positions.data, sizeOf(sizes), sizeOf(g.shape.slice(-sizes.length)), out);
    return out;
  },
  vjp: (cotangent, { inputs: [, positions], attributes: { sizes } }) => [
    planeGather(cotangent, positions, sizes),
    null,
  ],
  jvp: ([t], { inputs: [, positions], attributes: { sizes } }) => t && planeScatter(t, positions, sizes),
  batch: "front",
  samples: () => [[ones([2, 1, 3]), new Tensor(Int32Array.of(5, 0, 0, 1, 2, 2), [2, 1, 3], "int32"), [2, 3]]],
});

/** Windows over the last axes, and by what the sum under each is divided. */
export interface Averaging {
  readonly places: readonly Places[]; // one for each of the last axes
  readonly divisors: Divisors; // of each axis; the sum under a window is divided by the product of its own
}

const averageSamples = (spread: boolean): [x: Tensor, averaging: Averaging][] =>
  [[PAIRS, OVERLAPPING], [OVERLAPPING]].map((places) => [
    ones([2, ...(spread ? results(places) : inputs(places))]),
    { places, divisors: places.map(({ starts, ends }) => starts.map((start, p) => ends[p] - start)) },
  ]);

/**
 * The sum under each window over the last axes, divided by the product of its divisors; floating, float32 for
 * integers.
 */
export const averagesUnder: OpFunction<[x: Tensor, averaging: Averaging]> = defineOp<
  [x: Tensor, averaging: Averaging],
  Averaging
>({
  name: "averagesUnder",
  call: (x, averaging) => ({ inputs: [x], attributes: averaging }),
  shape: ([x], { places }) => withPlanes(x.shape, places.length, results(places)),
  dtype: ([x]) => (isFloating(x.dtype) ? x.dtype : "float32"),
  forward: ([x], { places, divisors }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    averages(x.data, places, divisors, out);
    return out;
  },
  vjp: (g, { attributes }) => [spreadUnder(g, attributes)],
  jvp: ([t], { attributes }) => t && averagesUnder(t, attributes),
  batch: "front",
  samples: () => averageSamples(false),
});

/**
 * In each cell the sum of what the windows over it hold, each divided by its divisors: the transpose of {@link
 * averagesUnder}.
 */
export const spreadUnder: OpFunction<[g: Tensor, averaging: Averaging]> = defineOp<
  [g: Tensor, averaging: Averaging],
  Averaging
>({
  name: "spreadUnder",
  call: (g, averaging) => ({ inputs: [g], attributes: averaging }),
  shape: ([g], { places }) => withPlanes(g.shape, places.length, inputs(places)),
  dtype: ([g]) => g.dtype,
  forward: ([g], { places, divisors }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    spreadAverages(g.data, places, divisors, out);
    return out;
  },
  vjp: (cotangent, { attributes }) => [averagesUnder(cotangent, attributes)],
  jvp: ([t], { attributes }) => t && spreadUnder(t, attributes),
  batch: "front",
  samples: () => averageSamples(true),
});
