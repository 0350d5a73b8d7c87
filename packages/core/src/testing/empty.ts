import { gradients } from "../autograd.js";
import { full } from "../create.js";
import { ArgumentError } from "../errors.js";
import { formatShape, sameShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { vmap } from "../transforms/vmap.js";
import type { Comparison } from "./gradcheck.js";

/**
 * Whether a function works on tensors without elements: under `vmap` over no examples it must give none, of the shape that it
 * gives for one, and gradients like the inputs.
 *
 * @throws ArgumentError `SHAPE`
 */
export function compareEmpty(
  fn: (inputs: readonly Tensor[]) => readonly Tensor[],
  inputs: readonly Tensor[],
): Comparison {
  const none = inputs.map((x) => full([0, ...x.shape], 0, { dtype: x.dtype, requiresGrad: true }));
  const outputs = vmap((...all: Tensor[]) => fn(all))(...none);
  fn(inputs).forEach((out, i) => {
    if (sameShape(outputs[i].shape, [0, ...out.shape]) && outputs[i].dtype === out.dtype) return;
    throw new ArgumentError(
      "SHAPE",
      `no examples give ${formatShape(outputs[i].shape)}, one ${formatShape(out.shape)}`,
    );
  });
  const used = outputs.filter((out) => out.requiresGrad);
  if (used.length === 0) return { compared: 1, skipped: 0 };
  gradients(used, none, {
    cotangents: used.map((out) => full(out.shape, 0, { dtype: out.dtype })),
    allowUnused: true,
  }).forEach((g, i) => {
    if (sameShape(g.shape, none[i].shape)) return;
    throw new ArgumentError("SHAPE", `the gradient over no examples is ${formatShape(g.shape)}`);
  });
  return { compared: 2, skipped: 0 };
}
