import { ArgumentError, checkOptions, Formula, GradientError, Tensor, Value } from "@adjoint/core";
import { checkChoice } from "./check.js";
import { diagramSvg, type Card } from "./diagram.js";
import type { Direction } from "./layout.js";
import { formatNumber } from "./svg.js";

/** How a computation graph is named, laid out and limited. */
export interface GraphOptions {
  /** Names of nodes, over their labels: `{ a, b, loss }` in the usual shorthand. */
  readonly names?: Readonly<Record<string, Value | Tensor>>;
  /** `LR` draws from left to right (the default), `TB` from top to bottom. */
  readonly direction?: Direction;
  /** The largest graph to draw, 500 nodes by default: a larger one cannot be read. */
  readonly maxNodes?: number;
  /** The title for screen readers, `Computation graph` by default. */
  readonly title?: string;
}

type GraphNode = Value | Tensor;

const OPTIONS: readonly string[] = ["names", "direction", "maxNodes", "title"];

const SIGNS: Readonly<Record<string, string>> = { add: "+", sub: "−", mul: "×", div: "÷", neg: "−" };

/**
 * Draws the graph that led to `root` (or to several roots), or the graph of a formula, as an SVG document.
 *
 * Leaves stand in blue with their names, constants in gray, operations in amber with their signs. A Value
 * shows its number and, once a backward walk has run, its gradient below in the second colour; a Tensor
 * shows dtype and shape, and the Euclidean norm of its gradient; a formula has names only. A backward walk over tensors lets go of their
 * graph: draw before it, or walk with `retainGraph`.
 * @throws ArgumentError `GRAPH_ROOT` where root is no Value or Tensor, `GRAPH_TOO_LARGE` above `maxNodes`,
 *   `GRAPH_NAMES`, `OPTIONS_KIND`, `OPTION_UNKNOWN`, `OPTION_VALUE`; GradientError `GRAPH_FREED` after such a walk
 *
 * @example
 * ```ts
 * import { value } from "@adjoint/core";
 * import { graphSvg } from "@adjoint/viz";
 * const apple = value(100, "apple");
 * const tax = value(1.1, "tax");
 * const price = apple.mul(2).mul(tax);
 * price.backward();
 * const svg = await graphSvg(price, { names: { price } });
 * console.log(svg.includes("apple"), svg.includes("2.2")); // → true true
 * ```
 */
export async function graphSvg(
  root: GraphNode | readonly GraphNode[] | Formula,
  options: GraphOptions = {},
): Promise<string> {
  checkOptions("graphSvg", options, '{ direction: "TB" }', OPTIONS);
  const { names = {}, direction = "LR", maxNodes = 500, title = "Computation graph" } = options;
  checkChoice("graphSvg", "direction", direction, ["LR", "TB"]);
  checkNames(names);
  if (!(maxNodes >= 1)) {
    throw new ArgumentError("OPTION_VALUE", `graphSvg: maxNodes is ${String(maxNodes)}; give a number from 1`);
  }
  const symbolic = root instanceof Formula;
  const nodes = collect(symbolic ? [root.root] : Array.isArray(root) ? root : [root], maxNodes);
  const numbers = new Map(nodes.map((node, index) => [node.id, index]));
  const given = new Map(Object.entries(names).map(([name, node]) => [node.id, name]));
  // A root has gradient 1 after any backward walk, so zeros everywhere mean that none has run.
  const walked = nodes.some((node) => node instanceof Value && node.grad !== 0);
  const cards = nodes.map((node) => card(node, given.get(node.id) ?? node.label, walked, symbolic));
  const edges = nodes.flatMap((node, to) =>
    node.inputs.map((input): [number, number] => [numbers.get(input.id) ?? 0, to]),
  );
  return diagramSvg({ cards, edges, title, direction });
}

/** Every node that leads to the roots, oldest first. A list instead of recursion: chains can be long. */
function collect(roots: readonly unknown[], maxNodes: number): GraphNode[] {
  const found = new Map<number, GraphNode>();
  const waiting: unknown[] = [...roots];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (!(node instanceof Value || node instanceof Tensor)) {
      throw new ArgumentError(
        "GRAPH_ROOT",
        `graphSvg: ${describe(node)} is not part of a graph; give Values or Tensors`,
      );
    }
    if (found.has(node.id)) continue;
    if (node.op !== null && node.inputs.length === 0) throw freed(node);
    found.set(node.id, node);
    if (found.size > maxNodes) {
      const advice = "draw a smaller part, or raise maxNodes";
      throw new ArgumentError("GRAPH_TOO_LARGE", `graphSvg: the graph has more than ${maxNodes} nodes; ${advice}`);
    }
    waiting.push(...node.inputs);
  }
  if (found.size === 0) throw new ArgumentError("GRAPH_ROOT", "graphSvg: no root was given; give Values or Tensors");
  return [...found.values()].sort((a, b) => a.id - b.id);
}

function freed(node: GraphNode): GradientError {
  const name = node.label === undefined ? "" : ` of ${node.label}`;
  return new GradientError(
    "GRAPH_FREED",
    `graphSvg: the graph${name} was freed by backward(); draw before it, or pass { retainGraph: true }`,
  );
}

function checkNames(names: unknown): void {
  const isRecord = typeof names === "object" && names !== null && !Array.isArray(names);
  if (isRecord && Object.values(names).every((node) => node instanceof Value || node instanceof Tensor)) return;
  throw new ArgumentError(
    "GRAPH_NAMES",
    "graphSvg: names is not an object from names to Values or Tensors; give { a, b, loss }",
  );
}

function card(node: GraphNode, name: string | undefined, walked: boolean, symbolic: boolean): Card {
  const operation = node.op?.name;
  const kind = operation !== undefined ? "op" : node.requiresGrad ? "leaf" : "constant";
  return {
    kind,
    title: operation === undefined ? (name ?? "") : (SIGNS[operation] ?? operation),
    ...(operation !== undefined && name !== undefined ? { subtitle: name } : {}),
    value: symbolic
      ? symbolText(node)
      : node instanceof Value
        ? formatNumber(node.data)
        : `${node.dtype} [${node.shape.join(", ")}]`,
    gradient: gradient(node, walked),
  };
}

/** In a formula only constants are numbers. */
function symbolText(node: GraphNode): string {
  return node instanceof Value && node.op === null && !node.requiresGrad ? formatNumber(node.data) : "";
}

function gradient(node: GraphNode, walked: boolean): string | null {
  if (node instanceof Value) return walked && node.requiresGrad ? formatNumber(node.grad) : null;
  return node.grad === null ? null : `‖∇‖ ${formatNumber(norm(node.grad.data))}`;
}

function norm(data: ArrayLike<number>): number {
  let squares = 0;
  for (let index = 0; index < data.length; index++) squares += data[index] ** 2;
  return Math.sqrt(squares);
}

function describe(node: unknown): string {
  return node === null || typeof node !== "object" ? String(node) : `an object of class ${node.constructor?.name}`;
}
