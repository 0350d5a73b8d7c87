import type { TypedArray } from "../dtype.js";
import { type Shape, sizeOf } from "../shape.js";
import { derivative, type TapWeights } from "./kernels.js";

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

/** Weighs the cells around points, one block of points at a time, for all channels. */
class Weigher {
  private readonly sampling: Sampling;
  private readonly taps: number; // along an axis
  private readonly coefficients: Float64Array; // of the weights: [axes, taps, degree + 1]
  private readonly block: Block;

  constructor(sampling: Sampling) {
    const { weights, sizes, orders } = sampling;
    this.sampling = sampling;
    this.taps = weights.taps.length;
    const degree = weights.taps[0].length - 1;
    this.coefficients = Float64Array.from(
      orders.flatMap((order) =>
        weights.taps.flatMap((tap) => {
          const derived = derivative(tap, order);
          return tap.map((_, i) => (i <= degree - order ? derived[i] : 0));
        }),
      ),
    );
    const entries = this.taps ** sizes.length;
    const [cells, products] = [new Int32Array(POINTS * entries), new Float64Array(POINTS * entries)];
    this.block = { taps: entries, cells, weights: products };
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

  /**
   * Writes the entries of the point at `at`, whose first coordinate belongs to the last axis, from `to` on: an entry for each
   * choice of one tap along every axis, axis by axis.
   */
  private weigh(coordinates: TypedArray, at: number, to: number): void {
    const { sizes, weights: kernel, outside, aligned } = this.sampling;
    const { taps, coefficients } = this;
    const { cells, weights } = this.block;
    const length = coefficients.length / (taps * sizes.length);
    let entries = 1;
    cells[to] = 0;
    weights[to] = 1;
    for (let axis = 0; axis < sizes.length; axis++, entries *= taps) {
      const size = sizes[axis];
      const place = coordinates[at + sizes.length - 1 - axis];
      const base = Math.floor(place);
      const t = place - base;
      for (let k = taps - 1; k >= 0; k--) {
        const first = (axis * taps + k) * length;
        let weight = coefficients[first + length - 1];
        for (let i = first + length - 2; i >= first; i--) weight = weight * t + coefficients[i];
        const cell = cellAt(base + kernel.first + k, size, outside, aligned);
        // Blocks of entries, one for each tap; the first block, which is read, is written last.
        for (let e = to, end = to + entries, out = to + k * entries; e < end; e++, out++) {
          cells[out] = cell < 0 || cells[e] < 0 ? -1 : cells[e] * size + cell;
          weights[out] = weight * weights[e];
        }
      }
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
  const vanishing = sampling.orders.some((order) => order >= sampling.weights.taps[0].length);
  if (vanishing) return; // A polynomial differentiated too often is 0.
  const weigher = new Weigher(sampling);
  const cells = sizeOf(sampling.sizes);
  for (let set = 0; set < sets; set++) {
    weigher.eachBlock(coordinates, set * points, points, (block, start, end) => {
      for (let c = set * channels; c < (set + 1) * channels; c++) {
        visit(block, c * cells, c * points + start, end - start);
      }
    });
  }
}
