import fc from "fast-check";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";
import { ChannelShuffle, PixelShuffle, PixelUnshuffle } from "./shuffle.js";

const drawn = fc.record({ front: fc.array(batch(2), { maxLength: 2 }), r: size(2), channels: size(2), n: size(2) });

export const cases: readonly LayerCase[] = [
  {
    layer: PixelShuffle,
    draws: drawn.map(({ front, r, channels, n }) => ({
      args: [r],
      inputs: [normal([...front, channels * r * r, n, 2])],
    })),
  },
  {
    layer: PixelUnshuffle,
    draws: drawn.map(({ front, r, channels, n }) => ({
      args: [r],
      inputs: [normal([...front, channels, n * r, r])],
    })),
  },
  {
    layer: ChannelShuffle,
    draws: drawn.map(({ front, r, channels, n }) => ({ args: [r], inputs: [normal([n, channels * r, 2, ...front])] })),
  },
];
