import {
  add,
  customGradient,
  elementwise,
  mean,
  mul,
  noGrad,
  type OpFunction,
  reshape,
  rsqrt,
  type Shape,
  ShapeError,
  square,
  sub,
  type Tensor,
  type Ternary,
  type Value,
} from "@adjoint/core";
import { checkRole, shapeText } from "./checks.js";
import { squaredError } from "./loss/regression.js";

/** `x·scale + shift`, in one pass. */
export const scaleShift: Ternary = elementwise("scaleShift", {
  formula: (x: Value, scale: Value, shift: Value) => add(mul(x, scale), shift),
  samples: [
    [1, 2, 3],
    [-1, 0.5, 0],
  ],
});

/** `(x - centre)·scale`, in one pass. */
export const shiftScale: Ternary = elementwise("shiftScale", {
  formula: (x: Value, centre: Value, scale: Value) => mul(sub(x, centre), scale),
  samples: [
    [1, 2, 3],
    [-1, 0.5, 0],
  ],
});

/** `g - y·share`, in one pass. */
export const withoutShare: Ternary = elementwise("withoutShare", {
  formula: (g: Value, y: Value, share: Value) => sub(g, mul(y, share)),
  samples: [
    [1, 2, 3],
    [-1, 0.5, 0],
  ],
});

/** A scale and a shift, where there are any. */
export interface Affine {
  /** What the result is multiplied by (default nothing). */
  readonly weight?: Tensor | null;
  /** What is added to it (default nothing). */
  readonly bias?: Tensor | null;
}

/**
 * `y·weight + bias`, as far as there are any; both are of `shape`, and are read as `beside`.
 *
 * @throws ArgumentError `OPERAND_KIND`; ShapeError `PARAMETER_SHAPE`.
 */
export function scaled(caller: string, y: Tensor, { weight, bias }: Affine, shape: Shape, beside = shape): Tensor {
  const w = weight && reshape(checkShape(caller, "weight", weight, shape), beside);
  const b = bias && reshape(checkShape(caller, "bias", bias, shape), beside);
  if (w && b) return scaleShift(y, w, b);
  if (w) return mul(y, w);
  return b ? add(y, b) : y;
}

/** Checks a tensor that goes with the input. @throws ArgumentError `OPERAND_KIND`; ShapeError `PARAMETER_SHAPE`. */
export function checkShape(caller: string, role: string, x: Tensor, shape: Shape): Tensor {
  checkRole(caller, role, x);
  if (shapeText(x.shape) === shapeText(shape)) return x;
  throw new ShapeError(
    "PARAMETER_SHAPE",
    `${caller}: ${role} is ${shapeText(x.shape)}; for this input it must be ${shapeText(shape)}`,
  );
}

/** The shape in which one number for each channel of `x: [batch, channels, ...]` lies beside it. */
export function besideChannels({ shape }: Tensor): Shape {
  return [shape[1], ...shape.slice(2).map(() => 1)];
}

/** The product of sizes. */
export function productOf(sizes: Shape): number {
  return sizes.reduce((product, n) => product * n, 1);
}

/** Over which axes is normalised, and how. */
interface Over {
  readonly axis: readonly number[];
  /** What is added to the variance, or the mean square, before the root. */
  readonly eps: number;
  /** Whether the mean is taken away first. */
  readonly centred: boolean;
}

/** What {@link standardize} gives; mean and variance are constants, with the axes as size 1. */
export interface Standardized {
  readonly y: Tensor; // in the shape of x
  readonly mean: Tensor; // over the axes
  readonly variance: Tensor; // over the axes, the biased one
}

/**
 * `y = (x - mean) / √(variance + ε)` over axes.
 *
 * The variance is the mean square of what is left when the mean has been taken away, in two steps: around 1e6 the mean itself is
 * rounded to 1/16 in float32, and what it lacks is found in what is left.
 */
export function standardize(x: Tensor, axis: readonly number[], eps: number): Standardized {
  const known = noGrad(() => {
    const along = { axis, keepDims: true };
    const average = mean(x, along);
    const rest = sub(x, average);
    const lack = mean(rest, along);
    const variance = mean(squaredError(rest, lack), along);
    const scale = rsqrt(add(variance, eps));
    return { y: shiftScale(rest, lack, scale), mean: add(average, lack), variance, scale };
  });
  return { ...known, y: withDerivative(x, known, { axis, eps, centred: true }) };
}

/** `y = x / √(mean(x²) + ε)` over axes. */
export function perMeanSquare(x: Tensor, axis: readonly number[], eps: number): Tensor {
  const known = noGrad(() => {
    const scale = rsqrt(add(mean(square(x), { axis, keepDims: true }), eps));
    return { y: mul(x, scale), scale };
  });
  return withDerivative(x, known, { axis, eps, centred: false });
}

/**
 * y, which is known, with its derivative, which is known too and takes half the passes of that of the single steps. The scale is an
 * input for the second derivative alone: in the first one its part is counted already.
 */
function withDerivative(x: Tensor, { y, scale }: { readonly y: Tensor; readonly scale: Tensor }, over: Over): Tensor {
  return standardized(x, inverseDeviation(x, scale, over), y, over);
}

type Known = [x: Tensor, scale: Tensor, y: Tensor, over: Over];

const standardized: OpFunction<Known> = customGradient<Known, Over>({
  name: "standardize",
  call: (x, scale, y, over) => ({ inputs: [x, scale, y], attributes: over }),
  forward: ([, , y]) => y,
  vjp: (g, { inputs: [, scale], output: y, attributes: { axis, centred } }) => {
    const along = (z: Tensor): Tensor => mean(z, { axis, keepDims: true });
    const straight = withoutShare(g, y, along(mul(g, y)));
    return [centred ? shiftScale(straight, along(g), scale) : mul(straight, scale), null, null];
  },
  samples: () => [],
});

type KnownScale = [x: Tensor, scale: Tensor, over: Over];

/** The scale `s = 1 / √(variance + ε)`, which is known, with `∂s/∂x = -s²·y / n`. */
const inverseDeviation: OpFunction<KnownScale> = customGradient<KnownScale, Over>({
  name: "inverseDeviation",
  call: (x, scale, over) => ({ inputs: [x, scale], attributes: over }),
  forward: ([, scale]) => scale,
  vjp: (g, { inputs: [x], output: scale, attributes: { axis, eps, centred } }) => {
    const y = centred ? standardize(x, axis, eps).y : perMeanSquare(x, axis, eps);
    return [mul(y, mul(mul(g, square(scale)), -scale.size / Math.max(1, x.size))), null];
  },
  samples: () => [],
});
