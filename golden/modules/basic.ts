import type { Tensor } from "@adjoint/core";
import * as nn from "@adjoint/nn";
import type { Named } from "../cases.js";
import { built, type ModuleCall, type Modules } from "./build.js";

const channels = ["in_channels", "out_channels", "kernel_size"];

type Transposed = nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d;

const transposed = (layer: new (...args: never[]) => Transposed): ModuleCall => ({
  make: built(layer, channels),
  run: (module: Transposed, { input }, { output_size: outputSize }) => ({
    out: module.forward(input, outputSize ? { outputSize } : {}),
  }),
});

const bags = (module: nn.EmbeddingBag, given: Named<Tensor>): Named<Tensor> => {
  const { input, offsets, per_sample_weights: perSampleWeights } = given;
  return { out: module.forward(input, { offsets, perSampleWeights }) };
};

/** Layers with weights, and those that only move elements. */
export const modules: Modules = {
  Linear: { make: built(nn.Linear, ["in_features", "out_features"]) },
  Bilinear: { make: built(nn.Bilinear, ["in1_features", "in2_features", "out_features"]) },
  Identity: { make: () => new nn.Identity() },
  Flatten: { make: built(nn.Flatten, ["start_dim", "end_dim"]) },
  Unflatten: { make: built(nn.Unflatten, ["dim", "unflattened_size"]) },
  Embedding: { make: built(nn.Embedding, ["num_embeddings", "embedding_dim"]) },
  EmbeddingBag: { make: built(nn.EmbeddingBag, ["num_embeddings", "embedding_dim"]), run: bags },
  Conv1d: { make: built(nn.Conv1d, channels) },
  Conv2d: { make: built(nn.Conv2d, channels) },
  Conv3d: { make: built(nn.Conv3d, channels) },
  ConvTranspose1d: transposed(nn.ConvTranspose1d),
  ConvTranspose2d: transposed(nn.ConvTranspose2d),
  ConvTranspose3d: transposed(nn.ConvTranspose3d),
  ZeroPad1d: { make: built(nn.ZeroPad1d, ["padding"]) },
  ZeroPad2d: { make: built(nn.ZeroPad2d, ["padding"]) },
  ZeroPad3d: { make: built(nn.ZeroPad3d, ["padding"]) },
  ConstantPad1d: { make: built(nn.ConstantPad1d, ["padding", "value"]) },
  ConstantPad2d: { make: built(nn.ConstantPad2d, ["padding", "value"]) },
  ConstantPad3d: { make: built(nn.ConstantPad3d, ["padding", "value"]) },
  ReflectionPad1d: { make: built(nn.ReflectionPad1d, ["padding"]) },
  ReflectionPad2d: { make: built(nn.ReflectionPad2d, ["padding"]) },
  ReflectionPad3d: { make: built(nn.ReflectionPad3d, ["padding"]) },
  ReplicationPad1d: { make: built(nn.ReplicationPad1d, ["padding"]) },
  ReplicationPad2d: { make: built(nn.ReplicationPad2d, ["padding"]) },
  ReplicationPad3d: { make: built(nn.ReplicationPad3d, ["padding"]) },
  CircularPad1d: { make: built(nn.CircularPad1d, ["padding"]) },
  CircularPad2d: { make: built(nn.CircularPad2d, ["padding"]) },
  CircularPad3d: { make: built(nn.CircularPad3d, ["padding"]) },
  PixelShuffle: { make: built(nn.PixelShuffle, ["upscale_factor"]) },
  PixelUnshuffle: { make: built(nn.PixelUnshuffle, ["downscale_factor"]) },
  ChannelShuffle: { make: built(nn.ChannelShuffle, ["groups"]) },
  Upsample: { make: built(nn.Upsample) },
  UpsamplingNearest2d: { make: built(nn.UpsamplingNearest2d) },
  UpsamplingBilinear2d: { make: built(nn.UpsamplingBilinear2d) },
  Fold: { make: built(nn.Fold, ["output_size", "kernel_size"]) },
  Unfold: { make: built(nn.Unfold, ["kernel_size"]) },
  CosineSimilarity: { make: built(nn.CosineSimilarity, [], { dim: "axis" }) },
  PairwiseDistance: { make: built(nn.PairwiseDistance, [], { keepdim: "keepDims" }) },
};
