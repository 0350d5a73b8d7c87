import * as core from "@adjoint/core";
import type { Calls } from "../cases.js";

/** Functions that only move elements. */
export const calls: Calls = {
  reshape: ({ input }, { shape }) => core.reshape(input, shape),
  flatten: ({ input }, { start_dim: start }) => core.flatten(input, start),
  permute: ({ input }, { dims }) => core.permute(input, dims),
  transpose: ({ input }, { dim0, dim1 }) => core.transpose(input, dim0, dim1),
  squeeze: ({ input }, { dim }) => core.squeeze(input, dim),
  unsqueeze: ({ input }, { dim }) => core.unsqueeze(input, dim),
  expand: ({ input }, { size }) => core.expand(input, size),
  flip: ({ input }, { dims }) => core.flip(input, dims),
  cat: (inputs, { dim }) => core.concat(Object.values(inputs), dim),
  stack: (inputs, { dim }) => core.stack(Object.values(inputs), dim),
  split: ({ input }, { split_size_or_sections: sizes, dim }) => core.split(input, sizes, dim),
  slice: ({ input }, { slices }) =>
    core.slice(input, ...(slices as (number | null)[][]).map(([a, b, step]) => [a, b, step ?? 1] as const)),
};
