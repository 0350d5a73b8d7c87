import * as core from "@adjoint/core";
import type { ConvOptions, ConvTransposeOptions, MaxPoolOptions, OutputSize, Tensor } from "@adjoint/core";
import type { Call, Calls } from "../cases.js";
import { renamed } from "../rename.js";

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

const adaptiveMax =
  (fn: (x: Tensor, outputSize: OutputSize) => Tensor, axes: number): Call =>
  ({ input }, { output_size: outputSize, return_indices: returnIndices = false }) => {
    if (!returnIndices) return fn(input, outputSize);
    const sizes: readonly (number | null)[] = Array.from({ length: axes }, (_, i) =>
      Array.isArray(outputSize) ? outputSize[i] : outputSize,
    );
    const { values, indices } = core.adaptiveMaxPoolWithIndices(input, sizes);
    return { out: values, indices };
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
  adaptive_avg_pool1d: adaptive(core.adaptiveAvgPool1d),
  adaptive_avg_pool2d: adaptive(core.adaptiveAvgPool2d),
  adaptive_avg_pool3d: adaptive(core.adaptiveAvgPool3d),
  adaptive_max_pool1d: adaptiveMax(core.adaptiveMaxPool1d, 1),
  adaptive_max_pool2d: adaptiveMax(core.adaptiveMaxPool2d, 2),
  adaptive_max_pool3d: adaptiveMax(core.adaptiveMaxPool3d, 3),
  unfold: withOptions(core.unfold),
  fold: withOptions(core.fold),
};
