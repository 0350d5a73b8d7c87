import fc from "fast-check";
import { batch, type Draw, type LayerCase, normal, size } from "./conformance/cases.js";
import { GRU, LSTM, RNN } from "./rnn.js";

const draws = fc.record({
  time: size(),
  batch: batch(2),
  from: size(2),
  to: size(2),
  numLayers: size(2),
  bias: fc.boolean(),
  batchFirst: fc.boolean(),
  bidirectional: fc.boolean(),
  hasBatch: fc.boolean(),
  hasState: fc.boolean(),
});

type Drawn = typeof draws extends fc.Arbitrary<infer T> ? T : never;

/** One draw; `state` makes the state from the shape of h. */
function drawn(all: Drawn, more: object, state: (shape: readonly number[]) => unknown): Draw {
  const { time, batch, from, to, hasBatch, hasState, ...options } = all;
  const outer = options.batchFirst ? [batch, time] : [time, batch];
  const count = options.numLayers * (options.bidirectional ? 2 : 1);
  return {
    args: [from, to, { ...options, ...more }],
    inputs: [
      normal([...(hasBatch ? outer : [time]), from]),
      ...(hasState ? [state([count, ...(hasBatch ? [batch] : []), to])] : []),
    ],
  };
}

const projected = (all: Drawn): Draw =>
  drawn({ ...all, to: 3 }, { projSize: 2 }, ([count, ...rest]) => [
    normal([count, ...rest.slice(0, -1), 2]),
    normal([count, ...rest], 1),
  ]);

export const cases: readonly LayerCase[] = [
  {
    layer: RNN,
    draws: fc
      .tuple(draws, fc.constantFrom("tanh", "relu"))
      .map(([all, nonlinearity]) => drawn(all, { nonlinearity }, normal)),
    kinks: true, // of the rectifier
  },
  { layer: GRU, draws: draws.map((all) => drawn(all, {}, normal)) },
  {
    layer: GRU,
    title: "with lengths",
    draws: fc.tuple(draws, fc.nat(2)).map(([all, shift]) => {
      const { time, batch } = all;
      const { args, inputs } = drawn({ ...all, hasBatch: true, hasState: true }, {}, normal);
      const lengths = Array.from({ length: batch }, (_, i) => 1 + ((i + shift) % time));
      return { args, inputs: [...inputs, { lengths }] };
    }),
  },
  { layer: LSTM, draws: draws.map((all) => drawn(all, {}, (shape) => [normal(shape), normal(shape, 1)])) },
  {
    layer: LSTM,
    title: "with lengths and a projection",
    draws: draws.map((all) => {
      const { args, inputs } = projected({ ...all, time: 3, hasBatch: true, hasState: true });
      return { args, inputs: [...inputs, { lengths: Array.from({ length: all.batch }, (_, i) => 1 + (i % 2)) }] };
    }),
  },
  {
    layer: LSTM,
    title: "with a projection",
    draws: draws.map(projected),
  },
];
