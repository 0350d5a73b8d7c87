import { ArgumentError, checkOptions, type Generator, Parameter, type PerAxis } from "@adjoint/core";
import { checkCount, checkGenerator, checkOneOf, checkPerAxis, settings, checkFlags } from "./checks.js";
import { Module } from "./module.js";

/** What the layers of both directions take. */
export interface ConvWeightOptions {
  /** Add a number to every output channel (default true). */
  readonly bias?: boolean;
  /** Cells from one window to the next; transposed, cells in the output from one input cell to the next (default 1). */
  readonly stride?: PerAxis;
  /** Cells from one tap of the kernel to the next (default 1). */
  readonly dilation?: PerAxis;
  /** Channels are split into this many groups, convolved apart (default 1). */
  readonly groups?: number;
  /** Where the initial weights come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/** Cells before and after, along an axis. */
export type Pair = readonly [before: number, after: number];

const optionNames = ["bias", "stride", "padding", "dilation", "groups", "paddingMode", "generator"];

/** What the two directions differ in: the sizes of the axes of the weight, names of further options, and words for paddings. */
interface Direction {
  readonly isTransposed: boolean;
  readonly options: readonly string[];
  readonly modes: readonly string[];
}

/**
 * What the convolution layers have in common: weights, and the checks of their options. Weight and bias start uniform in
 * `±1/√fanIn`, where `fanIn` counts the weights for each place of their first axis, as in PyTorch.
 */
export abstract class ConvLayer<Inputs extends readonly unknown[]> extends Module<Inputs> {
  /** `[outChannels, inChannels / groups, ...kernelSize]`; transposed `[inChannels, outChannels / groups, ...kernelSize]`. */
  readonly weight: Parameter;
  readonly bias: Parameter | null; // [outChannels]
  readonly kernelSize: readonly number[]; // for each spatial axis, as the following
  readonly stride: readonly number[]; // from one window to the next
  readonly dilation: readonly number[]; // from one tap of the kernel to the next
  readonly padding: readonly Pair[]; // cells around the input
  readonly groups: number; // of channels
  private readonly text: string;

  constructor(
    { isTransposed, options: more, modes }: Direction,
    spatial: number,
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: ConvWeightOptions & { readonly padding?: unknown; readonly paddingMode?: string },
  ) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ stride: 2 }", [...optionNames, ...more]);
    const { bias = true, stride = 1, padding = 0, dilation = 1, groups = 1, paddingMode = "zeros" } = options;
    checkFlags(name, { bias });
    const generator = checkGenerator(name, options.generator);
    for (const [what, count] of Object.entries({ inChannels, outChannels, groups })) checkCount(name, what, count);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ArgumentError(
        "GROUPS_INVALID",
        `${name}: ${inChannels} and ${outChannels} channels in ${groups} groups; both must be multiples of the groups`,
      );
    }
    const usage =
      `the third argument is one number${spatial > 1 ? `, or ${spatial} of them` : ""}, ` +
      `before the options: new ${name}(1, 8, 3, { stride: 2 })`;
    this.kernelSize = checkPerAxis(name, "kernelSize", kernelSize, spatial, 1, usage);
    this.stride = checkPerAxis(name, "stride", stride, spatial);
    this.dilation = checkPerAxis(name, "dilation", dilation, spatial);
    this.padding = this.pairs(name, padding, isTransposed);
    this.groups = groups;
    checkOneOf(name, "paddingMode", paddingMode, modes);
    const [first, second] = isTransposed ? [inChannels, outChannels] : [outChannels, inChannels];
    const shape = [first, second / groups, ...this.kernelSize];
    const bound = 1 / Math.sqrt(shape.slice(1).reduce((product, n) => product * n, 1));
    this.weight = new Parameter(generator.uniform(shape, -bound, bound));
    this.bias = bias ? new Parameter(generator.uniform([outChannels], -bound, bound)) : null;
    const shown = { inChannels, outChannels, kernelSize: this.kernelSize, ...options, bias: this.bias !== null };
    this.text = settings(shown);
  }

  /** The padding in numbers, for each axis. */
  private pairs(name: string, padding: unknown, isTransposed: boolean): Pair[] {
    const { kernelSize, dilation, stride } = this;
    if (!isTransposed && padding === "valid") return kernelSize.map(() => [0, 0]);
    if (!isTransposed && padding === "same") {
      if (stride.every((n) => n === 1)) {
        return kernelSize.map((n, axis): Pair => {
          const half = (dilation[axis] * (n - 1)) / 2;
          return [Math.floor(half), Math.ceil(half)];
        });
      }
      throw new ArgumentError(
        "PADDING_INVALID",
        `${name}: padding "same" keeps the size with stride 1 only; give the padding in numbers`,
      );
    }
    const each = Array.isArray(padding) && padding.length === kernelSize.length ? padding : null;
    const words = isTransposed ? "" : '"valid", "same", ';
    const several = kernelSize.length > 1 ? `, or ${kernelSize.length} of them` : "";
    const usage = `give ${words}an integer of at least 0${several}`;
    const list: unknown[] = each ?? checkPerAxis(name, "padding", padding, kernelSize.length, 0, usage);
    return Array.from(list, (n): Pair => {
      const [before, after] = checkPerAxis(name, "padding", n, 2, 0);
      return [before, after];
    });
  }

  protected override extraRepr(): string {
    return this.text;
  }
}
