import fc from "fast-check";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";
import { Fold, Unfold } from "./fold.js";

const drawn = fc.record({
  front: fc.array(batch(2), { maxLength: 1 }),
  channels: size(2),
  options: fc.record({ dilation: size(2), padding: fc.constantFrom(0, 1), stride: fc.constantFrom(1, [2, 1]) }),
});

/** The places of a kernel of 2 on 3 cells. */
const places = (dilation: number, padding: number, stride: number): number =>
  Math.floor((3 + 2 * padding - dilation - 1) / stride) + 1;

export const cases: readonly LayerCase[] = [
  {
    layer: Unfold,
    draws: drawn.map(({ front, channels, options }) => ({
      args: [[2, 1], options],
      inputs: [normal([...front, channels, 3, 3])],
    })),
  },
  {
    layer: Fold,
    draws: drawn.map(({ front, channels, options }) => {
      const { dilation, padding, stride } = options;
      const [down, across] = typeof stride === "number" ? [stride, stride] : stride;
      const count = places(dilation, padding, down) * places(dilation, padding, across);
      return { args: [3, 2, options], inputs: [normal([...front, channels * 4, count])] };
    }),
  },
];
