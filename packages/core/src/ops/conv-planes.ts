import { convolvePlanes, convolvePlanesToWeight, type PlaneConvolution, type WindowAxis } from "@adjoint/kernels";
import { cells } from "../columns.js";
import type { TypedArray } from "../dtype.js";
import { executor } from "../executors.js";
import type { ConvolutionSizes } from "./conv-loops.js";

/** Filters of a group from which the kernels gain: they compute four at a time. */
const FEWEST_FILTERS = 3;
/** Filters of a group up to which the gradient of the weights gains: it spends time on positions beside the image. */
const MOST_FILTERS = 128;

/** An axis that is not there. */
const WHOLE: WindowAxis = { input: 1, kernel: 1, output: 1, dilation: 1, before: 0 };

/**
 * The convolution as the kernels take it, or null where they do not: with steps over 1, over three axes, and with a kernel of
 * one tap, which is a matrix product.
 */
export function asPlanes({ batch, channels, filters, groups, windows }: ConvolutionSizes): PlaneConvolution | null {
  if (executor() === "reference" || windows.length > 2 || windows.some(({ stride }) => stride !== 1)) return null;
  if (filters / groups < FEWEST_FILTERS || cells(windows, "kernel") === 1) return null;
  const [rows, columns] = windows.length === 2 ? windows : [WHOLE, windows[0]];
  return { batch, groups, channels: channels / groups, filters: filters / groups, rows, columns };
}

/** The output from the input and the weight; false where the kernels cannot. */
export function planesForward(sizes: ConvolutionSizes, x: TypedArray, weight: TypedArray, out: TypedArray): boolean {
  const planes = asPlanes(sizes);
  if (planes === null || !(x instanceof Float32Array && weight instanceof Float32Array)) return false;
  return out instanceof Float32Array && convolvePlanes(planes, x, weight, out);
}

/** The weight's cotangent from the input and the output's; false where the kernels cannot, or should not. */
export function planesToWeight(sizes: ConvolutionSizes, x: TypedArray, g: TypedArray, out: TypedArray): boolean {
  const planes = asPlanes(sizes);
  if (planes === null || !(x instanceof Float32Array && g instanceof Float32Array)) return false;
  if (executor() !== "wasm" && planes.filters > MOST_FILTERS) return false;
  return out instanceof Float32Array && convolvePlanesToWeight(planes, x, g, out);
}
