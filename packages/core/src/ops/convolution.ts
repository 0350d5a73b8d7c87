import { commonType } from "../apply.js";
import { moveAxisTo } from "../batch.js";
import { ones, zeros } from "../create.js";
import { allocate, allocateUncleared, type DType, isFloating } from "../dtype.js";
import { type Shape, sizeOf } from "../shape.js";
import { type BatchContext, defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import type { Window } from "../windows.js";
import { cast } from "./cast.js";
import { type ConvolutionSizes, convolveForward, convolveToInput, convolveToWeight } from "./conv-loops.js";
import { reshape } from "./shape.js";
import { slice } from "./slice.js";

/** The three tensors of a convolution. */
export type ConvolutionRole = "input" | "weight" | "output";

/** Which tensor of a convolution is to be computed, and how its kernel slides. */
export interface Convolution {
  /** The tensor that is computed from the other two. */
  readonly computes: ConvolutionRole;
  readonly groups: number; // into how many the channels are split, convolved apart
  /** One for each spatial axis. */
  readonly windows: readonly Window[];
}

const ROLES: readonly ConvolutionRole[] = ["input", "weight", "output"];

type Operands = { [role in ConvolutionRole]?: Tensor };

function named(inputs: readonly Tensor[], computes: ConvolutionRole): Operands {
  return Object.fromEntries(ROLES.filter((role) => role !== computes).map((role, i) => [role, inputs[i]]));
}

function sizesOf(inputs: readonly Tensor[], { computes, groups, windows }: Convolution): ConvolutionSizes {
  const { input, weight, output } = named(inputs, computes);
  const batch = (input ?? output)?.shape[0] ?? 0;
  const channels = input?.shape[1] ?? groups * (weight?.shape[1] ?? 0);
  const filters = weight?.shape[0] ?? output?.shape[1] ?? 0;
  return { batch, channels, filters, groups, windows };
}

function shapeOf({ batch, channels, filters, groups, windows }: ConvolutionSizes, role: ConvolutionRole): Shape {
  if (role === "input") return [batch, channels, ...windows.map(({ input }) => input)];
  if (role === "weight") return [filters, channels / groups, ...windows.map(({ kernel }) => kernel)];
  return [batch, filters, ...windows.map(({ output }) => output)];
}

/** Integers are convolved as int32, in which sums have room. */
function typeOf(inputs: readonly Tensor[]): DType {
  const common = commonType(inputs);
  return isFloating(common) ? common : "int32";
}

const LOOPS = { output: convolveForward, weight: convolveToWeight, input: convolveToInput };

/** Where the examples of a batch go in a tensor: into one axis, within each of its `parts`. */
interface Fold {
  readonly axis: number;
  readonly parts: number;
}

/**
 * Of the three tensors each two share an axis: input and output the images, weight and output the filters, input and
 * weight the channels. Where one of the three is the `same` for all examples, they fold into the axis that the other two
 * share; where all differ, they are groups.
 */
function foldOf(role: ConvolutionRole, same: ConvolutionRole | undefined, groups: number): Fold {
  if (same === undefined) return { axis: role === "weight" ? 0 : 1, parts: 1 };
  if (same === "weight") return { axis: 0, parts: 1 };
  // The channels of a weight are those of one group.
  if (role === "weight") return same === "input" ? { axis: 0, parts: groups } : { axis: 1, parts: 1 };
  return { axis: 1, parts: groups };
}

/** The examples on axis 0 folded into another axis. */
function folded(x: Tensor, { axis, parts }: Fold): Tensor {
  const [size, ...shape] = x.shape;
  const split = parts > 1 ? shape.toSpliced(axis, 1, parts, shape[axis] / parts) : shape;
  const moved = moveAxisTo(reshape(x, [size, ...split]), 0, parts > 1 ? axis + 1 : axis);
  return reshape(moved, shape.with(axis, size * shape[axis]));
}

/** `size` examples taken out of an axis, to axis 0. */
function unfolded(x: Tensor, size: number, { axis, parts }: Fold): Tensor {
  const shape = x.shape.with(axis, x.shape[axis] / size);
  const split = shape.toSpliced(axis, 1, ...(parts > 1 ? [parts] : []), size, shape[axis] / parts);
  return reshape(moveAxisTo(reshape(x, split), parts > 1 ? axis + 1 : axis, 0), [size, ...shape]);
}

/** All examples as one convolution. */
function overExamples(inputs: readonly Tensor[], attributes: Convolution, { size, batched }: BatchContext): Tensor {
  const { computes, groups } = attributes;
  if (size === 0) {
    const one = inputs.map((x) => zeros(x.shape.slice(1)));
    return zeros([0, ...shapeOf(sizesOf(one, attributes), computes)]);
  }
  const roles = ROLES.filter((role) => role !== computes);
  const same = roles.find((_, i) => !batched[i]);
  const [first, second] = roles.map((role, i) =>
    role === same ? slice(inputs[i], 0) : folded(inputs[i], foldOf(role, same, groups)),
  );
  const all = convolution(first, second, { ...attributes, groups: same === undefined ? groups * size : groups });
  return unfolded(all, size, foldOf(computes, same, groups));
}

/**
 * The general convolution over any number of spatial axes. It is the trilinear form
 *
 * `T(x, W, g) = Σ x[n, c, i] · W[o, c, k] · g[n, o, p]` over all `n, o, c, k, p`, with `i = p·stride + k·dilation -
 * before`
 *
 * (`c` within the group of `o`), of which `computes` names the argument left open: the `output` is `∂T/∂g`, the
 * forward convolution; the `input` is `∂T/∂x`, the transposed convolution; the `weight` is `∂T/∂W`. The two operands
 * are the other two of `input [batch, channels, …]`, `weight [filters, channels / groups, …]`, `output [batch,
 * filters, …]`, in this order. Every derivative of the form is the form with another argument open, so the op is
 * closed under differentiation.
 *
 * The arguments are not checked: use `conv2d`, `convTranspose2d` and the like.
 */
export const convolution: OpFunction<[first: Tensor, second: Tensor, attributes: Convolution]> = defineOp<
  [first: Tensor, second: Tensor, attributes: Convolution],
  Convolution
>({
  name: "convolution",
  call: (first, second, attributes) => ({ inputs: [first, second], attributes }),
  shape: (inputs, attributes) => shapeOf(sizesOf(inputs, attributes), attributes.computes),
  dtype: typeOf,
  forward: (inputs, attributes, shape, dtype) => {
    const isEmpty = inputs.some(({ size }) => size === 0);
    const out = (isEmpty || attributes.computes !== "output" ? allocate : allocateUncleared)(dtype, sizeOf(shape));
    if (out.length === 0 || isEmpty) return out;
    const [first, second] = inputs.map((x) => (x.dtype === dtype ? x : cast(x, dtype)).data);
    LOOPS[attributes.computes](sizesOf(inputs, attributes), first, second, out);
    return out;
  },
  vjp: (cotangent, { inputs, attributes: { computes, groups, windows }, needs }) => {
    const all: Operands = { ...named(inputs, computes), [computes]: cotangent };
    return ROLES.filter((role) => role !== computes).map((role, i) => {
      const [first, second] = ROLES.flatMap((other) => (other === role ? [] : (all[other] ?? [])));
      return needs[i] ? convolution(first, second, { computes: role, groups, windows }) : null;
    });
  },
  jvp: ([first, second], { inputs, attributes }) => {
    const left = first && convolution(first, inputs[1], attributes);
    const right = second && convolution(inputs[0], second, attributes);
    return left && right ? left.add(right) : (left ?? right);
  },
  batch: overExamples,
  samples: () => {
    const even: Window = { input: 3, kernel: 2, output: 2, stride: 2, dilation: 1, before: 1 };
    const wide: Window = { input: 4, kernel: 2, output: 2, stride: 1, dilation: 3, before: 1 };
    const cut: Window = { input: 5, kernel: 2, output: 2, stride: 1, dilation: 1, before: -2 };
    return [
      [ones([2, 2, 3, 4]), ones([1, 2, 2, 2]), { computes: "output", groups: 1, windows: [even, wide] }],
      [ones([1, 4, 5]), ones([2, 2, 2]), { computes: "output", groups: 2, windows: [cut] }],
      [ones([4, 1, 2]), ones([1, 4, 2]), { computes: "input", groups: 2, windows: [even] }],
      [ones([2, 2, 4]), ones([2, 4, 2]), { computes: "weight", groups: 2, windows: [wide] }],
      [ones([0, 2, 5]), ones([3, 2, 2]), { computes: "output", groups: 1, windows: [cut] }],
    ];
  },
});
