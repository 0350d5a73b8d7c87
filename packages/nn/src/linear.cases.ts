import fc from "fast-check";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";
import { Linear } from "./linear.js";

export const cases: readonly LayerCase[] = [
  {
    layer: Linear,
    draws: fc
      .record({ front: fc.array(batch(), { maxLength: 2 }), from: size(), to: size(), bias: fc.boolean() })
      .map(({ front, from, to, bias }) => ({ args: [from, to, { bias }], inputs: [normal([...front, from])] })),
  },
];
