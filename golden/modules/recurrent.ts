import type { Tensor } from "@adjoint/core";
import * as nn from "@adjoint/nn";
import type { Named } from "../cases.js";
import { built, type ModuleCall, type Modules } from "./build.js";

const sizes = ["input_size", "hidden_size"];

/** A layer whose state is one tensor. */
const single = (layer: new (...args: never[]) => nn.RNN | nn.GRU): ModuleCall => ({
  make: built(layer, sizes),
  run: (module: nn.RNN | nn.GRU, { input, h_0 }, forward: nn.SequenceOptions) => {
    const [output, h] = module.forward(input, h_0, forward);
    return { output, h_n: h };
  },
});

const cell = (layer: new (...args: never[]) => nn.RNNCell | nn.GRUCell): ModuleCall => ({
  make: built(layer, sizes),
  run: (module: nn.RNNCell | nn.GRUCell, { input, h_0 }) => ({ h_1: module.forward(input, h_0) }),
});

const pair = ({ h_0, c_0 }: Named<Tensor>): nn.LSTMState | undefined => (h_0 ? [h_0, c_0] : undefined);

/** Recurrent layers and their cells. */
export const modules: Modules = {
  RNN: single(nn.RNN),
  GRU: single(nn.GRU),
  LSTM: {
    make: built(nn.LSTM, sizes),
    run: (module: nn.LSTM, given, forward: nn.SequenceOptions) => {
      const [output, [h, c]] = module.forward(given["input"], pair(given), forward);
      return { output, h_n: h, c_n: c };
    },
  },
  RNNCell: cell(nn.RNNCell),
  GRUCell: cell(nn.GRUCell),
  LSTMCell: {
    make: built(nn.LSTMCell, sizes),
    run: (module: nn.LSTMCell, given) => {
      const [h, c] = module.forward(given["input"], pair(given));
      return { h_1: h, c_1: c };
    },
  },
};
