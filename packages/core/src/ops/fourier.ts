import { checkChoice, checkFloating, checkInteger } from "../arguments.js";
import { ones } from "../create.js";
import { allocate } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { halfOf, halfToReal, type Lines, realToHalf, transformPairs } from "./fft-loops.js";
import { pad } from "./pad.js";
import { narrow } from "./slice.js";

/**
 * Where the factor 1/n of a transform and its inverse is: at the inverse (`"backward"`), as `1/√n` at both (`"ortho"`), or at
 * the transform (`"forward"`).
 */
export type FftNorm = "backward" | "ortho" | "forward";

export interface Transform {
  /** The axis counted from the end of the real shape, so that axes in front make no difference. */
  readonly axis: number;
  readonly length: number; // n
  readonly inverse: boolean;
  readonly scale: number; // what every result is multiplied by
}

const linesOf = (shape: Shape, axis: number, length: number): Lines => ({
  outer: sizeOf(shape.slice(0, axis)),
  length,
  inner: sizeOf(shape.slice(axis + 1)),
});

/** `scale · Σ x_j·e^(∓2πi·jk/n)` along an axis of pairs; its matrix is symmetric, so the transpose has the conjugate root. */
export const transform: OpFunction<[x: Tensor, transform: Transform]> = defineOp<
  [x: Tensor, transform: Transform],
  Transform
>({
  name: "fft",
  call: (x, attributes) => ({ inputs: [x], attributes }),
  shape: ([x]) => x.shape,
  forward: ([x], { axis, length, inverse, scale }, shape, dtype) => {
    const out = allocate(dtype, x.size);
    transformPairs(x.data, out, linesOf(shape.slice(0, -1), shape.length - 1 + axis, length), inverse, scale);
    return out;
  },
  vjp: (cotangent, { attributes }) => [transform(cotangent, { ...attributes, inverse: !attributes.inverse })],
  jvp: "linear",
  batch: "front",
  samples: () => [[ones([3, 2]), { axis: -1, length: 3, inverse: false, scale: 1 }]],
});

export interface HalfTransform {
  readonly axis: number; // of the real tensor, from the end
  readonly length: number; // of the real sequences
  readonly doubled: boolean; // places that have a mirror image in the other half count twice
  readonly scale: number; // what every result is multiplied by
}

/** A tensor's shape with another size along an axis counted from the end. */
const resized = (shape: Shape, axis: number, n: number): Shape => shape.with(axis, n);

/** The half of the spectra of real sequences, as pairs. */
export const toHalf: OpFunction<[x: Tensor, transform: HalfTransform]> = defineOp<
  [x: Tensor, transform: HalfTransform],
  HalfTransform
>({
  name: "rfft",
  call: (x, attributes) => ({ inputs: [x], attributes }),
  shape: ([x], { axis, length }) => [...resized(x.shape, axis, halfOf(length)), 2],
  forward: ([x], { axis, length, doubled, scale }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    realToHalf(x.data, out, linesOf(x.shape, x.ndim + axis, length), doubled, scale);
    return out;
  },
  vjp: (cotangent, { attributes }) => [fromHalf(cotangent, attributes)],
  jvp: "linear",
  batch: "front",
  samples: () => [[ones([3]), { axis: -1, length: 3, doubled: false, scale: 1 }]],
});

/** Real sequences from the half of their spectra; the transpose of {@link toHalf} with the same attributes. */
export const fromHalf: OpFunction<[x: Tensor, transform: HalfTransform]> = defineOp<
  [x: Tensor, transform: HalfTransform],
  HalfTransform
>({
  name: "irfft",
  call: (x, attributes) => ({ inputs: [x], attributes }),
  shape: ([x], { axis, length }) => resized(x.shape.slice(0, -1), axis, length),
  forward: ([x], { axis, length, doubled, scale }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    halfToReal(x.data, out, linesOf(shape, shape.length + axis, length), doubled, scale);
    return out;
  },
  vjp: (cotangent, { attributes }) => [toHalf(cotangent, attributes)],
  jvp: "linear",
  batch: "front",
  samples: () => [[ones([2, 2]), { axis: -1, length: 3, doubled: true, scale: 1 }]],
});

const NORMS = ["backward", "ortho", "forward"] as const;

/** Checks a tensor of pairs: floating, with a last axis of size 2 and another axis at least. */
export function checkPairs(name: string, x: unknown, axes: number): asserts x is Tensor {
  checkFloating(name, x);
  if (x.ndim > axes && x.shape[x.ndim - 1] === 2) return;
  throw new ShapeError(
    "PAIRS_EXPECTED",
    `${name}: the shape is ${formatShape(x.shape)}; complex numbers are pairs of a real and an imaginary part along a last axis of ` +
      `size 2, behind at least ${axes === 1 ? "one axis" : `${axes} axes`}; stack([re, im], -1) makes them`,
  );
}

/** The factor of a transform of length n. */
export function scaleOf(name: string, norm: FftNorm, n: number, inverse: boolean): number {
  checkChoice(name, "norm", norm, NORMS);
  if (norm === "ortho") return 1 / Math.sqrt(n);
  return (norm === "backward") === inverse ? 1 / n : 1;
}

/** A checked length of a transform. */
export function lengthOf(name: string, n: unknown, x: Tensor): number {
  if (n !== 0) return checkInteger(name, "n", n, 1);
  throw new ShapeError(
    "EMPTY_TRANSFORM",
    `${name}: ${formatShape(x.shape)} has no elements to transform; give n, or a longer axis`,
  );
}

/** `x` cut off or filled with zeros to size n along an axis. */
export function fit(x: Tensor, axis: number, n: number): Tensor {
  const size = x.shape[axis];
  if (size > n) return narrow(x, axis, 0, n);
  return size === n
    ? x
    : pad(
        x,
        x.shape.map((_, i): [number, number] => [0, i === axis ? n - size : 0]),
      );
}
