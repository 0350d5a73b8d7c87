import { ArgumentError, checkOptions } from "@adjoint/core";
import type * as plotLibrary from "@observablehq/plot";
import { checkChoice, checkPositive } from "./check.js";
import { type Line, namedLines, type SeriesInput } from "./series.js";
import { element, formatNumber, INK, round, paletteColour, svgDocument, textElement, textWidth } from "./svg.js";

/** How a plot of curves is titled, sized and scaled. */
export interface CurvesOptions {
  /** Written on top; none by default. */
  readonly title?: string;
  /** The label of the horizontal axis; none by default. */
  readonly xLabel?: string;
  /** The label of the vertical axis; none by default. */
  readonly yLabel?: string;
  /** Pixels, 480 by default. */
  readonly width?: number;
  /** Pixels, 300 by default. */
  readonly height?: number;
  /** `log` draws powers of ten at equal distances; heights that are not positive are then left out. */
  readonly yScale?: "linear" | "log";
  /** `percent` labels 0.97 as 97%. */
  readonly yFormat?: "number" | "percent";
}

const OPTIONS: readonly string[] = ["title", "xLabel", "yLabel", "width", "height", "yScale", "yFormat"];

interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** Everything the parts of one panel are drawn from. */
interface Frame {
  readonly lines: readonly Line[];
  readonly points: readonly Point[];
  /** The points a scale can place. */
  readonly drawable: readonly Point[];
  readonly width: number;
  readonly height: number;
  readonly options: CurvesOptions;
}

const MARGIN_RIGHT = 22;
const Y_TICKS = 5;

/**
 * Draws curves over a common axis, such as a loss over epochs, as an SVG document.
 *
 * Heights that are not finite leave a gap. Colours follow the order of the series.
 * @throws ArgumentError `NO_SERIES` where there is nothing finite to draw, `SERIES_LENGTH` where x and y differ in length,
 *   `SERIES_KIND`, `NUMBERS_KIND`, `PICTURE_SIZE`, `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_VALUE`
 *
 * @example
 * ```ts
 * import { curvesSvg } from "@adjoint/viz";
 * const losses = { training: [2.3, 0.9, 0.5], test: [2.2, 1.0, 0.7] };
 * const svg = await curvesSvg(losses, { title: "Loss", xLabel: "epoch" });
 * console.log(svg.startsWith("<svg")); // → true
 * ```
 */
export async function curvesSvg(series: SeriesInput, options: CurvesOptions = {}): Promise<string> {
  const where = "curvesSvg";
  checkOptions(where, options, '{ title: "Loss" }', OPTIONS);
  const { width = 480, height = 300, title = "" } = options;
  return svgDocument(
    width,
    height,
    title === "" ? "Curves" : title,
    await curvesPanel(where, series, options, width, height),
  );
}

/** The content of {@link curvesSvg} without a page of its own, for pictures of several panels. */
export async function curvesPanel(
  where: string,
  series: SeriesInput,
  options: CurvesOptions,
  width: number,
  height: number,
): Promise<string> {
  const { title = "", yScale = "linear", yFormat = "number" } = options;
  checkPositive(where, { width, height });
  checkChoice(where, "yScale", yScale, ["linear", "log"]);
  checkChoice(where, "yFormat", yFormat, ["number", "percent"]);
  const lines = namedLines(where, series);
  const points = lines.flatMap(linePoints);
  const drawable = points.filter(
    ({ x, y }) => Number.isFinite(x) && Number.isFinite(y) && (yScale === "linear" || y > 0),
  );
  if (drawable.length === 0) {
    throw new ArgumentError("NO_SERIES", `${where}: no series holds a finite value to draw; give at least one number`);
  }
  const legend = lines.length > 1 ? drawLegend(lines, 18, title === "" ? 24 : 50) : "";
  const top = (title === "" ? 6 : 34) + (legend === "" ? 0 : 24);
  return [
    title === "" ? "" : textElement(title, 18, 28, { "font-size": 15, "font-weight": 600, fill: INK.strong }),
    legend,
    `<g transform="translate(0 ${top})">`,
    await plotPanel({ lines, points, drawable, width, height: height - top, options }),
    "</g>",
  ].join("");
}

function linePoints({ name, x, y }: Line): Point[] {
  return Array.from(y, (height, index) => ({ name, x: x?.[index] ?? index + 1, y: height }));
}

async function plotPanel(frame: Frame): Promise<string> {
  // Both take long to load, and most programs draw no curves.
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const { lines, points, drawable, width, height, options } = frame;
  const { xLabel = null, yLabel = null, yScale = "linear" } = options;
  const names = lines.map((line) => line.name);
  const last = names.flatMap((name) => drawable.findLast((point) => point.name === name) ?? []);
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const marginLeft = leftMargin(drawable, yScale);
  const plot = Plot.plot({
    document,
    width,
    height,
    marginLeft,
    marginRight: MARGIN_RIGHT,
    marginTop: yLabel === null ? 12 : 30,
    marginBottom: xLabel === null ? 28 : 44,
    x: { label: null, domain: horizontalDomain(drawable) },
    y: { label: null, type: yScale, nice: Y_TICKS, zero: false },
    color: { domain: names, range: names.map((_, index) => paletteColour(index)) },
    marks: [
      Plot.gridY({ stroke: INK.grid, strokeOpacity: 1, ticks: Y_TICKS }),
      ...axes(Plot, frame),
      Plot.lineY(points, { x: "x", y: "y", stroke: "name", strokeWidth: 2.2, curve: "linear", z: "name" }),
      Plot.dot(last, { x: "x", y: "y", fill: "name", stroke: "#ffffff", strokeWidth: 1.5, r: 4 }),
    ],
  });
  const soft = { fill: INK.soft };
  const middle = (marginLeft + width - MARGIN_RIGHT) / 2;
  return [
    serialise(plot),
    yLabel === null ? "" : textElement(yLabel, 18, 14, soft),
    xLabel === null ? "" : textElement(xLabel, middle, height - 8, { ...soft, "text-anchor": "middle" }),
  ].join("");
}

function axes(Plot: typeof plotLibrary, { drawable, width, options }: Frame): plotLibrary.Markish[] {
  const { yScale = "linear", yFormat = "number" } = options;
  const [nearest, farthest] = extent(drawable);
  const whole = drawable.every((point) => Number.isInteger(point.x));
  // A tick between two epochs would be labelled with the same epoch twice.
  const places = whole ? Math.min(Math.floor(width / 70), Math.max(1, farthest - nearest)) : Math.floor(width / 90);
  return [
    Plot.axisY({
      ticks: Y_TICKS,
      tickSize: 0,
      tickPadding: 8,
      fill: INK.soft,
      label: null,
      ...(yFormat === "percent" ? { tickFormat: ".1~%" } : {}),
      ...(yScale === "log" ? { tickFormat: formatNumber } : {}),
    }),
    Plot.axisX({
      ticks: nearest === farthest ? [nearest] : places,
      tickSize: 4,
      stroke: INK.line,
      fill: INK.soft,
      label: null,
      ...(whole ? { tickFormat: "d" } : {}),
    }),
  ];
}

function extent(drawable: readonly Point[]): [number, number] {
  const places = drawable.map((point) => point.x);
  return [places.reduce((a, b) => Math.min(a, b)), places.reduce((a, b) => Math.max(a, b))];
}

function horizontalDomain(drawable: readonly Point[]): [number, number] {
  const [nearest, farthest] = extent(drawable);
  return nearest === farthest ? [nearest - 1, nearest + 1] : [nearest, farthest];
}

/** Room for the longest tick label. */
function leftMargin(drawable: readonly Point[], yScale: "linear" | "log"): number {
  const heights = drawable.map((point) => point.y);
  const lowest = heights.reduce((a, b) => Math.min(a, b));
  const highest = heights.reduce((a, b) => Math.max(a, b));
  const decade = (height: number): string => formatNumber(10 ** Math.floor(Math.log10(height)));
  const decimals = Math.min(9, Math.max(0, Math.ceil(-Math.log10((highest - lowest || 1) / Y_TICKS))));
  const labels =
    yScale === "log"
      ? [decade(lowest), decade(highest)]
      : [lowest, highest].map((height) =>
          height.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
        );
  return labels.reduce((margin, label) => Math.max(margin, 26 + textWidth(label, 12)), 58);
}

function serialise(plot: Element): string {
  for (const style of plot.querySelectorAll("style")) style.remove();
  plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  plot.setAttribute("font-size", "12");
  plot.removeAttribute("font-family");
  // Plot writes every coordinate to sixteen digits; a hundredth of a pixel is enough.
  const shorten = (attribute: string): string => attribute.replace(/-?\d+\.\d{3,}/g, (digits) => round(Number(digits)));
  return plot.outerHTML.replace(/="[^"<>]*"/g, shorten);
}

function drawLegend(lines: readonly Line[], left: number, baseline: number): string {
  let at = left;
  return lines
    .map(({ name }, index) => {
      const mark = element("line", {
        x1: at + 2,
        x2: at + 16,
        y1: baseline - 4,
        y2: baseline - 4,
        stroke: paletteColour(index),
        "stroke-width": 3,
        "stroke-linecap": "round",
      });
      const label = textElement(name, at + 23, baseline);
      at += 23 + textWidth(name, 12) + 16;
      return mark + label;
    })
    .join("");
}
