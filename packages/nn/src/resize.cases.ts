import type { InterpolateMode } from "@adjoint/core";
import fc from "fast-check";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";
import { Upsample, UpsamplingBilinear2d, UpsamplingNearest2d } from "./resize.js";

const modes: readonly (readonly [mode: InterpolateMode, spatial: number])[] = [
  ...([1, 2, 3] as const).flatMap((n) => (["nearest", "nearest-exact", "area"] as const).map((m) => [m, n] as const)),
  ["linear", 1],
  ["bilinear", 2],
  ["bicubic", 2],
  ["trilinear", 3],
];

const target = fc.oneof(
  fc.record({ size: size(4) }),
  fc.record({ scaleFactor: fc.constantFrom(0.7, 1.5, 2) }),
  fc.constant({ scaleFactor: 1.6, recomputeScaleFactor: true }),
);

const draws = fc
  .record({ front: fc.tuple(batch(2), size(2)), kind: fc.constantFrom(...modes), target, alignCorners: fc.boolean() })
  .map(({ front, kind: [mode, spatial], target: to, alignCorners }) => ({
    args: [{ mode, ...to, ...(/linear|cubic/.test(mode) && { alignCorners }) }],
    inputs: [normal([...front, ...new Array<number>(spatial).fill(2)])],
  }));

const images = fc
  .record({ front: fc.tuple(batch(2), size(2)), options: target.filter((to) => !("recomputeScaleFactor" in to)) })
  .map(({ front, options }) => ({ args: [options], inputs: [normal([...front, 2, 3])] }));

export const cases: readonly LayerCase[] = [
  { layer: Upsample, draws },
  { layer: UpsamplingNearest2d, draws: images },
  { layer: UpsamplingBilinear2d, draws: images },
];
