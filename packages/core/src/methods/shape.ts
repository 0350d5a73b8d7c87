import type { Operand } from "../op.js";
import { moveAxis, unflatten } from "../ops/axes.js";
import { diagonal } from "../ops/diagonal.js";
import { gather } from "../ops/gather.js";
import { indexSelect } from "../ops/index-select.js";
import { chunk, split, unbind } from "../ops/join.js";
import { maskedFill, maskedSelect } from "../ops/mask.js";
import { roll } from "../ops/roll.js";
import { scatter, scatterAdd } from "../ops/scatter.js";
import { expand, flatten, permute, reshape, squeeze, transpose, unsqueeze } from "../ops/shape.js";
import { flip, type Index, narrow, select, slice } from "../ops/slice.js";
import { repeat } from "../ops/tile.js";
import { tril, triu } from "../ops/triangle.js";
import type { Tensor } from "../tensor.js";
import { ReductionMethods, self } from "./reduction.js";

/** The shapes and places of a tensor's elements, as methods. */
export abstract class ShapeMethods extends ReductionMethods {
  /** The same elements in another shape; one size may be -1. See {@link reshape}. */
  reshape(shape: readonly number[]): Tensor {
    return reshape(self(this), shape);
  }
  /** The axes from `start` to `end` (inclusive; default all) as one. See {@link flatten}. */
  flatten(start?: number, end?: number): Tensor {
    return flatten(self(this), start, end);
  }
  /** One axis as several. See {@link unflatten}. */
  unflatten(axis: number, sizes: readonly number[]): Tensor {
    return unflatten(self(this), axis, sizes);
  }
  /** Two axes exchanged; by default the last two. See {@link transpose}. */
  transpose(a?: number, b?: number): Tensor {
    return transpose(self(this), a, b);
  }
  /** The axes in another order. See {@link permute}. */
  permute(axes: readonly number[]): Tensor {
    return permute(self(this), axes);
  }
  /** Axes moved to other places. See {@link moveAxis}. */
  moveAxis(source: number | readonly number[], destination: number | readonly number[]): Tensor {
    return moveAxis(self(this), source, destination);
  }
  /** Without the axes of size 1, or without some of them. See {@link squeeze}. */
  squeeze(axis?: number | readonly number[]): Tensor {
    return squeeze(self(this), axis);
  }
  /** With a new axis of size 1. See {@link unsqueeze}. */
  unsqueeze(axis: number): Tensor {
    return unsqueeze(self(this), axis);
  }
  /** Axes of size 1 repeated to the sizes of `shape`. See {@link expand}. */
  expand(shape: readonly number[]): Tensor {
    return expand(self(this), shape);
  }
  /** The whole repeated so often along each axis. See {@link repeat}. */
  repeat(repeats: number | readonly number[]): Tensor {
    return repeat(self(this), repeats);
  }
  /** A part along each axis. See {@link slice}. */
  slice(...ranges: readonly Index[]): Tensor {
    return slice(self(this), ...ranges);
  }
  /** So many places from `start` on along an axis. See {@link narrow}. */
  narrow(axis: number, start: number, length: number): Tensor {
    return narrow(self(this), axis, start, length);
  }
  /** One place of an axis, which is dropped. See {@link select}. */
  select(axis: number, index: number): Tensor {
    return select(self(this), axis, index);
  }
  /** The elements in reverse order along one axis or several. See {@link flip}. */
  flip(axis: number | readonly number[]): Tensor {
    return flip(self(this), axis);
  }
  /** The elements moved on in a circle. See {@link roll}. */
  roll(shifts: number | readonly number[], axis?: number | readonly number[]): Tensor {
    return roll(self(this), shifts, axis);
  }
  /** The parts along an axis. See {@link split}. */
  split(sizes: number | readonly number[], axis?: number): Tensor[] {
    return split(self(this), sizes, axis);
  }
  /** So many parts along an axis. See {@link chunk}. */
  chunk(chunks: number, axis?: number): Tensor[] {
    return chunk(self(this), chunks, axis);
  }
  /** The tensors along an axis, without it. See {@link unbind}. */
  unbind(axis?: number): Tensor[] {
    return unbind(self(this), axis);
  }
  /** A diagonal of two axes, as the last axis. See {@link diagonal}. */
  diagonal(offset?: number, axis1?: number, axis2?: number): Tensor {
    return diagonal(self(this), offset, axis1, axis2);
  }
  /** The lower triangles of matrices. See {@link tril}. */
  tril(offset?: number): Tensor {
    return tril(self(this), offset);
  }
  /** The upper triangles of matrices. See {@link triu}. */
  triu(offset?: number): Tensor {
    return triu(self(this), offset);
  }
  /** The elements at indices along an axis. See {@link gather}. */
  gather(indices: Tensor, axis: number): Tensor {
    return gather(self(this), indices, axis);
  }
  /** With elements of `source` put at indices along an axis. See {@link scatter}. */
  scatter(indices: Tensor, source: Tensor | number, axis: number): Tensor {
    return scatter(self(this), indices, source, axis);
  }
  /** With elements of `source` added at indices along an axis. See {@link scatterAdd}. */
  scatterAdd(indices: Tensor, source: Tensor, axis: number): Tensor {
    return scatterAdd(self(this), indices, source, axis);
  }
  /** The slices at indices along an axis. See {@link indexSelect}. */
  indexSelect(indices: Tensor, axis: number): Tensor {
    return indexSelect(self(this), indices, axis);
  }
  /** With `value` where the mask is true. See {@link maskedFill}. */
  maskedFill(mask: Tensor, value: Operand): Tensor {
    return maskedFill(self(this), mask, value);
  }
  /** The elements where the mask is true, as a vector. See {@link maskedSelect}. */
  maskedSelect(mask: Tensor): Tensor {
    return maskedSelect(self(this), mask);
  }
}
