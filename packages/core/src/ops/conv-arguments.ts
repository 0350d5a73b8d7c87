import { ShapeError } from "../errors.js";
import { formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { checkOptions, checkTensor } from "../arguments.js";
import { checkSpatial, perAxis } from "../windows.js";
import { add } from "./arithmetic.js";
import { reshape, unsqueeze } from "./shape.js";

/** Runs on an input with a batch axis, puts the bias on, and takes an axis that was added away. */
export function batched(
  x: Tensor,
  spatial: number,
  bias: Tensor | null | undefined,
  run: (images: Tensor) => Tensor,
): Tensor {
  const single = x.ndim === spatial + 1;
  const plain = run(single ? unsqueeze(x, 0) : x);
  const out = bias ? add(plain, reshape(bias, [bias.size, ...new Array<number>(spatial).fill(1)])) : plain;
  return single ? reshape(out, out.shape.slice(1)) : out;
}

const CONV_OPTIONS = ["bias", "stride", "padding", "dilation", "groups"];

/** Checks the kinds of the arguments of a convolution, and the ranks of input and weight. */
export function checkOperands(name: string, x: Tensor, weight: Tensor, options: object, spatial: number): void {
  const known = name.startsWith("convTranspose") ? [...CONV_OPTIONS, "outputPadding"] : CONV_OPTIONS;
  checkOptions(name, options, "{ bias, stride: 2 }", known);
  checkSpatial(name, x, spatial);
  checkTensor(`${name}: the weight`, weight);
  if (weight.ndim === spatial + 2) return;
  throw new ShapeError(
    "WEIGHT_RANK",
    `${name}: the weight has shape ${formatShape(weight.shape)}; it must have ${spatial + 2} axes: two of channels and ${spatial} of the kernel`,
  );
}

/** The number of groups, checked. */
export function groupsOf(name: string, groups = 1): number {
  return perAxis(name, "groups", groups, 1, 1)[0];
}

/** The number of groups in words. */
export const groupsText = (groups: number): string => (groups === 1 ? "1 group" : `${groups} groups`);

/** The channels of an input in words, and how it is read where it has no batch axis. */
export function channelsText(x: Tensor, spatial: number): string {
  const text = `the input ${formatShape(x.shape)} has ${x.shape[x.ndim - spatial - 1]} channels`;
  return x.ndim === spatial + 1 ? `${text}, read as [channels, ${spatialNames(spatial)}]` : text;
}

/** Whether an input without a batch axis, where one channel is asked for, is most likely a batch of inputs of one channel. */
export function lacksChannels(x: Tensor, spatial: number, wanted: number): boolean {
  return wanted === 1 && x.ndim === spatial + 1;
}

const spatialNames = (spatial: number): string =>
  spatial === 1 ? "length" : ["depth", "height", "width"].slice(3 - spatial).join(", ");

/** Channels that do not fit the weight and the groups. */
export function channelError(name: string, what: string, fix: string): ShapeError {
  return new ShapeError("CONV_CHANNELS", `${name}: ${what}; ${fix}`);
}

/** Checks that a bias, if there is one, has a number for each filter. */
export function checkBias(name: string, bias: Tensor | null | undefined, filters: number): void {
  if (bias === null || bias === undefined) return;
  checkTensor(`${name}: the bias`, bias);
  if (bias.ndim === 1 && bias.size === filters) return;
  throw new ShapeError(
    "BIAS_SHAPE",
    `${name}: the bias has shape ${formatShape(bias.shape)}; it must have one number for each of the ${filters} output channels`,
  );
}
