import { checkBoolean, checkChoice, checkFloating, checkOptions, checkRank } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { fromTypedArray, ones, tensor } from "../create.js";
import { allocate, type DType } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { type Binary, elementwise, type Ternary } from "../op.js";
import { checkShape, formatShape, sameShape, type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { abs, add, maximum, minimum, mod, mul, sub } from "./arithmetic.js";
import { round } from "./rounding.js";
import { ge, isNaN, le, where } from "./compare.js";
import { CUBIC, LINEAR, NEAREST } from "./kernels.js";
import { matmul } from "./matmul.js";
import { sampleAt } from "./sampling.js";
import { reshape, transpose } from "./shape.js";

const WEIGHTS = { bilinear: LINEAR, nearest: NEAREST, bicubic: CUBIC };
const MODES = ["bilinear", "nearest", "bicubic"] as const;
const PADDINGS = ["zeros", "border", "reflection"] as const;
type Padding = (typeof PADDINGS)[number];

/** Options of {@link gridSample}. */
export interface GridSampleOptions {
  /** How the cells around a point are weighed (default "bilinear", also over three axes). */
  readonly mode?: (typeof MODES)[number];
  /** What lies beyond the edges: zeros (default), the outermost cells, or the mirror image. */
  readonly paddingMode?: Padding;
  /** Whether -1 and 1 are the centers of the outermost cells rather than their edges (default false). */
  readonly alignCorners?: boolean;
}

/** From -1 … 1 to cells: `(g + 1)·scale + shift`; what is not a number stands for -1, as PyTorch documents. */
const toCells: Ternary = elementwise("gridCells", {
  formula: (g, scale, shift) => add(mul(add(where(isNaN(g), -1, g), 1), scale), shift),
  samples: [[0.5, 2, -0.5]],
});

/** Between 0 and the last cell; beyond them, and on them, the derivative is 0, as in PyTorch. */
const clip: Binary = elementwise("gridClip", {
  formula: (u, last) => where(le(u, 0), 0, where(ge(u, last), last, u)),
  samples: [[0.5, 2]],
});

/** Thrown back by mirrors at `low` and `low + span`. */
const reflect: Ternary = elementwise("gridReflect", {
  formula: (u, low, span) => add(low, sub(span, abs(sub(mod(abs(sub(u, low)), mul(2, span)), span)))),
  samples: [[0.5, 0, 2]],
});

/**
 * The input read at any points, such as those of a turned or bent image: `out[n, c, p, q] = x[n, c]` at the point `(u, v) =
 * grid[n, p, q]`, where -1 … 1 spans the width for `u` and the height for `v`.
 *
 * Between cells it interpolates: `"bilinear"` weighs the two cells around the point along each axis by their distance,
 * `"bicubic"` four by the cubic of Keys with a = -¾, `"nearest"` takes one. Gradients reach the input and (but for
 * `"nearest"`) the grid. Jaderberg et al., "Spatial transformer networks", arXiv:1506.02025.
 *
 * @param x - `[batch, channels, height, width]`, or `[batch, channels, depth, height, width]`; float32 or float64
 * @param grid - `[batch, outHeight, outWidth, 2]`, or `[batch, outDepth, outHeight, outWidth, 3]`, floating
 * @returns `[batch, channels, outHeight, outWidth]`, or with the depth
 * @throws ShapeError `RANK_INVALID`, `GRID_SHAPE`, `INPUT_EMPTY`; DTypeError `DTYPE_FLOATING`; ArgumentError `CHOICE_INVALID`,
 * `BOOLEAN_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { gridSample, tensor } from "@adjoint/core";
 * const x = tensor([[[[1, 2], [3, 4]]]]);
 * const center = tensor([[[[0, 0], [0, -0.5]]]]);
 * console.log(gridSample(x, center).flatten().toArray()); // → [ 2.5, 1.5 ]
 * ```
 */
export const gridSample: Composed<(x: Tensor, grid: Tensor, options?: GridSampleOptions) => Tensor> = compose(
  "gridSample",
  (x, grid, options = {}) => {
    checkOptions("gridSample", options, '{ mode: "nearest" }', ["mode", "paddingMode", "alignCorners"]);
    const mode = checkChoice("gridSample", "mode", options.mode ?? "bilinear", MODES);
    const padding = checkChoice("gridSample", "paddingMode", options.paddingMode ?? "zeros", PADDINGS);
    const aligned = checkBoolean("gridSample", "alignCorners", options.alignCorners ?? false);
    checkGrid(x, grid);
    const sizes = x.shape.slice(2);
    // A cubic looks for each of its cells beyond the edges by itself; else the whole point is moved inside.
    const [moved, outside] = mode === "bicubic" && padding !== "zeros" ? [null, padding] : [padding, "zeros" as const];
    const cells = coordinatesOf(grid, sizes, moved, aligned);
    const points = [grid.shape[0], sizeOf(grid.shape.slice(1, -1)), sizes.length];
    const sampling = { sizes, weights: WEIGHTS[mode], outside, aligned, orders: sizes.map(() => 0) };
    const read = sampleAt(x, reshape(mode === "nearest" ? round(cells) : cells, points), sampling);
    return reshape(read, [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)]);
  },
  {
    samples: () => [
      [ones([2, 1, 2, 3]), ones([2, 1, 1, 2])],
      [ones([1, 2, 3, 1]), ones([1, 1, 1, 2]), { paddingMode: "reflection", alignCorners: true }],
      [ones([1, 1, 2, 3]), ones([1, 1, 1, 2]), { mode: "bicubic", paddingMode: "border" }],
      [ones([1, 1, 2, 1, 2]), ones([1, 1, 2, 1, 3]), { mode: "nearest" }],
      [ones([0, 1, 2, 3]), ones([0, 1, 2, 2])],
    ],
  },
);

function checkGrid(x: Tensor, grid: Tensor): void {
  checkRank("gridSample", x, "[batch, channels, height, width] or [batch, channels, depth, height, width]", 4, 5);
  checkFloating("gridSample", x);
  checkFloating("gridSample: the grid", grid);
  if (x.shape.slice(2).includes(0)) {
    throw new ShapeError("INPUT_EMPTY", `gridSample: the input ${formatShape(x.shape)} has no cells; give it some`);
  }
  if (grid.ndim === x.ndim && grid.shape[0] === x.shape[0] && grid.shape[grid.ndim - 1] === x.ndim - 2) return;
  throw new ShapeError(
    "GRID_SHAPE",
    `gridSample: the grid has shape ${formatShape(grid.shape)}; for the input ${formatShape(x.shape)} it must be ` +
      `[${x.shape[0]}, ${x.ndim === 4 ? "" : "outDepth, "}outHeight, outWidth, ${x.ndim - 2}]`,
  );
}

/** The points of a grid counted in cells, moved inside the edges as the padding says (null: not at all). */
function coordinatesOf(grid: Tensor, sizes: Shape, padding: Padding | null, aligned: boolean): Tensor {
  const each = (of: (size: number) => number): Tensor => tensor(sizes.map(of).reverse(), { dtype: grid.dtype });
  const cells = toCells(
    grid,
    each((n) => (aligned ? n - 1 : n) / 2),
    aligned ? 0 : -0.5,
  );
  if (padding === null) return cells;
  if (padding === "zeros") {
    // Further out all is 0 too, but there ∞ - ∞ would be a weight.
    return minimum(
      maximum(cells, -3),
      each((n) => n + 2),
    );
  }
  const last = each((n) => n - 1);
  if (padding === "border") return clip(cells, last);
  const span = each((n) => (aligned ? Math.max(1, n - 1) : n));
  return clip(reflect(cells, aligned ? 0 : -0.5, span), last);
}

/**
 * The grid of an affine map, for {@link gridSample}: `grid[n, p, q] = theta[n] · (u, v, 1)` at the centers `(u, v)` of the cells of
 * an image on which -1 … 1 spans the width and the height.
 *
 * @param theta - `[batch, 2, 3]`, or `[batch, 3, 4]` for boxes; float32 or float64
 * @param size - the shape of the image, `[batch, channels, height, width]`, or `[batch, channels, depth, height, width]`
 * @returns `[batch, height, width, 2]`, or `[batch, depth, height, width, 3]`
 * @throws ShapeError `THETA_SHAPE`; DTypeError `DTYPE_FLOATING`; ArgumentError `SHAPE_INVALID`, `SIZE_TOO_LARGE`,
 * `BOOLEAN_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { affineGrid, gridSample, tensor } from "@adjoint/core";
 * const x = tensor([[[[1, 2], [3, 4]]]]);
 * const turn = tensor([[[0, -1, 0], [1, 0, 0]]]);
 * console.log(gridSample(x, affineGrid(turn, x.shape)).slice(0, 0).toArray()); // → [ [ 2, 4 ], [ 1, 3 ] ]
 * ```
 */
export const affineGrid: Composed<
  (theta: Tensor, size: Shape, options?: { readonly alignCorners?: boolean }) => Tensor
> = compose(
  "affineGrid",
  (theta, size, options = {}) => {
    checkFloating("affineGrid", theta);
    checkOptions("affineGrid", options, "{ alignCorners: true }", ["alignCorners"]);
    const aligned = checkBoolean("affineGrid", "alignCorners", options.alignCorners ?? false);
    const [batch, , ...sizes] = checkShape("affineGrid", size);
    const axes = sizes.length;
    if ((axes !== 2 && axes !== 3) || !sameShape(theta.shape, [batch, axes, axes + 1])) {
      throw new ShapeError(
        "THETA_SHAPE",
        `affineGrid: theta ${formatShape(theta.shape)} for the size ${formatShape(size)}; use [batch, 2, 3] with [batch, channels, height, width], or [batch, 3, 4] with a depth`,
      );
    }
    const centers = reshape(centersOf(sizes, aligned, theta.dtype), [sizeOf(sizes), axes + 1]);
    return reshape(matmul(centers, transpose(theta)), [batch, ...sizes, axes]);
  },
  {
    samples: () => [
      [ones([1, 2, 3]), [1, 1, 1, 2]],
      [ones([1, 3, 4]), [1, 1, 1, 2, 1], { alignCorners: true }],
    ],
  },
);

/** The centers of all cells, the last axis first, and a 1 behind each. */
function centersOf(sizes: Shape, aligned: boolean, dtype: DType): Tensor {
  const axes = sizes.length;
  const out = allocate(dtype, sizeOf(sizes) * (axes + 1)).fill(1);
  for (let point = 0, at = 0; at < out.length; point++, at += axes + 1) {
    let rest = point;
    for (let axis = axes - 1; axis >= 0; axis--) {
      const n = sizes[axis];
      const i = rest % n;
      rest = Math.floor(rest / n);
      out[at + axes - 1 - axis] = aligned ? (n > 1 ? (2 * i) / (n - 1) - 1 : 0) : (2 * i + 1) / n - 1;
    }
  }
  return fromTypedArray(out);
}
