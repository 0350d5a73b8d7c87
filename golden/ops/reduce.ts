import * as core from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import type { Call, Calls } from "../cases.js";

const reduce =
  (fn: (x: Tensor, options: { axis?: number | number[]; keepDims?: boolean }) => Tensor): Call =>
  ({ input }, { dim, keepdim }) =>
    fn(input, { axis: dim, keepDims: keepdim });
const extreme =
  (fn: typeof core.max, place: typeof core.argmax): Call =>
  ({ input }, { dim, keepdim }) => {
    const options = { axis: dim, keepDims: keepdim };
    return dim === undefined ? fn(input) : { values: fn(input, options), indices: place(input, options) };
  };
/** PyTorch's logsumexp takes several axes, ours one after the other. */
const logsumexpOver: Call = ({ input }, { dim, keepdim = false }) =>
  [dim]
    .flat()
    .sort((a, b) => b - a)
    .reduce((x: Tensor, axis: number) => core.logsumexp(x, { axis, keepDims: keepdim }), input);

/** Reductions and scans. */
export const calls: Calls = {
  sum: reduce(core.sum),
  mean: reduce(core.mean),
  amax: reduce(core.max),
  amin: reduce(core.min),
  max: extreme(core.max, core.argmax),
  min: extreme(core.min, core.argmin),
  argmax: ({ input }, { dim, keepdim }) => core.argmax(input, { axis: dim, keepDims: keepdim }),
  argmin: ({ input }, { dim, keepdim }) => core.argmin(input, { axis: dim, keepDims: keepdim }),
  logsumexp: logsumexpOver,
};
