import * as core from "@adjoint/core";
import type { Calls } from "../cases.js";

/** Convolutions, pooling, resampling and softmax. */
export const calls: Calls = {
  softmax: ({ input }, { dim }) => core.softmax(input, { axis: dim }),
  log_softmax: ({ input }, { dim }) => core.logSoftmax(input, { axis: dim }),
};
