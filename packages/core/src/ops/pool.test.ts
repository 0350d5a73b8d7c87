import { describe, expect, it } from "vitest";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  adaptiveMaxPoolWithIndices,
  AdjointError,
  arange,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type AvgPoolOptions,
  fromTypedArray,
  gradients,
  Generator,
  lpPool1d,
  lpPool2d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type MaxPoolOptions,
  maxPoolWithIndices,
  maxUnpool1d,
  maxUnpool2d,
  mean,
  ones,
  permute,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../index.js";
import { conform, gradcheck, gradgradcheck } from "../testing/index.js";
import { averagesUnder, largestUnder, planeGather, planeScatter, spreadUnder } from "./pooling.js";

const generator = new Generator(11);
const random = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });

/** A random order of 0, 1, 2 …: no two elements closer than the steps of numerical differences. */
function spread(...shape: number[]): Tensor {
  const order = Array.from(random(shape.reduce((a, b) => a * b)).data, (x, i) => [x, i]).sort((a, b) => a[0] - b[0]);
  return fromTypedArray(
    Float64Array.from(order, ([, i]) => i),
    shape,
  );
}

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AdjointError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "no error";
}

/** The largest of each window as the definition has it; -1 stands for the padding. */
function largest(row: number[], { kernelSize, stride, padding = 0, dilation = 1 }: MaxPoolOptions): number[] {
  const [size, step, before, apart] = [kernelSize, stride ?? kernelSize, padding, dilation].map(Number);
  const result: number[] = [];
  for (let corner = -before; corner + (size - 1) * apart < row.length + before; corner += step) {
    result.push(Math.max(...Array.from({ length: size }, (_, i) => row[corner + i * apart] ?? -1)));
  }
  return result;
}

const MAX: [title: string, options: MaxPoolOptions][] = [
  ["windows side by side", { kernelSize: 2 }],
  ["windows that overlap", { kernelSize: 3, stride: 1 }],
  ["gaps between windows", { kernelSize: 2, stride: 3 }],
  ["padding", { kernelSize: 3, stride: 2, padding: 1 }],
  ["dilation", { kernelSize: 2, stride: 1, dilation: 3 }],
  ["dilation and padding", { kernelSize: 3, stride: 1, dilation: 2, padding: 2 }],
];

it.each([largestUnder, planeGather, planeScatter, averagesUnder, spreadUnder].map((op) => [op.op.name, op] as const))(
  "the op %s under pooling conforms",
  (_name, op) => {
    expect(conform(op).checks.length).toBeGreaterThan(0);
  },
);

describe("max pooling", () => {
  it.each(MAX)("with %s takes the largest of each window", (_title, options) => {
    for (const length of [7, 8]) {
      const x = spread(1, length);
      expect([...maxPool1d(x, options).data]).toEqual(largest([...x.data], options));
    }
  });

  it.each(MAX)("with %s is separable: two axes at once are one after the other", (_title, options) => {
    const x = spread(2, 3, 7, 8);
    const rows = maxPool1d(x.reshape([6, 7, 8]), options);
    const columns = maxPool1d(rows.transpose(), options).transpose();
    expect(maxPool2d(x, options).data).toEqual(columns.data);
  });

  it.each(MAX)("with %s has right first and second derivatives", (_title, options) => {
    const pooled = (x: Tensor): Tensor => maxPool2d(x, options).square();
    expect(gradcheck(pooled, [spread(1, 2, 6, 7)])).toBe(true);
    expect(gradgradcheck(pooled, [spread(1, 2, 6, 7)], { maxEntries: 0 })).toBe(true);
  });

  it("works on one to three axes, on views, and without a batch axis", () => {
    const x = spread(2, 3, 4, 5, 6);
    const deep = maxPool3d(x, { kernelSize: [2, 3, 2], stride: [1, 2, 3] });
    const flat = maxPool2d(x.reshape([6 * 4, 5, 6]), { kernelSize: [3, 2], stride: [2, 3] });
    const columns = maxPool1d(flat.reshape([6, 4, 4]).transpose(), { kernelSize: 2, stride: 1 }).transpose();
    expect(deep.shape).toEqual([2, 3, 3, 2, 2]);
    expect(deep.data).toEqual(columns.data);
    expect(maxPool3d(x.slice(1), { kernelSize: 2 }).data).toEqual(maxPool3d(x, { kernelSize: 2 }).slice(1).data);
    const view = permute(x.slice(0), [0, 1, 3, 2]);
    expect(maxPool3d(view, { kernelSize: 2 }).data).toEqual(maxPool3d(view.mul(1), { kernelSize: 2 }).data);
    expect(gradcheck((y: Tensor) => maxPool3d(y, { kernelSize: 2, padding: 1 }), [spread(1, 1, 3, 2, 3)])).toBe(true);
  });

  it("takes a window that is larger than the input in ceil mode, where the stride reaches over what it lacks", () => {
    const x = tensor([[1, 4, 2, 3]], { dtype: "float64" });
    const { values, indices } = maxPoolWithIndices(x, { kernelSize: [3], dilation: 2, ceilMode: true });
    expect([values.toArray(), indices.toArray()]).toEqual([[[2]], [[2]]]);
    expect(avgPool1d(x, { kernelSize: 5, ceilMode: true }).toArray()).toEqual([[2.5]]);
    expect(() => maxPool1d(x, { kernelSize: 5, stride: 1, ceilMode: true })).toThrow("is larger than the padded input");
  });

  it("takes a last window that stands out over the end in ceil mode, but none that starts behind the end", () => {
    const x = arange(5).reshape([1, 5]);
    expect(maxPool1d(x, { kernelSize: 2, ceilMode: true }).toArray()).toEqual([[1, 3, 4]]);
    expect(maxPool1d(x, { kernelSize: 2, stride: 4, ceilMode: true }).toArray()).toEqual([[1, 4]]);
    expect(maxPool1d(x.slice(null, [0, 4]), { kernelSize: 1, stride: 4, ceilMode: true }).toArray()).toEqual([[0]]);
    expect(maxPool1d(x.slice(null, [0, 3]), { kernelSize: 2, padding: 1, ceilMode: true }).toArray()).toEqual([[0, 2]]);
  });

  it("sends the gradient to the first of equal elements in row-major order", () => {
    for (const [options, shape] of [
      [{ kernelSize: 2 }, [1, 2, 2]],
      [{ kernelSize: 3 }, [1, 3, 3]],
    ] as const) {
      const x = ones(shape, { requiresGrad: true });
      maxPool2d(x, options).backward();
      expect([...(x.grad?.data ?? [])].map((g, i) => (g !== 0 ? i : -1)).filter((i) => i >= 0)).toEqual([0]);
    }
  });

  it("finds the largest at each of the four cells of a two by two window, -Infinity and NaN included", () => {
    const { values, indices } = maxPoolWithIndices(
      tensor([
        [
          [9, 1, 1, 9, 1, 1, 1, 1, NaN, 5, -Infinity, -Infinity],
          [1, 1, 1, 1, 9, 1, 1, 9, 7, 6, -Infinity, -Infinity],
        ],
      ]),
      { kernelSize: [2, 2] },
    );
    expect(values.toArray()).toEqual([[[9, 9, 9, 9, NaN, -Infinity]]]);
    expect(indices.toArray()).toEqual([[[0, 3, 16, 19, 8, 10]]]);
  });

  it("gives positions in the plane of each channel, with padding counted out", () => {
    const x = spread(2, 3, 5, 6);
    const { values, indices } = maxPoolWithIndices(x, { kernelSize: [3, 2], stride: 1, padding: 1 });
    expect(indices.dtype).toBe("int32");
    const plane = values.size / 6;
    values.data.forEach((value, i) => expect(x.data[Math.floor(i / plane) * 30 + indices.data[i]]).toBe(value));
  });

  it("adds up the gradient of an element that is the largest of several windows", () => {
    const x = tensor([[1, 5, 2]], { requiresGrad: true });
    maxPool1d(x, { kernelSize: 2, stride: 1 }).sum().backward();
    expect(x.grad?.toArray()).toEqual([[0, 2, 0]]);
  });

  it("keeps integers", () => {
    const pooled = maxPool1d(tensor([[3, 1, 2, 7]], { dtype: "int32" }), { kernelSize: 2 });
    expect([pooled.dtype, pooled.toArray()]).toEqual(["int32", [[3, 7]]]);
  });
});

const AVERAGE: [title: string, options: AvgPoolOptions][] = [
  ["windows side by side", { kernelSize: 2 }],
  ["windows that overlap", { kernelSize: 3, stride: 1 }],
  ["padding", { kernelSize: 3, stride: 2, padding: 1 }],
  ["padding that does not count", { kernelSize: 3, stride: 2, padding: 1, countIncludePad: false }],
  ["ceil mode", { kernelSize: 2, stride: 3, padding: 1, ceilMode: true }],
  ["another divisor", { kernelSize: 2, divisorOverride: -3 }],
];

describe("average pooling", () => {
  it("counts the padding in the divisor unless told not to, and never what stands out over it", () => {
    const x = ones([1, 4]);
    const options = { kernelSize: 3, stride: 2, padding: 1 };
    expect(avgPool1d(x, options).toArray()).toEqual([[Math.fround(2 / 3), 1]]);
    expect(avgPool1d(x, { ...options, countIncludePad: false }).toArray()).toEqual([[1, 1]]);
    expect(avgPool1d(x, { ...options, ceilMode: true }).toArray()).toEqual([[Math.fround(2 / 3), 1, 0.5]]);
    expect(avgPool1d(x, { ...options, divisorOverride: 4 }).toArray()).toEqual([[0.5, 0.75]]);
  });

  it.each(AVERAGE)("with %s has right first and second derivatives", (_title, options) => {
    const pooled = (x: Tensor): Tensor => avgPool2d(x.square(), options);
    expect(gradcheck(pooled, [random(1, 2, 5, 4)])).toBe(true);
    expect(gradgradcheck(pooled, [random(1, 2, 5, 4)], { maxEntries: 0 })).toBe(true);
  });

  it("over three axes is the mean of each block", () => {
    const x = random(2, 3, 4, 6, 2);
    const blocks = x.reshape([2, 3, 2, 2, 2, 3, 1, 2]);
    const wanted = mean(blocks, { axis: [3, 5, 7] });
    const got = avgPool3d(x, { kernelSize: [2, 3, 2] });
    expect(got.shape).toEqual([2, 3, 2, 2, 1]);
    got.data.forEach((y, i) => expect(y).toBeCloseTo(wanted.data[i], 14));
  });

  it("of integers is a fraction", () => {
    const pooled = avgPool1d(tensor([[1, 2]], { dtype: "int32" }), { kernelSize: 2 });
    expect([pooled.dtype, pooled.toArray()]).toEqual(["float32", [[1.5]]]);
  });
});

describe("adaptive pooling", () => {
  it("over windows that divide the input is ordinary pooling", () => {
    const x = random(2, 3, 6, 4);
    expect(adaptiveAvgPool2d(x, [3, 2]).data).toEqual(avgPool2d(x, { kernelSize: 2 }).data);
    expect(adaptiveMaxPool2d(x, [3, 2]).data).toEqual(maxPool2d(x, { kernelSize: 2 }).data);
    expect(adaptiveAvgPool3d(x, [null, 3, 2]).data).toEqual(avgPool3d(x, { kernelSize: [1, 2, 2] }).data);
    expect(adaptiveMaxPool3d(x, [3, 3, 2]).data).toEqual(maxPool3d(x, { kernelSize: [1, 2, 2] }).data);
  });

  it("shares windows that do not divide it, and repeats cells for more windows than cells", () => {
    const x = tensor([[1, 2, 3, 4, 5]]);
    expect(adaptiveAvgPool1d(x, 2).toArray()).toEqual([[2, 4]]);
    expect(adaptiveMaxPool1d(x, 3).toArray()).toEqual([[2, 4, 5]]);
    expect(adaptiveAvgPool1d(x.slice(null, [0, 2]), 4).toArray()).toEqual([[1, 1, 2, 2]]);
  });

  it("has right first and second derivatives", () => {
    const average = (x: Tensor): Tensor => adaptiveAvgPool2d(x.square(), [3, 2]);
    const largest = (x: Tensor): Tensor => adaptiveMaxPool2d(x, [3, null]).square();
    expect(gradcheck(average, [random(2, 5, 5)]) && gradgradcheck(average, [random(2, 5, 5)], { maxEntries: 0 })).toBe(
      true,
    );
    expect(gradcheck(largest, [spread(2, 5, 4)]) && gradgradcheck(largest, [spread(2, 5, 4)], { maxEntries: 0 })).toBe(
      true,
    );
  });

  it("to size one passes the same gradient to every cell", () => {
    const x = random(1, 2, 3, 3);
    x.requiresGrad = true;
    const [g] = gradients(sum(adaptiveAvgPool2d(x, 1)), [x]);
    expect(new Set(g.data)).toEqual(new Set([1 / 9]));
  });
});

describe("power-average pooling", () => {
  // The results of PyTorch 1.13; the last window stands out over the end.
  it.each<[normType: number, want: number[]]>([
    [1, [5, 9, 4.5]],
    [2, [3, 5.385164807134504, 3.2015621187164243]],
    [3, [2.571281590658235, 4.626065009182741, 3.0411009977867]],
    [-1, [0.5, 0.9230769230769231, 0.3]],
  ])("with the exponent %d gives what PyTorch gives", (normType, want) => {
    const x = tensor([[1, 2, 2, 4, 3, 0.5, 1]], { dtype: "float64" });
    const pooled = lpPool1d(x, { normType, kernelSize: 3, stride: 2, ceilMode: true });
    pooled.data.forEach((y, i) => expect(y).toBeCloseTo(want[i], 12));
  });

  it("has the gradient 0 where all cells are 0, and is NaN for a negative sum", () => {
    const x = tensor([[0, 0, 3, 4]], { requiresGrad: true });
    lpPool1d(x, { normType: 2, kernelSize: 2 }).sum().backward();
    expect(x.grad?.toArray()).toEqual([[0, 0, 0.6000000238418579, 0.800000011920929]]);
    expect(lpPool1d(tensor([[-2, 1]]), { normType: 3, kernelSize: 2 }).toArray()).toEqual([[NaN]]);
  });
});

describe("unpooling", () => {
  it("puts elements back to where they were, also from windows that overlap", () => {
    const x = tensor([[1, 2, 2, 4, 3, 0, 1]]);
    const { values, indices } = maxPoolWithIndices(x, { kernelSize: [3], stride: 2, padding: 1 });
    const back = maxUnpool1d(values, indices, { kernelSize: 3, stride: 2, padding: 1 });
    expect(back.toArray()).toEqual([[0, 2, 0, 4, 0, 0, 1]]);
    const image = spread(2, 2, 5, 6);
    const pooled = maxPoolWithIndices(image, { kernelSize: [2, 2] });
    const whole = maxUnpool2d(pooled.values, pooled.indices, { kernelSize: 2, outputSize: [5, 6] });
    expect(maxPool2d(whole, { kernelSize: 2 }).data).toEqual(pooled.values.data);
    expect(sum(whole).item()).toBe(sum(pooled.values).item());
  });

  it("takes the indices of adaptive pooling", () => {
    const { values, indices } = adaptiveMaxPoolWithIndices(tensor([[1, 3, 2, 5]]), [2]);
    expect(maxUnpool1d(values, indices, { kernelSize: 2 }).toArray()).toEqual([[0, 3, 0, 5]]);
  });
});

describe("mistakes in pooling", () => {
  const x = ones([1, 2, 5, 5]);

  it.each<[string, () => unknown]>([
    ["INPUT_RANK maxPool2d: the input has shape [5, 5]; it must be", () => maxPool2d(ones([5, 5]), { kernelSize: 2 })],
    ["OPTIONS_KIND maxPool2d: the options are 2; give them by name", () => maxPool2d(x, JSON.parse("2") as never)],
    ["KERNEL_SIZE_INVALID maxPool2d: kernelSize undefined", () => maxPool2d(x, JSON.parse("{}") as never)],
    ["KERNEL_SIZE_INVALID maxPool2d: kernelSize 0; use an integer >= 1", () => maxPool2d(x, { kernelSize: 0 })],
    ["KERNEL_TOO_LARGE avgPool2d: the kernel [6, 6] is larger", () => avgPool2d(x, { kernelSize: 6 })],
    [
      "PADDING_INVALID maxPool2d: padding [2, 2] with the kernel [2, 2]",
      () => maxPool2d(x, { kernelSize: 2, padding: 2 }),
    ],
    ["PADDING_INVALID maxPool2d: padding -1; use", () => maxPool2d(x, { kernelSize: 2, padding: -1 })],
    [
      "STRIDE_INVALID avgPool2d: stride [1]; use an integer >= 1, or 2",
      () => avgPool2d(x, { kernelSize: 2, stride: [1] }),
    ],
    [
      "DIVISOR_OVERRIDE_INVALID avgPool2d: divisorOverride 0",
      () => avgPool2d(x, { kernelSize: 2, divisorOverride: 0 }),
    ],
    ["OUTPUT_SIZE_INVALID adaptiveAvgPool2d: outputSize 0", () => adaptiveAvgPool2d(x, 0)],
    ["OUTPUT_SIZE_INVALID adaptiveMaxPool2d: outputSize [1, 2, 3]", () => adaptiveMaxPool2d(x, [1, 2, 3])],
    [
      "KERNEL_SIZE_INVALID maxPoolWithIndices: kernelSize 2",
      () => maxPoolWithIndices(x, { kernelSize: JSON.parse("2") as never }),
    ],
    ["KERNEL_SIZE_INVALID maxPoolWithIndices: kernelSize []", () => maxPoolWithIndices(x, { kernelSize: [] })],
    [
      "OUTPUT_SIZE_INVALID adaptiveMaxPoolWithIndices: outputSize 2",
      () => adaptiveMaxPoolWithIndices(x, JSON.parse("2") as never),
    ],
    [
      "BOOLEAN_INVALID maxPool2d: ceilMode is 1",
      () => maxPool2d(x, { kernelSize: 2, ceilMode: JSON.parse("1") as never }),
    ],
    ["INPUT_EMPTY adaptiveAvgPool1d", () => adaptiveAvgPool1d(ones([1, 2, 0]), 1)],
    ["SIZE_TOO_LARGE adaptiveAvgPool1d", () => adaptiveAvgPool1d(ones([1, 2, 3]), 1e12)],
    ["NORM_TYPE_INVALID lpPool2d: normType is 0", () => lpPool2d(x, { normType: 0, kernelSize: 2 })],
    [
      "INDEX_OUT_OF_RANGE maxUnpool1d: index 2; the output [2]",
      () => maxUnpool1d(ones([1, 1]), tensor([[2]], { dtype: "int32" }), { kernelSize: 2 }),
    ],
    ["INDEX_DTYPE maxUnpool1d", () => maxUnpool1d(ones([1, 1]), ones([1, 1]), { kernelSize: 2 })],
    [
      "OUTPUT_SIZE_INVALID maxUnpool1d",
      () => maxUnpool1d(ones([1, 1]), tensor([[1]], { dtype: "int32" }), { kernelSize: 2, outputSize: 4 }),
    ],
    [
      "KERNEL_TOO_LARGE maxPool1d: with this dilation a window has no cell",
      () => maxPool1d(ones([1, 1]), { kernelSize: 2, dilation: 2, padding: 1 }),
    ],
  ])("give %s", (wanted, run) => {
    expect(failure(run).slice(0, wanted.length)).toBe(wanted);
  });

  it("are not made by an empty batch", () => {
    expect(maxPool2d(zeros([0, 2, 5, 5]), { kernelSize: 2 }).shape).toEqual([0, 2, 2, 2]);
    expect(avgPool2d(zeros([0, 2, 5, 5]), { kernelSize: 2 }).shape).toEqual([0, 2, 2, 2]);
  });
});
