import fc from "fast-check";
import { AlphaDropout, FeatureAlphaDropout } from "./alpha-dropout.js";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";
import { Dropout, Dropout1d, Dropout2d, Dropout3d } from "./dropout.js";

/** In training each call draws other numbers: dropout.test.ts checks that. Here all but p = 0 is checked in evaluation. */
const of = (layer: LayerCase["layer"], least: number, most: number): readonly LayerCase[] => {
  const shape = fc
    .tuple(batch(2), fc.array(size(2), { minLength: Math.max(least - 1, 0), maxLength: most - 1 }))
    .map(([first, rest]) => [first, ...rest]);
  return [
    {
      layer,
      draws: fc.tuple(shape, fc.constantFrom([], [0.3], [1])).map(([x, args]) => ({ args, inputs: [normal(x)] })),
      modes: ["eval"],
    },
    {
      layer,
      title: "p of 0 and 1",
      draws: fc.tuple(shape, fc.constantFrom([0], [1])).map(([x, args]) => ({ args, inputs: [normal(x)] })),
    },
  ];
};

export const cases: readonly LayerCase[] = [
  ...of(Dropout, 1, 3),
  ...of(Dropout1d, 2, 3),
  ...of(Dropout2d, 3, 4),
  ...of(Dropout3d, 4, 5),
  ...of(AlphaDropout, 1, 3),
  ...of(FeatureAlphaDropout, 2, 5),
];
