import { describe, expect, test } from "vitest";
import {
  arange,
  fft,
  fft2,
  fftfreq,
  fftshift,
  Generator,
  gradients,
  ifft,
  ifft2,
  ifftshift,
  irfft,
  mul,
  ones,
  rfft,
  rfftfreq,
  stack,
  sub,
  sum,
  type Tensor,
  tensor,
  zeros,
  zerosLike,
} from "../index.js";

const generator = new Generator(3);
const random = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });

/** `Σ x_j·e^(∓2πi·jk/n)` by its definition, along the first axis of pairs. */
function byDefinition({ data, shape: [n] }: Tensor, inverse = false): Tensor {
  const out = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const angle = ((inverse ? 2 : -2) * Math.PI * ((j * k) % n)) / n;
      out[2 * k] += data[2 * j] * Math.cos(angle) - data[2 * j + 1] * Math.sin(angle);
      out[2 * k + 1] += data[2 * j] * Math.sin(angle) + data[2 * j + 1] * Math.cos(angle);
    }
  }
  return tensor(out, { shape: [n, 2] });
}

const norm = (x: Tensor): number => Math.sqrt(sum(mul(x, x)).item());

/** The difference relative to the length of the wanted vector. */
function expectNear(got: Tensor, want: Tensor, tolerance = 1e-14): void {
  expect(got.shape).toEqual(want.shape);
  expect(norm(sub(got, want))).toBeLessThanOrEqual(tolerance * norm(want));
}

const lengths = [...Array.from({ length: 40 }, (_, i) => i + 1), 53, 64, 97, 127, 211, 256, 343, 360, 509, 1000];

describe.each(lengths)("length %i", (n) => {
  test("every transform is its definition", () => {
    const x = random(n, 2);
    const spectrum = byDefinition(x);
    expectNear(fft(x), spectrum);
    expectNear(ifft(x, { norm: "forward" }), byDefinition(x, true));
    expectNear(ifft(spectrum), x);
    const real = random(n);
    const half = byDefinition(stack([real, zerosLike(real)], -1)).slice([0, Math.floor(n / 2) + 1]);
    expectNear(rfft(real), half, 2e-14);
    expectNear(irfft(half, { n }), real);
  });
});

test.each([4096, 65536, 65537, 59049, 10007])("there and back over %i places", (n) => {
  const x = random(n, 2);
  expectNear(ifft(fft(x)), x);
  const real = random(n);
  expectNear(irfft(rfft(real), { n }), real);
  // The energy is the same in both.
  const energy = (y: Tensor): number => sum(mul(y, y)).item();
  expect(energy(fft(x, { norm: "ortho" }))).toBeCloseTo(energy(x), 7);
});

test("lines along any axis, cut off or filled up", () => {
  const x = random(3, 5, 2, 2);
  for (const [axis, n] of [
    [0, 3],
    [1, 4],
    [-2, 7],
    [-1, 2],
  ]) {
    const got = fft(x, { axis, n });
    const at = axis < 0 ? axis + 3 : axis;
    const index = [1, 0, 1].map((place, i) => (i === at ? null : place));
    const line = x.slice(...index);
    const fitted = zeros([n, 2], { dtype: "float64" }).toArray() as number[][];
    (line.toArray() as number[][]).slice(0, n).forEach((pair, j) => (fitted[j] = pair));
    expectNear(got.slice(...index), byDefinition(tensor(fitted, { dtype: "float64" })));
  }
});

test("norms divide at the inverse, at both, or at the transform", () => {
  const x = random(6, 2);
  const plain = fft(x);
  expectNear(fft(x, { norm: "backward" }), plain);
  expectNear(fft(x, { norm: "ortho" }), plain.div(Math.sqrt(6)));
  expectNear(fft(x, { norm: "forward" }), plain.div(6));
  for (const each of ["backward", "ortho", "forward"] as const) {
    expectNear(ifft(fft(x, { norm: each }), { norm: each }), x);
    expectNear(ifft2(fft2(random(0, 3, 4, 2), { norm: each })), zeros([0, 3, 4, 2], { dtype: "float64" }));
    const real = random(7);
    expectNear(irfft(rfft(real, { norm: each }), { n: 7, norm: each }), real);
  }
});

test("two axes are one after the other, of any sizes", () => {
  const x = random(4, 3, 5, 2);
  expectNear(fft2(x), fft(fft(x, { axis: 1 }), { axis: 2 }));
  expectNear(fft2(x, { axes: [2, 0], sizes: [3, 6] }), fft(fft(x, { axis: 2, n: 3 }), { axis: 0, n: 6 }));
  expectNear(ifft2(fft2(x)), x);
});

test("float32 results are the rounded float64 ones, and integers become float32", () => {
  const x = random(37, 2).to("float32");
  expect([...fft(x).data]).toEqual([...fft(x.to("float64")).to("float32").data]);
  expect(fft(x).dtype).toBe("float32");
  expect(rfft(arange(4, undefined, 1, { dtype: "int32" })).dtype).toBe("float32");
});

test("irfft does not see the imaginary parts that real numbers have not, and their gradient is 0", () => {
  const spectrum = tensor(
    [
      [1, 9],
      [2, 3],
      [4, 9],
    ].flat(),
    { shape: [3, 2], dtype: "float64", requiresGrad: true },
  );
  const x = irfft(spectrum);
  const plain = irfft(
    tensor(
      [
        [1, 0],
        [2, 3],
        [4, 0],
      ].flat(),
      { shape: [3, 2], dtype: "float64" },
    ),
  );
  expect([...x.data]).toEqual([...plain.data]);
  const [g] = gradients(mul(x, tensor([1, 2, 3, 4], { dtype: "float64" })).sum(), [spectrum]);
  expect([g.data[1], g.data[5]].map(Math.abs)).toEqual([0, 0]);
});

test("frequencies and their order", () => {
  expect(Array.from(fftfreq(5).data, (x) => Math.round(5 * x))).toEqual([0, 1, 2, -2, -1]);
  expect(fftfreq(4, 0.5, { dtype: "float64" }).toArray()).toEqual([0, 0.5, -1, -0.5]);
  expect(rfftfreq(5, 0.2).toArray()).toEqual([0, 1, 2]);
  expect(rfftfreq(4, 0.25).toArray()).toEqual([0, 1, 2]);
  const x = random(5, 4, 2);
  expect(fftshift(x, [0, 1]).slice(2, 2).toArray()).toEqual(x.slice(0, 0).toArray());
  expect(ifftshift(fftshift(x, [0, -2]), [0, -2]).toArray()).toEqual(x.toArray());
});

test.each<[what: string, wrong: () => unknown, code: string]>([
  ["no pairs", () => fft(ones([4, 3])), "PAIRS_EXPECTED"],
  ["a vector", () => fft(ones([2])), "PAIRS_EXPECTED"],
  ["one axis for two", () => fft2(ones([4, 2])), "PAIRS_EXPECTED"],
  ["integers", () => fft(ones([4, 2], { dtype: "int32" })), "DTYPE_FLOATING"],
  ["no tensor", () => ifft([1, 2] as never), "OPERAND_KIND"],
  ["no elements", () => fft(ones([0, 2])), "EMPTY_TRANSFORM"],
  ["one place without n", () => irfft(ones([1, 2])), "EMPTY_TRANSFORM"],
  ["a scalar", () => rfft(tensor(1)), "AXIS_OUT_OF_RANGE"],
  ["the axis of pairs", () => fft(ones([4, 2]), { axis: 1 }), "AXIS_OUT_OF_RANGE"],
  ["a fraction", () => fft(ones([4, 2]), { n: 1.5 }), "INTEGER_INVALID"],
  ["a negative n", () => rfft(ones([4]), { n: -1 }), "INTEGER_INVALID"],
  ["another norm", () => fft(ones([4, 2]), { norm: "both" as never }), "CHOICE_INVALID"],
  ["PyTorch's name", () => fft(ones([4, 2]), { dim: 0 } as never), "OPTION_UNKNOWN"],
  ["null for options", () => rfft(ones([4]), null as never), "OPTIONS_KIND"],
  ["axes as a number", () => fft2(ones([4, 4, 2]), { axes: 1 as never }), "AXES_INVALID"],
  ["sizes for other axes", () => fft2(ones([4, 4, 2]), { sizes: [4] }), "AXES_INVALID"],
  ["an axis twice", () => fft2(ones([4, 4, 2]), { axes: [0, -2] }), "AXIS_REPEATED"],
  ["no axis to shift", () => fftshift(ones([4]), undefined as never), "AXES_INVALID"],
  ["a shift of null", () => fftshift(ones([4]), null as never), "AXIS_OUT_OF_RANGE"],
  ["frequencies of nothing", () => fftfreq(0), "INTEGER_INVALID"],
  ["no spacing", () => rfftfreq(4, 0), "SPACING_INVALID"],
])("%s is refused", (_what, wrong, code) => {
  expect(wrong).toThrow(expect.objectContaining({ code }));
});
