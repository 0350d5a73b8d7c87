export { type AnyModule, Module } from "./module.js";
export { functionalCall } from "./functional-call.js";
export type { BackwardHook, ForwardHook, ForwardPreHook, HookHandle } from "./hooks.js";
export { Summary, type SummaryInput, type SummaryOptions, type SummaryRow } from "./summary.js";
export type { LoadOptions, LoadReport, Mismatch, StateDict } from "./state-dict.js";
export { ModuleDict, ModuleList, ParameterList, Sequential } from "./containers.js";
export { Identity, Lambda, Residual } from "./wrappers.js";
export { LazyConv1d, LazyConv2d, LazyConv3d, LazyLinear } from "./lazy.js";
export { Linear, type LinearOptions } from "./linear.js";
export { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./conv.js";
export { AvgPool2d, MaxPool2d } from "./pool.js";
export { ReLU, Sigmoid, Tanh } from "./activation.js";
export { Flatten } from "./shape.js";
export { Dropout, type DropoutOptions } from "./dropout.js";
export { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./batch-norm.js";
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "./instance-norm.js";
export type { RunningNormOptions } from "./running-norm.js";
export { LayerNorm, type LayerNormOptions, RMSNorm, type RMSNormOptions } from "./layer-norm.js";
export { GroupNorm, type GroupNormOptions } from "./group-norm.js";
export { LocalResponseNorm, type LocalResponseNormOptions } from "./local-response-norm.js";
export { removeWeightNorm, weightNorm, type WeightNormOptions } from "./weight-norm.js";
export { removeSpectralNorm, spectralNorm, type SpectralNormOptions } from "./spectral-norm.js";
export { type CellOptions, GRUCell, LSTMCell, type LSTMState, RNNCell, type RNNCellOptions } from "./cells.js";
export { crossEntropy, CrossEntropyLoss, type CrossEntropyOptions } from "./loss/cross-entropy.js";
export type { ClassLossOptions } from "./loss/labels.js";
export { nllLoss, NLLLoss } from "./loss/nll.js";
export {
  huberLoss,
  HuberLoss,
  type HuberLossOptions,
  l1Loss,
  L1Loss,
  mseLoss,
  MSELoss,
  smoothL1Loss,
  SmoothL1Loss,
  type SmoothL1LossOptions,
} from "./loss/regression.js";
export {
  BCELoss,
  BCEWithLogitsLoss,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type BinaryLogitsLossOptions,
  type BinaryLossOptions,
} from "./loss/binary.js";
export {
  gaussianNllLoss,
  GaussianNLLLoss,
  type GaussianNLLLossOptions,
  klDiv,
  KLDivLoss,
  type KLDivLossOptions,
  poissonNllLoss,
  PoissonNLLLoss,
  type PoissonNLLLossOptions,
} from "./loss/likelihood.js";
export {
  hingeEmbeddingLoss,
  HingeEmbeddingLoss,
  type MarginLossOptions,
  marginRankingLoss,
  MarginRankingLoss,
  softMarginLoss,
  SoftMarginLoss,
} from "./loss/margin.js";
export { multiMarginLoss, MultiMarginLoss, type MultiMarginLossOptions } from "./loss/multi-margin.js";
export {
  multilabelMarginLoss,
  MultiLabelMarginLoss,
  multilabelSoftMarginLoss,
  MultiLabelSoftMarginLoss,
  type MultiLabelSoftMarginLossOptions,
} from "./loss/multilabel.js";
export {
  cosineEmbeddingLoss,
  CosineEmbeddingLoss,
  type CosineEmbeddingLossOptions,
  type Distance,
  tripletMarginLoss,
  TripletMarginLoss,
  type TripletMarginLossOptions,
  tripletMarginWithDistanceLoss,
  TripletMarginWithDistanceLoss,
  type TripletMarginWithDistanceLossOptions,
  type TripletOptions,
} from "./loss/embedding.js";
export { ctcLoss, CTCLoss, type CTCLossOptions, type SequenceLengths } from "./loss/ctc.js";
export { focalLoss, FocalLoss, type FocalLossOptions } from "./loss/focal.js";
export { diceLoss, DiceLoss, type DiceLossOptions } from "./loss/dice.js";
export type { LossOptions, Reduction } from "./loss/options.js";
export * as init from "./init.js";
export {
  GRU,
  LSTM,
  type LSTMOptions,
  type RecurrentOptions,
  RNN,
  type RNNOptions,
  type SequenceOptions,
} from "./recurrent.js";
export {
  PackedSequence,
  type PackOptions,
  packPaddedSequence,
  packSequence,
  type PadPackedOptions,
  padPackedSequence,
  padSequence,
  type PadSequenceOptions,
  unpadSequence,
} from "./packed.js";
