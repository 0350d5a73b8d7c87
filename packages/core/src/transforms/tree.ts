import { ArgumentError, describe } from "../errors.js";
import { Node } from "../node.js";
import { isPlainObject } from "../options.js";
import type { Tensor } from "../tensor.js";
import type { Value } from "../value.js";

/** Tensors and Values in arrays and objects, nested as one likes; anything else in them is passed as it is. */
export type Tree = Tensor | Value | readonly Tree[] | { readonly [name: string]: Tree };

/** Deeper than anyone nests, and not so deep that the stack overflows. */
const DEEPEST = 1000;

/**
 * Calls `visit` with every Tensor and Value of a tree, and rebuilds the tree from what it gives.
 *
 * @throws ArgumentError `TREE_STRUCTURE` for an object that contains itself
 */
export function mapTree(tree: unknown, visit: (leaf: Node) => unknown, depth = 0): unknown {
  if (tree instanceof Node) return visit(tree);
  const isList = Array.isArray(tree);
  if (!isList && !isPlainObject(tree)) return tree;
  if (depth === DEEPEST) {
    throw new ArgumentError(
      "TREE_STRUCTURE",
      `arrays and objects are nested ${DEEPEST} deep, so one probably contains itself; give a tree`,
    );
  }
  if (isList) return tree.map((part) => mapTree(part, visit, depth + 1));
  return Object.fromEntries(Object.entries(tree).map(([name, part]) => [name, mapTree(part, visit, depth + 1)]));
}

/** The Tensors and Values of a tree, in order. */
export function leavesOf(tree: unknown): Node[] {
  const leaves: Node[] = [];
  mapTree(tree, (leaf) => leaves.push(leaf));
  return leaves;
}

/** The tree with its leaves replaced, in order. */
export function withLeaves<T>(tree: T, leaves: readonly unknown[]): T {
  let next = 0;
  return mapTree(tree, () => leaves[next++]) as T;
}

/**
 * Calls `visit` with the leaves of two trees at the same places.
 *
 * @param what - what `other` is, for the message
 * @throws ArgumentError `TREE_STRUCTURE` unless `other` has a leaf wherever `tree` has one, and nothing else of the kind
 */
export function pairLeaves(name: string, what: string, tree: unknown, other: unknown): [Node, unknown, path: string][] {
  if (tree instanceof Node) return [[tree, other, ""]];
  const isList = Array.isArray(tree);
  if (!isList && !isPlainObject(tree)) return [];
  const parts = Object.entries(tree);
  const fits = isList
    ? Array.isArray(other) && other.length === tree.length
    : isPlainObject(other) && !(other instanceof Node);
  if (!fits) {
    throw new ArgumentError(
      "TREE_STRUCTURE",
      `${name}: ${what} has ${describe(other)} where ${isList ? `an array of ${tree.length}` : "an object"} is wanted; nest it in the same way`,
    );
  }
  return parts.flatMap(([key, part]) =>
    pairLeaves(name, what, part, (other as Readonly<Record<string, unknown>>)[key]).map(
      ([leaf, partner, path]): [Node, unknown, string] => [leaf, partner, `${isList ? `[${key}]` : `.${key}`}${path}`],
    ),
  );
}
