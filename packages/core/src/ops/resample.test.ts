import { describe, expect, it, test } from "vitest";
import {
  AdjointError,
  affineGrid,
  Generator,
  gradients,
  gridSample,
  interpolate,
  type InterpolateOptions,
  matmul,
  mul,
  ones,
  pixelShuffle,
  pixelUnshuffle,
  sum,
  type Tensor,
  tensor,
} from "../index.js";
import { conform, gradcheck, gradgradcheck } from "../testing/index.js";
import { resample } from "./resample.js";
import { addAt, sampleAt } from "./sampling.js";

const generator = new Generator(9);
const random = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });

function largestDifference(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return Math.max(0, ...a.data.map((x, i) => Math.abs(x - b.data[i])));
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AdjointError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "no error";
}

test.each([resample, sampleAt, addAt].map((op) => [op.op.name, op] as const))(
  "the op %s under resampling conforms",
  (_name, op) => {
    expect(conform(op as never).differentiable).toContain(0);
  },
);

const LINE = tensor([[[1, 2, 4, 8]]], { dtype: "float64" });

describe("interpolate", () => {
  // The results of PyTorch 1.13.
  it.each<[options: InterpolateOptions, want: number[]]>([
    [{ size: 6 }, [1, 1, 2, 4, 4, 8]],
    [{ size: 3 }, [1, 2, 4]],
    [{ size: 3, mode: "nearest-exact" }, [1, 4, 8]],
    [{ size: 8, mode: "linear" }, [1, 1.25, 1.75, 2.5, 3.5, 5, 7, 8]],
    [{ size: 3, mode: "linear", alignCorners: true }, [1, 3, 8]],
    [{ scaleFactor: 1.5, mode: "area" }, [1, 1.5, 2, 4, 6, 8]],
  ])("with %j gives what PyTorch gives", (options, want) => {
    expect(interpolate(LINE, options).toArray()).toEqual([[want]]);
  });

  it("weighs four cells by the cubic with a = -3/4", () => {
    const image = interpolate(LINE.unsqueeze(2).expand([1, 1, 3, 4]), { size: [3, 2], mode: "bicubic" });
    // At u = 1/2 the weights are -3/32, 19/32, 19/32, -3/32; the first cell goes on to the left.
    const want = [(-3 + 19 + 2 * 19 - 4 * 3) / 32, (-3 * 2 + 19 * 4 + 19 * 8 - 3 * 8) / 32];
    expect(image.toArray()).toEqual([[[want, want, want]]]);
  });

  it.each(["linear", "bilinear", "bicubic", "trilinear"] as const)("%s keeps constants, and lines inside", (mode) => {
    const axes = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 }[mode];
    const x = ones([1, 1, 5, 4, 3].slice(0, axes + 2), { dtype: "float64" });
    for (const options of [{ size: 7 }, { size: 2 }, { scaleFactor: 1.3 }, { size: 6, alignCorners: true }]) {
      expect([...interpolate(x, { ...options, mode }).data].every((y) => Math.abs(y - 1) < 1e-14)).toBe(true);
    }
    if (axes !== 2) return;
    const ramp = tensor([[[[0, 1, 2, 3, 4, 5, 6, 7]]]], { dtype: "float64" }).expand([1, 1, 4, 8]);
    const wider = interpolate(ramp, { size: [4, 16], mode }).slice(0, 0, 1, [4, 12]);
    // A cubic with a other than -1/2 bends lines a little.
    wider.data.forEach((y, i) => expect(y).toBeCloseTo((i + 4.5) / 2 - 0.5, mode === "bicubic" ? 1 : 12));
  });

  const POWERS = tensor([[[[1, 2, 4, 8, 16, 32, 64, 128]]]], { dtype: "float64" });

  // The results of PyTorch 1.13.
  it.each<[options: InterpolateOptions, want: number[]]>([
    [{ size: [1, 3], mode: "bilinear", antialias: true }, [2.657894736842105, 14.999999999999998, 71.15789473684208]],
    [{ size: [1, 3], mode: "bicubic", antialias: true }, [1.5244786274219786, 11.846694733070583, 76.11921313415178]],
    [
      { scaleFactor: [1, 0.7], mode: "bicubic" },
      [1.1361151603498518, 2.9372266763848387, 8.585641399416915, 21.75, 59.26967930029156],
    ],
    [
      { scaleFactor: [1, 0.7], mode: "bicubic", recomputeScaleFactor: true },
      [1.1844999999999999, 3.599750000000002, 10.875, 35.163999999999945, 111.65600000000002],
    ],
  ])("of powers of two with %j gives what PyTorch gives", (options, want) => {
    interpolate(POWERS, options).data.forEach((y, i) => expect(y).toBeCloseTo(want[i], 11));
  });

  it("has as its gradient the transpose, also where a factor is rounded to the same size", () => {
    const x = random(2, 2, 4, 3);
    x.requiresGrad = true;
    for (const mode of ["nearest", "nearest-exact", "bilinear", "bicubic", "area"] as const) {
      const y = interpolate(x, { scaleFactor: 1.2, mode });
      expect(y.shape).toEqual([2, 2, 4, 3]);
      const g = random(...y.shape);
      const [dx] = gradients(y, [x], { cotangents: [g] });
      expect(sum(mul(y, g)).item()).toBeCloseTo(sum(mul(x, dx)).item(), 11);
    }
  });

  it("keeps integers for the nearest modes, and means of them are fractions", () => {
    const x = tensor([[[1, 2, 5]]], { dtype: "int32" });
    const nearest = interpolate(x, { size: 6 });
    expect([nearest.dtype, nearest.toArray()]).toEqual(["int32", [[[1, 1, 2, 2, 5, 5]]]]);
    expect(interpolate(x, { size: 1, mode: "area" }).toArray()).toEqual([[[2.6666667461395264]]]);
  });

  it.each<[wanted: string, run: () => unknown]>([
    ["RANK_INVALID interpolate: the shape is [2, 3]", () => interpolate(ones([2, 3]), { size: 2 })],
    ["SIZE_INVALID interpolate: neither size nor scaleFactor", () => interpolate(LINE, {})],
    ["SIZE_INVALID interpolate: size goes without scaleFactor", () => interpolate(LINE, { size: 2, scaleFactor: 2 })],
    ["SIZE_INVALID interpolate: size [1, 2]; use an integer >= 1", () => interpolate(LINE, { size: [1, 2] })],
    ["SCALE_FACTOR_INVALID interpolate: scaleFactor -1", () => interpolate(LINE, { scaleFactor: -1 })],
    ["OUTPUT_EMPTY interpolate: [4] times 0.1 would leave [0]", () => interpolate(LINE, { scaleFactor: 0.1 })],
    ['MODE_INVALID interpolate: the mode "bicubic" is for 2', () => interpolate(LINE, { size: 2, mode: "bicubic" })],
    ['MODE_INVALID interpolate: the mode "area" knows no', () => interpolate(LINE, { size: 2, mode: "area", alignCorners: false })], // prettier-ignore
    ["MODE_INVALID", () => interpolate(LINE, { size: 2, mode: "linear", antialias: true })],
    ["CHOICE_INVALID interpolate: mode is", () => interpolate(LINE, { size: 2, mode: JSON.parse('"cubic"') as never })],
    ["SIZE_TOO_LARGE", () => interpolate(LINE, { scaleFactor: 1e12 })],
    ["INPUT_EMPTY", () => interpolate(ones([1, 1, 0]), { size: 2 })],
    ["DTYPE_FLOATING", () => interpolate(ones([1, 1, 2], { dtype: "int32" }), { size: 2, mode: "linear" })],
  ])("says %s", (wanted, run) => {
    expect(codeOf(run).slice(0, wanted.length)).toBe(wanted);
  });
});

describe("gridSample", () => {
  const x = tensor([[[[1, 2, 3], [4, 5, 6]]]], { dtype: "float64" }); // prettier-ignore
  const grid = tensor([[[[-1, -1], [0.3, -0.2], [1.4, 0.9], [-2.6, 1.7]]]], { dtype: "float64" }); // prettier-ignore

  // The results of PyTorch 1.13, with the edges of the cells and with their centers at -1 and 1.
  it.each<[mode: "bilinear" | "nearest" | "bicubic", padding: "zeros" | "border" | "reflection", want: number[][]]>([
    ["bilinear", "zeros", [[0.25, 3.35, 0, 0], [1, 3.5, 3.51, 0]]], // prettier-ignore
    ["bilinear", "border", [[1, 3.35, 6, 4], [1, 3.5, 5.85, 4]]], // prettier-ignore
    ["bilinear", "reflection", [[1, 3.35, 5.9, 5.3], [1, 3.5, 5.45, 4.55]]], // prettier-ignore
    ["nearest", "zeros", [[1, 2, 0, 0], [1, 2, 6, 0]]], // prettier-ignore
    ["nearest", "border", [[1, 2, 6, 4], [1, 2, 6, 4]]], // prettier-ignore
    ["nearest", "reflection", [[1, 2, 6, 6], [1, 2, 6, 6]]], // prettier-ignore
    ["bicubic", "zeros", [[0.0625, 4.297454960937, -0.242757, 0], [1, 4.431785, 3.839214375, -0.21606975]]], // prettier-ignore
    ["bicubic", "border", [[0.625, 3.38290625, 6.324, 4], [1, 3.55325, 5.9900625, 4.33271875]]], // prettier-ignore
    ["bicubic", "reflection", [[0.25, 3.38290625, 6.46475, 5.39675], [1, 3.4925, 5.77025, 4.94675]]], // prettier-ignore
  ])("%s with %s gives what PyTorch gives", (mode, paddingMode, want) => {
    want.forEach((row, aligned) => {
      const read = gridSample(x, grid, { mode, paddingMode, alignCorners: aligned === 1 });
      expect(read.shape).toEqual([1, 1, 1, 4]);
      read.data.forEach((y, i) => expect(y).toBeCloseTo(row[i], 10));
    });
  });

  it.each(["bilinear", "bicubic"] as const)("%s has right first and second derivatives by input and grid", (mode) => {
    for (const paddingMode of ["zeros", "border", "reflection"] as const) {
      const f = (a: Tensor, g: Tensor): Tensor => gridSample(a, g, { mode, paddingMode });
      // Points away from the borders between cells, where the pieces of the weights meet.
      const places = tensor([[[[-0.8, 0.3], [1.3, 0.2], [0.15, -1.7]]]], { dtype: "float64" }); // prettier-ignore
      const inputs: [Tensor, Tensor] = [random(1, 2, 3, 4), places];
      expect(gradcheck(f, inputs)).toBe(true);
      expect(gradgradcheck(f, inputs, { maxEntries: 0 })).toBe(true);
    }
  });

  it("reads boxes, of which a plane is one of depth 1", () => {
    const [flat, places] = [random(2, 2, 3, 4), random(2, 2, 3, 2)];
    const deep = matmul(places, tensor([[1, 0, 0], [0, 1, 0]], { dtype: "float64" })); // prettier-ignore
    const read = gridSample(flat.unsqueeze(2), deep.unsqueeze(1), { paddingMode: "border" });
    expect(largestDifference(read.squeeze(2), gridSample(flat, places, { paddingMode: "border" }))).toBeLessThan(1e-14);
  });

  it("gives zeros far outside, and the corner -1 for what is not a number", () => {
    const far = tensor([[[[Infinity, 0], [1e30, -1e30], [NaN, NaN]]]], { dtype: "float64" }); // prettier-ignore
    expect([...gridSample(x, far, { alignCorners: true }).data]).toEqual([0, 0, 1]);
  });

  it("on the grid of the identity is the input, and of a mirror the input in reverse", () => {
    const image = random(2, 3, 4, 5);
    for (const alignCorners of [false, true]) {
      const theta = tensor([[[1, 0, 0], [0, 1, 0]], [[-1, 0, 0], [0, 1, 0]]], { dtype: "float64" }); // prettier-ignore
      const read = gridSample(image, affineGrid(theta, image.shape, { alignCorners }), { alignCorners });
      expect(largestDifference(read.slice(0), image.slice(0))).toBeLessThan(1e-12);
      expect(largestDifference(read.slice(1), image.slice(1).flip(-1))).toBeLessThan(1e-12);
    }
  });

  it.each<[wanted: string, run: () => unknown]>([
    ["GRID_SHAPE gridSample: the grid has shape [2, 2, 2, 2]; for the input [1, 1, 2, 3] it must be [1, ", () => gridSample(x, ones([2, 2, 2, 2]))], // prettier-ignore
    ["GRID_SHAPE", () => gridSample(x, ones([1, 2, 2, 3]))],
    ["RANK_INVALID", () => gridSample(ones([1, 2, 2]), grid)],
    ["OPERAND_KIND gridSample: the grid: 3", () => gridSample(x, JSON.parse("3") as never)],
    ["INPUT_EMPTY", () => gridSample(ones([1, 1, 0, 2]), grid)],
    ["THETA_SHAPE affineGrid: theta [1, 2, 3] for the size [1, 1, 2]", () => affineGrid(ones([1, 2, 3]), [1, 1, 2])],
    ["THETA_SHAPE", () => affineGrid(ones([2, 2, 3]), [1, 1, 2, 2])],
    ["SHAPE_INVALID", () => affineGrid(ones([1, 2, 3]), [1, 1, -2, 2])],
  ])("says %s", (wanted, run) => {
    expect(codeOf(run).slice(0, wanted.length)).toBe(wanted);
  });
});

describe("pixelShuffle", () => {
  it("is undone by pixelUnshuffle, whatever lies in front", () => {
    const x = random(2, 1, 18, 2, 3);
    const image = pixelShuffle(x, 3);
    expect(image.shape).toEqual([2, 1, 2, 6, 9]);
    expect(pixelUnshuffle(image, 3).data).toEqual(x.data);
  });

  it("refuses channels and sizes that do not come out even", () => {
    expect(codeOf(() => pixelShuffle(ones([3, 2, 2]), 2))).toContain(
      "SHUFFLE_SHAPE pixelShuffle: [3, 2, 2] has 3 channels",
    );
    expect(codeOf(() => pixelUnshuffle(ones([3, 2, 3]), 2))).toContain("SHUFFLE_SHAPE");
    expect(codeOf(() => pixelShuffle(ones([2, 2]), 1))).toContain("RANK_INVALID");
    expect(codeOf(() => pixelShuffle(ones([4, 2, 2]), 0.5))).toContain("INTEGER_INVALID");
  });
});
