import { type AxisOptions, logSoftmax, softmax, type Tensor } from "@adjoint/core";
import fc from "fast-check";
import { batch, type LayerCase, normal, size } from "../conformance/cases.js";
import { GLU, glu, LogSoftmax, Softmax, Softmax2d, Softmin, softmin } from "./softmax.js";

/** An axis of one to three, from the front or the end, given alone or as an option; `times` is what its size is a multiple of. */
const along = (times = 1): LayerCase["draws"] =>
  fc
    .record({
      shape: fc.array(size(), { minLength: 1, maxLength: 3 }),
      at: fc.nat(2),
      negative: fc.boolean(),
      bare: fc.boolean(),
    })
    .map(({ shape, at, negative, bare }) => {
      const place = at % shape.length;
      const axis = negative ? place - shape.length : place;
      return { args: [bare ? axis : { axis }], inputs: [normal(shape.map((n, i) => (i === place ? n * times : n)))] };
    });

/** The function as `same` is given it: `x`, then the arguments of the constructor. */
const asFunction =
  (fn: (x: Tensor, options: AxisOptions) => Tensor) =>
  (x: Tensor, options: number | AxisOptions): Tensor =>
    fn(x, typeof options === "number" ? { axis: options } : options);

export const cases: readonly LayerCase[] = [
  { layer: Softmax, draws: along(), same: asFunction(softmax) },
  { layer: LogSoftmax, draws: along(), same: asFunction(logSoftmax) },
  { layer: Softmin, draws: along(), same: asFunction(softmin) },
  { layer: GLU, draws: along(2), same: asFunction(glu) },
  {
    layer: Softmax2d,
    draws: fc
      .record({ front: fc.array(batch(2), { maxLength: 1 }), channels: size(), height: size(2), width: size(2) })
      .map(({ front, channels, height, width }) => ({
        args: [],
        inputs: [normal([...front, channels, height, width])],
      })),
    same: (x: Tensor) => softmax(x, { axis: -3 }),
  },
];
