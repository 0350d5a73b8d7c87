import { ones, zeros, zerosLike } from "../create.js";
import { arange } from "../create-ranges.js";
import { convert } from "../dtype.js";
import { type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { add, div, mul, sub } from "./arithmetic.js";
import { eq, where } from "./compare.js";
import { placesOf } from "./index-loops.js";
import { addAt, integers, pick } from "./picking.js";

// The ops behind scatter and scatterReduce; axes and indices are trusted, as in picking.ts.

interface Writing {
  readonly axis: number;
  /** What is written, where it is one number. */
  readonly value: number | null;
}

/** `x` with `source`, of the shape of the indices, or one number in the places of the indices; the last one written stays. */
export const putAt: OpFunction<[x: Tensor, indices: Tensor, source: Tensor | number, axis: number]> = defineOp<
  [x: Tensor, indices: Tensor, source: Tensor | number, axis: number],
  Writing
>({
  name: "scatter",
  call: (x, indices, source, axis) =>
    typeof source === "number"
      ? { inputs: [x, indices], attributes: { axis, value: source } }
      : { inputs: [x, indices, source], attributes: { axis, value: null } },
  shape: ([x]) => x.shape,
  dtype: ([x]) => x.dtype,
  forward: ([x, indices, source], { axis, value }) => {
    const out = x.data.slice();
    const places = placesOf(indices.data, indices.shape, x.shape, axis);
    if (value === null) {
      const { data } = source;
      for (let p = 0; p < places.length; p++) out[places[p]] = data[p];
    } else for (let p = 0; p < places.length; p++) out[places[p]] = value;
    return out;
  },
  vjp: (g, { inputs: [x, indices, source], needs: [needsX, , needsSource], attributes: { axis } }) => {
    const rest = [needsX ? putAt(g, indices, 0, axis) : null, null];
    if (source === undefined) return rest;
    return [...rest, needsSource ? where(stays(indices, axis, x.shape), pick(g, indices, axis), 0) : null];
  },
  jvp: ([t, , tSource], { inputs: [x, indices], attributes: { axis } }) =>
    t || tSource ? putAt(t ?? zerosLike(x), indices, tSource ?? 0, axis) : null,
  batch: ([x, indices, source], { axis, value }) => putAt(x, indices, value ?? source, axis + 1),
  samples: () => [
    [ones([3, 2]), integers([2, 2], 0, 1, 0, 2), ones([2, 2]), 0],
    [ones([3, 2]), integers([1, 1], -1), 2, 1],
  ],
});

/** Which of the elements written at the indices are not written over by a later one. */
function stays(indices: Tensor, axis: number, shape: Shape): Tensor {
  const number = arange(0, indices.size, 1, { dtype: "int32" }).reshape(indices.shape);
  return eq(pick(putAt(zeros(shape, { dtype: "int32" }), indices, number, axis), indices, axis), number);
}

/** The products of the elements of `source` at the same index, in a tensor of `shape`; 1 where there is none. */
export const multiplyAt: OpFunction<[source: Tensor, indices: Tensor, axis: number, shape: Shape]> = defineOp<
  [source: Tensor, indices: Tensor, axis: number, shape: Shape],
  { readonly axis: number; readonly shape: Shape }
>({
  name: "scatterProduct",
  call: (source, indices, axis, shape) => ({ inputs: [source, indices], attributes: { axis, shape } }),
  shape: (_inputs, { shape }) => shape,
  dtype: ([source]) => source.dtype,
  forward: ([{ data }, indices], { axis }, shape, dtype) => {
    const products = new Float64Array(sizeOf(shape)).fill(1);
    const places = placesOf(indices.data, indices.shape, shape, axis);
    for (let p = 0; p < places.length; p++) products[places[p]] *= data[p];
    return convert(products, dtype);
  },
  vjp: (g, { inputs: [source, indices], output, attributes: { axis } }) => [
    mul(pick(g, indices, axis), others(source, indices, axis, output)),
    null,
  ],
  jvp: ([t], { inputs: [source, indices], output, attributes: { axis, shape } }) =>
    t && addAt(mul(t, others(source, indices, axis, output)), indices, axis, shape),
  batch: ([source, indices], { axis, shape }, { size }) => multiplyAt(source, indices, axis + 1, [size, ...shape]),
  samples: () => [[ones([4]), integers([4], 0, 2, 0, 0), 0, [3]]],
});

/**
 * For each element the product of the others at its index. `product / x` is 0/0 for a zero: there it is the product of those
 * that are not zero, times the other zero where there are two, so that second derivatives are right as well.
 */
function others(source: Tensor, indices: Tensor, axis: number, product: Tensor): Tensor {
  const { shape } = product;
  const zero = eq(source, 0);
  const nonzero = where(zero, 1, source);
  const zeroCount = pick(addAt(zero.to("int32"), indices, axis, shape), indices, axis);
  const otherZero = sub(pick(addAt(where(zero, source, 0), indices, axis, shape), indices, axis), source);
  const rest = where(eq(zeroCount, 1), 1, where(eq(zeroCount, 2), otherZero, 0));
  const besideZero = mul(pick(multiplyAt(nonzero, indices, axis, shape), indices, axis), rest);
  return where(zero, besideZero, div(pick(product, indices, axis), nonzero));
}

/** The largest (sign 1) or smallest (sign -1) of an element of `x` and those of `source` at its index; NaN where one is. */
export const extremeAt: OpFunction<[x: Tensor, indices: Tensor, source: Tensor, axis: number, sign: 1 | -1]> = defineOp<
  [x: Tensor, indices: Tensor, source: Tensor, axis: number, sign: 1 | -1],
  { readonly axis: number; readonly sign: 1 | -1 }
>({
  name: "scatterExtreme",
  call: (x, indices, source, axis, sign) => ({ inputs: [x, indices, source], attributes: { axis, sign } }),
  shape: ([x]) => x.shape,
  forward: ([x, indices, { data }], { axis, sign }) => {
    const out = x.data.slice();
    const places = placesOf(indices.data, indices.shape, x.shape, axis);
    for (let p = 0; p < places.length; p++) {
      const candidate = data[p];
      if (sign * candidate > sign * out[places[p]] || candidate !== candidate) out[places[p]] = candidate;
    }
    return out;
  },
  vjp: (g, { inputs: [x, indices, source], output, attributes: { axis } }) => {
    const { own, theirs, count } = ties(x, indices, source, axis, output);
    const share = div(g, count);
    return [mul(own, share), null, mul(theirs, pick(share, indices, axis))];
  },
  jvp: ([t, , tSource], { inputs: [x, indices, source], output, attributes: { axis } }) => {
    const { own, theirs, count } = ties(x, indices, source, axis, output);
    const first = t && mul(own, t);
    const second = tSource && addAt(mul(theirs, tSource), indices, axis, x.shape);
    const total = first && second ? add(first, second) : (first ?? second);
    return total && div(total, count);
  },
  batch: ([x, indices, source], { axis, sign }) => extremeAt(x, indices, source, axis + 1, sign),
  samples: () => [[ones([3]), integers([4], 0, 2, 0, 0), ones([4]), 0, 1]],
});

/** Which elements equal the extreme of their place, as ones, and how many a place has: they share its gradient evenly. */
function ties(
  x: Tensor,
  indices: Tensor,
  source: Tensor,
  axis: number,
  output: Tensor,
): { readonly own: Tensor; readonly theirs: Tensor; readonly count: Tensor } {
  const own = eq(x, output).to(x.dtype);
  const theirs = eq(source, pick(output, indices, axis)).to(x.dtype);
  return { own, theirs, count: add(own, addAt(theirs, indices, axis, x.shape)) };
}
