import type { Generator } from "../random.js";
import { permute } from "../ops/shape.js";
import { type Shape, sizeOf } from "../shape.js";
import { Tensor } from "../tensor.js";

/** The interval from which numbers are drawn. */
export type Interval = readonly [low: number, high: number];

/** A float64 tensor of independent numbers, uniform on an interval. */
export function uniform(generator: Generator, shape: Shape, [low, high]: Interval = [-3, 3]): Tensor {
  return generator.uniform(shape, low, high, { dtype: "float64" });
}

/** A float64 tensor of independent numbers from the standard normal distribution. */
export function normal(generator: Generator, shape: Shape): Tensor {
  return generator.normal(shape, 0, 1, { dtype: "float64" });
}

/**
 * Lists of `count` shapes that broadcast together: of every rank from 0 to 5, with sizes 0 and 1 among them. Each
 * operand has a random part of the axes of the result, some of them as size 1; one has them all.
 */
export function broadcastingShapes(generator: Generator, count: number): Shape[][] {
  const results: Shape[] = [[]];
  for (let rank = 1; rank <= 5; rank++) {
    results.push(Array.from({ length: rank }, () => generator.integer(1, 4)));
  }
  results.push([0], [2, 0, 3], [1, 1], [4, 1, 2]);
  return results.map((shape) => {
    const whole = generator.integer(0, count);
    return Array.from({ length: count }, (_, i) => (i === whole ? shape : partOf(generator, shape)));
  });
}

function partOf(generator: Generator, shape: Shape): Shape {
  const dropped = generator.integer(0, shape.length + 1);
  return shape.slice(dropped).map((n) => (generator.random() < 0.4 ? 1 : n));
}

/** The same elements in the same shape, lying in memory in another order where there are two axes or more. */
export function scattered(x: Tensor): Tensor {
  const order = x.shape.map((_, i) => x.ndim - 1 - i);
  const reversed = permute(x, order);
  const copied = new Tensor(reversed.data.slice(), reversed.shape, x.dtype);
  return permute(copied, order);
}

/** For each element of a result of shape `to` the place of the element of an operand of shape `from` that it uses. */
export function broadcastPlaces(from: Shape, to: Shape): Int32Array {
  const places = new Int32Array(sizeOf(to));
  const missing = to.length - from.length;
  for (let i = 0; i < places.length; i++) {
    let rest = i;
    let stride = 1;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const at = rest % to[axis];
      rest = Math.floor(rest / to[axis]);
      if (axis < missing) continue;
      const n = from[axis - missing];
      places[i] += n === 1 ? 0 : at * stride;
      stride *= n;
    }
  }
  return places;
}
