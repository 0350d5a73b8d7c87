import { GradientError } from "./errors.js";
import { type Cotangent, type Emit, Node, withRecording } from "./node.js";

/** Options of a backward walk. */
export interface BackwardOptions {
  /** Keep what the graph saved, so that it can be walked again (default: the value of `createGraph`). */
  readonly retainGraph?: boolean;
  /** Record the walk itself, so that its results can be differentiated (default false). */
  readonly createGraph?: boolean;
}

/** Options of {@link gradients}. */
export interface GradientsOptions extends BackwardOptions {
  /** Give zeros instead of an error for an input that the output does not depend on (default false). */
  readonly allowUnused?: boolean;
}

let walks = 0;
let depth = 0;

/**
 * The one backward walk, for Values and Tensors. Nodes are visited in decreasing creation number, so
 * each node's cotangent is complete before it is passed on; there is no recursion, and a graph of a
 * million nodes in a row is as good as any.
 */
class Walk {
  private readonly nodes: Node[] = [];
  private readonly cotangents: Cotangent[] = [];
  private readonly number = ++walks;
  private readonly createGraph: boolean;
  /** Places that an outer walk had given, when this one runs inside a hook or rule of it. */
  private readonly displaced: (readonly [node: Node, walk: number, slot: number])[] = [];

  constructor(roots: readonly Node[], seeds: readonly unknown[], createGraph: boolean) {
    this.createGraph = createGraph;
    this.collect(roots);
    roots.forEach((root, i) => this.receive(root, root.seed(seeds[i], createGraph)));
  }

  /** Visits every node; `arrive` gets each one with its complete cotangent. */
  run(release: boolean, arrive: (node: Node, cotangent: Cotangent) => void): void {
    depth++;
    try {
      withRecording(this.createGraph, () => this.visitAll(arrive));
      if (release) for (const node of this.nodes) if (!node.isLeaf) node.release();
    } finally {
      depth--;
      for (const [node, walk, slot] of this.displaced) {
        node.walk = walk;
        node.slot = slot;
      }
    }
  }

  private visitAll(arrive: (node: Node, cotangent: Cotangent) => void): void {
    let current: Node;
    const emit: Emit = (index, cotangent) => {
      const input = current.inputs[index];
      if (input.requiresGrad) this.receive(input, cotangent);
    };
    for (const node of this.inOrder()) {
      let cotangent = this.cotangents[node.slot];
      if (cotangent === undefined) continue;
      this.cotangents[node.slot] = undefined;
      current = node;
      cotangent = node.runHooks(cotangent);
      arrive(node, cotangent);
      if (node.isLeaf) continue;
      node.checkInputs();
      node.pullback(cotangent, this.createGraph, emit);
    }
  }

  private receive(node: Node, cotangent: Cotangent): void {
    const before = this.cotangents[node.slot];
    this.cotangents[node.slot] =
      before === undefined ? cotangent : node.accumulate(before, cotangent, this.createGraph);
  }

  /** Finds every node that a gradient can reach, by depth first search on an explicit stack. */
  private collect(roots: readonly Node[]): void {
    const stack: Node[] = [];
    for (const root of roots) this.enter(root, stack);
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      const inputs = node.inputs;
      for (let i = 0; i < inputs.length; i++) {
        if (inputs[i].requiresGrad && inputs[i].walk !== this.number) this.enter(inputs[i], stack);
      }
    }
  }

  private enter(node: Node, stack: Node[]): void {
    if (node.walk === this.number) return;
    if (depth > 0) this.displaced.push([node, node.walk, node.slot]);
    node.walk = this.number;
    node.slot = this.nodes.length;
    this.nodes.push(node);
    this.cotangents.push(undefined);
    stack.push(node);
  }

  /**
   * The nodes from the newest to the oldest. Creation numbers are unique, so when they are dense each
   * node is put straight into its place; sorting is for the few that lie far apart.
   */
  private inOrder(): readonly Node[] {
    let newest = 0;
    let oldest = Infinity;
    for (const { id } of this.nodes) {
      if (id > newest) newest = id;
      if (id < oldest) oldest = id;
    }
    if (newest - oldest > 4 * this.nodes.length + 1024) return this.nodes.slice().sort((a, b) => b.id - a.id);
    const places = new Array<Node | undefined>(newest - oldest + 1).fill(undefined);
    for (const node of this.nodes) places[newest - node.id] = node;
    return places.filter((node) => node !== undefined);
  }
}

function checkRoot(name: string, root: Node): void {
  if (!(root instanceof Node)) {
    throw new GradientError("NOT_A_NODE", `${name}: the output is not a Value or Tensor, so it has no gradient`);
  }
  if (!root.requiresGrad) {
    throw new GradientError(
      "NO_GRAPH",
      `${name}: the output does not depend on anything that requires a gradient; create the inputs with ` +
        "{ requiresGrad: true } (or as Parameters) and compute outside noGrad()",
    );
  }
}

/**
 * Walks the graph backward from `root` and leaves the derivative of `root` in `.grad` of every leaf
 * (added to what is there) and of every Value.
 *
 * @param cotangent - where the walk starts: default 1, for scalars only
 * @throws GradientError `NO_GRAPH` when nothing was recorded, `NOT_SCALAR` when a tensor of several elements is given no
 * cotangent, `GRAPH_FREED` on a second walk without `retainGraph`, `ASSIGNED_SINCE` when an input was replaced meanwhile.
 */
export function backward(root: Node, cotangent?: unknown, options: BackwardOptions = {}): void {
  checkRoot("backward", root);
  const { createGraph = false, retainGraph = createGraph } = options;
  new Walk([root], [cotangent], createGraph).run(!retainGraph, (node, g) => node.keep(g));
}

/**
 * The derivatives of `output` with respect to `inputs`, returned rather than stored: `.grad` stays as it is.
 * The inputs may be any nodes of the graph. With `createGraph` the results can be differentiated again.
 *
 * @throws GradientError `UNUSED_INPUT` when the output does not depend on an input (see `allowUnused`), and those of {@link backward}.
 * @example
 * ```ts
 * import { gradients, value } from "@adjoint/core";
 * const x = value(2);
 * const y = x.pow(3);
 * const [dy] = gradients(y, [x], { createGraph: true });
 * const [d2y] = gradients(dy, [x]);
 * console.log(dy.data, d2y.data); // → 12 12
 * ```
 */
export function gradients<T extends Node>(
  output: Node | readonly Node[],
  inputs: readonly T[],
  options: GradientsOptions & { readonly cotangents?: readonly unknown[] } = {},
): T[] {
  const roots = output instanceof Node ? [output] : output;
  for (const root of roots) checkRoot("gradients", root);
  const { createGraph = false, retainGraph = createGraph, allowUnused = false, cotangents = [] } = options;
  const wanted = new Map<Node, Cotangent>();
  for (const input of inputs) wanted.set(input, undefined);
  new Walk(roots, cotangents, createGraph).run(!retainGraph, (node, g) => {
    if (wanted.has(node)) wanted.set(node, g);
  });
  return inputs.map((input, i) => {
    const found = wanted.get(input);
    if (found === undefined && !allowUnused) {
      throw new GradientError(
        "UNUSED_INPUT",
        `gradients: the output does not depend on input ${i}${input.label ? ` (${input.label})` : ""}` +
          `${input.requiresGrad ? "" : ", which requires no gradient"}; pass { allowUnused: true } to get zeros`,
      );
    }
    return input.wrap(found) as T;
  });
}
