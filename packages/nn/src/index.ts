export { type AnyModule, Module } from "./module.js";
export { functionalCall } from "./functional-call.js";
export type { BackwardHook, ForwardHook, ForwardPreHook, HookHandle } from "./hooks.js";
export { Summary, type SummaryInput, type SummaryOptions, type SummaryRow } from "./summary.js";
export type { LoadOptions, LoadReport, Mismatch, StateDict } from "./state-dict.js";
export { ModuleDict, ModuleList, ParameterList, Sequential } from "./containers.js";
export { Identity, Lambda, Residual } from "./wrappers.js";
export { LazyConv1d, LazyConv2d, LazyConv3d, LazyLinear } from "./lazy.js";
export { Linear, type LinearOptions } from "./linear.js";
export { Bilinear, bilinear, type BilinearFunctionOptions, type BilinearOptions } from "./bilinear.js";
export { Embedding } from "./embedding.js";
export type { EmbeddingOptions, PretrainedOptions } from "./embedding-table.js";
export { type BagOptions, EmbeddingBag, type EmbeddingBagOptions } from "./embedding-bag.js";
export type { ConvWeightOptions } from "./conv-layer.js";
export { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./conv.js";
export {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeLayerOptions,
  type OutputSizeOptions,
} from "./conv-transpose.js";
export type { PadSizes } from "./pad-layer.js";
export { ConstantPad1d, ConstantPad2d, ConstantPad3d, ZeroPad1d, ZeroPad2d, ZeroPad3d } from "./pad-constant.js";
export {
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
} from "./pad-edges.js";
export { ChannelShuffle, PixelShuffle, PixelUnshuffle } from "./shuffle.js";
export {
  Upsample,
  UpsamplingBilinear2d,
  UpsamplingNearest2d,
  type UpsampleOptions,
  type UpsamplingOptions,
} from "./resize.js";
export { Fold, type FoldLayerOptions, Unfold } from "./fold.js";
export { CosineSimilarity, PairwiseDistance, pairwiseDistance, type PairwiseDistanceOptions } from "./distance.js";
export { AvgPool2d, MaxPool2d } from "./pool.js";
export { ReLU, Sigmoid, Tanh } from "./activation.js";
export { Flatten, Unflatten } from "./shape.js";
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
export { MultiheadAttention, type MultiheadAttentionOptions } from "./attention.js";
export type { MultiheadAttentionForward } from "./attention-mask.js";
export {
  type DecoderForward,
  type EncoderLayerForward,
  TransformerDecoderLayer,
  TransformerEncoderLayer,
  type TransformerLayerOptions,
} from "./transformer-layer.js";
export {
  type EncoderForward,
  Transformer,
  TransformerDecoder,
  TransformerEncoder,
  type TransformerForward,
  type TransformerOptions,
  type TransformerStackOptions,
} from "./transformer.js";
export {
  applyRotary,
  LearnedPositionalEncoding,
  type PositionalEncodingOptions,
  RotaryEmbedding,
  type RotaryOptions,
  SinusoidalPositionalEncoding,
} from "./positions.js";
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
