import * as nn from "@adjoint/nn";
import type { Tensor } from "@adjoint/core";
import type { Named, Outputs } from "../cases.js";
import { built, type ModuleCall, type Modules } from "./build.js";

/** Classes with the same keyword arguments, of which those of the given names go first. */
function alike(
  layers: readonly (new (...args: never[]) => nn.AnyModule)[],
  positional: readonly string[] = [],
  more: Partial<ModuleCall> = {},
): Modules {
  return Object.fromEntries(
    layers.map((layer) => [layer.name, { make: built(layer, positional, { dim: "axis" }), ...more }]),
  );
}

/** Largest elements, perhaps with their positions. */
function pooled(module: nn.MaxPool1d<boolean>, { input }: Named<Tensor>): Outputs {
  const result = module.forward(input);
  if (!Array.isArray(result)) return result as Tensor;
  const [out, indices] = result as readonly Tensor[];
  return { out, indices };
}

const unpooled = (module: nn.MaxUnpool1d, { input, indices }: Named<Tensor>, forward: Named<never>): Outputs =>
  module.forward(input, indices, forward["output_size"]);

/** Activations, pooling and dropout. */
export const modules: Modules = {
  ...alike([nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.CELU, nn.SELU, nn.GELU, nn.SiLU, nn.Mish]),
  ...alike([nn.Sigmoid, nn.LogSigmoid, nn.Hardsigmoid, nn.Hardswish, nn.Tanh, nn.Softsign, nn.Softplus]),
  ...alike([
    nn.Hardshrink,
    nn.Softshrink,
    nn.Tanhshrink,
    nn.Softmax,
    nn.LogSoftmax,
    nn.Softmin,
    nn.Softmax2d,
    nn.GLU,
    nn.RReLU,
  ]),
  Hardtanh: { make: built(nn.Hardtanh, [], { min_val: "min", max_val: "max" }) },
  Threshold: { make: built(nn.Threshold, ["threshold", "value"]) },
  PReLU: { make: built(nn.PReLU, ["num_parameters"]) },
  ...alike([nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d], ["kernel_size"], { run: pooled }),
  ...alike([nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d], ["kernel_size"]),
  ...alike([nn.LPPool1d, nn.LPPool2d, nn.LPPool3d], ["norm_type", "kernel_size"]),
  ...alike([nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d], ["output_size"]),
  ...alike([nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d], ["output_size"], { run: pooled }),
  ...alike([nn.MaxUnpool1d, nn.MaxUnpool2d, nn.MaxUnpool3d], ["kernel_size"], { run: unpooled }),
  ...alike([nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout], ["p"]),
};
