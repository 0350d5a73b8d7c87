import { checkBoolean, checkChoice, checkFloating, checkOptions, checkRank } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { LARGEST } from "../dtype.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { formatList, formatShape, type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { type PerAxis, perAxis } from "../windows.js";
import { averageShares } from "./adaptive-pool.js";
import { CUBIC, LINEAR, type TapWeights, valueAt } from "./kernels.js";
import { type Put, resample, SparseRows } from "./resample.js";

const MODES = ["nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area"] as const;

/** How {@link interpolate} finds elements between those of its input. */
export type InterpolateMode = (typeof MODES)[number];

/** Options of {@link interpolate}: either `size` or `scaleFactor`. */
export interface InterpolateOptions {
  /** The size of the result along each spatial axis, or one number for all. */
  readonly size?: PerAxis;
  /** By what the sizes are multiplied, rounded down: one number, or one for each spatial axis. */
  readonly scaleFactor?: PerAxis;
  /** How to interpolate (default "nearest"); linear takes one spatial axis, bilinear and bicubic two, trilinear three. */
  readonly mode?: InterpolateMode;
  /** Whether the centers of the outermost cells stay in place rather than their edges (default false); linear and cubic modes only. */
  readonly alignCorners?: boolean;
  /** Whether to compute with the ratio of the sizes instead of `scaleFactor`, from which rounding parts it (default false). */
  readonly recomputeScaleFactor?: boolean;
  /** Whether every cell of a smaller result takes in all cells that it covers (default false); bilinear and bicubic only. */
  readonly antialias?: boolean;
}

/** The spatial axes that a mode asks for. */
const SPATIAL: { readonly [mode in InterpolateMode]?: number } = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 };

/** Along one axis: the sizes, the cells of the input from one cell of the result to the next, and whether corners are aligned. */
interface Stretch {
  readonly input: number;
  readonly output: number;
  readonly step: number;
  readonly aligned: boolean;
}

/**
 * The input stretched or shrunk to other sizes. Along each spatial axis the cell `p` of the result stands at `u = (p + ½)·step - ½`
 * of the input, with `step = input / output` (or `1 / scaleFactor`), or with `alignCorners` at `u = p·(input - 1) / (output - 1)`;
 * beyond the edges the outermost cells go on.
 *
 * - `"nearest"` takes the cell `⌊p·step⌋`, `"nearest-exact"` the one nearest to `u`.
 * - `"linear"`, `"bilinear"` and `"trilinear"` weigh the two cells around `u` by their distance, along each axis.
 * - `"bicubic"` weighs four cells by the cubic of Keys (1981, doi:10.1109/TASSP.1981.1163711) with a = -¾.
 * - `"area"` takes the mean over the cells covered, as {@link adaptiveAvgPool2d}.
 * - `antialias` widens the triangle, or the cubic with a = -½, to the step when an image shrinks.
 *
 * @param x - `[batch, channels, …]` with one to three spatial axes; float32 or float64, and integers for the nearest modes and area
 * @returns `[batch, channels, …size]`
 * @throws ShapeError `RANK_INVALID`, `INPUT_EMPTY`, `OUTPUT_EMPTY`; DTypeError `DTYPE_FLOATING`; ArgumentError `CHOICE_INVALID`,
 * `MODE_INVALID` (for this number of axes, or with this option), `SIZE_INVALID`, `SCALE_FACTOR_INVALID`, `SIZE_TOO_LARGE`,
 * `BOOLEAN_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { interpolate, tensor } from "@adjoint/core";
 * const x = tensor([[[1, 2]]]);
 * console.log(interpolate(x, { scaleFactor: 2 }).toArray()); // → [ [ [ 1, 1, 2, 2 ] ] ]
 * console.log(interpolate(x, { size: 4, mode: "linear" }).toArray()); // → [ [ [ 1, 1.25, 1.75, 2 ] ] ]
 * console.log(interpolate(x, { size: 3, mode: "linear", alignCorners: true }).toArray()); // → [ [ [ 1, 1.5, 2 ] ] ]
 * ```
 */
export const interpolate: Composed<(x: Tensor, options: InterpolateOptions) => Tensor> = compose(
  "interpolate",
  (x, options) => {
    checkRank("interpolate", x, "[batch, channels, …] with one to three spatial axes", 3, 5);
    checkOptions("interpolate", options, "{ scaleFactor: 2 }", OPTIONS);
    const mode = checkMode(options, x.ndim - 2);
    if (mode in SPATIAL) checkFloating("interpolate", x);
    const stretches = stretchesOf(x.shape, options);
    const outputs = stretches.map(({ output }) => output);
    if (mode === "area") return averageShares("interpolate", x, outputs);
    const antialias = options.antialias ?? false;
    return stretches
      .map((stretch, i) => ({ axis: i - stretches.length, matrix: matrixOf(mode, stretch, antialias), stretch }))
      .sort((a, b) => b.stretch.step - a.stretch.step) // What shrinks comes first, so that less is left to do.
      .reduce((y, { axis, matrix }) => resample(y, { axis, matrix }), x);
  },
  {
    samples: () => [
      [ones([1, 2, 3]), { size: 5 }],
      [ones([1, 1, 4]), { scaleFactor: 0.7, mode: "nearest-exact" }],
      [ones([1, 1, 2, 3]), { scaleFactor: [1.7, 0.5], mode: "bicubic" }],
      [ones([1, 1, 4, 1]), { size: 2, mode: "bilinear", antialias: true }],
      [ones([1, 1, 2, 1, 2]), { size: [3, 2, 1], mode: "trilinear", alignCorners: true }],
      [ones([0, 1, 3]), { size: 2, mode: "area" }],
    ],
  },
);

const OPTIONS = ["size", "scaleFactor", "mode", "alignCorners", "recomputeScaleFactor", "antialias"];

/** The mode, if it goes with the number of spatial axes and with the other options. */
function checkMode(options: InterpolateOptions, spatial: number): InterpolateMode {
  const mode = checkChoice("interpolate", "mode", options.mode ?? "nearest", MODES);
  const antialias = checkBoolean("interpolate", "antialias", options.antialias ?? false);
  const wanted = SPATIAL[mode] ?? null;
  const problem = (what: string): ArgumentError =>
    new ArgumentError("MODE_INVALID", `interpolate: the mode "${mode}" ${what}`);
  if (wanted !== null && wanted !== spatial) {
    const other = ["linear", "bilinear or bicubic", "trilinear"][spatial - 1];
    throw problem(
      `is for ${wanted} spatial axes behind [batch, channels], not ${spatial}; use ${other}, nearest or area`,
    );
  }
  if (wanted === null && options.alignCorners !== undefined) throw problem("knows no alignCorners; leave it out");
  if (antialias && wanted !== 2) throw problem("knows no antialias; use bilinear or bicubic, or leave it out");
  return mode;
}

function stretchesOf(shape: Shape, options: InterpolateOptions): Stretch[] {
  const sizes = shape.slice(2);
  if (sizes.includes(0)) {
    throw new ShapeError("INPUT_EMPTY", `interpolate: the input ${formatShape(shape)} has no cells; give it some`);
  }
  const aligned = checkBoolean("interpolate", "alignCorners", options.alignCorners ?? false);
  const { outputs, factors } = outputsOf(sizes, options);
  if (sizeOf(shape.slice(0, 2)) * sizeOf(outputs) > LARGEST || sizeOf(outputs) > LARGEST) {
    throw new ArgumentError(
      "SIZE_TOO_LARGE",
      `interpolate: a result of ${formatShape([...shape.slice(0, 2), ...outputs])} is larger than JavaScript's arrays can be; use smaller sizes`,
    );
  }
  return sizes.map((input, axis): Stretch => {
    const output = outputs[axis];
    const step = factors === null ? input / output : 1 / factors[axis];
    return { input, output, step: aligned ? (output > 1 ? (input - 1) / (output - 1) : 0) : step, aligned };
  });
}

/** The sizes of the result, and the factors where they are to be used as they are. */
function outputsOf(sizes: Shape, options: InterpolateOptions): { outputs: number[]; factors: number[] | null } {
  const { size, scaleFactor } = options;
  const recompute = checkBoolean("interpolate", "recomputeScaleFactor", options.recomputeScaleFactor ?? false);
  if ((size === undefined) === (scaleFactor === undefined) || (size !== undefined && recompute)) {
    throw new ArgumentError(
      "SIZE_INVALID",
      `interpolate: ${size === undefined ? "neither size nor scaleFactor is given" : `size goes without ${recompute ? "recomputeScaleFactor" : "scaleFactor"}`}; give one, such as { scaleFactor: 2 }`,
    );
  }
  if (size !== undefined) return { outputs: perAxis("interpolate", "size", size, sizes.length, 1), factors: null };
  const factors = typeof scaleFactor === "number" ? sizes.map(() => scaleFactor) : scaleFactor;
  if (
    !Array.isArray(factors) ||
    factors.length !== sizes.length ||
    factors.findIndex((f) => !(Number.isFinite(f) && f > 0)) !== -1
  ) {
    throw new ArgumentError(
      "SCALE_FACTOR_INVALID",
      `interpolate: scaleFactor ${formatList(scaleFactor)}; use a number above 0, or ${sizes.length} of them`,
    );
  }
  const outputs = sizes.map((n, axis) => Math.floor(n * factors[axis]));
  if (outputs.every((n) => n >= 1)) return { outputs, factors: recompute ? null : factors.slice() };
  throw new ShapeError(
    "OUTPUT_EMPTY",
    `interpolate: ${formatShape(sizes)} times ${formatList(scaleFactor)} would leave ${formatShape(outputs)} cells; use a larger scaleFactor`,
  );
}

/** The weights of the cells of the input for each cell of the result. */
function matrixOf(mode: InterpolateMode, stretch: Stretch, antialias: boolean): SparseRows {
  const { most, fill } = rowsOf(mode, stretch, antialias);
  return new SparseRows(stretch.output, stretch.input, most, fill);
}

/** How the rows of a matrix are filled, and with how many entries at most. */
interface Rows {
  readonly most: number;
  readonly fill: (p: number, put: Put) => void;
}

function rowsOf(mode: InterpolateMode, stretch: Stretch, antialias: boolean): Rows {
  if (antialias) return coveredCells(mode, stretch);
  if (mode === "nearest" || mode === "nearest-exact") return nearestCell(mode, stretch);
  return cellsAround(mode === "bicubic" ? CUBIC : LINEAR, stretch);
}

/** Rounded to float32 first, as in PyTorch: `3·(1 / 3)` must not fall short of 1. */
function nearestCell(mode: InterpolateMode, { input, step }: Stretch): Rows {
  const place = mode === "nearest" ? (p: number) => p * step : (p: number) => Math.max(0, (p + 0.5) * step - 0.5) + 0.5;
  return { most: 1, fill: (p, put) => put(Math.min(Math.floor(Math.fround(place(p))), input - 1), 1) };
}

function cellsAround({ first, taps }: TapWeights, { input, output, step, aligned }: Stretch): Rows {
  return {
    most: taps.length,
    fill: (p, put) => {
      // A linear stretch to the same size is the input, whatever the factor that was rounded to it; so it is in PyTorch.
      const at = first === 0 && input === output ? p : aligned ? p * step : (p + 0.5) * step - 0.5;
      const base = Math.floor(at);
      taps.forEach((tap, k) => put(Math.min(input - 1, Math.max(0, base + first + k)), valueAt(tap, at - base)));
    },
  };
}

/** The weights of a kernel as wide as the step, if that is above 1, made to sum to 1. */
function coveredCells(mode: InterpolateMode, { input, step }: Stretch): Rows {
  const width = Math.max(1, step);
  const [reach, kernel] = mode === "bicubic" ? [2 * width, smoothCubic] : [width, triangle];
  return {
    most: Math.min(input, Math.ceil(2 * reach) + 1),
    fill: (p, put) => {
      const center = step * (p + 0.5);
      const start = Math.max(0, Math.trunc(center - reach + 0.5));
      const end = Math.min(input, Math.trunc(center + reach + 0.5));
      const weigh = (cell: number): number => kernel(Math.abs(cell + 0.5 - center) / width);
      let total = 0;
      for (let cell = start; cell < end; cell++) total += weigh(cell);
      for (let cell = start; cell < end; cell++) put(cell, weigh(cell) / total);
    },
  };
}

const triangle = (distance: number): number => Math.max(0, 1 - distance);

/** The cubic with a = -½, with which Pillow and PyTorch shrink images. */
function smoothCubic(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((2.5 - 0.5 * x) * x - 4) * x + 2 : 0;
}
