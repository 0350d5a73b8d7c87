import { round } from "./svg.js";

/** The direction in which a graph grows: left to right or top to bottom. */
export type Direction = "LR" | "TB";

/** A size in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where everything goes: the middle of each box and the curve of each edge, in pixels, y downward. */
export interface Layout extends Size {
  readonly centres: readonly (readonly [number, number])[];
  /** The `d` attribute of each edge, ending on the border of the box it points to. */
  readonly curves: readonly string[];
}

const POINTS_PER_INCH = 72;

/**
 * Places boxes of given sizes by Graphviz's layered layout (Gansner et al., 1993) and routes the edges.
 *
 * `edges` holds pairs of box numbers `[from, to]`. The same graph always gets the same layout.
 */
export async function layOut(
  boxes: readonly Size[],
  edges: readonly (readonly [number, number])[],
  direction: Direction,
): Promise<Layout> {
  // Graphviz takes long to load, and most programs draw no graph.
  const { instance } = await import("@viz-js/viz");
  const viz = await instance();
  const inches = (pixels: number): number => pixels / POINTS_PER_INCH;
  const plain = viz.renderString(
    {
      directed: true,
      graphAttributes: {
        rankdir: direction,
        nodesep: 0.25,
        ranksep: direction === "LR" ? 0.5 : 0.4,
        outputorder: "nodesfirst",
      },
      nodeAttributes: { shape: "box", fixedsize: true, label: "" },
      edgeAttributes: { arrowhead: "none" },
      nodes: boxes.map(({ width, height }, index) => ({
        name: String(index),
        attributes: { width: inches(width), height: inches(height) },
      })),
      edges: edges.map(([from, to]) => ({ tail: String(from), head: String(to) })),
    },
    { format: "plain", engine: "dot" },
  );
  return readPlain(plain, boxes.length);
}

/** Reads Graphviz's line format: `graph scale w h`, `node name x y …`, `edge from to n x1 y1 … xn yn …`. */
function readPlain(plain: string, count: number): Layout {
  let width = 0;
  let height = 0;
  const centres = Array.from({ length: count }, (): readonly [number, number] => [0, 0]);
  const curves: string[] = [];
  const across = (field: string | undefined): number => Number(field) * POINTS_PER_INCH;
  const down = (field: string | undefined): number => height - Number(field) * POINTS_PER_INCH;
  for (const line of plain.split("\n")) {
    const fields = line.split(" ");
    if (fields[0] === "graph") [width, height] = [across(fields[2]), across(fields[3])];
    if (fields[0] === "node") centres[Number(fields[1])] = [across(fields[2]), down(fields[3])];
    if (fields[0] === "edge") {
      const points = Array.from({ length: Number(fields[3]) }, (_, index) => {
        return `${round(across(fields[4 + 2 * index]))} ${round(down(fields[5 + 2 * index]))}`;
      });
      curves.push(`M${points[0]}C${points.slice(1).join(" ")}`);
    }
  }
  return { width, height, centres, curves };
}
