import { ones } from "../create.js";
import { allocate } from "../dtype.js";
import { type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { add, mul } from "./arithmetic.js";
import { stack } from "./join.js";
import { CUBIC, LINEAR } from "./kernels.js";
import { sum } from "./reduce.js";
import { addAround, type Counts, type Sampling, takeAround } from "./sampling-loops.js";
import { unsqueeze } from "./shape.js";
import { slice } from "./slice.js";

/**
 * The cells around points of planes, weighted by how far each point lies behind its cell along each axis: `out[…, c, p] = Σₖ w[p,
 * k] · x[…, c, cell[p, k]]`. `x: […, channels, …sizes]` and `coordinates: […, points, axes]`, counted in cells and the last axis
 * first, give `[…, channels, points]`.
 *
 * The weights are products of polynomials in the coordinates, so a derivative by a coordinate is the op itself with weights that are
 * differentiated once more: with its transpose {@link addAt} it is closed under differentiation.
 */
export const sampleAt: OpFunction<[x: Tensor, coordinates: Tensor, sampling: Sampling]> = defineOp<
  [x: Tensor, coordinates: Tensor, sampling: Sampling],
  Sampling
>({
  name: "sampleAt",
  call: (x, coordinates, sampling) => ({ inputs: [x, coordinates], attributes: sampling }),
  shape: ([x, coordinates], { sizes }) => [
    ...x.shape.slice(0, x.ndim - sizes.length),
    coordinates.shape[coordinates.ndim - 2],
  ],
  forward: ([x, coordinates], sampling, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    takeAround(x.data, coordinates.data, sampling, countsOf(shape), out);
    return out;
  },
  vjp: (g, { inputs: [x, coordinates], attributes, needs }) => [
    needs[0] ? addAt(g, coordinates, attributes) : null,
    needs[1] ? slopes(x, g, coordinates, attributes) : null,
  ],
  jvp: ([tx, t], { inputs: [x, coordinates], attributes }) =>
    total(
      tx && sampleAt(tx, coordinates, attributes),
      t && eachAxis(attributes, (axis, sampling) => mul(sampleAt(x, coordinates, sampling), along(t, axis))),
    ),
  batch: "front",
  samples: () => [
    [ones([2, 1, 2]), ones([2, 2, 1]), { sizes: [2], weights: LINEAR, outside: "zeros", aligned: false, orders: [0] }],
    [ones([2, 3, 2]), ones([2, 2]), CURVED],
  ],
});

/** Planes of zeros with `g` added to the cells around the points, weighted: the transpose of {@link sampleAt}. */
export const addAt: OpFunction<[g: Tensor, coordinates: Tensor, sampling: Sampling]> = defineOp<
  [g: Tensor, coordinates: Tensor, sampling: Sampling],
  Sampling
>({
  name: "addAt",
  call: (g, coordinates, sampling) => ({ inputs: [g, coordinates], attributes: sampling }),
  shape: ([g], { sizes }) => [...g.shape.slice(0, -1), ...sizes],
  forward: ([g, coordinates], sampling, shape) => {
    const out = new Float64Array(sizeOf(shape));
    addAround(g.data, coordinates.data, sampling, countsOf(g.shape), out);
    return out;
  },
  vjp: (cotangent, { inputs: [g, coordinates], attributes, needs }) => [
    needs[0] ? sampleAt(cotangent, coordinates, attributes) : null,
    needs[1] ? slopes(cotangent, g, coordinates, attributes) : null,
  ],
  jvp: ([tg, t], { inputs: [g, coordinates], attributes }) =>
    total(
      tg && addAt(tg, coordinates, attributes),
      t && eachAxis(attributes, (axis, sampling) => addAt(mul(g, along(t, axis)), coordinates, sampling)),
    ),
  batch: "front",
  samples: () => [[ones([1, 2]), ones([2, 2]), CURVED]],
});

const CURVED: Sampling = { sizes: [3, 2], weights: CUBIC, outside: "reflection", aligned: true, orders: [0, 1] };

/** The sizes of `[…, channels, points]`, for the loops. */
function countsOf(shape: Shape): Counts {
  const [channels, points] = shape.slice(-2);
  return { sets: sizeOf(shape.slice(0, -2)), channels, points };
}

/** A tensor for each axis, from the sampling whose weights are differentiated once more along it. */
function eachAxis(sampling: Sampling, make: (axis: number, sampling: Sampling) => Tensor): Tensor[] {
  return sampling.sizes.map((_, axis) =>
    make(axis, { ...sampling, orders: sampling.orders.map((order, i) => (i === axis ? order + 1 : order)) }),
  );
}

/** The coordinates, or tangents of them, along one axis: `[…, 1, points]`, the same for all channels. */
function along(coordinates: Tensor, axis: number): Tensor {
  const front = coordinates.shape.slice(0, -1).map(() => null);
  return unsqueeze(slice(coordinates, ...front, -1 - axis), -2);
}

/** The derivative of `Σ g · sampleAt(x, coordinates)` by the coordinates. */
function slopes(x: Tensor, g: Tensor, coordinates: Tensor, sampling: Sampling): Tensor {
  const each = eachAxis(sampling, (_axis, further) => sum(mul(g, sampleAt(x, coordinates, further)), { axis: -2 }));
  return stack(each.reverse(), -1);
}

function total(first: Tensor | null, others: readonly Tensor[] | null): Tensor | null {
  return [...(first ? [first] : []), ...(others ?? [])].reduce<Tensor | null>((a, b) => (a ? add(a, b) : b), null);
}
