import type { Tensor } from "@adjoint/core";
import * as nn from "@adjoint/nn";
import type { Call, Calls } from "./cases.js";
import { renamed } from "./rename.js";

/** A loss of an input and targets; tensors of other names are options. */
const pair =
  (loss: (x: Tensor, y: Tensor, options: object) => Tensor): Call =>
  ({ input, target, ...others }, attrs) =>
    loss(input, target, { ...renamed(attrs), ...renamed(others) });

/** The losses in `torch.nn.functional`. */
export const calls: Calls = {
  cross_entropy: pair(nn.crossEntropy),
  nll_loss: pair(nn.nllLoss),
  mse_loss: pair(nn.mseLoss),
  l1_loss: pair(nn.l1Loss),
  smooth_l1_loss: pair(nn.smoothL1Loss),
  huber_loss: pair(nn.huberLoss),
  binary_cross_entropy: pair(nn.binaryCrossEntropy),
  binary_cross_entropy_with_logits: pair(nn.binaryCrossEntropyWithLogits),
};
