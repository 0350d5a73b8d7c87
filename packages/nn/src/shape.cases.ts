import fc from "fast-check";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";
import { Flatten, Unflatten } from "./shape.js";

export const cases: readonly LayerCase[] = [
  {
    layer: Flatten,
    draws: fc
      .record({ batch: batch(), n: size(), args: fc.constantFrom([], [0], [0, 1], [-2]) })
      .map(({ batch: first, n, args }) => ({ args, inputs: [normal([first, n, 2])] })),
  },
  {
    layer: Unflatten,
    draws: fc.record({ batch: batch(), n: size(), axis: fc.constantFrom(1, -1) }).map(({ batch: first, n, axis }) => ({
      args: [axis, [n, -1]],
      inputs: [normal([first, 2 * n])],
    })),
  },
];
