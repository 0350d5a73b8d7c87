import * as core from "@adjoint/core";
import type { ConvOptions, ConvTransposeOptions, MaxPoolOptions, OutputSize, Tensor } from "@adjoint/core";
import type { Call, Calls, Named } from "../cases.js";

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Keyword arguments by our names; `null` is PyTorch's way to leave one out. */
const renamed = (attrs: Named<unknown>): Named<never> =>
  Object.fromEntries(Object.entries(attrs).flatMap(([name, x]) => (x === null ? [] : [[camelCase(name), x as never]])));

const conv =
  (fn: (x: Tensor, weight: Tensor, options: ConvOptions & ConvTransposeOptions) => Tensor): Call =>
  ({ input, weight, bias }, attrs) =>
    fn(input, weight, { ...renamed(attrs), bias });

/** Pooling and unfolding, where all keyword arguments are options. */
const withOptions =
  (fn: (x: Tensor, options: never) => Tensor): Call =>
  ({ input }, attrs) =>
    fn(input, renamed(attrs) as never);

const maxPool =
  (fn: (x: Tensor, options: MaxPoolOptions) => Tensor, axes: number): Call =>
  ({ input }, attrs) => {
    const { returnIndices = false, ...options } = renamed(attrs) as unknown as MaxPoolOptions & {
      returnIndices?: boolean;
    };
    if (!returnIndices) return fn(input, options);
    const sizes = [options.kernelSize].flat();
    const kernelSize = Array.from({ length: axes }, (_, i) => sizes[i] ?? sizes[0]);
    const { values, indices } = core.maxPoolWithIndices(input, { ...options, kernelSize });
    return { out: values, indices };
  };

const adaptive =
  (fn: (x: Tensor, outputSize: OutputSize) => Tensor): Call =>
  ({ input }, { output_size: outputSize }) =>
    fn(input, outputSize);

/** The norm of order p under windows: `(Σ x^p)^(1/p)`. PyTorch goes by averages, so a negative sum has a real root. */
const lpPool =
  (
    fn: (x: Tensor, options: { kernelSize: number[]; stride?: number; ceilMode?: boolean }) => Tensor,
    axes: number,
  ): Call =>
  ({ input }, { norm_type: p, kernel_size: kernel, stride, ceil_mode: ceilMode }) => {
    const sizes: number[] = [kernel].flat();
    const kernelSize = Array.from({ length: axes }, (_, i) => sizes[i] ?? sizes[0]);
    const cells = kernelSize.reduce((a, b) => a * b, 1);
    const means = fn(core.pow(input, p), { kernelSize, ...(stride != null && { stride }), ceilMode });
    const sums = core.mul(core.mul(core.sign(means), core.relu(core.abs(means))), cells);
    return core.pow(sums, 1 / p);
  };

/** Functions of windows that move over the last axes: convolutions, pooling, and windows as columns. */
export const calls: Calls = {
  conv1d: conv(core.conv1d),
  conv2d: conv(core.conv2d),
  conv3d: conv(core.conv3d),
  conv_transpose1d: conv(core.convTranspose1d),
  conv_transpose2d: conv(core.convTranspose2d),
  conv_transpose3d: conv(core.convTranspose3d),
  max_pool1d: maxPool(core.maxPool1d, 1),
  max_pool2d: maxPool(core.maxPool2d, 2),
  max_pool3d: maxPool(core.maxPool3d, 3),
  avg_pool1d: withOptions(core.avgPool1d),
  avg_pool2d: withOptions(core.avgPool2d),
  avg_pool3d: withOptions(core.avgPool3d),
  lp_pool1d: lpPool(core.avgPool1d, 1),
  lp_pool2d: lpPool(core.avgPool2d, 2),
  lp_pool3d: lpPool(core.avgPool3d, 3),
  adaptive_avg_pool1d: adaptive(core.adaptiveAvgPool1d),
  adaptive_avg_pool2d: adaptive(core.adaptiveAvgPool2d),
  adaptive_avg_pool3d: adaptive(core.adaptiveAvgPool3d),
  adaptive_max_pool1d: adaptive(core.adaptiveMaxPool1d),
  adaptive_max_pool2d: adaptive(core.adaptiveMaxPool2d),
  adaptive_max_pool3d: adaptive(core.adaptiveMaxPool3d),
  unfold: withOptions(core.unfold),
  fold: withOptions(core.fold),
};
