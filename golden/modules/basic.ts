import * as nn from "@adjoint/nn";
import { built, type Modules } from "./build.js";

/** Layers with weights, and those that only move elements. */
export const modules: Modules = {
  Linear: { make: built(nn.Linear, ["in_features", "out_features"]) },
  Identity: { make: () => new nn.Identity() },
  Flatten: { make: built(nn.Flatten, ["start_dim", "end_dim"]) },
  Conv1d: { make: built(nn.Conv1d, ["in_channels", "out_channels", "kernel_size"]) },
  Conv2d: { make: built(nn.Conv2d, ["in_channels", "out_channels", "kernel_size"]) },
  Conv3d: { make: built(nn.Conv3d, ["in_channels", "out_channels", "kernel_size"]) },
};
