import { Formula, mul, noGrad, sigmoid, tensor, type Value, value } from "@adjoint/core";
import { describe, expect, it } from "vitest";
import { graphSvg } from "./graph.js";

/** The text of the picture in the order in which it is written, without the title. */
function words(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
}

function chain(length: number): Value {
  let y = value(0);
  for (let index = 1; index < length; index++) y = y.neg();
  return y;
}

describe("graphSvg", () => {
  it("shows names, signs, values and, after backward, gradients", async () => {
    const a = value(3, "a");
    const b = value(-2.5, "b");
    const product = a.mul(b);
    const result = product.tanh();
    result.backward();
    const shown = words(await graphSvg(result, { names: { result, product } }));
    expect(shown).toEqual(
      expect.arrayContaining(["a", "b", "3", "−2.5", "×", "tanh", "result", "product", "−7.5", "gradient"]),
    );
  });

  it("shows no gradients before a backward walk has run", async () => {
    const svg = await graphSvg(value(3, "a").mul(value(4, "b")));
    expect(words(svg)).toContain("12");
    expect(words(svg)).not.toContain("gradient");
  });

  it("draws a node once and an arrow for each use", async () => {
    const x = value(3, "x");
    const svg = await graphSvg(x.mul(x));
    expect(words(svg).filter((word) => word === "x")).toHaveLength(1);
    expect(svg.match(/marker-end/g)).toHaveLength(2);
  });

  it("draws a formula with its names, ops and constants, and without numbers", async () => {
    const softSwitch = Formula.trace("softSwitch", ["x"], (x) => sigmoid(mul(x, 2)));
    const shown = words(await graphSvg(softSwitch));
    expect(shown).toEqual(expect.arrayContaining(["x", "×", "2", "sigmoid"]));
    expect(shown).not.toContain("NaN");
  });

  it("shows constants without a name, and names over labels", async () => {
    const x = value(3, "x");
    const shown = words(await graphSvg(x.add(1), { names: { input: x } }));
    expect(shown).toContain("1");
    expect(shown).toContain("input");
    expect(shown).not.toContain("x");
  });

  it("shows dtype, shape and the norm of the gradient of tensors", async () => {
    const x = tensor([3, 4], { requiresGrad: true });
    const y = x.mul(x).sum();
    y.backward(undefined, { retainGraph: true });
    const shown = words(await graphSvg(y, { names: { x, y } }));
    expect(shown).toEqual(expect.arrayContaining(["x", "float32 [2]", "‖∇‖ 10", "y", "float32 []"]));
  });

  it("refuses a graph of tensors that a backward walk has freed, also beside a whole one", async () => {
    const x = tensor([3, 4], { requiresGrad: true });
    const y = x.mul(x).sum();
    y.backward();
    const message = "the graph was freed by backward(); draw before it, or pass { retainGraph: true }";
    const freed = { code: "GRAPH_FREED", message: expect.stringContaining(message) };
    await expect(graphSvg(y)).rejects.toMatchObject(freed);
    await expect(graphSvg([x.sum(), y])).rejects.toMatchObject(freed);
    await expect(graphSvg(y.add(1))).rejects.toMatchObject(freed);
  });

  it("draws tensors that need no gradient, also after a walk", async () => {
    const x = tensor([3, 4], { requiresGrad: true });
    const plain = noGrad(() => x.mul(2));
    const y = x.mul(plain.detach()).sum();
    expect(words(await graphSvg(y))).toContain("sum");
    y.backward();
    expect(await graphSvg(plain)).toContain("float32 [2]");
    expect(await graphSvg(x)).toContain("float32 [2]");
    expect(await graphSvg(tensor([1, 2]).mul(3))).toContain("float32 [2]");
  });

  it("draws several roots in one picture", async () => {
    const x = value(3, "x");
    const shown = words(await graphSvg([x.mul(2), x.add(7)]));
    expect(shown).toEqual(expect.arrayContaining(["6", "10"]));
  });

  it("refuses a graph above the limit, also a long chain, without overflowing the stack", async () => {
    expect(await graphSvg(chain(4), { maxNodes: 4 })).toContain("<svg");
    await expect(graphSvg(chain(5), { maxNodes: 4 })).rejects.toMatchObject({ code: "GRAPH_TOO_LARGE" });
    const long = chain(300_000);
    await expect(graphSvg(long)).rejects.toMatchObject({ code: "GRAPH_TOO_LARGE" });
    await expect(graphSvg(long, { maxNodes: 299_999 })).rejects.toMatchObject({ code: "GRAPH_TOO_LARGE" });
  });

  it("refuses options that it does not know or cannot use", async () => {
    const wrong: [options: unknown, code: string][] = [
      [{ direction: "down" }, "OPTION_VALUE"],
      [{ maxNodes: NaN }, "OPTION_VALUE"],
      [{ names: { x: 3 } }, "GRAPH_NAMES"],
      [{ names: null }, "GRAPH_NAMES"],
    ];
    for (const [options, code] of wrong) {
      await expect(graphSvg(value(3), options as never)).rejects.toMatchObject({ code });
    }
  });

  it("refuses what is not part of a graph", async () => {
    const wrong: unknown[] = [undefined, null, 3, {}, [], [3]];
    for (const root of wrong) await expect(graphSvg(root as Value)).rejects.toMatchObject({ code: "GRAPH_ROOT" });
  });
});
