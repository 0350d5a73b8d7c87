import * as nn from "@adjoint/nn";
import type { Call, Calls, Named } from "../cases.js";
import { renamed } from "../rename.js";

/** A function that takes some of PyTorch's arguments first, and the others, tensors too, as options. */
const norm =
  (call: (...args: never[]) => ReturnType<typeof nn.layerNorm>, ...first: readonly string[]): Call =>
  (inputs, attrs) => {
    const given: Named<unknown> = { ...attrs, ...inputs };
    const rest = Object.entries(given).filter(([name]) => name !== "input" && !first.includes(name));
    const args = [inputs.input, ...first.map((name) => given[name] ?? null), renamed(Object.fromEntries(rest))];
    return call(...(args as never[]));
  };

/** The functions of the normalising layers. */
export const calls: Calls = {
  layer_norm: norm(nn.layerNorm, "normalized_shape"),
  rms_norm: norm(nn.rmsNorm, "normalized_shape"),
  group_norm: norm(nn.groupNorm, "num_groups"),
  instance_norm: norm(nn.instanceNorm),
  batch_norm: norm(nn.batchNorm, "running_mean", "running_var"),
  local_response_norm: norm(nn.localResponseNorm, "size"),
};
