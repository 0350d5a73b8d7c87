import * as core from "@adjoint/core";
import { add, type Tensor } from "@adjoint/core";
import type { Calls, Named } from "../cases.js";

const withBias = (x: Tensor, { bias }: Named<Tensor>): Tensor => (bias ? add(x, bias) : x);

/** The functions of layers that have weights, and one that moves channels. */
export const calls: Calls = {
  linear: (inputs) =>
    withBias(
      core.matmul(inputs.input, inputs.weight.ndim === 1 ? inputs.weight : core.transpose(inputs.weight)),
      inputs,
    ),
  bilinear: (inputs) =>
    withBias(core.einsum("...i,oij,...j->...o", inputs.input1, inputs.weight, inputs.input2), inputs),
  channel_shuffle: ({ input }, { groups }) =>
    core.flatten(core.swapAxes(core.unflatten(input, 1, [groups, -1]), 1, 2), 1, 2),
};
