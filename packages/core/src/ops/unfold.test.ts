import { describe, expect, it } from "vitest";
import {
  AdjointError,
  conv2d,
  fold,
  Generator,
  im2col,
  matmul,
  mul,
  ones,
  sum,
  type Tensor,
  unfold,
  type UnfoldOptions,
  zeros,
} from "../index.js";
import { gradcheck, gradgradcheck } from "../testing/index.js";

const generator = new Generator(5);
const random = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });

const CASES: [title: string, options: UnfoldOptions][] = [
  ["one option", { kernelSize: 2 }],
  ["padding that keeps the size", { kernelSize: 3, padding: 1 }],
  ["uneven padding", { kernelSize: [2, 3], padding: [[1, 0], 2] }],
  ["strides and dilations", { kernelSize: [3, 2], stride: [1, 2], dilation: [2, 3], padding: 1 }],
];

describe("unfold", () => {
  it.each(CASES)("with %s turns a convolution into a matrix product", (_title, options) => {
    const [x, w] = [random(2, 3, 6, 7), random(4, 3, ...[options.kernelSize, options.kernelSize].flat().slice(0, 2))];
    const product = matmul(w.reshape([4, -1]), unfold(x, options));
    const { kernelSize: _kernelSize, ...others } = options;
    const wanted = conv2d(x, w, others);
    expect(product.size).toBe(wanted.size);
    product.data.forEach((y, i) => expect(y).toBeCloseTo(wanted.data[i], 12));
  });

  it.each(CASES)("with %s is the transpose of fold, each the other's gradient", (_title, options) => {
    const x = random(2, 2, 5, 6);
    const columns = unfold(x, options);
    const g = random(...columns.shape);
    const folded = fold(g, { ...options, outputSize: [5, 6] });
    expect(sum(mul(columns, g)).item()).toBeCloseTo(sum(mul(x, folded)).item(), 11);
    const unfolded = (y: Tensor): Tensor => unfold(y.square(), options);
    const refolded = (y: Tensor): Tensor => fold(y.square(), { ...options, outputSize: [5, 6] });
    expect(gradcheck(unfolded, [x]) && gradgradcheck(unfolded, [x])).toBe(true);
    expect(gradcheck(refolded, [g]) && gradgradcheck(refolded, [g], { maxEntries: 0 })).toBe(true);
  });

  it("and fold take one image without a batch axis, and none", () => {
    const x = random(2, 4, 4);
    const columns = unfold(x, { kernelSize: 2 });
    expect(columns.shape).toEqual([8, 9]);
    expect(columns.data).toEqual(unfold(x.unsqueeze(0), { kernelSize: 2 }).data);
    expect(fold(columns, { kernelSize: 2, outputSize: 4 }).shape).toEqual([2, 4, 4]);
    expect(unfold(zeros([0, 2, 4, 4]), { kernelSize: 2 }).shape).toEqual([0, 8, 9]);
  });

  it("of a constant image, folded back, counts the windows over each cell", () => {
    const counts = fold(unfold(ones([1, 3, 3]), { kernelSize: 2 }), { kernelSize: 2, outputSize: 3 });
    expect(counts.toArray()).toEqual([
      [
        [1, 2, 1],
        [2, 4, 2],
        [1, 2, 1],
      ],
    ]);
  });
});

describe("im2col", () => {
  it("has the columns of unfold as rows, image after image", () => {
    const x = random(2, 3, 5, 4);
    const rows = im2col(x, { kernelSize: [2, 3], stride: 2, padding: 1 });
    const columns = unfold(x, { kernelSize: [2, 3], stride: 2, padding: 1 });
    expect(rows.shape).toEqual([2 * columns.shape[2], 18]);
    expect(rows.slice([columns.shape[2], null]).data).toEqual(columns.slice(1).transpose().data);
    const f = (y: Tensor): Tensor => im2col(y.square(), { kernelSize: 2 });
    expect(gradcheck(f, [x]) && gradgradcheck(f, [x], { maxEntries: 0 })).toBe(true);
  });
});

describe("mistakes in unfolding", () => {
  it.each<[string, () => unknown]>([
    ["INPUT_RANK", () => unfold(ones([4, 4]), { kernelSize: 2 })],
    ["KERNEL_TOO_LARGE", () => unfold(ones([1, 4, 4]), { kernelSize: 5 })],
    ["OPTIONS_KIND", () => unfold(ones([1, 4, 4]), JSON.parse("2") as never)],
    ["PADDING_INVALID", () => unfold(ones([1, 4, 4]), { kernelSize: 2, padding: 0.5 })],
    ["INPUT_RANK", () => fold(ones([1, 4, 4, 4]), { kernelSize: 2, outputSize: 3 })],
    ["FOLD_SHAPES", () => fold(ones([1, 6, 4]), { kernelSize: 2, outputSize: 3 })],
    ["FOLD_SHAPES", () => fold(ones([1, 8, 5]), { kernelSize: 2, outputSize: 3 })],
    ["OUTPUT_SIZE_INVALID", () => fold(ones([1, 8, 4]), { kernelSize: 2, outputSize: [3] })],
    ["INPUT_RANK", () => im2col(ones([4, 4]), { kernelSize: 2 })],
  ])("give the code %s", (code, run) => {
    let caught: unknown;
    try {
      run();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(AdjointError);
    expect((caught as AdjointError).code).toBe(code);
  });
});
