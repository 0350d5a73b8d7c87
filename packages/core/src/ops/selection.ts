import { checkBoolean, checkOptions, checkTensor } from "../arguments.js";
import { ones } from "../create.js";
import { allocate, type TypedArray } from "../dtype.js";
import { type Extreme, extremesByKernel, placesByKernel } from "../lines.js";
import { elementwise, type Binary } from "../op.js";
import { reducedShape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { div, mul } from "./arithmetic.js";
import { eq, ne, where } from "./compare.js";
import { pick } from "./picking.js";
import { sum } from "./reduce.js";
import {
  batchReduction,
  checkNonEmpty,
  eachResult,
  lineAxis,
  linesOver,
  type ReduceOptions,
  type Reduction,
  reduction,
  restore,
} from "./reduction.js";
import { reshape, squeeze } from "./shape.js";

/** Where, among `count` elements that lie `stride` apart from `start` on, the chosen one is: 0 … count - 1. */
export type Choice = (data: TypedArray, start: number, stride: number, count: number) => number;

/** Whether two elements are equal, NaN being equal to NaN. */
const same: Binary = elementwise("same", {
  formula: (x, y) => where(ne(y, y), ne(x, x), eq(x, y)),
  result: "bool",
  samples: [
    [1, 1],
    [NaN, NaN],
    [NaN, 1],
  ],
});

/** For each element its share of the chosen one's cotangent: all that equal it have the same share. */
export function shares(x: Tensor, output: Tensor, axes: readonly number[]): Tensor {
  const ties = same(x, restore(output, x, axes)).to(x.dtype);
  return div(ties, sum(ties, { axis: axes, keepDims: true }));
}

/**
 * The op that gives one of the elements along some axes, or of all. Elements equal to it share the gradient evenly. Where it is
 * the first `extreme` element, kernels can find it.
 */
/* @__NO_SIDE_EFFECTS__ */
export function selecting(
  name: string,
  choose: Choice,
  extreme?: Extreme,
): OpFunction<[x: Tensor, options?: ReduceOptions]> {
  const op: OpFunction<[x: Tensor, options?: ReduceOptions]> = defineOp<
    [x: Tensor, options?: ReduceOptions],
    Reduction
  >({
    name,
    call: (x, options = {}) => {
      const attributes = reduction(name, x, options);
      checkNonEmpty(name, x, attributes.axes);
      return { inputs: [x], attributes };
    },
    shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
    dtype: ([x]) => x.dtype,
    forward: ([x], { axes }, shape, dtype) => {
      const known = extreme && extremesByKernel(extreme, linesOver(x, axes));
      if (known) return known;
      const out = allocate(dtype, sizeOf(shape));
      eachResult(x, axes, (data, start, stride, count, result) => {
        out[result] = data[start + stride * choose(data, start, stride, count)];
      });
      return out;
    },
    vjp: (cotangent, { inputs: [x], output, attributes: { axes } }) => [
      mul(shares(x, output, axes), restore(cotangent, x, axes)),
    ],
    jvp: ([t], { inputs: [x], output, attributes: { axes, keepDims } }) =>
      t && sum(mul(shares(x, output, axes), t), { axis: axes, keepDims }),
    batch: batchReduction((x, options) => op(x, options)),
    samples: () => [
      [ones([2, 3, 4])],
      [ones([2, 3, 4]), { axis: 1 }],
      [ones([2, 3, 4]), { axis: [0, -1], keepDims: true }],
      [ones([0, 3]), { axis: 1 }],
      [ones([])],
    ],
  });
  return op;
}

/** Options of `argmax` and `argmin`. */
export interface ArgOptions {
  /** The axis to search; the flattened tensor when left out. */
  readonly axis?: number;
  /** Keep the axis with size 1 (default false). */
  readonly keepDims?: boolean;
}

/** The op that gives the index of one of the elements along an axis, or in the flattened tensor; the rest as {@link selecting}. */
/* @__NO_SIDE_EFFECTS__ */
export function placing(
  name: string,
  choose: Choice,
  extreme?: Extreme,
): OpFunction<[x: Tensor, options?: ArgOptions]> {
  const op: OpFunction<[x: Tensor, options?: ArgOptions]> = defineOp<[x: Tensor, options?: ArgOptions], Reduction>({
    name,
    call: (x, options = {}) => {
      const attributes = reduction(name, x, options);
      if (options.axis !== undefined) lineAxis(name, x, options.axis);
      checkNonEmpty(name, x, attributes.axes);
      return { inputs: [x], attributes };
    },
    shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
    dtype: () => "int32",
    forward: ([x], { axes }, shape) => {
      const known = extreme && placesByKernel(extreme, linesOver(x, axes));
      if (known) return known;
      const out = new Int32Array(sizeOf(shape));
      eachResult(x, axes, (data, start, stride, count, result) => {
        out[result] = choose(data, start, stride, count);
      });
      return out;
    },
    batch: ([x], { axes, keepDims }, { size }) => {
      if (axes.length === 1) return op(x, { axis: axes[0] + 1, keepDims });
      const places = op(reshape(x, [size, sizeOf(x.shape.slice(1))]), { axis: 1 });
      return keepDims ? reshape(places, [size, ...axes.map(() => 1)]) : places;
    },
    samples: () => [
      [ones([2, 3])],
      [ones([2, 3]), { axis: 1 }],
      [ones([2, 3]), { axis: 0, keepDims: true }],
      [ones([])],
    ],
  });
  return op;
}

/** A chosen element of each line along an axis, and where it is. */
export type ValuesAndIndices = {
  readonly values: Tensor; // in the dtype of the tensor
  readonly indices: Tensor; // int32, counted along the axis
};

/** Options of the reductions that give values and indices. */
export interface IndexOptions {
  /** Keep the axis with size 1 (default false). */
  readonly keepDims?: boolean;
}

/** What `place` finds along an axis: the elements, which get the whole gradient, and the indices. */
export function withIndices(
  name: string,
  place: (x: Tensor, options: ArgOptions) => Tensor,
  x: Tensor,
  axis: number,
  options: IndexOptions = {},
): ValuesAndIndices {
  checkTensor(name, x);
  const at = lineAxis(name, x, axis);
  checkOptions(name, options, "{ keepDims: true }", ["keepDims"]);
  const { keepDims = false } = options;
  checkBoolean(name, "keepDims", keepDims);
  if (x.ndim === 0) return { values: x, indices: place(x, {}) };
  checkNonEmpty(name, x, [at]);
  const indices = place(x, { axis: at, keepDims: true });
  const values = pick(x, indices, at);
  return keepDims ? { values, indices } : { values: squeeze(values, at), indices: squeeze(indices, at) };
}
