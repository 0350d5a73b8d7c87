import * as nn from "@adjoint/nn";
import { built, type Modules } from "./build.js";

/** Normalisation. */
export const modules: Modules = {
  BatchNorm1d: { make: built(nn.BatchNorm1d, ["num_features"]) },
  BatchNorm2d: { make: built(nn.BatchNorm2d, ["num_features"]) },
  BatchNorm3d: { make: built(nn.BatchNorm3d, ["num_features"]) },
  InstanceNorm1d: { make: built(nn.InstanceNorm1d, ["num_features"]) },
  InstanceNorm2d: { make: built(nn.InstanceNorm2d, ["num_features"]) },
  InstanceNorm3d: { make: built(nn.InstanceNorm3d, ["num_features"]) },
  LayerNorm: { make: built(nn.LayerNorm, ["normalized_shape"]) },
  RMSNorm: { make: built(nn.RMSNorm, ["normalized_shape"]) },
  GroupNorm: { make: built(nn.GroupNorm, ["num_groups", "num_channels"]) },
  LocalResponseNorm: { make: built(nn.LocalResponseNorm, ["size"]) },
};
