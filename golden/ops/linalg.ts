import * as core from "@adjoint/core";
import type { Calls } from "../cases.js";

/** Products and decompositions of matrices, and transforms. */
export const calls: Calls = {
  matmul: ({ input, other }) => core.matmul(input, other),
};
