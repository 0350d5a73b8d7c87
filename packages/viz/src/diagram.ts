import { layOut, type Direction, type Layout, type Size } from "./layout.js";
import { element, INK, svgDocument, textElement, textWidth } from "./svg.js";

/** One node as it is drawn: a name or an operation on the left, what it holds on the right. */
export interface Card {
  /** `leaf` for an input of the computation, `constant` for one without a gradient, `op` for a result. */
  readonly kind: "leaf" | "constant" | "op";
  /** The name of a leaf or the sign of an operation. */
  readonly title: string;
  /** The name of a result, in small under the sign of its operation. */
  readonly subtitle?: string;
  /** The forward value, or the dtype and shape of a tensor. */
  readonly value: string;
  /** The gradient, or null where there is none. */
  readonly gradient: string | null;
}

/** A graph ready to be drawn. Edges are pairs of card numbers `[from, to]`. */
export interface Diagram {
  readonly cards: readonly Card[];
  readonly edges: readonly (readonly [number, number])[];
  readonly title: string;
  readonly direction: Direction;
}

const VALUE_COLOUR = "#1e293b";
const GRADIENT_COLOUR = "#d4511e";
const MARGIN = 20;
const LEGEND_HEIGHT = 30;

const FACES = {
  leaf: { strip: "#dbe7ff", border: "#8fb0ee", title: "#1d4ed8" },
  constant: { strip: "#eef1f5", border: "#c8d0da", title: "#475569" },
  op: { strip: "#ffeccc", border: "#e9bd77", title: "#92500c" },
} as const;

/** Draws a diagram as a whole SVG document. */
export async function diagramSvg(diagram: Diagram): Promise<string> {
  const { cards, edges, direction, title } = diagram;
  const layout = await layOut(cards.map(cardSize), edges, direction);
  const legend = cards.some((card) => card.gradient !== null);
  const width = Math.max(layout.width, legend ? 150 : 0) + 2 * MARGIN;
  const height = layout.height + 2 * MARGIN + (legend ? LEGEND_HEIGHT - 8 : 0);
  return svgDocument(
    width,
    height,
    title,
    ARROW,
    element(
      "g",
      { transform: `translate(${(width - layout.width) / 2} ${MARGIN})` },
      drawEdges(layout),
      ...cards.map((card, index) => drawCard(card, layout.centres[index])),
    ),
    legend
      ? drawLegend(
          width - MARGIN,
          height - 14,
          cards.some((card) => card.value.includes("[")),
        )
      : "",
  );
}

const ARROW = element(
  "defs",
  {},
  element(
    "marker",
    { id: "arrow", viewBox: "0 0 8 8", refX: 7.5, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
    element("path", { d: "M0.5 0.8L7.5 4L0.5 7.2z", fill: "#94a3b8" }),
  ),
);

function drawEdges(layout: Layout): string {
  const style = { fill: "none", stroke: "#94a3b8", "stroke-width": 1.4 };
  return element("g", style, ...layout.curves.map((d) => element("path", { d, "marker-end": "url(#arrow)" })), "");
}

function stripWidth({ title, subtitle = "" }: Card): number {
  // A constant written in the formula has no name: its value alone fills the card.
  return title === "" ? 0 : Math.max(36, textWidth(title, 15) + 16, textWidth(subtitle, 11) + 14);
}

function contentWidth({ title, value, gradient }: Card): number {
  // In a formula a name stands without a number: it fills the card.
  if (value === "" && gradient === null) return 0;
  return Math.max(title === "" ? 36 : 58, textWidth(value, 13) + 18, textWidth(gradient ?? "", 13) + 18);
}

function cardSize(card: Card): Size {
  return {
    width: stripWidth(card) + contentWidth(card),
    height: card.gradient === null && card.subtitle === undefined ? 32 : 48,
  };
}

function drawCard(card: Card, [x, y]: readonly [number, number]): string {
  const { width, height } = cardSize(card);
  const strip = stripWidth(card);
  const face = FACES[card.kind];
  const radius = 8;
  const isPlain = strip === 0 || strip === width;
  const middle = strip + (width - strip) / 2;
  const centred = { "text-anchor": "middle" };
  const line = (content: string, at: number, fill: string): string =>
    textElement(content, middle, at, { ...centred, fill, "font-size": 13 });
  const named = card.subtitle !== undefined;
  return element(
    "g",
    { transform: `translate(${(x - width / 2).toFixed(2)} ${(y - height / 2).toFixed(2)})` },
    element("rect", { width, height, rx: radius, fill: isPlain ? face.strip : "#ffffff" }),
    isPlain
      ? ""
      : element("path", {
          d: `M${strip} 0H${radius}a${radius} ${radius} 0 0 0 -${radius} ${radius}V${height - radius}a${radius} ${radius} 0 0 0 ${radius} ${radius}H${strip}z`,
          fill: face.strip,
        }),
    element("rect", { width, height, rx: radius, fill: "none", stroke: face.border, "stroke-width": 1.4 }),
    textElement(card.title, strip / 2, height / 2 + (named ? -1 : 5), {
      ...centred,
      fill: face.title,
      "font-size": 15,
      "font-weight": 600,
    }),
    named
      ? textElement(card.subtitle ?? "", strip / 2, height - 9, { ...centred, fill: face.title, "font-size": 11 })
      : "",
    line(card.value, card.gradient === null ? height / 2 + 5 : 20, VALUE_COLOUR),
    card.gradient === null ? "" : line(card.gradient, 38, GRADIENT_COLOUR),
  );
}

function drawLegend(right: number, baseline: number, tensors: boolean): string {
  // Left-anchored beside its dot, so that an estimated width shifts the whole legend and never opens a gap.
  const entry = (content: string, left: number, fill: string): string =>
    element("circle", { cx: left + 4, cy: baseline - 4, r: 4, fill }) +
    textElement(content, left + 13, baseline, { fill: INK.soft });
  const [value, gradient] = tensors ? ["dtype and shape", "gradient norm"] : ["value", "gradient"];
  const second = right - textWidth(gradient, 12) - 13;
  return entry(value, second - textWidth(value, 12) - 26, VALUE_COLOUR) + entry(gradient, second, GRADIENT_COLOUR);
}
