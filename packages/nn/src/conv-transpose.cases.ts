import fc from "fast-check";
import { batch, type Draw, type LayerCase, normal, size } from "./conformance/cases.js";
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from "./conv-transpose.js";

/** Layers over so many spatial axes; with stride 2 and kernels of 2, three cells become six or, with `outputSize`, seven. */
const draws = (spatial: number): fc.Arbitrary<Draw> =>
  fc
    .record({
      front: fc.array(batch(2), { maxLength: 1 }),
      from: size(2),
      to: size(2),
      groups: size(2),
      bias: fc.boolean(),
      padding: fc.integer({ min: 0, max: 1 }),
      dilation: size(2),
      stride: size(2),
      more: fc.constantFrom("outputPadding", "outputSize", "nothing"),
    })
    .map(({ front, from, to, groups, bias, padding, dilation, stride, more }) => {
      const outputPadding = more === "outputPadding" ? Math.max(stride, dilation) - 1 : 0;
      const outputSize = new Array<number>(spatial).fill(2 * stride - 2 * padding + dilation + stride);
      return {
        args: [from * groups, to * groups, 2, { bias, groups, padding, dilation, stride, outputPadding }],
        inputs: [
          normal([...front, from * groups, ...new Array<number>(spatial).fill(3)]),
          ...(more === "outputSize" ? [{ outputSize }] : []),
        ],
      };
    });

export const cases: readonly LayerCase[] = [
  { layer: ConvTranspose1d, draws: draws(1) },
  { layer: ConvTranspose2d, draws: draws(2) },
  { layer: ConvTranspose3d, draws: draws(3) },
];
