import fc from "fast-check";
import { Bilinear } from "./bilinear.js";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";

export const cases: readonly LayerCase[] = [
  {
    layer: Bilinear,
    draws: fc
      .record({
        front: fc.array(batch(2), { maxLength: 2 }),
        one: size(2),
        two: size(),
        to: size(2),
        bias: fc.boolean(),
      })
      .map(({ front, one, two, to, bias }) => ({
        args: [one, two, to, { bias }],
        inputs: [normal([...front, one]), normal([...front, two], 1)],
      })),
  },
];
