import * as nn from "@adjoint/nn";
import { built, type Modules } from "./build.js";

/** Recurrent layers and their cells. */
export const modules: Modules = {
  LSTMCell: {
    make: built(nn.LSTMCell, ["input_size", "hidden_size"]),
    run: (cell: nn.LSTMCell, { input, h_0, c_0 }) => {
      const [h, c] = cell.forward(input, h_0 && [h_0, c_0]);
      return { h_1: h, c_1: c };
    },
  },
};
