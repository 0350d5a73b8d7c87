export { type LearningRateOptions, Optimizer } from "./optimizer.js";
export type { OptimizerDefinition, ParamGroup, Rates } from "./groups.js";
export type { GroupInput, ParametersInput } from "./inputs.js";
export type { OptimizerStateDict, TorchOptimizerStateDict } from "./state-dict.js";
export { SGD, type SGDOptions } from "./sgd.js";
export { Adam, type AdamOptions, AdamW } from "./adam.js";
export type { GradientTransformation, Slots, Update, UpdateArguments, Write } from "./transformation.js";
export { chain, rule } from "./chain.js";
export type { Rate } from "./checks.js";
export type { RuleDefinition } from "./rule.js";
export type { NamedFormula, Names } from "./fuse.js";
export {
  addDecayedWeights,
  type AdamScaleOptions,
  type DecayOptions,
  negate,
  type RmsScaleOptions,
  scaleByAdam,
  scaleByLearningRate,
  scaleByRms,
  scaleBySign,
  trace,
  type TraceOptions,
} from "./pieces.js";
export {
  clip,
  clipByGlobalNorm,
  clipByNorm,
  clipGradNorm,
  type ClipGradNormOptions,
  clipGradValue,
  type ClipNormOptions,
} from "./clip.js";
export {
  LRScheduler,
  type Schedule,
  type ScheduleContext,
  type Scheduled,
  type ScheduledRates,
  type ScheduledOptimizer,
  type Scheduler,
  type SchedulerState,
} from "./schedule/scheduler.js";
export {
  type ConstantOptions,
  ConstantLR,
  type EpochFunction,
  ExponentialLR,
  LambdaLR,
  type LinearOptions,
  LinearLR,
  MultiplicativeLR,
  MultiStepLR,
  type PolynomialOptions,
  PolynomialLR,
  type StepOptions,
  StepLR,
} from "./schedule/decay.js";
export {
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  type CosineOptions,
  type WarmRestartOptions,
  WarmupCosineLR,
  type WarmupCosineOptions,
} from "./schedule/cosine.js";
export {
  type CycleMomentumOptions,
  CyclicLR,
  type CyclicOptions,
  OneCycleLR,
  type OneCycleOptions,
} from "./schedule/cyclic.js";
export { type PlateauOptions, type PlateauState, ReduceLROnPlateau } from "./schedule/plateau.js";
export { ChainedScheduler, type SchedulersState, SequentialLR } from "./schedule/sequence.js";
export { Adadelta, type AdadeltaOptions } from "./adadelta.js";
export { Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adamax, type AdamaxOptions } from "./adamax.js";
export { ASGD, type ASGDOptions } from "./asgd.js";
export { Lion, type LionOptions } from "./lion.js";
export { NAdam, type NAdamOptions } from "./nadam.js";
export { RAdam, type RAdamOptions } from "./radam.js";
export { RMSprop, type RMSpropOptions } from "./rmsprop.js";
export { Rprop, type RpropOptions } from "./rprop.js";
export { LBFGS, type LBFGSOptions } from "./lbfgs.js";
export { Adafactor, type AdafactorOptions } from "./adafactor.js";
export { LAMB, type LAMBOptions } from "./lamb.js";
export { Muon, type MuonOptions } from "./muon.js";
export { scaleByTrustRatio } from "./trust-ratio.js";
export { accumulate, type Mask, masked } from "./wrappers.js";
export {
  AveragedParameters,
  type AverageFunction,
  type AverageStateDict,
  type EMAOptions,
  ExponentialMovingAverage,
  StochasticWeightAverage,
} from "./averages.js";
export { type DecayGroup, type DecayGroupOptions, weightDecayGroups } from "./decay-groups.js";
