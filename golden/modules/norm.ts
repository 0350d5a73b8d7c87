import * as nn from "@adjoint/nn";
import { built, type Modules } from "./build.js";

/** Normalisation. */
export const modules: Modules = {
  BatchNorm1d: { make: built(nn.BatchNorm1d, ["num_features"]) },
  BatchNorm2d: { make: built(nn.BatchNorm2d, ["num_features"]) },
};
