import fc from "fast-check";
import { batch, type Draw, type LayerCase, normal, size } from "./conformance/cases.js";
import { Conv1d, Conv2d, Conv3d } from "./conv.js";

/** Layers over so many spatial axes, of a size with room for every kernel and padding drawn here. */
const draws = (spatial: number): fc.Arbitrary<Draw> => {
  const each = (least: number, most: number): fc.Arbitrary<number | number[]> => {
    const n = fc.integer({ min: least, max: most });
    return fc.oneof(n, fc.array(n, { minLength: spatial, maxLength: spatial }));
  };
  const around = fc.record({ padding: fc.oneof(each(0, 1), fc.constant("valid")), stride: each(1, 2) });
  return fc
    .record({
      front: fc.array(batch(2), { maxLength: 1 }),
      from: size(2),
      to: size(2),
      groups: size(2),
      kernel: each(1, 2),
      bias: fc.boolean(),
      dilation: each(1, 2),
      paddingMode: fc.constantFrom("zeros", "reflect", "replicate", "circular"),
      options: fc.oneof(around, fc.constant({ padding: "same" })),
    })
    .map(({ front, from, to, groups, kernel, bias, dilation, paddingMode, options }) => ({
      args: [from * groups, to * groups, kernel, { bias, groups, dilation, paddingMode, ...options }],
      inputs: [normal([...front, from * groups, ...new Array<number>(spatial).fill(spatial === 3 ? 3 : 4)])],
    }));
};

export const cases: readonly LayerCase[] = [
  { layer: Conv1d, draws: draws(1) },
  { layer: Conv2d, draws: draws(2) },
  { layer: Conv3d, draws: draws(3) },
];
