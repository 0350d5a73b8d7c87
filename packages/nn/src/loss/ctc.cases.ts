import { add, tensor } from "@adjoint/core";
import fc from "fast-check";
import { labels, type LayerCase, normal, reductions, size } from "../conformance/cases.js";
import { CTCLoss, ctcLoss } from "./ctc.js";

const options = fc.record({ reduction: reductions, zeroInfinity: fc.boolean() });

/** A length of targets that paths of `time` steps can give, whatever repeats are in them. */
const fits = (time: number, wanted: number): number => Math.min(wanted, Math.ceil(time / 2));

export const cases: readonly LayerCase[] = [
  {
    layer: CTCLoss,
    draws: fc
      .tuple(size(4), size(2), fc.array(fc.tuple(fc.nat(4), fc.nat(2)), { minLength: 1, maxLength: 2 }), options)
      .map(([time, others, lengths, given]) => {
        const steps = lengths.map(([n]) => Math.min(n, time));
        const counts = lengths.map(([, n], i) => fits(steps[i], n));
        return {
          args: [{ ...given, blank: 0 }],
          inputs: [
            normal([time, lengths.length, others + 1]),
            add(labels([lengths.length, 2], others), 1),
            tensor(steps, { dtype: "int32" }),
            counts,
          ],
        };
      }),
    same: ctcLoss,
  },
  {
    layer: CTCLoss,
    title: "of a single sequence",
    draws: fc.tuple(size(4), size(2), fc.nat(2), options).map(([time, others, wanted, given]) => ({
      // The blank is the last class.
      args: [{ ...given, blank: others }],
      inputs: [normal([time, others + 1]), labels([fits(time, wanted)], others), time, fits(time, wanted)],
    })),
    same: ctcLoss,
  },
  {
    layer: CTCLoss,
    title: "of targets one after the other",
    draws: fc.tuple(fc.nat(2), fc.nat(2), options).map(([a, b, given]) => ({
      args: [{ ...given, blank: 0 }],
      inputs: [normal([3, 2, 3]), add(labels([a + b], 2), 1), [3, 3], tensor([a, b], { dtype: "int32" })],
    })),
    same: ctcLoss,
  },
];
