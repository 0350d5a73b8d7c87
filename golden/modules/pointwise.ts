import * as nn from "@adjoint/nn";
import { built, type Modules } from "./build.js";

/** Activations, pooling and dropout. */
export const modules: Modules = {
  ReLU: { make: () => new nn.ReLU() },
  Sigmoid: { make: () => new nn.Sigmoid() },
  Tanh: { make: () => new nn.Tanh() },
  MaxPool2d: { make: built(nn.MaxPool2d, ["kernel_size"]) },
  AvgPool2d: { make: built(nn.AvgPool2d, ["kernel_size"]) },
  Dropout: { make: built(nn.Dropout, ["p"]) },
};
