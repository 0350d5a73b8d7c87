import * as core from "@adjoint/core";
import { add, type Tensor } from "@adjoint/core";
import type { Call, Calls, Named } from "../cases.js";

const withBias = (x: Tensor, { bias }: Named<Tensor>): Tensor => (bias ? add(x, bias) : x);

interface ResponseAttrs {
  readonly size?: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly k?: number;
}

/** Divided by a power of the mean square over neighbouring channels, zeros beyond the first and the last. */
const localResponseNorm: Call = ({ input }, { size = 1, alpha = 1e-4, beta = 0.75, k = 1 }: ResponseAttrs) => {
  const planes = core.flatten(core.unsqueeze(core.square(input), -1), 2);
  const padded = core.pad(planes, [
    [0, 0],
    [Math.floor(size / 2), Math.floor((size - 1) / 2)],
    [0, 0],
  ]);
  const means = core.reshape(core.avgPool2d(padded, { kernelSize: [size, 1], stride: 1 }), input.shape);
  return core.div(input, core.pow(add(core.mul(means, alpha), k), beta));
};

/** The functions of layers that have weights, and those that work across channels. */
export const calls: Calls = {
  linear: (inputs) =>
    withBias(
      core.matmul(inputs.input, inputs.weight.ndim === 1 ? inputs.weight : core.transpose(inputs.weight)),
      inputs,
    ),
  bilinear: (inputs) =>
    withBias(core.einsum("...i,oij,...j->...o", inputs.input1, inputs.weight, inputs.input2), inputs),
  local_response_norm: localResponseNorm,
  channel_shuffle: ({ input }, { groups }) =>
    core.flatten(core.swapAxes(core.unflatten(input, 1, [groups, -1]), 1, 2), 1, 2),
};
