import { checkTensor } from "./arguments.js";
import { ArgumentError, ShapeError } from "./errors.js";
import { formatList, formatShape, type Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** Cells of zeros around each axis: the same on both sides, or `[before, after]`. */
export type WindowPadding = number | readonly (number | readonly [before: number, after: number])[];

/**
 * A window that slides along one axis: at output place `p` its tap `k` lies on the input place
 * `i = p·stride + k·dilation - before`; outside `0 ≤ i < input` there are zeros. Convolution, pooling and unfolding
 * over several axes are described by one window for each.
 */
export interface Window {
  /** The length of the input. */
  readonly input: number;
  /** The number of taps. */
  readonly kernel: number;
  /** The number of places at which the window stands. */
  readonly output: number;
  readonly stride: number; // cells from one place of the window to the next
  readonly dilation: number; // cells from one tap to the next
  /** The padding in front; negative cuts off. Padding behind shows in `output` only. */
  readonly before: number;
}

/**
 * An option of the functions that slide windows, as one number for each of `count` axes.
 *
 * @throws ArgumentError `STRIDE_INVALID`, `DILATION_INVALID` and so on, after the name of the option.
 */
export function perAxis(name: string, option: string, value: PerAxis, count: number, least: number): number[] {
  const list = typeof value === "number" ? new Array<number>(count).fill(value) : value;
  if (!Array.isArray(list) || list.length !== count || !isEach(list, (n) => Number.isSafeInteger(n) && n >= least)) {
    const all = count > 1 ? `, or ${count} of them` : "";
    throw new ArgumentError(
      `${constantCase(option)}_INVALID`,
      `${name}: ${option} ${formatList(value)}; use an integer >= ${least}${all}`,
    );
  }
  return list.slice();
}

/** A padding as a pair for each axis. */
export function paddingPairs(name: string, padding: WindowPadding, count: number): [before: number, after: number][] {
  const list = typeof padding === "number" ? new Array<number>(count).fill(padding) : padding;
  const pairs = Array.isArray(list) ? list.map((p: number | readonly number[]) => (Array.isArray(p) ? p : [p, p])) : [];
  if (pairs.length !== count || !isEach(pairs, (pair) => pair?.length === 2 && isEach(pair, isCount))) {
    throw new ArgumentError(
      "PADDING_INVALID",
      `${name}: padding ${formatList(padding)}; use an integer >= 0, or ${count} of them (or of [before, after] pairs)`,
    );
  }
  return pairs.map(([before, after]) => [before, after]);
}

const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;

/** As `every`, which passes over the holes of an array. */
function isEach<T>(list: readonly T[], check: (x: T) => boolean): boolean {
  return list.findIndex((x) => !check(x)) === -1;
}

function constantCase(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The number of axes for which a list of one to three numbers stands. */
export function countOf(name: string, option: string, list: unknown): number {
  if (Array.isArray(list) && list.length >= 1 && list.length <= 3) return list.length;
  throw new ArgumentError(
    `${constantCase(option)}_INVALID`,
    `${name}: ${option} ${formatList(list)}; use an array of one to three numbers, one for each spatial axis`,
  );
}

/** The number of cells over which a kernel stretches: `(kernel - 1)·dilation + 1`. */
export function reach(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/**
 * Windows that slide over the spatial `sizes` of a padded input; each has
 * `⌊(input + before + after - (kernel - 1)·dilation - 1) / stride⌋ + 1` places. In ceil mode that is rounded up, so that the
 * last, perhaps the only one, may stand out over the end; but none starts behind the input.
 *
 * @throws ShapeError `KERNEL_TOO_LARGE` when a window has no place.
 */
export function slidingWindows(
  name: string,
  sizes: Shape,
  options: {
    readonly kernel: readonly number[];
    readonly stride: readonly number[];
    readonly dilation: readonly number[];
    readonly padding: readonly (readonly [before: number, after: number])[];
    readonly ceilMode?: boolean;
  },
): Window[] {
  const { kernel, stride, dilation, padding, ceilMode = false } = options;
  const padded = sizes.map((n, axis) => n + padding[axis][0] + padding[axis][1]);
  const reached = kernel.map((n, axis) => reach(n, dilation[axis]));
  const places = sizes.map((n, axis) => {
    const steps = (padded[axis] - reached[axis]) / stride[axis];
    if (!ceilMode) return Math.floor(steps) + 1;
    const startsBehind = Math.ceil(steps) * stride[axis] >= n + padding[axis][0];
    return Math.ceil(steps) + (startsBehind ? 0 : 1);
  });
  if (places.some((count) => count < 1)) {
    const dilated = dilation.some((d) => d > 1) ? `, dilated to ${formatShape(reached)},` : "";
    throw new ShapeError(
      "KERNEL_TOO_LARGE",
      `${name}: the kernel ${formatShape(kernel)}${dilated} is larger than the padded input ${formatShape(padded)}; ` +
        "use a smaller kernel, or more padding",
    );
  }
  return sizes.map((input, axis) => ({
    input,
    kernel: kernel[axis],
    output: places[axis],
    stride: stride[axis],
    dilation: dilation[axis],
    before: padding[axis][0],
  }));
}

/**
 * Checks that `x` is `[batch, channels, …spatial]` or, unbatched, `[channels, …spatial]`.
 *
 * @throws ShapeError `INPUT_RANK` for another number of axes; ArgumentError `OPERAND_KIND` when it is no tensor.
 */
export function checkSpatial(name: string, x: Tensor, spatial: number): void {
  checkTensor(`${name}: the input`, x);
  if (x.ndim === spatial + 1 || x.ndim === spatial + 2) return;
  const axes = spatial === 1 ? "length" : ["depth", "height", "width"].slice(3 - spatial).join(", ");
  throw new ShapeError(
    "INPUT_RANK",
    `${name}: the input has shape ${formatShape(x.shape)}; it must be [batch, channels, ${axes}] or [channels, ${axes}]`,
  );
}
