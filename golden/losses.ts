import { logSoftmax, type Tensor } from "@adjoint/core";
import * as nn from "@adjoint/nn";
import type { Call, Calls } from "./cases.js";
import { renamed } from "./rename.js";

/** A loss of an input and targets; tensors of other names are options. */
const pair =
  (loss: (x: Tensor, y: Tensor, options: object) => Tensor): Call =>
  ({ input, target, ...others }, attrs) =>
    loss(input, target, { ...renamed(attrs), ...renamed(others) });

/** A loss of three tensors of the given names. */
const triple =
  (
    names: readonly [string, string, string],
    loss: (a: Tensor, b: Tensor, c: Tensor, options: object) => Tensor,
  ): Call =>
  (inputs, attrs) =>
    loss(inputs[names[0]], inputs[names[1]], inputs[names[2]], renamed(attrs));

const triplet = ["anchor", "positive", "negative"] as const;

/** The losses in `torch.nn.functional`, and one of torchvision. */
export const calls: Calls = {
  cross_entropy: pair(nn.crossEntropy),
  nll_loss: pair(nn.nllLoss),
  mse_loss: pair(nn.mseLoss),
  l1_loss: pair(nn.l1Loss),
  smooth_l1_loss: pair(nn.smoothL1Loss),
  huber_loss: pair(nn.huberLoss),
  binary_cross_entropy: pair(nn.binaryCrossEntropy),
  binary_cross_entropy_with_logits: pair(nn.binaryCrossEntropyWithLogits),
  kl_div: pair(nn.klDiv),
  poisson_nll_loss: pair(nn.poissonNllLoss),
  gaussian_nll_loss: triple(["input", "target", "var"], nn.gaussianNllLoss),
  hinge_embedding_loss: pair(nn.hingeEmbeddingLoss),
  margin_ranking_loss: triple(["input1", "input2", "target"], nn.marginRankingLoss),
  soft_margin_loss: pair(nn.softMarginLoss),
  multi_margin_loss: pair(nn.multiMarginLoss),
  multilabel_margin_loss: pair(nn.multilabelMarginLoss),
  multilabel_soft_margin_loss: pair(nn.multilabelSoftMarginLoss),
  cosine_embedding_loss: triple(["input1", "input2", "target"], nn.cosineEmbeddingLoss),
  triplet_margin_loss: triple(triplet, nn.tripletMarginLoss),
  triplet_margin_with_distance_loss: triple(triplet, nn.tripletMarginWithDistanceLoss),
  ctc_loss: ({ logits, targets, input_lengths, target_lengths }, attrs) =>
    nn.ctcLoss(logSoftmax(logits), targets, input_lengths, target_lengths, renamed(attrs)),
  sigmoid_focal_loss: ({ inputs, targets }, attrs) =>
    nn.focalLoss(inputs, targets, { reduction: "none", ...renamed(attrs) }),
};
