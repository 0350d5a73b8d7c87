import * as core from "@adjoint/core";
import type { Calls } from "../cases.js";

/** Functions that pick, place and order elements. */
export const calls: Calls = {
  index_select: ({ input, index }, { dim }) => core.indexSelect(input, index, dim),
  gather: ({ input, index }, { dim }) => core.gather(input, index, dim),
  one_hot: ({ input }, { num_classes: classes }) => core.oneHot(input, classes, "int32"),
};
