import * as nn from "@adjoint/nn";
import { built, type ModuleCall, type Modules } from "./build.js";

/** A normalisation with running statistics, where a momentum of null is not a default, but says that all batches count the same. */
function running(layer: new (features: number) => nn.AnyModule): ModuleCall {
  const make = built(layer, ["num_features"]);
  return { make: (attrs) => Object.assign(make(attrs), attrs["momentum"] === null && { momentum: null }) };
}

/** Normalisation. */
export const modules: Modules = {
  BatchNorm1d: running(nn.BatchNorm1d),
  BatchNorm2d: running(nn.BatchNorm2d),
  BatchNorm3d: running(nn.BatchNorm3d),
  InstanceNorm1d: running(nn.InstanceNorm1d),
  InstanceNorm2d: running(nn.InstanceNorm2d),
  InstanceNorm3d: running(nn.InstanceNorm3d),
  LayerNorm: { make: built(nn.LayerNorm, ["normalized_shape"]) },
  RMSNorm: { make: built(nn.RMSNorm, ["normalized_shape"]) },
  GroupNorm: { make: built(nn.GroupNorm, ["num_groups", "num_channels"]) },
  LocalResponseNorm: { make: built(nn.LocalResponseNorm, ["size"]) },
};
