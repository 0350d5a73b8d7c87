import { type Shape } from "../shape.js";
import { eachRow, type View } from "../storage.js";
import type { BatchContext } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { reshape } from "./shape.js";
import { slice } from "./slice.js";

/**
 * Where each matrix starts in the base of a view of shape `[…, rows, columns]`, its axes in front broadcast to `front`.
 */
export function matrixStarts({ base, offset, strides }: View, shape: Shape, front: Shape): number[] {
  const missing = front.length - (shape.length - 2);
  const repeated = front.map((n, i) => {
    const own = i < missing ? 1 : shape[i - missing];
    return own === 1 && n !== 1 ? 0 : (strides[i - missing] ?? 0);
  });
  const starts: number[] = [];
  eachRow({ base, offset, strides: [...repeated, 0] }, [...front, 1], (start) => starts.push(start));
  return starts;
}

/**
 * The inputs of a batch rule for an op that broadcasts all axes in front of its last two: of one rank, so that the axes of an
 * example meet as they would by themselves, and one that all examples share not repeated.
 */
export function alignedFronts(inputs: readonly Tensor[], { batched }: BatchContext): Tensor[] {
  const rank = Math.max(...inputs.map((x) => x.ndim));
  return inputs.map((x, i) => {
    const own = batched[i] ? x : slice(x, [0, 1]);
    if (x.ndim === rank) return own;
    return reshape(own, [own.shape[0], ...new Array<number>(rank - x.ndim).fill(1), ...x.shape.slice(1)]);
  });
}
