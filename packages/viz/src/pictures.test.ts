import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { curvesSvg } from "./curves.js";
import { decisionSvg } from "./decision.js";
import { diagramSvg } from "./diagram.js";
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
  it("draws every series with its name, title and axis labels as well-formed XML", () => {
    const svg = curvesSvg(
      { "a & b": [3, 2, 1], "<test>": [3, 2.5, 2] },
      { title: "Loss", xLabel: "epoch", yLabel: "nats" },
    );
    expectWellFormed(svg);
    for (const text of ["a &amp; b", "&lt;test&gt;", ">Loss<", ">epoch<", ">nats<"]) expect(svg).toContain(text);
    expect(count(svg, "[aria-label=line] path")).toBe(2);
  });

  it("gives the same document for the same numbers", () => {
    expect(curvesSvg({ loss: [1, 0.5] })).toBe(curvesSvg({ loss: [1, 0.5] }));
  });

  it("leaves a gap for numbers that are not finite", () => {
    const whole = curvesSvg({ loss: [4, 3, 2, 1, 0] });
    const broken = curvesSvg({ loss: [4, 3, NaN, 1, 0] });
    const moves = (svg: string): number => [...svg.matchAll(/ d="[^"]*"/g)].join("").split("M").length;
    expect(moves(broken)).toBe(moves(whole) + 1);
    expectWellFormed(broken);
    expect(broken).not.toContain("NaN");
  });

  it("labels whole numbers of epochs once each", () => {
    const svg = curvesSvg({ accuracy: [0.9, 0.95, 0.97] }, { yFormat: "percent" });
    expect([...svg.matchAll(/>([123])<\/text>/g)].map((match) => match[1])).toEqual(["1", "2", "3"]);
    expect(svg).toContain(">90%<");
  });

  it("labels a logarithmic axis with its powers of ten, however small", () => {
    const svg = curvesSvg({ loss: [1, 1e-3] }, { yScale: "log" });
    for (const label of [">1<", ">0.1<", ">0.01<", ">0.001<"]) expect(svg).toContain(label);
  });

  it("refuses what cannot be drawn, with a code", () => {
    expect(() => curvesSvg({})).toThrow(expect.objectContaining({ code: "NO_SERIES" }));
    expect(() => curvesSvg({ loss: [NaN] })).toThrow(expect.objectContaining({ code: "NO_SERIES" }));
    expect(() => curvesSvg({ loss: [-1] }, { yScale: "log" })).toThrow(expect.objectContaining({ code: "NO_SERIES" }));
    expect(() => curvesSvg([{ name: "a", x: [1], y: [1, 2] }])).toThrow(
      expect.objectContaining({ code: "SERIES_LENGTH" }),
    );
    expect(() => curvesSvg({ loss: [1] }, { width: NaN })).toThrow(expect.objectContaining({ code: "PICTURE_SIZE" }));
  });
});

describe("learningCurvesSvg", () => {
  it("has a panel for the loss and, where it was measured, one for the accuracy", () => {
    const both = learningCurvesSvg({ trainLoss: [1, 0.5], testLoss: [1, 0.6], testAccuracy: [0.5, 0.75] });
    expectWellFormed(both);
    expect(both).toContain(">Accuracy<");
    const alone = learningCurvesSvg({ trainLoss: [1] });
    expectWellFormed(alone);
    expect(alone).not.toContain(">Accuracy<");
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

  it("refuses points, labels and classes that do not go together", () => {
    const draw = (options: object) => (): string => decisionSvg({ points, labels: [0, 1], classify: left, ...options });
    expect(draw({ labels: [0] })).toThrow(expect.objectContaining({ code: "DECISION_POINTS" }));
    expect(draw({ points: [0, 0, NaN, 1] })).toThrow(expect.objectContaining({ code: "DECISION_POINTS" }));
    expect(draw({ labels: [0, -1] })).toThrow(expect.objectContaining({ code: "DECISION_POINTS" }));
    expect(draw({ classify: () => [0] })).toThrow(expect.objectContaining({ code: "DECISION_CLASSES" }));
    expect(draw({ resolution: 1, classify: () => [0.5] })).toThrow(
      expect.objectContaining({ code: "DECISION_CLASSES" }),
    );
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

  it("refuses pixels that are not whole images", () => {
    expect(() => imagesSvg([1, 2, 3], { height: 2, width: 2 })).toThrow(
      expect.objectContaining({ code: "IMAGES_SIZE" }),
    );
    expect(() => imagesSvg([], { height: 2, width: 2 })).toThrow(expect.objectContaining({ code: "IMAGES_SIZE" }));
    expect(() => imagesSvg([1], { height: 0, width: 2 })).toThrow(expect.objectContaining({ code: "PICTURE_SIZE" }));
  });
});
