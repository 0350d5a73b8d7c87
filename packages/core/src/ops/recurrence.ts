import { full, ones } from "../create.js";
import { allocate } from "../dtype.js";
import { type Shape } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { add, mul } from "./arithmetic.js";
import { concat } from "./join.js";
import { axesOf, batchLines, eachResult } from "./reduction.js";
import { narrow } from "./slice.js";

type Direction = "forward" | "backward";

/**
 * The linear recurrence `hₖ = aₖ·hₖ₋₁ + bₖ` along an axis (h₀ = b₀), or its transpose in b, `hₖ = aₖ₊₁·hₖ₊₁ + bₖ`, backward from the
 * end. Each is the derivative of the other, so the pair is closed under differentiation; a₀ counts for nothing. The derivatives of all
 * scans are made of it, without division. (E. Martin and C. Cundy, 2018, arXiv:1709.04057.)
 */
export const recurrence: OpFunction<[a: Tensor, b: Tensor, axis: number, direction: Direction]> = defineOp<
  [a: Tensor, b: Tensor, axis: number, direction: Direction],
  { readonly axis: number; readonly direction: Direction }
>({
  name: "recurrence",
  call: (a, b, axis, direction) => ({ inputs: [a, b], attributes: { axis, direction } }),
  shape: ([, b]) => b.shape,
  forward: ([a, b], { axis, direction }, shape, dtype) => {
    const out = allocate(dtype, b.size);
    const factors = a.data;
    eachResult(b, axesOf(shape, axis), (data, start, stride, count) => {
      const step = direction === "forward" ? stride : -stride;
      const shift = direction === "forward" ? 0 : stride;
      let at = direction === "forward" ? start : start + (count - 1) * stride;
      let h = 0;
      for (let k = 0; k < count; k++, at += step) {
        h = k === 0 ? data[at] : factors[at + shift] * h + data[at];
        out[at] = h;
      }
    });
    return out;
  },
  vjp: (cotangent, { inputs: [a], output, attributes: { axis, direction } }) => {
    if (direction === "forward") {
      const g = recurrence(a, cotangent, axis, "backward");
      return [mul(g, delayed(output, axis, 0)), g];
    }
    const g = recurrence(a, cotangent, axis, "forward");
    return [mul(delayed(g, axis, 0), output), g];
  },
  jvp: ([ta, tb], { inputs: [a], output, attributes: { axis, direction } }) => {
    if (ta === null) return tb && recurrence(a, tb, axis, direction);
    const part = direction === "forward" ? mul(ta, delayed(output, axis, 0)) : advanced(mul(ta, output), axis);
    return recurrence(a, tb ? add(part, tb) : part, axis, direction);
  },
  batch: ([a, b], { axis, direction }) =>
    batchLines((inputs, at) => recurrence(inputs[0], inputs[1], at, direction))([a, b], axis),
  samples: () => [
    [ones([2, 3]), ones([2, 3]), 1, "forward"],
    [ones([3, 2]), ones([3, 2]), 0, "backward"],
    [ones([]), ones([]), 0, "forward"],
    [ones([0]), ones([0]), 0, "backward"],
  ],
});

/** `x` moved one place on along an axis, with `first` in front; its last element is lost. */
export function delayed(x: Tensor, axis: number, first: number): Tensor {
  const end = edge(x, axis, first);
  return x.ndim === 0 ? end : concat([end, narrow(x, axis, 0, Math.max(0, x.shape[axis] - 1))], axis);
}

/** `x` moved one place back along an axis, with 0 at the end; its first element is lost. */
function advanced(x: Tensor, axis: number): Tensor {
  const end = edge(x, axis, 0);
  return x.ndim === 0
    ? end
    : concat([narrow(x, axis, Math.min(1, x.shape[axis]), Math.max(0, x.shape[axis] - 1)), end], axis);
}

/** One place along an axis, or none where there is none. */
function edge({ shape, dtype }: Tensor, axis: number, value: number): Tensor {
  const size: Shape = shape.map((n, i) => (i === axis ? Math.min(n, 1) : n));
  return full(size, value, { dtype });
}
