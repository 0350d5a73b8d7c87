/** One family for every picture: present on each system, close in width, so that nothing is clipped. */
export const FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";

/** Text and line colours shared by all pictures. */
export const INK = { strong: "#0f172a", normal: "#334155", soft: "#64748b", line: "#cbd5e1", grid: "#e8edf3" } as const;

/** Colours of series and classes, told apart in print and by colour-blind readers at the first places. */
export const PALETTE: readonly string[] = [
  "#2f6fde",
  "#e8702a",
  "#12967a",
  "#b14cc4",
  "#c99a10",
  "#d4435c",
  "#3aa5c9",
  "#7b6f63",
  "#6366f1",
  "#5c9e31",
];

/** Colour `index` of {@link PALETTE}, starting over at its end. */
export function paletteColour(index: number): string {
  return PALETTE[index % PALETTE.length];
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** `text` with the five XML specials replaced and the characters XML forbids dropped. JavaScript may hand over a number. */
export function escapeXml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are exactly the characters XML 1.0 does not admit
  const admitted = String(text).replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, "");
  return admitted.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** Attributes of one element; an undefined one is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** The element `<name …>children</name>`. Numbers are written with at most two decimals; children must be XML. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escapeXml(String(value))}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** A line of text whose baseline starts at `x, y`; attributes override the defaults. */
export function textElement(content: string, x: number, y: number, attributes: Attributes = {}): string {
  return element("text", { x, y, fill: INK.normal, "font-size": 12, ...attributes }, escapeXml(content));
}

/** A whole picture of `width` by `height` pixels on a white rounded page, with a title for screen readers. */
export function svgDocument(width: number, height: number, title: string, ...children: readonly string[]): string {
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${round(width)} ${round(height)}`,
      role: "img",
      "font-family": FONT,
    },
    element("title", {}, escapeXml(title)),
    // Without a page of its own, dark text disappears on a dark site.
    element("rect", { width, height, rx: 10, fill: "#ffffff" }),
    ...children,
  );
}

/** `value` to two decimals, without a trailing zero: enough for a pixel, and half the bytes. */
export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A number for a reader: four significant digits, a real minus sign, powers of ten where they are shorter. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const digits =
    size >= 1e6 || size < 1e-4
      ? value.toExponential(2).replace(/\.?0*e\+?/, "e")
      : String(Number(value.toPrecision(4)));
  return digits.replaceAll("-", "−");
}

/**
 * An upper estimate of the width of `text` in pixels at `size` pixels.
 *
 * There is no text measurement outside browsers, and the reader's font is unknown: classes of characters
 * with the widths of the widest common family keep every label inside its box.
 */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) {
    if (/[ .,:;'|!ijl[\]()]/.test(character)) width += 0.38;
    else if (/[mwMW@%]/.test(character)) width += 0.95;
    else if (/[A-Z×÷+−=‖∇∂]/.test(character)) width += 0.72;
    else if ((character.codePointAt(0) as number) > 0x2fff) width += 1.05;
    else width += 0.62;
  }
  return width * size;
}
