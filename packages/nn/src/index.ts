export { type AnyModule, Module } from "./module.js";
export { functionalCall, stackModuleState } from "./functional-call.js";
export type { BackwardHook, BackwardPreHook, ForwardHook, ForwardPreHook, Gradients, HookHandle } from "./hooks.js";
export { Summary, type SummaryInput, type SummaryOptions, type SummaryRow } from "./summary.js";
export type { LoadOptions, LoadReport, Mismatch, StateDict } from "./state-dict.js";
export { ModuleList, ParameterList, Sequential } from "./containers.js";
export { ModuleDict, ParameterDict } from "./dicts.js";
export { Identity, Lambda, Residual } from "./wrappers.js";
export { LazyLinear } from "./lazy.js";
export {
  LazyConv1d,
  LazyConv2d,
  LazyConv3d,
  LazyConvTranspose1d,
  LazyConvTranspose2d,
  LazyConvTranspose3d,
} from "./lazy-conv.js";
export {
  LazyBatchNorm1d,
  LazyBatchNorm2d,
  LazyBatchNorm3d,
  LazyInstanceNorm1d,
  LazyInstanceNorm2d,
  LazyInstanceNorm3d,
} from "./lazy-norm.js";
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
export { Flatten, Unflatten } from "./shape.js";
export { type MaxPooled, type MaxPoolLayerOptions, MaxPool1d, MaxPool2d, MaxPool3d } from "./pool/max.js";
export {
  type AvgPoolLayerOptions,
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  type LpPoolLayerOptions,
  LPPool1d,
  LPPool2d,
  LPPool3d,
} from "./pool/average.js";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
  type AdaptiveMaxPoolOptions,
} from "./pool/adaptive.js";
export { type MaxUnpoolLayerOptions, MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from "./pool/unpool.js";
export { CELU, ELU, GELU, LeakyReLU, Mish, ReLU, ReLU6, SELU, SiLU, Threshold } from "./activation/rectifier.js";
export {
  PReLU,
  prelu,
  type PReLUOptions,
  RReLU,
  rrelu,
  type RReLUOptions,
  type RReLUFunctionOptions,
} from "./activation/prelu.js";
export {
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  LogSigmoid,
  Sigmoid,
  Softplus,
  Softsign,
  Tanh,
} from "./activation/sigmoid.js";
export { Hardshrink, Softshrink, Tanhshrink } from "./activation/shrink.js";
export { GLU, glu, LogSoftmax, Softmax, Softmax2d, Softmin, softmin } from "./activation/softmax.js";
export { Dropout, Dropout1d, Dropout2d, Dropout3d, dropout, dropout1d, dropout2d, dropout3d } from "./dropout.js";
export type { DropoutFunctionOptions, DropoutOptions } from "./dropout-layer.js";
export { AlphaDropout, alphaDropout, FeatureAlphaDropout, featureAlphaDropout } from "./alpha-dropout.js";
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
export { GRU, LSTM, type LSTMOptions, RNN, type RNNOptions } from "./rnn.js";
export type { RecurrentOptions, SequenceOptions } from "./recurrent.js";
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
