import { describe, expect, it } from "vitest";
import {
  AdjointError,
  type AttentionOptions,
  Generator,
  gradients,
  matmul,
  mul,
  ones,
  scaledDotProductAttention,
  type Tensor,
  tensor,
  vmap,
  zeros,
} from "../index.js";

const generator = new Generator(3);
const random = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });

function expectClose(a: Tensor, b: Tensor): void {
  expect(a.shape).toEqual(b.shape);
  a.data.forEach((x, i) => expect(x).toBeCloseTo(b.data[i], 12));
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AdjointError) return error.code;
    throw error;
  }
  return "no error";
}

describe("scaledDotProductAttention", () => {
  const [q, k, v] = [random(2, 3, 4), random(2, 5, 4), random(2, 5, 6)];

  it("is softmax(q · kᵀ / √E) · v, with a mask added", () => {
    const scores = mul(matmul(q, k.transpose()), 0.5);
    expectClose(scaledDotProductAttention(q, k, v), matmul(scores.softmax(), v));
    const mask = random(1, 3, 5);
    expectClose(scaledDotProductAttention(q, k, v, { attnMask: mask }), matmul(scores.add(mask).softmax(), v));
    expectClose(
      scaledDotProductAttention(q, k, v, { scale: 0 }),
      v.mean({ axis: 1, keepDims: true }).expand([2, 3, 6]),
    );
  });

  it("leaves out the keys that are false in a bool mask, as a mask of -∞ does", () => {
    const bool = tensor([[true, false, true, true, false]]);
    const float = tensor([[0, -Infinity, 0, 0, -Infinity]]);
    const wanted = scaledDotProductAttention(q, k, v, { attnMask: float });
    expectClose(scaledDotProductAttention(q, k, v, { attnMask: bool }), wanted);
    const kept = (x: Tensor): Tensor => x.indexSelect(tensor([0, 2, 3], { dtype: "int32" }), 1);
    expectClose(scaledDotProductAttention(q, kept(k), kept(v)), wanted);
  });

  it("with isCausal lets query i see the keys up to i", () => {
    const lower = tensor([[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0]]).to("bool"); // prettier-ignore
    const wanted = scaledDotProductAttention(q, k, v, { attnMask: lower });
    expectClose(scaledDotProductAttention(q, k, v, { isCausal: true }), wanted);
  });

  it.each<[string, Tensor]>([
    ["bool", tensor([[false, false], [true, false]])], // prettier-ignore
    ["floating", tensor([[-Infinity, -Infinity], [0, -Infinity]])], // prettier-ignore
  ])("gives zeros and finite gradients where a %s mask leaves no key", (_kind, attnMask) => {
    const leaves = [random(2, 3), random(2, 3), random(2, 1)].map((x) => Object.assign(x, { requiresGrad: true }));
    const out = scaledDotProductAttention(leaves[0], leaves[1], leaves[2], { attnMask });
    expect(out.data[0]).toBe(0);
    expect(out.data[1]).toBeCloseTo(leaves[2].data[0], 12);
    const found = gradients(out.square().sum(), leaves);
    expect(found.every((g) => g.data.every(Number.isFinite))).toBe(true);
    expect([...found[0].slice(0).data]).toEqual([0, 0, 0]);
  });

  it("does not overflow for large scores", () => {
    const out = scaledDotProductAttention(mul(q, 1e150), mul(k, 1e150), v);
    expect(out.data.every(Number.isFinite)).toBe(true);
  });

  it("with enableGqa shares heads of keys and values", () => {
    const [many, few, values] = [random(2, 4, 3, 2), random(2, 2, 5, 2), random(2, 2, 5, 3)];
    const repeated = (x: Tensor): Tensor => x.indexSelect(tensor([0, 0, 1, 1], { dtype: "int32" }), 1);
    expectClose(
      scaledDotProductAttention(many, few, values, { enableGqa: true }),
      scaledDotProductAttention(many, repeated(few), repeated(values)),
    );
  });

  it("drops weights and keeps their mean, the same ones for the same seed", () => {
    const [query, key, values] = [zeros([200, 1]), zeros([100, 1]), ones([100, 1])];
    const drop = (seed: number): Tensor =>
      scaledDotProductAttention(query, key, values, { dropoutP: 0.25, generator: new Generator(seed) });
    expect(drop(1).data).toEqual(drop(1).data);
    expect(drop(1).data).not.toEqual(drop(2).data);
    expect(drop(1).mean().item()).toBeCloseTo(1, 1);
    expect(scaledDotProductAttention(query, key, values, { dropoutP: 1 }).sum().item()).toBe(0);
  });

  it("takes a batch of masks in a vmap", () => {
    const masks = tensor([[[true, false]], [[false, true]]]); // prettier-ignore
    const f = (mask: Tensor): Tensor => scaledDotProductAttention(ones([1, 1]), ones([2, 1]), tensor([[1], [2]]), { attnMask: mask }); // prettier-ignore
    expect(vmap(f)(masks).toArray()).toEqual([[[1]], [[2]]]);
  });

  it("takes no queries, no keys and no numbers in them", () => {
    expect(scaledDotProductAttention(zeros([0, 2]), ones([3, 2]), ones([3, 1])).shape).toEqual([0, 1]);
    const attnMask = zeros([2, 0]);
    expect(scaledDotProductAttention(ones([2, 2]), ones([0, 2]), ones([0, 1]), { attnMask }).toArray()).toEqual([
      [0],
      [0],
    ]);
    expect(scaledDotProductAttention(ones([1, 0]), ones([2, 0]), tensor([[1], [3]])).toArray()).toEqual([[2]]);
  });

  it.each<[string, AttentionOptions | null, Tensor?, Tensor?]>([
    ["ATTENTION_SHAPES", {}, ones([2, 5, 3])],
    ["ATTENTION_SHAPES", {}, k, ones([2, 4, 6])],
    ["SHAPE_MISMATCH", {}, ones([3, 5, 4]), ones([3, 5, 6])],
    ["SHAPE_MISMATCH", { attnMask: ones([4, 5]) }],
    ["MASK_DTYPE", { attnMask: ones([3, 5], { dtype: "int32" }) }],
    ["MASK_AND_CAUSAL", { attnMask: ones([3, 5]), isCausal: true }],
    ["NUMBER_INVALID", { dropoutP: 1.5 }],
    ["NUMBER_INVALID", { scale: NaN }],
    ["RANK_INVALID", {}, ones([4])],
    ["DTYPE_FLOATING", {}, ones([2, 5, 4], { dtype: "int32" })],
    ["ATTENTION_SHAPES", { enableGqa: true }, ones([3, 5, 4]), ones([3, 5, 6])],
    ["GENERATOR_KIND", { generator: JSON.parse("1") as never }],
    ["OPTION_UNKNOWN", { mask: null } as never],
    ["OPTIONS_KIND", null],
  ])("gives %s", (code, options, keys = k, values = v) => {
    expect(codeOf(() => scaledDotProductAttention(q, keys, values, options as AttentionOptions))).toBe(code);
  });
});
