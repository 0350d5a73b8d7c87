import { checkOptions } from "../arguments.js";
import { batched, insideVmap, moveAxisTo, unbatch } from "../batch.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import type { Node } from "../node.js";
import { isPlainObject } from "../options.js";
import { formatShape, normalizeAxis } from "../shape.js";
import type { Batch } from "../storage.js";
import { Tensor } from "../tensor.js";
import { checkFunction, checkResult } from "./primal.js";
import { leavesOf, mapTree, withLeaves } from "./tree.js";

/** Which axis holds the examples: a number; null for what is the same for all examples; or these nested as the argument is. */
export type MappedAxes = number | null | readonly MappedAxes[] | { readonly [name: string]: MappedAxes };

/** Options of {@link vmap}. */
export interface VmapOptions {
  /** The axis of the examples: one for all arguments, or an array with an entry for each (default 0). */
  readonly inAxes?: MappedAxes;
  /** Where the examples go in the results: one axis, or some nested as the result is (default 0). */
  readonly outAxes?: MappedAxes;
}

/**
 * Vectorises a function of one example: `vmap(f)(xs)` is `stack(xs.map(f))`, computed for all examples at once.
 *
 * Inside `fn` a tensor has the shape of one example. Every op carries the examples along by its batch rule, so there is no
 * loop, and what does not depend on the examples is computed once. The elements cannot be read or branched on there. It nests
 * with itself and with `grad`, `jvp` and the others: `vmap(grad(loss), { inAxes: [null, 0] })` gives per-example gradients.
 * Random numbers drawn inside are the same for all examples.
 *
 * @param fn - takes Tensors, perhaps in arrays and objects, and returns the same; other arguments are passed as they are
 * @returns the vectorised function; every result has the examples on axis `outAxes`
 * @throws ShapeError `BATCH_SIZE` when the sizes of the mapped axes differ, `AXIS_OUT_OF_RANGE`; ArgumentError `BATCH_AXES`,
 * `NOT_A_FUNCTION`, `FUNCTION_RESULT`; TraceError `BATCH_READ` when `fn` reads elements.
 * @example
 * ```ts
 * import { grad, matmul, sub, square, type Tensor, tensor, vmap } from "@adjoint/core";
 * const rows = tensor([[1, 2], [3, 4]]);
 * console.log(vmap((row) => row.div(row.sum()))(rows));
 * // → tensor([[0.3333, 0.6667],
 * //         [0.4286, 0.5714]])
 * const w = tensor([1, 1]);
 * const loss = (w: Tensor, x: Tensor, y: Tensor) => square(sub(matmul(w, x), y));
 * const perExample = vmap(grad(loss), { inAxes: [null, 0, 0] });
 * console.log(perExample(w, rows, tensor([0, 0])).toArray()); // → [ [ 6, 12 ], [ 42, 56 ] ]
 * ```
 */
export function vmap<A extends readonly Tensor[], R>(fn: (...args: A) => R, options?: VmapOptions): (...args: A) => R;
export function vmap<A extends readonly unknown[], R>(fn: (...args: A) => R, options?: VmapOptions): (...args: A) => R;
export function vmap<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: VmapOptions = {},
): (...args: A) => R {
  checkFunction("vmap", fn);
  checkOptions("vmap", options, "{ inAxes: [0, null] }", ["inAxes", "outAxes"]);
  const { inAxes = 0, outAxes = 0 } = options;
  return (...args) => {
    const axes = mappedAxes("inAxes", args, args.length === 1 && !Array.isArray(inAxes) ? [inAxes] : inAxes);
    const leaves = leavesOf(args);
    const size = batchSize(leaves, axes);
    return insideVmap((id) => {
      const inside = leaves.map((leaf, i) => {
        const axis = axes[i];
        return axis === null ? leaf : batched(moveAxisTo(leaf as Tensor, axis, 0), id);
      });
      return outside(fn(...withLeaves(args, inside)), outAxes, size, id);
    });
  };
}

/** The results as tensors over all examples. */
function outside<R>(result: R, outAxes: MappedAxes, size: number, id: number): R {
  checkResult("vmap", leavesOf(result), result);
  const axes = mappedAxes("outAxes", result, outAxes);
  const batch: Batch = { examples: new Tensor(new Float32Array(size), [size], "float32"), id };
  let next = 0;
  return mapTree(result, (leaf) => {
    const axis = axes[next++];
    if (axis === null && leaf instanceof Tensor && leaf.batch?.id !== id) return leaf;
    if (!(leaf instanceof Tensor) || axis === null) {
      throw new ArgumentError(
        "FUNCTION_RESULT",
        leaf instanceof Tensor
          ? "vmap: an axis of null in outAxes, but the result differs from example to example; name an axis"
          : 'vmap: the function returned a Value; return a tensor, as in lift(v, "float64")',
      );
    }
    const all = unbatch(leaf, leaf.batch?.id === id ? leaf.batch : batch);
    return moveAxisTo(all, 0, normalizeAxis("vmap: outAxes", axis, all.ndim, all.shape));
  }) as R;
}

/** One axis for each leaf of `tree`: a number or null stands for all below it. */
function mappedAxes(what: "inAxes" | "outAxes", tree: unknown, axes: unknown): (number | null)[] {
  if (axes === null || Number.isInteger(axes)) return leavesOf(tree).map(() => axes as number | null);
  const same = Array.isArray(tree)
    ? Array.isArray(axes) && axes.length === tree.length
    : isPlainObject(tree) && isPlainObject(axes) && !(tree instanceof Tensor);
  if (!same) {
    throw new ArgumentError(
      "BATCH_AXES",
      `vmap: ${what} has ${counted(axes)} for ${counted(tree)}; use an integer, null, or axes nested in the same way`,
    );
  }
  return Object.entries(tree as object).flatMap(([key, part]) =>
    leavesOf(part).length === 0 ? [] : mappedAxes(what, part, (axes as Readonly<Record<string, unknown>>)[key]),
  );
}

const counted = (x: unknown): string => (Array.isArray(x) ? `an array of ${x.length}` : describe(x));

function batchSize(leaves: readonly Node[], axes: (number | null)[]): number {
  let size: number | null = null;
  leaves.forEach((leaf, i) => {
    const axis = axes[i];
    if (!(leaf instanceof Tensor))
      axes[i] = null; // A Value is the same for all examples.
    else if (axis !== null) {
      axes[i] = normalizeAxis("vmap: inAxes", axis, leaf.ndim, leaf.shape);
      const n = leaf.shape[axes[i]];
      size ??= n;
      if (n !== size) {
        throw new ShapeError(
          "BATCH_SIZE",
          `vmap: ${n} examples on axis ${axis} of ${formatShape(leaf.shape)}, but ${size} in the tensors before; make them equal, or map it with null`,
        );
      }
    }
  });
  if (size !== null) return size;
  throw new ArgumentError(
    "BATCH_AXES",
    "vmap: no tensor among the arguments is mapped, so there are no examples; give inAxes an axis",
  );
}
