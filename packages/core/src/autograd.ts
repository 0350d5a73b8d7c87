import { isWatching, walkingAt } from "./anomaly.js";
import { ArgumentError, GradientError } from "./errors.js";
import { checkOptions } from "./options.js";
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
  private readonly computed: Node[] = [];
  private readonly leaves: Node[] = [];
  private size = 0;
  private readonly cotangents: Cotangent[];
  private readonly number = ++walks;
  private readonly createGraph: boolean;
  /** Places that an outer walk had given, when this one runs inside a hook or rule of it. */
  private readonly displaced: (readonly [node: Node, walk: number, slot: number])[] = [];

  /** Nodes that are wanted and passed no further, and whose hooks belong to another walk. */
  private readonly ends: ReadonlySet<Node> | null;

  /** @param oldest - the creation number before which nothing is wanted: older nodes are not visited */
  constructor(
    roots: readonly Node[],
    seeds: readonly unknown[],
    createGraph: boolean,
    oldest = 0,
    ends: ReadonlySet<Node> | null = null,
  ) {
    this.createGraph = createGraph;
    this.ends = ends;
    // Wrong cotangents throw here, before any place that an outer walk gave is displaced.
    const starts = roots.map((root, i) => root.seed(seeds[i], createGraph));
    this.collect(roots, oldest);
    this.cotangents = new Array<Cotangent>(this.size);
    roots.forEach((root, i) => this.receive(root, starts[i]));
  }

  /** Visits every node; `arrive` gets each one with its complete cotangent. */
  run(release: boolean, arrive: (node: Node, cotangent: Cotangent) => void): void {
    depth++;
    try {
      withRecording(this.createGraph, () => this.visitAll(arrive));
      if (release) for (const node of this.computed) node.release();
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
      if (input.walk === this.number) this.receive(input, cotangent);
    };
    const order = this.inOrder();
    for (let i = 0; i < order.length; i++) {
      const node = order[i];
      const cotangent = node === undefined ? undefined : this.take(node, arrive);
      if (node === undefined || cotangent === undefined) continue;
      node.checkReleased();
      node.checkInputs();
      current = node;
      if (isWatching()) walkingAt(node, () => node.pullback(cotangent, this.createGraph, emit));
      else node.pullback(cotangent, this.createGraph, emit);
    }
    // Leaves pass nothing on, so they need no order: they only have to come last.
    for (let i = 0; i < this.leaves.length; i++) this.take(this.leaves[i], arrive);
  }

  /** The complete cotangent of a node, after its hooks; undefined where nothing arrived. */
  private take(node: Node, arrive: (node: Node, cotangent: Cotangent) => void): Cotangent | undefined {
    const received = this.cotangents[node.slot];
    if (received === undefined) return undefined;
    this.cotangents[node.slot] = undefined;
    const cotangent = this.ends?.has(node) ? received : node.runHooks(received);
    arrive(node, cotangent);
    return cotangent;
  }

  private receive(node: Node, cotangent: Cotangent): void {
    const before = this.cotangents[node.slot];
    this.cotangents[node.slot] =
      before === undefined ? cotangent : node.accumulate(before, cotangent, this.createGraph);
  }

  /** Finds every node that a gradient can reach; the list itself is the queue of nodes still to be looked at. */
  private collect(roots: readonly Node[], oldest: number): void {
    const { computed } = this;
    for (const root of roots) if (root.walk !== this.number) this.enter(root);
    for (let next = 0; next < computed.length; next++) {
      const { inputs } = computed[next];
      for (let i = 0; i < inputs.length; i++) {
        const input = inputs[i];
        if (input.requiresGrad && input.walk !== this.number && input.id >= oldest) this.enter(input);
      }
    }
  }

  private enter(node: Node): void {
    if (depth > 0) this.displaced.push([node, node.walk, node.slot]);
    node.walk = this.number;
    node.slot = this.size++;
    if (node.op === null || this.ends?.has(node)) this.leaves.push(node);
    else this.computed.push(node);
  }

  /**
   * The computed nodes from the newest to the oldest, perhaps with gaps. Creation numbers are unique, so where they are
   * dense each node is put straight into its place; sorting is for the few graphs whose parts lie far apart.
   */
  private inOrder(): readonly (Node | undefined)[] {
    const { computed } = this;
    let newest = 0;
    let oldest = Infinity;
    for (let i = 0; i < computed.length; i++) {
      const { id } = computed[i];
      if (id > newest) newest = id;
      if (id < oldest) oldest = id;
    }
    if (newest - oldest > 4 * computed.length + 1024) return computed.sort((a, b) => b.id - a.id);
    const places = new Array<Node | undefined>(Math.max(0, newest - oldest + 1));
    for (let i = 0; i < computed.length; i++) places[newest - computed[i].id] = computed[i];
    return places;
  }
}

/**
 * The cotangents that arrive at `ends` in a walk from `root` that stops there, undefined where none does. What lies behind
 * them, and their hooks, are left alone.
 */
export function cotangentsAt(root: Node, cotangent: unknown, ends: readonly Node[], createGraph: boolean): Cotangent[] {
  const found = new Map<Node, Cotangent>();
  const walk = new Walk([root], [cotangent], createGraph, 0, new Set(ends));
  walk.run(!createGraph, (node, g) => void found.set(node, g));
  return ends.map((end) => found.get(end));
}

const GRADIENTS_OPTIONS = ["retainGraph", "createGraph", "allowUnused", "cotangents"];

function checkRoot(name: string, root: Node): void {
  if (!(root instanceof Node)) {
    throw new GradientError("NOT_A_NODE", `${name}: the output is not a Value or Tensor, so it has no gradient`);
  }
  if (!root.requiresGrad) {
    throw new GradientError(
      "NO_GRAPH",
      `${name}: the output does not depend on anything that requires a gradient; create the inputs with ` +
        "{ requiresGrad: true } (or as Parameters) and compute outside noGrad(); for a derivative of a derivative, take the " +
        "first with { createGraph: true }",
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
  checkOptions("backward", options, "{ retainGraph: true }", ["retainGraph", "createGraph"]);
  const { createGraph = false, retainGraph = createGraph } = options;
  new Walk([root], [cotangent], createGraph).run(!retainGraph, (node, g) => node.keep(g, root));
}

/**
 * The derivatives of `output` with respect to `inputs`, returned rather than stored: `.grad` stays as it is.
 * The inputs may be any nodes of the graph. With `createGraph` the results can be differentiated again.
 *
 * @throws GradientError `UNUSED_INPUT` when the output does not depend on an input (see `allowUnused`), and those of {@link backward};
 * ArgumentError `INPUTS_KIND` when the inputs are no array of Values and Tensors.
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
  if (!Array.isArray(roots) || !Array.isArray(inputs) || !inputs.every((input) => input instanceof Node)) {
    throw new ArgumentError(
      "INPUTS_KIND",
      "gradients: takes an output (or an array of them) and an array of Values and Tensors, as in gradients(y, [x])",
    );
  }
  for (const root of roots as readonly Node[]) checkRoot("gradients", root);
  checkOptions("gradients", options, "{ createGraph: true }", GRADIENTS_OPTIONS);
  const { createGraph = false, retainGraph = createGraph, allowUnused = false, cotangents = [] } = options;
  if (!Array.isArray(cotangents)) {
    throw new ArgumentError(
      "COTANGENTS_KIND",
      "gradients: cotangents is an array with one entry for each output, as in [g]",
    );
  }
  const wanted = new Map<Node, Cotangent>();
  for (const input of inputs) wanted.set(input, undefined);
  const oldest = inputs.reduce((id, input) => Math.min(id, input.id), Infinity);
  new Walk(roots, cotangents, createGraph, oldest).run(!retainGraph, (node, g) => {
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
