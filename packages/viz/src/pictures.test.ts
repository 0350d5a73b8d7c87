import { tensor, value } from "@adjoint/core";
import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { curvesSvg } from "./curves.js";
import { decisionSvg } from "./decision.js";
import { diagramSvg } from "./diagram.js";
import { graphSvg } from "./graph.js";
import { imagesSvg } from "./images.js";
import { learningCurvesSvg } from "./learning.js";

/** Reads a document token by token: tags nest, attributes are quoted, entities are XML's own, the root is alone. */
function expectWellFormed(svg: string): void {
  const token =
    /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="(?:[^"<&]|&(?:amp|lt|gt|quot|apos);)*")*)\s*(\/?)>|((?:[^<&]|&(?:amp|lt|gt|quot|apos);)+)/gy;
  const open: string[] = [];
  let end = 0;
  for (const match of svg.matchAll(token)) {
    end = match.index + match[0].length;
    const [, closing, name, attributes = "", empty] = match;
    const names = [...attributes.matchAll(/([\w:-]+)="/g)].map((attribute) => attribute[1]);
    expect(new Set(names).size, match[0]).toBe(names.length);
    if (name === undefined) expect(open.length, "text outside the root").toBeGreaterThan(0);
    else if (closing === "/") expect(open.pop()).toBe(name);
    else if (empty !== "/") open.push(name);
    if (name !== undefined && open.length === 0) expect(end, "something follows the root").toBe(svg.length);
  }
  expect(end, `at ${svg.slice(end, end + 40)}`).toBe(svg.length);
  expect(open).toEqual([]);
}

function count(svg: string, selector: string): number {
  return new DOMParser().parseFromString(svg, "image/svg+xml").querySelectorAll(selector).length;
}

describe("diagramSvg", () => {
  it("draws a card for each node and an arrow for each use", async () => {
    const svg = await diagramSvg({
      title: "twice <x>",
      direction: "TB",
      cards: [
        { kind: "leaf", title: "x & y", value: "3", gradient: "2" },
        { kind: "op", title: "+", subtitle: "z", value: "6", gradient: "1" },
        { kind: "constant", title: "", value: "7", gradient: null },
      ],
      edges: [
        [0, 1],
        [0, 1],
      ],
    });
    expectWellFormed(svg);
    expect(count(svg, "[marker-end]")).toBe(2);
    for (const text of ["x &amp; y", ">+<", ">z<", ">7<", "gradient"]) expect(svg).toContain(text);
  });
});

describe("curvesSvg", () => {
  it("draws every series with its name, title and axis labels as well-formed XML", async () => {
    const svg = await curvesSvg(
      { "a & b": [3, 2, 1], "<test>": [3, 2.5, 2] },
      { title: "Loss", xLabel: "epoch", yLabel: "nats" },
    );
    expectWellFormed(svg);
    for (const text of ["a &amp; b", "&lt;test&gt;", ">Loss<", ">epoch<", ">nats<"]) expect(svg).toContain(text);
    expect(count(svg, "[aria-label=line] path")).toBe(2);
  });

  it("gives the same document for the same numbers", async () => {
    expect(await curvesSvg({ loss: [1, 0.5] })).toBe(await curvesSvg({ loss: [1, 0.5] }));
  });

  it("leaves a gap for numbers that are not finite", async () => {
    const whole = await curvesSvg({ loss: [4, 3, 2, 1, 0] });
    const broken = await curvesSvg({ loss: [4, 3, NaN, 1, 0] });
    const moves = (svg: string): number => [...svg.matchAll(/ d="[^"]*"/g)].join("").split("M").length;
    expect(moves(broken)).toBe(moves(whole) + 1);
    expectWellFormed(broken);
    expect(broken).not.toContain("NaN");
  });

  it("labels whole numbers of epochs once each", async () => {
    const svg = await curvesSvg({ accuracy: [0.9, 0.95, 0.97] }, { yFormat: "percent" });
    expect([...svg.matchAll(/>([123])<\/text>/g)].map((match) => match[1])).toEqual(["1", "2", "3"]);
    expect(svg).toContain(">90%<");
  });

  it("labels a logarithmic axis with its powers of ten, however small", async () => {
    const svg = await curvesSvg({ loss: [1, 1e-3] }, { yScale: "log" });
    for (const label of [">1<", ">0.1<", ">0.01<", ">0.001<"]) expect(svg).toContain(label);
  });

  it("takes one list of heights, and tensors and typed arrays for lists", async () => {
    const one = await curvesSvg([3, 2, 1]);
    expectWellFormed(one);
    expect(count(one, "[aria-label=line] path")).toBe(1);
    expect(await curvesSvg(tensor([3, 2, 1]))).toBe(one);
    expect(await curvesSvg({ "": Float64Array.of(3, 2, 1) })).toBe(one);
    expect(await curvesSvg([{ name: "", x: tensor([1, 2, 3]), y: tensor([3, 2, 1]) }])).toBe(one);
  });

  it("refuses what are no series, with a code", async () => {
    const wrong: [series: unknown, code: string, message: string][] = [
      [undefined, "SERIES_KIND", "the series are undefined"],
      [3, "SERIES_KIND", "the series are 3"],
      [[], "NO_SERIES", "no series holds a finite value"],
      [[[1, 2]], "SERIES_KIND", "a series has no name"],
      [[{ y: [1] }], "SERIES_KIND", "a series has no name"],
      [[null], "SERIES_KIND", "a series has no name"],
      [tensor([[1, 2]]), "SERIES_KIND", "a tensor [1, 2]"],
      [{ loss: 3 }, "NUMBERS_KIND", 'series "loss" is a number'],
      [{ loss: ["1"] }, "NUMBERS_KIND", 'series "loss" is an array that does not hold numbers only'],
      [{ loss: undefined }, "NUMBERS_KIND", 'series "loss" is undefined'],
    ];
    for (const [series, code, message] of wrong) {
      const refusal = { code, message: expect.stringContaining(message) };
      await expect(curvesSvg(series as never)).rejects.toMatchObject(refusal);
    }
    await expect(curvesSvg([1], { yScale: "ln" as never })).rejects.toMatchObject({ code: "OPTION_VALUE" });
  });

  it("refuses what cannot be drawn, with a code", async () => {
    await expect(curvesSvg({})).rejects.toThrow(expect.objectContaining({ code: "NO_SERIES" }));
    await expect(curvesSvg({ loss: [NaN] })).rejects.toThrow(expect.objectContaining({ code: "NO_SERIES" }));
    await expect(curvesSvg({ loss: [-1] }, { yScale: "log" })).rejects.toThrow(
      expect.objectContaining({ code: "NO_SERIES" }),
    );
    await expect(curvesSvg([{ name: "a", x: [1], y: [1, 2] }])).rejects.toThrow(
      expect.objectContaining({ code: "SERIES_LENGTH" }),
    );
    await expect(curvesSvg({ loss: [1] }, { width: NaN })).rejects.toThrow(
      expect.objectContaining({ code: "PICTURE_SIZE" }),
    );
  });
});

describe("learningCurvesSvg", () => {
  it("has a panel for the loss and, where it was measured, one for the accuracy", async () => {
    const both = await learningCurvesSvg({ trainLoss: [1, 0.5], testLoss: [1, 0.6], testAccuracy: [0.5, 0.75] });
    expectWellFormed(both);
    expect(both).toContain(">Accuracy<");
    const alone = await learningCurvesSvg({ trainLoss: [1] });
    expectWellFormed(alone);
    expect(alone).not.toContain(">Accuracy<");
    expect(await learningCurvesSvg({ trainLoss: tensor([1]), seed: 3 } as never)).toBe(alone);
  });

  it("refuses what is no history, under its own name", async () => {
    await expect(learningCurvesSvg([1, 0.5] as never)).rejects.toMatchObject({ code: "HISTORY_KIND" });
    await expect(learningCurvesSvg({} as never)).rejects.toThrow("learningCurvesSvg: no series");
  });
});

describe("decisionSvg", () => {
  const points = [-1, -1, 1, 1];
  const left = (places: Float32Array): number[] =>
    Array.from({ length: places.length / 2 }, (_, index) => (places[2 * index] < 0 ? 0 : 1));

  it("asks the classifier once for every cell and draws every point", () => {
    let calls = 0;
    const classify = (places: Float32Array): number[] => {
      calls++;
      expect(places).toHaveLength(2 * 50 * 50);
      return left(places);
    };
    const svg = decisionSvg({ points, labels: [0, 1], classify, resolution: 50, title: "Halves" });
    expectWellFormed(svg);
    expect(calls).toBe(1);
    expect(count(svg, "circle")).toBe(2);
    expect(count(svg, "path")).toBe(2);
  });

  it("starts at the top left: class 0 fills the left half of each row", () => {
    const svg = decisionSvg({ points, labels: [0, 1], classify: left, resolution: 4 });
    expect(svg).toContain('d="M0 0h2v1h-2zM0 1h2v1h-2zM0 2h2v1h-2zM0 3h2v1h-2z"');
  });

  it("takes tensors and gives the same picture", () => {
    const arrays = decisionSvg({ points, labels: [0, 1], classify: left, resolution: 4 });
    const tensors = {
      points: tensor([
        [-1, -1],
        [1, 1],
      ]),
      labels: tensor([0, 1], { dtype: "int32" }),
      classify: (places: Float32Array) => tensor(left(places)),
      resolution: 4,
    };
    expect(decisionSvg(tensors)).toBe(arrays);
  });

  it("refuses points, labels and classes that do not go together", () => {
    const draw = (options: object) => (): string => decisionSvg({ points, labels: [0, 1], classify: left, ...options });
    expect(draw({ labels: [0] })).toThrow(expect.objectContaining({ code: "DECISION_POINTS" }));
    expect(draw({ points: [0, 0, NaN, 1] })).toThrow(expect.objectContaining({ code: "DECISION_POINTS" }));
    expect(draw({ labels: [0, -1] })).toThrow(expect.objectContaining({ code: "DECISION_POINTS" }));
    expect(draw({ classify: () => [0] })).toThrow(expect.objectContaining({ code: "DECISION_CLASSES" }));
    expect(draw({ resolution: 1, classify: () => [0.5] })).toThrow(
      expect.objectContaining({ code: "DECISION_CLASSES" }),
    );
    for (const wrong of [{ points: undefined }, { labels: "01" }, { classify: () => undefined }]) {
      expect(draw(wrong)).toThrow(expect.objectContaining({ code: "NUMBERS_KIND" }));
    }
    expect(draw({ classify: 3 })).toThrow(expect.objectContaining({ code: "DECISION_CLASSES" }));
    expect(draw({ resolution: 0 })).toThrow(expect.objectContaining({ code: "PICTURE_SIZE" }));
  });
});

describe("imagesSvg", () => {
  it("draws each image with its caption, in rows", () => {
    const svg = imagesSvg(Uint8Array.of(0, 255, 255, 0, 255, 255, 0, 0), {
      height: 2,
      width: 2,
      captions: ["7 → 1", "2 → 3"],
    });
    expectWellFormed(svg);
    expect(svg).toContain("7 → 1");
    expect(count(svg, "path")).toBe(4);
    expect(svg).toContain('d="M0 0h1v1h-1zM1 1h1v1h-1z" fill="rgb(0,0,0)"');
  });

  it("takes the size of the images from the shape of a tensor", () => {
    const pixels = Uint8Array.of(0, 255, 255, 0, 255, 255);
    const arrays = imagesSvg(pixels, { height: 1, width: 3 });
    expect(imagesSvg(tensor(pixels, { shape: [2, 1, 3] }))).toBe(arrays);
    expect(imagesSvg(tensor(pixels, { shape: [2, 1, 1, 3] }))).toBe(arrays);
    expect(imagesSvg(tensor(pixels, { shape: [2, 3] }), { height: 1, width: 3 })).toBe(arrays);
    for (const unclear of [pixels, tensor(pixels, { shape: [2, 3] }), tensor(pixels, { shape: [1, 3, 1, 2] })]) {
      expect(() => imagesSvg(unclear)).toThrow(expect.objectContaining({ code: "IMAGES_SIZE" }));
    }
  });

  it("refuses what are no pixels or captions, and takes numbers for captions", () => {
    const size = { height: 1, width: 1 };
    expect(() => imagesSvg(undefined as never, size)).toThrow(expect.objectContaining({ code: "NUMBERS_KIND" }));
    expect(() => imagesSvg([1], { ...size, captions: "a" as never })).toThrow(
      expect.objectContaining({ code: "IMAGES_CAPTIONS" }),
    );
    expect(imagesSvg([1], { ...size, captions: [7] as never })).toContain(">7<");
  });

  it("refuses pixels that are not whole images", () => {
    expect(() => imagesSvg([1, 2, 3], { height: 2, width: 2 })).toThrow(
      expect.objectContaining({ code: "IMAGES_SIZE" }),
    );
    expect(() => imagesSvg([], { height: 2, width: 2 })).toThrow(expect.objectContaining({ code: "IMAGES_SIZE" }));
    expect(() => imagesSvg([1], { height: 0, width: 2 })).toThrow(expect.objectContaining({ code: "PICTURE_SIZE" }));
  });
});

describe("options", () => {
  const calls: Readonly<Record<string, (options: never) => unknown>> = {
    graphSvg: (options) => graphSvg(value(1), options),
    curvesSvg: (options) => curvesSvg({ loss: [1] }, options),
    learningCurvesSvg: (options) => learningCurvesSvg({ trainLoss: [1] }, options),
    decisionSvg,
    imagesSvg: (options) => imagesSvg([1], options),
  };

  it.each(Object.entries(calls))("of %s are an object of known names", async (name, call) => {
    const run = async (options: unknown): Promise<unknown> => call(options as never);
    await expect(run({ bogus: 1 })).rejects.toMatchObject({
      code: "OPTION_UNKNOWN",
      message: expect.stringMatching(`^${name}: unknown option "bogus"; it takes `),
    });
    await expect(run(3)).rejects.toMatchObject({
      code: "OPTIONS_KIND",
      message: expect.stringMatching(`^${name}: the options are .*3; give them by name, such as `),
    });
  });
});
