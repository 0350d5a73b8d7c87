import * as core from "@adjoint/core";
import type { LpPoolOptions, MaxUnpoolOptions, Tensor } from "@adjoint/core";
import type { Call, Calls } from "../cases.js";
import { renamed } from "../rename.js";

const lpPool =
  (fn: (x: Tensor, options: LpPoolOptions) => Tensor): Call =>
  ({ input }, attrs) =>
    fn(input, renamed(attrs) as unknown as LpPoolOptions);

const unpool =
  (fn: (x: Tensor, indices: Tensor, options: MaxUnpoolOptions) => Tensor, axes: number): Call =>
  ({ input, indices }, attrs) => {
    const options = renamed(attrs) as unknown as MaxUnpoolOptions;
    const { outputSize } = options;
    // PyTorch also takes the shape of the whole result.
    return fn(
      input,
      indices,
      Array.isArray(outputSize) ? { ...options, outputSize: outputSize.slice(-axes) } : options,
    );
  };

const interpolate: Call = ({ input }, attrs) => core.interpolate(input, renamed(attrs));

/** Functions that read between the cells of their input, or arrange them anew; attention, and vectors of length 1. */
export const calls: Calls = {
  lp_pool1d: lpPool(core.lpPool1d),
  lp_pool2d: lpPool(core.lpPool2d),
  lp_pool3d: lpPool(core.lpPool3d),
  max_unpool1d: unpool(core.maxUnpool1d, 1),
  max_unpool2d: unpool(core.maxUnpool2d, 2),
  max_unpool3d: unpool(core.maxUnpool3d, 3),
  interpolate,
  upsample: interpolate,
  grid_sample: ({ input, grid }, attrs) => core.gridSample(input, grid, renamed(attrs)),
  affine_grid: ({ theta }, { size, ...attrs }) => core.affineGrid(theta, size, renamed(attrs)),
  scaled_dot_product_attention: ({ query, key, value, attn_mask: attnMask }, attrs) =>
    core.scaledDotProductAttention(query, key, value, { ...renamed(attrs), attnMask }),
  normalize: ({ input }, { dim: axis, ...attrs }) => core.normalize(input, renamed({ ...attrs, axis: axis ?? null })),
  cosine_similarity: ({ x1, x2 }, { dim: axis, eps }) =>
    core.cosineSimilarity(x1, x2, renamed({ axis: axis ?? null, eps: eps ?? null })),
  pixel_shuffle: ({ input }, { upscale_factor: factor }) => core.pixelShuffle(input, factor),
  pixel_unshuffle: ({ input }, { downscale_factor: factor }) => core.pixelUnshuffle(input, factor),
};
