import fc from "fast-check";
import { batch, type LayerCase, normal, size } from "../conformance/cases.js";
import { PReLU, RReLU } from "./prelu.js";

export const cases: readonly LayerCase[] = [
  {
    layer: PReLU,
    draws: fc
      .record({ first: batch(2), channels: size(), rest: fc.array(size(2), { maxLength: 2 }), own: fc.boolean() })
      .map(({ first, channels, rest, own }) => ({
        args: own ? [channels, { init: 0.5 }] : [],
        inputs: [normal([first, channels, ...rest])],
      })),
    kinks: true, // at 0
  },
  {
    layer: PReLU,
    title: "one slope",
    draws: fc.array(size(), { maxLength: 1 }).map((shape) => ({ args: [], inputs: [normal(shape)] })),
    kinks: true, // at 0
  },
  {
    layer: RReLU,
    draws: fc
      .record({
        shape: fc.array(batch(), { maxLength: 3 }),
        args: fc.constantFrom([], [{ lower: 0.2 }], [{ lower: -0.1, upper: 0.9 }]),
      })
      .map(({ shape, args }) => ({ args, inputs: [normal(shape)] })),
    modes: ["eval"], // In training each call draws other slopes: see activation.test.ts.
    kinks: true, // at 0
  },
];
