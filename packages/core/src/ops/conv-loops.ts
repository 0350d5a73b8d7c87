import { cells, type Columns, outputRows, planColumns } from "../columns.js";
import { type DType, dtypeOf, type TypedArray } from "../dtype.js";
import { multiply } from "../product.js";
import { scratch } from "../scratch.js";
import { shiftsPay } from "../shifts.js";
import type { Window } from "../windows.js";
import { asPlanes, planesForward, planesToWeight } from "./conv-planes.js";

/**
 * The sizes of a convolution: `input [batch, channels, …]`, `weight [filters, channels / groups, …]`, `output [batch,
 * filters, …]`.
 */
export interface ConvolutionSizes {
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly windows: readonly Window[];
}

/** Elements of one block of columns: small enough for the second-level cache, large enough for an efficient product. */
const BLOCK = 1 << 18;

/** Cells of an image and of its parts, in elements. */
interface Layout {
  readonly rows: number;
  /** Cells of one input and of one output channel. */
  readonly plane: number;
  readonly places: number;
  /** Taps of a kernel over all its channels: the rows of the columns. */
  readonly taps: number;
  readonly width: number;
  /** Channels and filters of one group. */
  readonly channels: number;
  readonly filters: number;
  /** The columns of an image are the image itself: one tap, everywhere. */
  readonly pointwise: boolean;
}

function layoutOf({ channels, filters, groups, windows }: ConvolutionSizes): Layout {
  const kernel = cells(windows, "kernel");
  return {
    rows: outputRows(windows),
    plane: cells(windows, "input"),
    places: cells(windows, "output"),
    taps: (channels / groups) * kernel,
    width: windows[windows.length - 1].output,
    channels: channels / groups,
    filters: filters / groups,
    pointwise: kernel === 1 && windows.every((w) => w.stride === 1 && w.before === 0 && w.output === w.input),
  };
}

/** A part of one image of one group: its place in every array. */
interface Block {
  readonly columns: Columns;
  /** Output places of the block, and the first of them. */
  readonly places: number;
  readonly first: number;
  readonly group: number;
  /** Where the group's channels of the image start in the input and in the output. */
  readonly input: number;
  readonly output: number;
}

function eachBlock(sizes: ConvolutionSizes, layout: Layout, dtype: DType, visit: (block: Block) => void): void {
  const { batch, groups, windows } = sizes;
  const { rows, plane, places, taps, width, channels, filters, pointwise } = layout;
  const step = pointwise ? rows : Math.min(rows, Math.max(1, Math.floor(BLOCK / (taps * width))));
  for (let row = 0; row < rows; row += step) {
    const end = Math.min(rows, row + step);
    const columns = planColumns(windows, channels, dtype, row, end);
    for (let image = 0; image < batch; image++) {
      for (let group = 0; group < groups; group++) {
        visit({
          columns,
          places: (end - row) * width,
          first: row * width,
          group,
          input: (image * groups + group) * channels * plane,
          output: (image * groups + group) * filters * places,
        });
      }
    }
  }
}

function columnsOf(block: Block, layout: Layout, x: TypedArray): TypedArray {
  if (layout.pointwise) return x.subarray(block.input, block.input + layout.taps * layout.places);
  const columns = scratch("columns", dtypeOf(x), layout.taps * block.places);
  block.columns.fromImage(x, block.input, columns, 0);
  return columns;
}

/** The output rows of a block as one matrix `[filters, places]`. */
function outputBlock(block: Block, layout: Layout, output: TypedArray, read: boolean): TypedArray {
  if (block.places === layout.places)
    return output.subarray(block.output, block.output + layout.filters * layout.places);
  const part = scratch("block", dtypeOf(output), layout.filters * block.places);
  if (read) {
    for (let f = 0; f < layout.filters; f++) {
      const from = block.output + f * layout.places + block.first;
      part.set(output.subarray(from, from + block.places), f * block.places);
    }
  }
  return part;
}

function storeOutput(block: Block, layout: Layout, part: TypedArray, output: TypedArray): void {
  if (block.places === layout.places) return;
  for (let f = 0; f < layout.filters; f++) {
    const row = part.subarray(f * block.places, (f + 1) * block.places);
    output.set(row, block.output + f * layout.places + block.first);
  }
}

function weightOf(weight: TypedArray, group: number, { filters, taps }: Layout): TypedArray {
  return weight.subarray(group * filters * taps, (group + 1) * filters * taps);
}

/** The output from the input and the weight: `W · columns(x)`. */
export function convolveForward(sizes: ConvolutionSizes, x: TypedArray, weight: TypedArray, out: TypedArray): void {
  if (planesForward(sizes, x, weight, out)) return;
  const layout = layoutOf(sizes);
  eachBlock(sizes, layout, dtypeOf(out), (block) => {
    const part = outputBlock(block, layout, out, false);
    multiply({
      m: layout.filters,
      n: block.places,
      k: layout.taps,
      a: weightOf(weight, block.group, layout),
      b: columnsOf(block, layout, x),
      out: part,
      transposeA: false,
      transposeB: false,
      accumulate: false,
    });
    storeOutput(block, layout, part, out);
  });
}

/** The weight's cotangent from the input and the output's: `Σ g · columns(x)ᵀ` over the images. */
export function convolveToWeight(sizes: ConvolutionSizes, x: TypedArray, g: TypedArray, out: TypedArray): void {
  if (planesToWeight(sizes, x, g, out)) return;
  const layout = layoutOf(sizes);
  eachBlock(sizes, layout, dtypeOf(out), (block) => {
    multiply({
      m: layout.filters,
      n: layout.taps,
      k: block.places,
      a: outputBlock(block, layout, g, true),
      b: columnsOf(block, layout, x),
      out: weightOf(out, block.group, layout),
      transposeA: false,
      transposeB: true,
      accumulate: true,
    });
  });
}

/** The input's cotangent from the weight and the output's; `out` holds zeros. */
export function convolveToInput(sizes: ConvolutionSizes, weight: TypedArray, g: TypedArray, out: TypedArray): void {
  const layout = layoutOf(sizes);
  const back = reversed(sizes);
  if (reversalPays(sizes, layout, back)) {
    convolveForward(back, g, reversedWeight(sizes, layout, weight), out);
    return;
  }
  eachBlock(sizes, layout, dtypeOf(out), (block) => {
    const columns = layout.pointwise
      ? out.subarray(block.input, block.input + layout.taps * layout.places)
      : scratch("columns", dtypeOf(out), layout.taps * block.places);
    multiply({
      m: layout.taps,
      n: block.places,
      k: layout.filters,
      a: weightOf(weight, block.group, layout),
      b: outputBlock(block, layout, g, true),
      out: columns,
      transposeA: true,
      transposeB: false,
      accumulate: false,
    });
    if (!layout.pointwise) block.columns.addToImage(columns, 0, out, block.input);
  });
}

/** Relative costs of a cell: moved in one piece, gathered by itself, added up by itself. */
const [SHIFT, GATHER, ADD] = [1, 3, 5];

/** Whether the reversed convolution costs less than adding up the columns of the transposed product. */
function reversalPays({ windows }: ConvolutionSizes, layout: Layout, back: ConvolutionSizes): boolean {
  if (layout.pointwise || windows.some(({ stride }) => stride !== 1)) return false;
  if (asPlanes(back) !== null) return true;
  const gathering = layout.filters * layout.plane * (shiftsPay(back.windows) ? SHIFT : GATHER);
  return gathering < layout.channels * layout.places * ADD;
}

/** With stride 1 the input's cotangent is itself a convolution: of the output's, with the weight turned round. */
function reversed({ batch, channels, filters, groups, windows }: ConvolutionSizes): ConvolutionSizes {
  return {
    batch,
    channels: filters,
    filters: channels,
    groups,
    windows: windows.map(({ input, kernel, output, dilation, before }) => ({
      input: output,
      kernel,
      output: input,
      stride: 1,
      dilation,
      before: (kernel - 1) * dilation - before,
    })),
  };
}

/** Within each group channels and filters exchanged, and the taps in reverse order. */
function reversedWeight({ groups }: ConvolutionSizes, layout: Layout, weight: TypedArray): TypedArray {
  const { channels, filters, taps } = layout;
  const kernel = taps / channels;
  const out = scratch("weight", dtypeOf(weight), weight.length);
  for (let group = 0; group < groups; group++) {
    const start = group * filters * taps;
    for (let f = 0; f < filters; f++) {
      for (let c = 0; c < channels; c++) {
        const from = start + (f * channels + c) * kernel;
        const to = start + (c * filters + f + 1) * kernel - 1;
        for (let k = 0; k < kernel; k++) out[to - k] = weight[from + k];
      }
    }
  }
  return out;
}
