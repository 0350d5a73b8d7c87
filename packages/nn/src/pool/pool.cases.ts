import { maxPoolWithIndices } from "@adjoint/core";
import fc from "fast-check";
import { batch, type Draw, type LayerCase, type ModuleClass, normal, size, uniform } from "../conformance/cases.js";
import {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from "./adaptive.js";
import { AvgPool1d, AvgPool2d, AvgPool3d, LPPool1d, LPPool2d, LPPool3d } from "./average.js";
import { MaxPool1d, MaxPool2d, MaxPool3d } from "./max.js";
import { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from "./unpool.js";

/** One class for each of one, two and three spatial axes. */
type Classes = readonly [one: ModuleClass, two: ModuleClass, three: ModuleClass];

/** A case for each class; `draws` gets the number of spatial axes. */
function each(
  layers: Classes,
  draws: (spatial: number) => fc.Arbitrary<Draw>,
  more: Partial<LayerCase> = {},
): LayerCase[] {
  return layers.map((layer, i) => ({ layer, draws: draws(i + 1), ...more }));
}

/** One number for all axes, or one for each. */
const perAxis = (spatial: number, least: number, most: number): fc.Arbitrary<number | number[]> => {
  const one = fc.integer({ min: least, max: most });
  return fc.oneof(one, fc.array(one, { minLength: spatial, maxLength: spatial }));
};

/** The shape of an input: perhaps a batch, channels, and spatial axes of 3 or 4 cells. */
const shapes = (spatial: number): fc.Arbitrary<number[]> =>
  fc
    .tuple(
      fc.array(batch(2), { maxLength: 1 }),
      size(2),
      fc.array(fc.integer({ min: 3, max: 4 }), { minLength: spatial, maxLength: spatial }),
    )
    .map(([front, channels, sizes]) => [...front, channels, ...sizes]);

/** Options some of which are left out. */
const some = <T extends object>(options: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(options, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;

const maxDraws = (spatial: number): fc.Arbitrary<Draw> =>
  fc
    .record({
      shape: shapes(spatial),
      kernel: perAxis(spatial, 2, 2),
      options: some({
        stride: perAxis(spatial, 1, 2),
        padding: perAxis(spatial, 0, 1),
        dilation: perAxis(spatial, 1, 2),
        ceilMode: fc.boolean(),
        returnIndices: fc.boolean(),
      }),
    })
    .map(({ shape, kernel, options }) => ({ args: [kernel, options], inputs: [normal(shape)] }));

const averageDraws = (spatial: number): fc.Arbitrary<Draw> =>
  fc
    .record({
      shape: shapes(spatial),
      kernel: perAxis(spatial, 2, 3),
      options: some({
        stride: perAxis(spatial, 1, 2),
        padding: perAxis(spatial, 0, 1),
        ceilMode: fc.boolean(),
        countIncludePad: fc.boolean(),
        divisorOverride: fc.constantFrom(3, -0.5),
      }),
    })
    .map(({ shape, kernel, options }) => ({ args: [kernel, options], inputs: [normal(shape)] }));

const powerDraws = (spatial: number): fc.Arbitrary<Draw> =>
  fc
    .record({
      shape: shapes(spatial),
      normType: fc.constantFrom(1, 2, 3.5),
      kernel: perAxis(spatial, 1, 3),
      options: some({ stride: perAxis(spatial, 1, 2), ceilMode: fc.boolean() }),
    })
    // Broken powers are of positive numbers.
    .map(({ shape, normType, kernel, options }) => ({
      args: [normType, kernel, options],
      inputs: [uniform(shape, 0.5, 2)],
    }));

const adaptiveDraws = (spatial: number, options: fc.Arbitrary<readonly object[]>): fc.Arbitrary<Draw> =>
  fc
    .record({
      shape: shapes(spatial),
      sizes: fc.oneof(size(), fc.array(fc.option(size(5)), { minLength: spatial, maxLength: spatial })),
      options,
    })
    .map(({ shape, sizes, options }) => ({ args: [sizes, ...options], inputs: [normal(shape)] }));

/** What a pool has found, to be put back. */
const unpoolDraws = (spatial: number): fc.Arbitrary<Draw> =>
  fc
    .record({
      shape: shapes(spatial),
      padding: fc.nat(1),
      stride: size(2),
      sizes: fc.constantFrom("least", "spatial", "shape"),
    })
    .map(({ shape, padding, stride, sizes }) => {
      const kernelSize = new Array<number>(spatial).fill(2);
      // The batch must have something in it for the positions to be found.
      const x = normal(shape.map((n) => Math.max(n, 1)));
      const { values, indices } = maxPoolWithIndices(x, { kernelSize, stride, padding });
      const given = { least: [], spatial: [x.shape.slice(-spatial)], shape: [x.shape] }[sizes];
      const needed = stride === 2 && sizes === "least" ? [x.shape] : given;
      return { args: [2, { stride, padding }], inputs: [values, indices, ...needed] };
    });

const ties = { kinks: true }; // where two elements change places as the largest

export const cases: readonly LayerCase[] = [
  ...each([MaxPool1d, MaxPool2d, MaxPool3d], maxDraws, ties),
  ...each([AvgPool1d, AvgPool2d, AvgPool3d], averageDraws),
  ...each([LPPool1d, LPPool2d, LPPool3d], powerDraws),
  ...each([AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d], (n) => adaptiveDraws(n, fc.constant([]))),
  ...each(
    [AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d],
    (n) => adaptiveDraws(n, fc.constantFrom([], [{ returnIndices: true }], [{ returnIndices: false }])),
    ties,
  ),
  ...each([MaxUnpool1d, MaxUnpool2d, MaxUnpool3d], unpoolDraws),
];
