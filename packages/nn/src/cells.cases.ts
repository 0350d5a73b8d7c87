import fc from "fast-check";
import { GRUCell, LSTMCell, RNNCell } from "./cells.js";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";

const draws = fc.record({ front: fc.array(batch(), { maxLength: 1 }), from: size(), to: size(), bias: fc.boolean() });

export const cases: readonly LayerCase[] = [
  {
    layer: RNNCell,
    draws: fc.tuple(draws, fc.constantFrom("tanh", "relu")).map(([{ front, from, to, bias }, nonlinearity]) => ({
      args: [from, to, { bias, nonlinearity }],
      inputs: [normal([...front, from]), normal([...front, to])],
    })),
  },
  {
    layer: GRUCell,
    draws: draws.map(({ front, from, to, bias }) => ({
      args: [from, to, { bias }],
      inputs: [normal([...front, from]), normal([...front, to])],
    })),
  },
  {
    layer: LSTMCell,
    draws: draws.map(({ front, from, to, bias }) => ({
      args: [from, to, { bias }],
      inputs: [normal([...front, from]), [normal([...front, to]), normal([...front, to], 1)]],
    })),
  },
];
