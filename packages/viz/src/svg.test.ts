import { describe, expect, it } from "vitest";
import { escapeXml, formatNumber } from "./svg.js";

describe("formatNumber", () => {
  it.each([
    [0, "0"],
    [-3, "−3"],
    [0.70710678, "0.7071"],
    [123456, "123500"],
    [1234567, "1.23e6"],
    [3e20, "3e20"],
    [2.7e-6, "2.7e−6"],
    [-0.00001234, "−1.23e−5"],
    [NaN, "NaN"],
    [-Infinity, "−∞"],
  ])("writes %d as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("escapeXml", () => {
  it("escapes what XML reserves and drops what it does not admit", () => {
    expect(escapeXml(`<a b='c' d="e">&`)).toBe("&lt;a b=&apos;c&apos; d=&quot;e&quot;&gt;&amp;");
    expect(escapeXml("a\u0000b\ud800c😀")).toBe("abc😀");
  });
});
