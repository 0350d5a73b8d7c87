import type { TypedArray } from "../dtype.js";
import { type Shape, sizeOf } from "../shape.js";
import { derivative, type Polynomial, type TapWeights, valueAt } from "./kernels.js";

/** What lies beyond the edges of a plane: nothing, its outermost cells, or its mirror image. */
export type Outside = "zeros" | "border" | "reflection";

/** How the cells around a point of a plane are weighed. */
export interface Sampling {
  /** The sizes of a plane, or a box: the last axes of what is sampled. */
  readonly sizes: Shape;
  readonly weights: TapWeights; // of the cells around a point along each axis
  readonly outside: Outside; // what cells beyond the edges hold
  readonly aligned: boolean; // whether the mirrors stand on the centers of the outermost cells rather than on their edges
  /** How often the weights are differentiated along each axis. */
  readonly orders: readonly number[];
}

/** The cell of an axis that stands in place `i`; -1 for none. */
function cellAt(i: number, size: number, outside: Outside, aligned: boolean): number {
  if (i >= 0 && i < size) return i;
  if (outside === "zeros") return -1;
  if (outside === "border" || size === 1) return i < 0 ? 0 : size - 1;
  const period = aligned ? 2 * size - 2 : 2 * size;
  const at = ((i % period) + period) % period;
  return at < size ? at : period - at - (aligned ? 0 : 1);
}

/** The cells around points and their weights, for a block of points at a time: `taps` entries for each, the cell -1 for none. */
interface Block {
  readonly taps: number;
  readonly cells: Int32Array;
  readonly weights: Float64Array;
}

const POINTS = 256;

/** The points of one block are weighed once for all channels. */
export class Weigher {
  private readonly sampling: Sampling;
  private readonly polynomials: readonly (readonly Polynomial[])[];
  private readonly block: Block;
  private readonly axisCells: Int32Array;
  private readonly axisWeights: Float64Array;

  constructor(sampling: Sampling) {
    const { weights, sizes, orders } = sampling;
    const taps = weights.taps.length;
    this.sampling = sampling;
    this.polynomials = orders.map((order) => weights.taps.map((tap) => derivative(tap, order)));
    this.axisCells = new Int32Array(taps * sizes.length);
    this.axisWeights = new Float64Array(taps * sizes.length);
    const entries = taps ** sizes.length;
    this.block = {
      taps: entries,
      cells: new Int32Array(POINTS * entries),
      weights: new Float64Array(POINTS * entries),
    };
  }

  /** Whether all weights are 0, as after differentiating too often. */
  get vanishes(): boolean {
    return this.polynomials.some((taps) => taps.every(({ length }) => length === 0));
  }

  /** Calls `visit` for blocks of `coordinates [points, axes]` with the places of their first and last points. */
  eachBlock(
    coordinates: TypedArray,
    from: number,
    points: number,
    visit: (block: Block, start: number, end: number) => void,
  ): void {
    const axes = this.sampling.sizes.length;
    for (let start = 0; start < points; start += POINTS) {
      const end = Math.min(points, start + POINTS);
      for (let p = start; p < end; p++) this.weigh(coordinates, (from + p) * axes, (p - start) * this.block.taps);
      visit(this.block, start, end);
    }
  }

  /** Writes the entries of the point at `at`, whose first coordinate belongs to the last axis, from `to` on. */
  private weigh(coordinates: TypedArray, at: number, to: number): void {
    const { sizes, weights, outside, aligned } = this.sampling;
    const { axisCells, axisWeights } = this;
    const count = weights.taps.length;
    for (let axis = 0; axis < sizes.length; axis++) {
      const place = coordinates[at + sizes.length - 1 - axis];
      const base = Math.floor(place);
      for (let k = 0; k < count; k++) {
        axisCells[axis * count + k] = cellAt(base + weights.first + k, sizes[axis], outside, aligned);
        axisWeights[axis * count + k] = valueAt(this.polynomials[axis][k], place - base);
      }
    }
    this.combine(to, count, sizes);
  }

  /** An entry for each choice of one tap along every axis. */
  private combine(to: number, count: number, sizes: Shape): void {
    const { axisCells, axisWeights, block } = this;
    for (let entry = 0; entry < block.taps; entry++) {
      let cell = 0;
      let weight = 1;
      let rest = entry;
      for (let axis = sizes.length - 1, stride = 1; axis >= 0; axis--) {
        const k = axis * count + (rest % count);
        rest = Math.floor(rest / count);
        cell = axisCells[k] < 0 || cell < 0 ? -1 : cell + axisCells[k] * stride;
        weight *= axisWeights[k];
        stride *= sizes[axis];
      }
      block.cells[to + entry] = cell;
      block.weights[to + entry] = weight;
    }
  }
}

/** How many channels there are, and how many points in each of how many sets of coordinates. */
export interface Counts {
  readonly sets: number;
  readonly channels: number;
  readonly points: number;
}

/** The weighted sums of the cells around each point, for each channel. */
export function takeAround(
  x: TypedArray,
  coordinates: TypedArray,
  sampling: Sampling,
  counts: Counts,
  out: TypedArray,
): void {
  eachChannel(coordinates, sampling, counts, ({ taps, cells, weights }, plane, row, length) => {
    for (let p = 0, entry = 0; p < length; p++) {
      let sum = 0;
      for (const end = entry + taps; entry < end; entry++) {
        if (cells[entry] >= 0) sum += weights[entry] * x[plane + cells[entry]];
      }
      out[row + p] = sum;
    }
  });
}

/** Adds to the cells around each point what it holds, weighted: the transpose of {@link takeAround}. */
export function addAround(
  g: TypedArray,
  coordinates: TypedArray,
  sampling: Sampling,
  counts: Counts,
  out: TypedArray,
): void {
  eachChannel(coordinates, sampling, counts, ({ taps, cells, weights }, plane, row, length) => {
    for (let p = 0, entry = 0; p < length; p++) {
      const value = g[row + p];
      for (const end = entry + taps; entry < end; entry++) {
        if (cells[entry] >= 0) out[plane + cells[entry]] += weights[entry] * value;
      }
    }
  });
}

/** Calls `visit` for each channel of each block of points: with where its plane begins, and where its points do. */
function eachChannel(
  coordinates: TypedArray,
  sampling: Sampling,
  { sets, channels, points }: Counts,
  visit: (block: Block, plane: number, row: number, length: number) => void,
): void {
  const weigher = new Weigher(sampling);
  if (weigher.vanishes) return;
  const cells = sizeOf(sampling.sizes);
  for (let set = 0; set < sets; set++) {
    weigher.eachBlock(coordinates, set * points, points, (block, start, end) => {
      for (let c = set * channels; c < (set + 1) * channels; c++) {
        visit(block, c * cells, c * points + start, end - start);
      }
    });
  }
}
