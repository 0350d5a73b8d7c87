import fc from "fast-check";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./batch-norm.js";
import { batch, type LayerCase, normal, size } from "./conformance/cases.js";
import { GroupNorm } from "./group-norm.js";
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "./instance-norm.js";
import { LayerNorm, RMSNorm } from "./layer-norm.js";
import { LocalResponseNorm } from "./local-response-norm.js";

const modes = ["train", "eval"] as const;

const running = {
  eps: fc.constantFrom(1e-5, 0.1),
  momentum: fc.constantFrom(0.1, null),
  affine: fc.boolean(),
  trackRunningStats: fc.boolean(),
};

/** Without running statistics, which each example of vmap would move. */
const still = { ...running, trackRunningStats: fc.constant(false) };

/** Inputs with two examples and two places at least, so that there is a variance. */
const batchNorm = (layer: LayerCase["layer"], spatial: number, options = running): LayerCase => ({
  layer,
  title: `${spatial} axes of places${options === still ? ", no running statistics" : ""}`,
  modes,
  draws: fc.tuple(fc.record(options), size(2), size(2)).map(([options, features, side]) => ({
    args: [features, options],
    inputs: [normal([3, features, ...new Array<number>(spatial).fill(side)])],
  })),
  vmap: options === still,
});

const instanceNorm = (layer: LayerCase["layer"], spatial: number, options = running): LayerCase => ({
  layer,
  title: options === still ? "no running statistics" : "",
  modes,
  draws: fc.tuple(fc.record(options), batch(2), fc.boolean()).map(([options, examples, isBatch]) => ({
    args: [2, options],
    inputs: [normal([...(isBatch ? [examples] : []), 2, 3, ...new Array<number>(spatial - 1).fill(1)])],
  })),
  vmap: options === still,
});

export const cases: readonly LayerCase[] = [
  batchNorm(BatchNorm1d, 0),
  batchNorm(BatchNorm1d, 1, still),
  batchNorm(BatchNorm2d, 2),
  batchNorm(BatchNorm3d, 3),
  instanceNorm(InstanceNorm1d, 1),
  instanceNorm(InstanceNorm2d, 2, still),
  instanceNorm(InstanceNorm3d, 3),
  {
    layer: LayerNorm,
    draws: fc
      .record({ front: fc.array(batch(2), { maxLength: 2 }), shape: fc.array(size(), { minLength: 1, maxLength: 2 }) })
      .chain(({ front, shape }) =>
        fc
          .record({ elementwiseAffine: fc.boolean(), bias: fc.boolean(), eps: fc.constantFrom(1e-5, 0.1) })
          .map((options) => ({
            args: [shape, options],
            inputs: [normal([...front, ...shape])],
          })),
      ),
  },
  {
    layer: RMSNorm,
    draws: fc
      .record({
        front: fc.array(batch(2), { maxLength: 2 }),
        n: size(),
        eps: fc.constantFrom(null, 0.1),
        affine: fc.boolean(),
      })
      .map(({ front, n, eps, affine }) => ({
        args: [n, { eps, elementwiseAffine: affine }],
        inputs: [normal([...front, n])],
      })),
  },
  {
    layer: GroupNorm,
    draws: fc
      .record({
        examples: batch(2),
        groups: size(2),
        each: size(2),
        places: fc.array(size(2), { maxLength: 2 }),
        affine: fc.boolean(),
      })
      .map(({ examples, groups, each, places, affine }) => ({
        args: [groups, groups * each, { affine }],
        inputs: [normal([examples, groups * each, ...places])],
      })),
  },
  {
    layer: LocalResponseNorm,
    draws: fc
      .record({
        examples: batch(2),
        channels: size(),
        places: fc.array(size(2), { minLength: 1, maxLength: 2 }),
        over: size(),
      })
      .map(({ examples, channels, places, over }) => ({
        args: [over, { alpha: 0.5, beta: 0.75, k: 1.5 }],
        inputs: [normal([examples, channels, ...places])],
      })),
  },
];
