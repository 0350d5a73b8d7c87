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
export { batchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormFunctionOptions } from "./batch-norm.js";
export {
  instanceNorm,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
  type InstanceNormFunctionOptions,
} from "./instance-norm.js";
export type { RunningNormOptions } from "./running-norm.js";
export type { Affine } from "./standardize.js";
export {
  layerNorm,
  LayerNorm,
  type LayerNormFunctionOptions,
  type LayerNormOptions,
  rmsNorm,
  RMSNorm,
  type RMSNormFunctionOptions,
  type RMSNormOptions,
} from "./layer-norm.js";
export { groupNorm, GroupNorm, type GroupNormFunctionOptions, type GroupNormOptions } from "./group-norm.js";
export { localResponseNorm, LocalResponseNorm, type LocalResponseNormOptions } from "./local-response-norm.js";
export { removeWeightNorm, weightNorm, type WeightNormOptions } from "./weight-norm.js";
export { removeSpectralNorm, spectralNorm, type SpectralNormOptions } from "./spectral-norm.js";
export { type CellOptions, GRUCell, LSTMCell, type LSTMState, RNNCell, type RNNCellOptions } from "./cells.js";
export { crossEntropy, type CrossEntropyOptions } from "./loss/cross-entropy.js";
export { type ClassLossOptions, nllLoss } from "./loss/nll.js";
export {
  huberLoss,
  type HuberLossOptions,
  l1Loss,
  mseLoss,
  smoothL1Loss,
  type SmoothL1LossOptions,
} from "./loss/regression.js";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type BinaryLogitsLossOptions,
  type BinaryLossOptions,
} from "./loss/binary.js";
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
} from "./loss/modules.js";
export type { LossOptions, Reduction } from "./loss/reduction.js";
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
