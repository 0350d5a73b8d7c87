import { checkChoice, checkOptions, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { elementOf, ones } from "../create.js";
import { ArgumentError } from "../errors.js";
import { formatList, formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { concat } from "./join.js";
import { putRanges, type Range, takeAlong, takeRanges } from "./ranges.js";
import { expand } from "./shape.js";
import { flip } from "./slice.js";

/** The numbers of cells added before and after along each axis, in the order of the axes; negative ones are cut off. */
export type Padding = readonly (readonly [before: number, after: number])[];

const MODES = ["constant", "reflect", "replicate", "circular"] as const;

/** Options of {@link pad}. */
export interface PadOptions {
  /**
   * What the new cells hold: `value`; the elements mirrored at the outermost one, which is not repeated (`"reflect"`); the
   * outermost element (`"replicate"`); or the elements from the other end (`"circular"`). Default `"constant"`.
   */
  readonly mode?: "constant" | "reflect" | "replicate" | "circular";
  /** The number in the new cells of mode `"constant"` (default 0). */
  readonly value?: number;
}

/**
 * `x` with cells around it, `before` and `after` along each axis: `out[i] = x[i - before]`, and outside of `x` what the mode says.
 * Negative numbers cut cells off. `"reflect"` takes what it mirrors from the whole `x`, `"circular"` from what is left of it.
 *
 * @throws ArgumentError `PADDING_INVALID` unless there is a pair of integers for each axis, for more cells than the mode has
 * elements for, and for a `value` beside another mode; `CHOICE_INVALID`, `ELEMENT_KIND`, `ELEMENT_RANGE`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { pad, tensor } from "@adjoint/core";
 * console.log(pad(tensor([[1, 2]]), [[1, 0], [0, 1]]).toArray()); // → [ [ 0, 0, 0 ], [ 1, 2, 0 ] ]
 * const x = tensor([1, 2, 3]);
 * console.log(pad(x, [[2, 1]], { mode: "reflect" })); // → tensor([3, 2, 1, 2, 3, 2])
 * console.log(pad(x, [[2, -1]], { mode: "replicate" })); // → tensor([1, 1, 1, 2])
 * console.log(pad(x, [[1, 1]], { mode: "circular" })); // → tensor([3, 1, 2, 3, 1])
 * ```
 */
export const pad: Composed<(x: Tensor, padding: Padding, options?: PadOptions) => Tensor> = compose(
  "pad",
  (x, padding, options = {}) => {
    checkTensor("pad", x);
    checkOptions("pad", options, '{ mode: "reflect" }', ["mode", "value"]);
    const { value = 0 } = options;
    const mode = checkChoice("pad", "mode", options.mode ?? "constant", MODES);
    checkPadding(x, padding);
    if (mode === "constant") return padConstant(x, padding, elementOf("pad", value, x.dtype));
    if (value !== 0) throw invalid(x, padding, `: mode "${mode}" has no value; leave it out`);
    return padding.reduce((y, pair, axis) => padAxis(y, axis, pair, mode), x);
  },
  {
    samples: () => [
      [
        ones([2, 3]),
        [
          [1, 2],
          [-1, 1],
        ],
        { value: -1.5 },
      ],
      [
        ones([2, 0]),
        [
          [-1, 1],
          [1, 0],
        ],
      ],
      [ones([]), []],
      [
        ones([3, 4]),
        [
          [-1, 2],
          [3, 0],
        ],
        { mode: "reflect" },
      ],
      [
        ones([2, 2]),
        [
          [3, -1],
          [-1, 2],
        ],
        { mode: "replicate" },
      ],
      [
        ones([0, 4]),
        [
          [0, 0],
          [3, -1],
        ],
        { mode: "circular" },
      ],
    ],
  },
);

function checkPadding(x: Tensor, padding: Padding): void {
  const pairs = Array.isArray(padding) && Array.from(padding).every((pair) => isPair(pair));
  if (!pairs || padding.length !== x.ndim) throw invalid(x, padding, "; give [before, after] integers for each axis");
  padding.forEach(([before, after], axis) => {
    if (Math.min(0, before) + Math.min(0, after) + x.shape[axis] >= 0) return;
    throw invalid(x, padding, ` cuts more off than there is along axis ${axis}`);
  });
}

function isPair(pair: unknown): boolean {
  return Array.isArray(pair) && pair.length === 2 && Number.isSafeInteger(pair[0]) && Number.isSafeInteger(pair[1]);
}

function invalid(x: Tensor, padding: Padding, what: string): ArgumentError {
  return new ArgumentError("PADDING_INVALID", `pad: ${formatList(padding)} for ${formatShape(x.shape)}${what}`);
}

function padConstant(x: Tensor, padding: Padding, value: number): Tensor {
  const kept = padding.map(([before, after], axis): Range => {
    return { start: Math.max(0, -before), step: 1, count: x.shape[axis] + Math.min(0, before) + Math.min(0, after) };
  });
  const inner = kept.every(({ count }, axis) => count === x.shape[axis]) ? x : takeRanges(x, kept);
  if (padding.every(([before, after]) => before <= 0 && after <= 0)) return inner;
  const shape = padding.map(([before, after], axis) => x.shape[axis] + before + after);
  const places = padding.map(([before], axis): Range => ({ ...kept[axis], start: Math.max(0, before) }));
  return putRanges(inner, shape, places, value);
}

/** One axis padded from its own elements. */
function padAxis(
  x: Tensor,
  axis: number,
  [before, after]: Padding[number],
  mode: Exclude<(typeof MODES)[number], "constant">,
): Tensor {
  if (before === 0 && after === 0) return x;
  const size = x.shape[axis];
  const start = Math.max(0, -before);
  const kept = size - start + Math.min(0, after);
  const most = Math.max(0, { reflect: size - 1, replicate: size > 0 ? Infinity : 0, circular: kept }[mode]);
  if (before > most || after > most) {
    throw new ArgumentError(
      "PADDING_INVALID",
      `pad: [${before}, ${after}] along axis ${axis} of ${formatShape(x.shape)}: mode "${mode}" has elements for ${most} cells at most`,
    );
  }
  const cells = (count: number, atEnd: boolean): Tensor[] => {
    if (count <= 0) return [];
    if (mode === "circular") return [takeAlong(x, axis, atEnd ? start : start + kept - count, count)];
    if (mode === "reflect") return [flip(takeAlong(x, axis, atEnd ? size - 1 - count : 1, count), axis)];
    return [expand(takeAlong(x, axis, atEnd ? size - 1 : 0, 1), x.shape.with(axis, count))];
  };
  return concat([...cells(before, false), takeAlong(x, axis, start, kept), ...cells(after, true)], axis);
}
