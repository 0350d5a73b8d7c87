import { ArgumentError, checkOptions } from "@adjoint/core";
import { cellPaths } from "./cells.js";
import { checkCount, checkPositive, type Numbers, numbersOf } from "./check.js";
import { element, INK, paletteColour, svgDocument, textElement } from "./svg.js";

/** The points of a plane classification, the classifier to draw, and how. */
export interface DecisionOptions {
  /** The points, `[n, 2]` row-major. */
  readonly points: Numbers;
  /** The class of each point, `n` whole numbers from 0. */
  readonly labels: Numbers;
  /** Gives the class of each of `m` places in the plane, handed over as one `[m, 2]` array. */
  readonly classify: (places: Float32Array) => Numbers;
  /** Written on top; none by default. */
  readonly title?: string;
  /** Pixels, 440 by default; the plane is square. */
  readonly width?: number;
  /** Cells along each side at which the classifier is asked, 200 by default. */
  readonly resolution?: number;
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

const OPTIONS: readonly string[] = ["points", "labels", "classify", "title", "width", "resolution"];
const MARGIN = 18;

/**
 * Draws the regions a classifier divides the plane into, with labelled points on top.
 *
 * The plane shown is the smallest square around the points, a twelfth wider on each side. The classifier
 * is called once, with the middles of all cells, row by row from the top.
 * @throws ArgumentError `DECISION_POINTS` where points and labels do not go together or are not finite,
 *   `DECISION_CLASSES` where `classify` does not return one class for each place, `NUMBERS_KIND`, `PICTURE_SIZE`,
 *   `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { decisionSvg } from "@adjoint/viz";
 * const classify = (places: Float32Array) =>
 *   Array.from({ length: places.length / 2 }, (_, index) => (places[2 * index]! > 0 ? 1 : 0));
 * const svg = decisionSvg({ points: [-1, 0, 1, 0.5], labels: [0, 1], classify, title: "Left and right" });
 * console.log(svg.includes("Left and right")); // → true
 * ```
 */
export function decisionSvg(options: DecisionOptions): string {
  checkOptions("decisionSvg", options, "{ points, labels, classify }", OPTIONS);
  const { classify, title = "", width = 440, resolution = 200 } = options;
  const points = numbersOf("decisionSvg", "points", options.points);
  const labels = numbersOf("decisionSvg", "labels", options.labels);
  checkPositive("decisionSvg", { width });
  checkCount("decisionSvg", "resolution", resolution);
  checkPoints(points, labels);
  const top = title === "" ? MARGIN : 44;
  const frame: Frame = { left: MARGIN, top, side: width - 2 * MARGIN };
  const window = squareAround(points);
  const classes = classesAt(classify, cellMiddles(window, resolution));
  return svgDocument(
    width,
    top + frame.side + MARGIN,
    title === "" ? "Decision regions" : title,
    title === "" ? "" : textElement(title, MARGIN, 29, { "font-size": 15, "font-weight": 600, fill: INK.strong }),
    drawRegions(classes, resolution, frame),
    drawPoints(points, labels, window, frame),
  );
}

interface Window {
  readonly left: number;
  readonly bottom: number;
  readonly side: number;
}

function checkPoints(points: ArrayLike<number>, labels: ArrayLike<number>): void {
  const fault = (what: string): ArgumentError => new ArgumentError("DECISION_POINTS", `decisionSvg: ${what}`);
  if (labels.length === 0 || points.length !== 2 * labels.length) {
    throw fault(`${points.length} coordinates for ${labels.length} labels; give two coordinates for each label`);
  }
  const wrong = Array.from(points).findIndex((coordinate) => !Number.isFinite(coordinate));
  if (wrong >= 0) throw fault(`point ${Math.floor(wrong / 2)} has coordinate ${points[wrong]}; give finite numbers`);
  const label = Array.from(labels).find((one) => !Number.isInteger(one) || one < 0);
  if (label !== undefined) throw fault(`label ${label} is not a class; give whole numbers from 0`);
}

function classesAt(classify: DecisionOptions["classify"], places: Float32Array): ArrayLike<number> {
  const fault = (what: string): ArgumentError => new ArgumentError("DECISION_CLASSES", `decisionSvg: classify ${what}`);
  if (typeof classify !== "function") throw fault("is not a function; give one from places to their classes");
  const classes = numbersOf("decisionSvg", "what classify returned", classify(places));
  const count = places.length / 2;
  if (classes.length !== count) throw fault(`returned ${classes.length} classes for ${count} places; return one each`);
  const wrong = Array.from(classes).find((one) => !Number.isInteger(one) || one < 0);
  if (wrong !== undefined) throw fault(`returned ${wrong}, which is not a class; return whole numbers from 0`);
  return classes;
}

function squareAround(points: ArrayLike<number>): Window {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let index = 0; index < points.length; index++) {
    const axis = index % 2;
    low[axis] = Math.min(low[axis], points[index]);
    high[axis] = Math.max(high[axis], points[index]);
  }
  const [left, bottom] = low as [number, number];
  const [right, top] = high as [number, number];
  const side = Math.max(right - left, top - bottom, 1e-6) * (1 + 1 / 6);
  return { left: (left + right - side) / 2, bottom: (bottom + top - side) / 2, side };
}

function cellMiddles(window: Window, resolution: number): Float32Array {
  const step = window.side / resolution;
  const places = new Float32Array(2 * resolution * resolution);
  for (let row = 0; row < resolution; row++) {
    for (let column = 0; column < resolution; column++) {
      const at = 2 * (row * resolution + column);
      places[at] = window.left + (column + 0.5) * step;
      places[at + 1] = window.bottom + window.side - (row + 0.5) * step;
    }
  }
  return places;
}

function drawRegions(classes: ArrayLike<number>, resolution: number, { left, top, side }: Frame): string {
  const paths = [...cellPaths(classes, resolution, resolution)].map(([one, d]) =>
    element("path", { d, fill: paletteColour(one), "fill-opacity": 0.24 }),
  );
  const transform = `translate(${left} ${top}) scale(${side / resolution})`;
  return (
    element("g", { transform, "shape-rendering": "crispEdges" }, ...paths) +
    element("rect", { x: left, y: top, width: side, height: side, fill: "none", stroke: INK.line })
  );
}

function drawPoints(points: ArrayLike<number>, labels: ArrayLike<number>, window: Window, frame: Frame): string {
  const scale = frame.side / window.side;
  const radius = labels.length > 500 ? 2.6 : 3.6;
  const dots = Array.from({ length: labels.length }, (_, index) =>
    element("circle", {
      cx: frame.left + (points[2 * index] - window.left) * scale,
      cy: frame.top + (window.bottom + window.side - points[2 * index + 1]) * scale,
      r: radius,
      fill: paletteColour(labels[index]),
    }),
  );
  return element("g", { stroke: "#ffffff", "stroke-width": 1 }, ...dots);
}
