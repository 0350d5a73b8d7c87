import { Generator, gradients, reshape, type Tensor, tensor, tril, where } from "@adjoint/core";
import { gradcheck } from "@adjoint/core/testing";
import { describe, expect, test } from "vitest";
import { expectClose } from "./conformance/checks.js";
import { functionalCall, init, MultiheadAttention } from "./index.js";

const random = (...shape: number[]): Tensor => new Generator(shape.length).normal(shape, 0, 1, { dtype: "float64" });
const batchFirst = true;

test("the state-dict keys of attention are PyTorch's", () => {
  const keys = (layer: MultiheadAttention): string => Object.keys(layer.stateDict()).join(" ");
  expect(keys(new MultiheadAttention(4, 2))).toBe("in_proj_weight in_proj_bias out_proj.weight out_proj.bias");
  expect(keys(new MultiheadAttention(4, 2, { kdim: 3, bias: false, addBiasKv: true }))).toBe(
    "q_proj_weight k_proj_weight v_proj_weight bias_k bias_v out_proj.weight",
  );
});

test("the projections start as one Xavier uniform matrix, and the biases at 0", () => {
  const layer = new MultiheadAttention(64, 2, { addBiasKv: true, generator: new Generator(1) });
  const largest = layer.inProjWeight?.abs().max().item() ?? 0;
  const bound = Math.sqrt(6 / (64 + 3 * 64));
  expect(largest).toBeLessThanOrEqual(bound);
  expect(largest).toBeGreaterThan(0.99 * bound);
  expect([layer.inProjBias, layer.outProj.bias].map((bias) => bias?.abs().max().item())).toEqual([0, 0]);
  expect(Math.abs((layer.biasK?.square().mean().item() ?? 0) - 1 / 64)).toBeLessThan(0.01);
});

describe("masks of attention", () => {
  const attention = new MultiheadAttention(4, 2, { batchFirst, generator: new Generator(2) }).to("float64");
  init.uniform(attention.outProj.bias!);
  const [query, memory] = [random(2, 3, 4), random(2, 5, 4).mul(2)];
  const lower = tril(tensor(new Uint8Array(15).fill(1), { shape: [3, 5], dtype: "bool" }));
  const above = lower.logicalNot();

  test("a query whose keys are all masked gets weights of 0, and finite gradients", () => {
    const keyPaddingMask = tensor([[1, 1, 1, 1, 1], [0, 0, 1, 1, 1]]).to("bool"); // prettier-ignore
    for (const mask of [keyPaddingMask, where(keyPaddingMask, -Infinity, 0)]) {
      const [output, weights] = attention.forward(query, memory, memory, { keyPaddingMask: mask });
      expect(weights?.slice(0).abs().max().item()).toBe(0);
      expectClose(output.slice(0, 0), attention.outProj.bias!.detach(), "the first query");
      expectClose(weights!.slice(1).sum({ axis: -1 }), tensor([1, 1, 1]), "the sums of other weights");
      const found = gradients(output.square().sum(), attention.parameters());
      expect(found.every(({ data }) => data.every(Number.isFinite))).toBe(true);
    }
  });

  test("isCausal is the mask of what comes later, alone and beside others", () => {
    const call = (layer: MultiheadAttention, options: object): Tensor =>
      layer.forward(query, memory, memory, options)[0];
    expectClose(call(attention, { isCausal: true }), call(attention, { attnMask: above }), "alone");
    const keyPaddingMask = tensor([[0, 1, 0, 0, 0], [0, 0, 1, 1, 0]]).to("bool"); // prettier-ignore
    const both = { keyPaddingMask, isCausal: true, needWeights: false };
    expectClose(call(attention, both), call(attention, { keyPaddingMask, attnMask: above }), "beside another");
    const more = new MultiheadAttention(4, 2, { batchFirst, addBiasKv: true, addZeroAttn: true }).to("float64");
    expectClose(call(more, { isCausal: true }), call(more, { attnMask: above }), "before added keys");
  });

  test("a floating mask can be learned", () => {
    const fn = (attnMask: Tensor): Tensor => attention.forward(query, memory, memory, { attnMask })[0];
    expect(gradcheck(fn, [random(3, 5)])).toBe(true);
    expect(gradcheck(fn, [random(4, 3, 5)])).toBe(true);
  });

  test("a floating mask takes the dtype of the scores", () => {
    const single = new MultiheadAttention(4, 2);
    const x = random(3, 4).to("float32");
    expect(single.forward(x, x, x, { attnMask: random(3, 3) })[0].dtype).toBe("float32");
  });

  test.each([
    ["MASK_SHAPE", { attnMask: random(5, 3) }, "attnMask is [5, 3]; it must be [3, 5] or [4, 3, 5]"],
    ["MASK_SHAPE", { keyPaddingMask: random(2, 3) }, "keyPaddingMask is [2, 3]; it must be [2, 5]"],
    ["MASK_DTYPE", { attnMask: random(3, 5).to("int32") }, "attnMask is int32; use bool"],
  ])("%s says what fits", (code, options, message) => {
    const run = (): unknown => attention.forward(query, memory, memory, options);
    expect(run).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }));
  });

  test("sequences that do not fit are named with their shapes", () => {
    expect(() => attention.forward(query, memory, query)).toThrow(
      "MultiheadAttention: query [2, 3, 4], key [2, 5, 4], value [2, 3, 4]; they must be [N, L, 4], [N, S, 4] and [N, S, 4], or all without N",
    );
  });
});

test("dropout in training takes weights away and keeps their mean, the same for the same seed", () => {
  const make = (seed: number): MultiheadAttention =>
    new MultiheadAttention(2, 2, { dropout: 0.25, batchFirst, generator: new Generator(seed) }).to("float64");
  const state = make(1).stateDict();
  const x = random(4, 50, 2);
  const run = (seed: number): Tensor => {
    const layer = make(seed);
    layer.loadStateDict(state);
    return layer.forward(x, x, x, { averageAttnWeights: false })[1]!;
  };
  expect(run(1).data).toEqual(run(1).data);
  expect(run(1).data).not.toEqual(run(2).data);
  const dropped = run(1).data.filter((weight) => weight === 0).length / (4 * 2 * 50 * 50);
  expect(dropped).toBeGreaterThan(0.23);
  expect(dropped).toBeLessThan(0.27);
  expect(run(1).sum({ axis: -1 }).mean().item()).toBeCloseTo(1, 1);
  const calm = make(1).eval().forward(x, x, x)[1]!;
  expectClose(calm.sum({ axis: -1 }), tensor(new Float64Array(200).fill(1), { shape: [4, 50] }), "in evaluation");
});

test("the gradient under dropout is that of the weights which were kept", () => {
  const x = random(3, 4);
  const fn = (y: Tensor, weight: Tensor): Tensor => {
    const layer = new MultiheadAttention(4, 2, { dropout: 0.5, generator: new Generator(3) }).to("float64");
    return functionalCall(layer, { in_proj_weight: weight }, y, y, y)[0];
  };
  expect(gradcheck(fn, [x, reshape(random(48), [12, 4])])).toBe(true);
});
