import fc from "fast-check";
import { batch, type LayerCase, type ModuleClass, normal } from "./conformance/cases.js";
import * as constant from "./pad-constant.js";
import * as edges from "./pad-edges.js";

/** Over the last `axes` axes of three cells; negative paddings leave one at least. */
const padCase = (layer: ModuleClass, axes: number, ...value: readonly number[]): LayerCase => {
  const n = fc.integer({ min: -1, max: 2 });
  const list = fc.array(n, { minLength: 2 * axes, maxLength: 2 * axes });
  // What is left of an axis can be too short for a circle.
  const most = layer.name.startsWith("Circular") ? list.map((all) => all.map((each) => Math.abs(each))) : list;
  return {
    layer,
    draws: fc
      .record({ front: fc.array(batch(2), { maxLength: 2 }), padding: fc.oneof(n, most) })
      .map(({ front, padding }) => ({
        args: [padding, ...value],
        inputs: [normal([...front, ...new Array<number>(axes).fill(3)])],
      })),
  };
};

export const cases: readonly LayerCase[] = [
  padCase(constant.ZeroPad1d, 1),
  padCase(constant.ZeroPad2d, 2),
  padCase(constant.ZeroPad3d, 3),
  padCase(constant.ConstantPad1d, 1, 0.5),
  padCase(constant.ConstantPad2d, 2, 0.5),
  padCase(constant.ConstantPad3d, 3, 0.5),
  padCase(edges.ReflectionPad1d, 1),
  padCase(edges.ReflectionPad2d, 2),
  padCase(edges.ReflectionPad3d, 3),
  padCase(edges.ReplicationPad1d, 1),
  padCase(edges.ReplicationPad2d, 2),
  padCase(edges.ReplicationPad3d, 3),
  padCase(edges.CircularPad1d, 1),
  padCase(edges.CircularPad2d, 2),
  padCase(edges.CircularPad3d, 3),
];
