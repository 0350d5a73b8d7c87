import { describe, expect, it, vi } from "vitest";
import {
  AdjointError,
  conv1d,
  conv2d,
  conv3d,
  type ConvOptions,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  flip,
  Generator,
  grad,
  gradients,
  matmul,
  mul,
  narrow,
  ones,
  permute,
  reshape,
  stack,
  type Tensor,
  vmap,
  zeros,
} from "../index.js";
import { conform, gradcheck, gradgradcheck } from "../testing/index.js";
import { convolution } from "./convolution.js";

const generator = new Generator(7);
const random = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AdjointError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "no error";
}

function largestDifference(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return Math.max(0, ...a.data.map((x, i) => Math.abs(x - b.data[i])));
}

/** The sum as it stands in the definition. */
function definition(
  x: Tensor,
  w: Tensor,
  stride: number[],
  padding: number[],
  dilation: number[],
  groups: number,
): Tensor {
  const [batch, , height, width] = x.shape;
  const [filters, channels, rows, columns] = w.shape;
  const size = [height, width].map((n, i) =>
    Math.floor((n + 2 * padding[i] - dilation[i] * (w.shape[i + 2] - 1) - 1) / stride[i] + 1),
  );
  const out = zeros([batch, filters, ...size], { dtype: "float64" });
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < filters; o++) {
      const first = Math.floor(o / (filters / groups)) * channels;
      for (let p = 0; p < size[0]; p++) {
        for (let q = 0; q < size[1]; q++, at++) {
          for (let c = 0; c < channels; c++) {
            for (let i = 0; i < rows; i++) {
              for (let j = 0; j < columns; j++) {
                const y = p * stride[0] + i * dilation[0] - padding[0];
                const z = q * stride[1] + j * dilation[1] - padding[1];
                if (y < 0 || y >= height || z < 0 || z >= width) continue;
                const tap = w.data[((o * channels + c) * rows + i) * columns + j];
                out.data[at] += tap * x.data[((n * x.shape[1] + first + c) * height + y) * width + z];
              }
            }
          }
        }
      }
    }
  }
  return out;
}

const CASES: [
  title: string,
  x: number[],
  w: number[],
  stride: number[],
  padding: number[],
  dilation: number[],
  groups: number,
][] = [
  ["a plain one", [2, 3, 7, 6], [4, 3, 3, 2], [1, 1], [0, 0], [1, 1], 1],
  ["one that keeps the size", [2, 2, 6, 5], [3, 2, 3, 5], [1, 1], [1, 2], [1, 1], 1],
  ["padding wider than the input", [1, 2, 2, 2], [3, 2, 5, 5], [1, 1], [4, 5], [1, 1], 1],
  ["strides that leave cells over", [2, 2, 8, 9], [3, 2, 3, 2], [2, 3], [1, 0], [1, 1], 1],
  ["stride larger than the kernel", [1, 2, 9, 9], [3, 2, 2, 1], [3, 4], [1, 0], [1, 1], 1],
  ["dilation", [2, 2, 9, 8], [3, 2, 3, 2], [1, 2], [2, 1], [2, 3], 1],
  ["dilation that keeps the size", [1, 2, 6, 7], [2, 2, 3, 3], [1, 1], [2, 3], [2, 3], 1],
  ["groups", [2, 4, 5, 5], [6, 2, 3, 3], [1, 2], [1, 1], [1, 1], 2],
  ["one group for each channel", [2, 3, 5, 5], [6, 1, 3, 3], [1, 1], [1, 1], [1, 1], 3],
  ["one tap", [2, 3, 4, 5], [4, 3, 1, 1], [1, 1], [0, 0], [1, 1], 1],
  ["one tap with groups", [2, 4, 3, 3], [2, 2, 1, 1], [1, 1], [0, 0], [1, 1], 2],
  ["one tap with stride and padding", [2, 3, 4, 5], [4, 3, 1, 1], [2, 3], [1, 1], [1, 1], 1],
  ["a kernel as large as the image", [3, 2, 4, 5], [3, 2, 4, 5], [1, 1], [0, 0], [1, 1], 1],
];

describe("convolution", () => {
  it("conforms, whichever of its tensors it computes", () => {
    expect(conform(convolution).differentiable).toEqual([0, 1]);
  });

  it.each(CASES)(
    "with %s is the sum of its definition, with right first and second derivatives",
    (_title, ...given) => {
      const [xShape, wShape, stride, padding, dilation, groups] = given;
      const [x, w] = [random(...xShape), random(...wShape)];
      const options = { stride, padding, dilation, groups };
      expect(
        largestDifference(conv2d(x, w, options), definition(x, w, stride, padding, dilation, groups)),
      ).toBeLessThan(1e-12);
      const f = (a: Tensor, b: Tensor): Tensor => conv2d(a, b, options);
      expect(gradcheck(f, [x, w])).toBe(true);
      expect(gradgradcheck(f, [x, w], { maxEntries: 0 })).toBe(true);
    },
  );

  it("agrees between one and two axes, and two and three", () => {
    const [x, w] = [random(2, 4, 9), random(6, 2, 3)];
    const options = { groups: 2, stride: 2, padding: 1, dilation: 2 };
    const flat: ConvOptions = { groups: 2, stride: [1, 2], padding: [0, 1], dilation: [1, 2] };
    const column = conv2d(x.unsqueeze(2), w.unsqueeze(2), flat);
    expect(conv1d(x, w, options).data).toEqual(column.data);
    const deep = { groups: 2, stride: [1, 1, 2], padding: [0, 0, 1], dilation: [1, 1, 2] };
    expect(conv3d(x.unsqueeze(2).unsqueeze(2), w.unsqueeze(2).unsqueeze(2), deep).data).toEqual(column.data);
  });

  it("over three axes has right derivatives of first and second order", () => {
    const options = { stride: [2, 1, 1], padding: [1, 0, 1], dilation: [1, 2, 1] };
    const f = (x: Tensor, w: Tensor): Tensor => conv3d(x, w, options);
    expect(gradcheck(f, [random(1, 2, 4, 4, 3), random(2, 2, 3, 2, 2)])).toBe(true);
    expect(gradgradcheck(f, [random(1, 1, 3, 3, 2), random(2, 1, 2, 2, 2)], { maxEntries: 0 })).toBe(true);
  });

  it("with every tap on one channel is a matrix product", () => {
    const [x, w] = [random(2, 3, 4, 4), random(5, 3, 1, 1)];
    const product = matmul(reshape(w, [5, 3]), reshape(x, [2, 3, 16]));
    expect(largestDifference(conv2d(x, w), reshape(product, [2, 5, 4, 4]))).toBeLessThan(1e-14);
  });

  // An output as wide as the input is read in whole planes; one column of padding more, and it is read cell by cell.
  it.each<[x: number[], w: number[], padding: [number, number][], dilation: number[]]>([
    [
      [2, 2, 9, 8],
      [3, 2, 3, 3],
      [
        [1, 1],
        [1, 1],
      ],
      [1, 1],
    ],
    [
      [1, 2, 9, 8],
      [3, 2, 2, 4],
      [
        [0, 0],
        [3, 0],
      ],
      [1, 1],
    ],
    [
      [1, 2, 8, 9],
      [2, 2, 3, 3],
      [
        [4, 4],
        [3, 3],
      ],
      [4, 3],
    ],
    [
      [1, 1, 12, 8],
      [2, 1, 3, 19],
      [
        [1, 1],
        [9, 9],
      ],
      [1, 1],
    ],
    [
      [1, 2, 4, 5, 6],
      [2, 2, 3, 2, 3],
      [
        [1, 1],
        [0, 0],
        [1, 1],
      ],
      [1, 1, 1],
    ],
    [[1, 2, 70], [2, 2, 5], [[2, 2]], [1]],
  ])(
    "of %j with %j is the same whether planes are moved whole or cell by cell",
    (xShape, wShape, padding, dilation) => {
      const [x, w] = [random(...xShape), random(...wShape)];
      const run = [conv1d, conv2d, conv3d][padding.length - 1];
      const wider = padding.map(([before, after], axis): [number, number] => [
        before,
        axis === padding.length - 1 ? after + 1 : after,
      ]);
      const whole = run(x, w, { padding, dilation });
      const width = whole.shape[whole.ndim - 1];
      expect(width).toBe(x.shape[x.ndim - 1]);
      const apart = narrow(run(x, w, { padding: wider, dilation }), -1, 0, width);
      expect(largestDifference(whole, apart)).toBeLessThan(1e-12);
    },
  );

  it("gives the same for an image too large for one block of columns as for its halves", () => {
    const [x, w] = [random(1, 8, 70, 130), random(6, 8, 5, 5)];
    const options = { padding: 2 };
    const top = conv2d(x.slice(null, null, [0, 40]), w, options).slice(null, null, [0, 38]);
    const bottom = conv2d(x.slice(null, null, [36, 70]), w, options).slice(null, null, [2, 34]);
    const whole = conv2d(x, w, options);
    expect(largestDifference(whole.slice(null, null, [0, 38]), top)).toBeLessThan(1e-12);
    expect(largestDifference(whole.slice(null, null, [38, 70]), bottom)).toBeLessThan(1e-12);
  });

  it.each([1, 2])("in blocks satisfies <conv(x, W), g> = <x, dx> = <W, dW> with stride %i", (stride) => {
    const [x, w] = [random(2, 8, 70, 130), random(6, 8, 5, 5)];
    x.requiresGrad = true;
    w.requiresGrad = true;
    const out = conv2d(x, w, { padding: 2, stride });
    const g = random(...out.shape);
    const [dx, dw] = gradients(out, [x, w], { cotangents: [g] });
    const value = mul(out, g).sum().item();
    expect(Math.abs(mul(x, dx).sum().item() / value - 1)).toBeLessThan(1e-10);
    expect(Math.abs(mul(w, dw).sum().item() / value - 1)).toBeLessThan(1e-10);
  });

  it("takes views, mixed dtypes and integers", () => {
    const [x, w] = [random(5, 6, 3, 2), random(3, 3, 4, 3)];
    const view = permute(x, [3, 2, 0, 1]);
    const kernel = flip(w.transpose(0, 1), [2, 3]);
    const plain = conv2d(view.add(0), kernel.add(0));
    expect(conv2d(view, kernel).data).toEqual(plain.data);
    const mixed = conv2d(view.to("float32"), kernel);
    expect(mixed.dtype).toBe("float64");
    expect(largestDifference(mixed, plain)).toBeLessThan(1e-5);
    const whole = conv2d(view.mul(9).to("int32"), kernel.mul(9).to("uint8"));
    expect(whole.dtype).toBe("int32");
    expect(whole.data).toEqual(
      Int32Array.from(conv2d(view.mul(9).to("int32").to("float64"), kernel.mul(9).to("uint8").to("float64")).data),
    );
  });

  it("in float32 is within rounding of float64, forward and backward", () => {
    const [x, w] = [random(3, 16, 20, 20), random(16, 16, 3, 3)];
    const run = (dtype: "float32" | "float64"): Tensor[] => {
      const [a, b] = [x.to(dtype).detach(), w.to(dtype).detach()];
      a.requiresGrad = true;
      b.requiresGrad = true;
      const out = conv2d(a, b, { padding: 1 });
      return [out, ...gradients(out.square().sum(), [a, b])];
    };
    const exact = run("float64");
    run("float32").forEach((got, i) => {
      const scale = Math.max(...exact[i].data.map(Math.abs));
      expect(largestDifference(got.to("float64"), exact[i]) / scale).toBeLessThan(1e-6);
    });
  });

  it("takes one image without a batch axis, no images, and a bias", () => {
    const [x, w, bias] = [random(3, 5, 5), random(4, 3, 3, 3), random(4)];
    const one = conv2d(x, w, { bias });
    expect(one.shape).toEqual([4, 3, 3]);
    expect(one.data).toEqual(conv2d(x.unsqueeze(0), w).add(bias.reshape([4, 1, 1])).data);
    expect(conv2d(zeros([0, 3, 5, 5]), w).shape).toEqual([0, 4, 3, 3]);
    expect(gradcheck((b: Tensor) => conv2d(x, w, { bias: b }), [bias])).toBe(true);
  });

  it("pads behind for an even kernel with padding same, and takes pairs", () => {
    const x = random(1, 1, 6);
    const w = random(1, 1, 4);
    expect(conv1d(x, w, { padding: "same" }).data).toEqual(conv1d(x, w, { padding: [[1, 2]] }).data);
    expect(conv1d(x, w, { padding: "valid" }).data).toEqual(conv1d(x, w).data);
  });
});

describe("transposed convolution", () => {
  it("is the transpose of the convolution with the same options, and has right derivatives", () => {
    const options = { stride: [2, 3], padding: [1, 0], dilation: [1, 2], groups: 2 };
    const [x, w, g] = [random(2, 4, 9, 11), random(6, 2, 3, 3), random(2, 6, 5, 3)];
    const out = conv2d(x, w, options);
    expect(out.shape).toEqual(g.shape);
    const back = convTranspose2d(g, w, { ...options, outputPadding: [0, 0] });
    expect(back.shape).toEqual(x.shape);
    expect(mul(out, g).sum().item()).toBeCloseTo(mul(x, back).sum().item(), 10);
    const f = (a: Tensor, b: Tensor): Tensor => convTranspose2d(a, b, options);
    expect(gradcheck(f, [g, w])).toBe(true);
    expect(gradgradcheck(f, [g, w], { maxEntries: 0 })).toBe(true);
  });

  it("agrees between one, two and three axes, batched or not", () => {
    const [x, w, bias] = [random(2, 3, 4), random(3, 2, 3), random(2)];
    const line = convTranspose1d(x, w, { stride: 2, padding: 1, outputPadding: 1, bias });
    expect(line.shape).toEqual([2, 2, 8]);
    const flat = { stride: [1, 2], padding: [0, 1], outputPadding: [0, 1], bias };
    expect(convTranspose2d(x.unsqueeze(2), w.unsqueeze(2), flat).data).toEqual(line.data);
    const deep = { stride: [1, 1, 2], padding: [0, 0, 1], outputPadding: [0, 0, 1], bias };
    const expanded = (t: Tensor): Tensor => t.unsqueeze(2).unsqueeze(2);
    expect(convTranspose3d(expanded(x), expanded(w), deep).data).toEqual(line.data);
    expect(convTranspose1d(x.slice(1), w, { stride: 2, padding: 1, outputPadding: 1, bias }).data).toEqual(
      line.slice(1).data,
    );
  });
});

describe("convolutions in a vmap", () => {
  const loss = (w: Tensor, x: Tensor): Tensor => conv2d(x, w, { groups: 2, stride: 2, padding: 1 }).square().sum();
  const [weights, images] = [random(3, 4, 1, 2, 3), random(3, 2, 2, 5, 4)];
  const small = random(1, 4, 2, 3);
  const each = <T>(of: (i: number) => T): T[] => [0, 1, 2].map(of);

  it("give the gradients of each example by one convolution for each direction", () => {
    const forward = vi.spyOn(convolution.op.definition, "forward");
    const found = vmap(grad(loss), { inAxes: [null, 0] })(weights.slice(0), images);
    expect(forward).toHaveBeenCalledTimes(2);
    forward.mockRestore();
    const wanted = stack(each((i) => grad(loss)(weights.slice(0), images.slice(i))));
    expect(largestDifference(found, wanted)).toBeLessThan(1e-12);
  });

  it("take many weights, images or both", () => {
    const both = vmap(loss)(weights, images);
    each((i) => expect(both.data[i]).toBeCloseTo(loss(weights.slice(i), images.slice(i)).item(), 10));
    const some = vmap(loss, { inAxes: [0, null] })(weights, images.slice(1));
    each((i) => expect(some.data[i]).toBeCloseTo(loss(weights.slice(i), images.slice(1)).item(), 10));
    const transposed = vmap((w: Tensor, x: Tensor) => convTranspose2d(x, w, { stride: 2 }), { inAxes: [0, null] });
    const wanted = stack(each((i) => convTranspose2d(small, weights.slice(i), { stride: 2 })));
    expect(largestDifference(transposed(weights, small), wanted)).toBeLessThan(1e-12);
  });

  it("take no examples at all", () => {
    expect(vmap((x: Tensor) => conv2d(x, weights.slice(0), { groups: 2 }))(zeros([0, 1, 2, 5, 4])).shape).toEqual([
      0, 1, 4, 4, 2,
    ]);
  });
});

describe("mistakes in convolutions", () => {
  const x = ones([1, 4, 5, 5]);
  const w = ones([2, 4, 3, 3]);

  it.each<[string, () => unknown]>([
    [
      "INPUT_RANK conv2d: the input has shape [5, 5]; it must be [batch, channels, height, width] or",
      () => conv2d(ones([5, 5]), w),
    ],
    [
      "INPUT_RANK conv1d: the input has shape [1, 4, 5, 5]; it must be [batch, channels, length] or",
      () => conv1d(x, w),
    ],
    ["WEIGHT_RANK conv2d: the weight has shape [4, 3, 3]", () => conv2d(x, ones([4, 3, 3]))],
    [
      "CONV_CHANNELS conv2d: the input [1, 4, 5, 5] has 4 channels; the weight [2, 3, 3, 3] with 1 group takes 3",
      () => conv2d(x, ones([2, 3, 3, 3])),
    ],
    [
      "CONV_CHANNELS conv2d: the input [1, 4, 5, 5] has 4 channels; the weight [2, 4, 3, 3] with 2 groups takes 8",
      () => conv2d(x, w, { groups: 2 }),
    ],
    ["CONV_CHANNELS conv2d", () => conv2d(x, ones([3, 2, 3, 3]), { groups: 2 })],
    [
      "KERNEL_TOO_LARGE conv2d: the kernel [3, 3], dilated to [7, 7], is larger than the padded input [5, 5]",
      () => conv2d(x, w, { dilation: 3 }),
    ],
    ["STRIDE_INVALID conv2d: stride 0; use an integer >= 1, or 2 of them", () => conv2d(x, w, { stride: 0 })],
    ["STRIDE_INVALID conv2d: stride 1.5", () => conv2d(x, w, { stride: 1.5 })],
    ["STRIDE_INVALID conv2d: stride [1, 2, 3]", () => conv2d(x, w, { stride: [1, 2, 3] })],
    ["DILATION_INVALID conv2d: dilation [1, 0]; use", () => conv2d(x, w, { dilation: [1, 0] })],
    ["GROUPS_INVALID conv2d: groups 0", () => conv2d(x, w, { groups: 0 })],
    ["PADDING_INVALID conv2d: padding -1", () => conv2d(x, w, { padding: -1 })],
    ['PADDING_INVALID conv2d: padding "some"', () => conv2d(x, w, { padding: JSON.parse('"some"') as never })],
    ['PADDING_INVALID conv2d: padding "same" with stride [2, 2]', () => conv2d(x, w, { padding: "same", stride: 2 })],
    [
      "BIAS_SHAPE conv2d: the bias has shape [4]; it must have one number for each of the 2",
      () => conv2d(x, w, { bias: ones([4]) }),
    ],
    ["OPERAND_KIND conv2d: the input: an array is", () => conv2d(JSON.parse("[[1]]") as never, w)],
    ["OPERAND_KIND conv2d: the weight: 3 is", () => conv2d(x, JSON.parse("3") as never)],
    ["OPERAND_KIND conv2d: the bias: 3 is", () => conv2d(x, w, { bias: JSON.parse("3") as never })],
    ["OPTIONS_KIND conv2d: the options are an object of class Tensor; give", () => conv2d(x, w, ones([2]) as never)],
    ["OPTIONS_KIND conv2d: the options are null", () => conv2d(x, w, JSON.parse("null") as never)],
    [
      "CONV_CHANNELS convTranspose2d: the input has 4 channels; the weight [2, 4, 3, 3] with 1 group takes 2",
      () => convTranspose2d(x, w),
    ],
    [
      "OUTPUT_PADDING_INVALID convTranspose2d: outputPadding 1",
      () => convTranspose2d(x, ones([4, 2, 3, 3]), { outputPadding: 1 }),
    ],
    ["OUTPUT_EMPTY convTranspose2d", () => convTranspose2d(x, ones([4, 2, 1, 1]), { padding: 3 })],
  ])("give %s", (wanted, run) => {
    expect(codeOf(run).slice(0, wanted.length)).toBe(wanted);
  });
});
