import { checkChoice, checkInteger, checkOptions } from "../arguments.js";
import { full } from "../create.js";
import { TraceError } from "../errors.js";
import { lift } from "../lift.js";
import { batched, insideVmap, moveAxisTo, unbatch } from "../batch.js";
import { type Node } from "../node.js";
import { stack } from "../ops/join.js";
import { reshape } from "../ops/shape.js";
import { slice } from "../ops/slice.js";
import type { Shape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { constant, type Value } from "../value.js";
import { differentiated } from "./grad.js";
import { checkTangents, recorded, type Tangents } from "./jvp.js";
import { checkFunction, checkHolds } from "./primal.js";
import { leavesOf, type Tree, withLeaves } from "./tree.js";
import { pulled } from "./vjp.js";

/** Options of {@link jacobian}. */
export interface JacobianOptions {
  /**
   * Column by column in forward mode, which is cheaper where there are fewer inputs than outputs, or row by row in reverse mode
   * (default `"reverse"`).
   */
  readonly mode?: "forward" | "reverse";
  /** By which argument to differentiate (default 0). */
  readonly argnums?: number;
}

/**
 * The type of a Jacobian: for each leaf of the result the argument's type, with a tensor of shape `[...result, ...argument]` (a
 * Value for two Values) at its leaves.
 */
export type JacobianOf<R, X> = R extends Node ? X : { readonly [k in keyof R]: JacobianOf<R[k], X> };

/**
 * The function that computes the Jacobian of `fn`: `J[i…, j…] = ∂fn(x)[i…] / ∂x[j…]`, of shape `[...result, ...argument]`.
 *
 * `fn` is recorded once; all rows (or columns) are then computed at once by `vmap` over the unit vectors. Where results or arguments
 * are nested, so is the Jacobian: as the result, with the nesting of the argument at its leaves.
 *
 * @throws ArgumentError as `grad` and `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { jacobian, tensor, type Tensor } from "@adjoint/core";
 * const polar = (x: Tensor) => x.mul(x.sum());
 * console.log(jacobian(polar)(tensor([1, 2])).toArray()); // → [ [ 4, 1 ], [ 2, 5 ] ]
 * ```
 */
export function jacobian<A extends readonly Tensor[], R extends Tree>(
  fn: (...args: A) => R,
  options?: JacobianOptions,
): (...args: A) => JacobianOf<R, A[0]>;
export function jacobian<A extends readonly unknown[], R extends Tree>(
  fn: (...args: A) => R,
  options?: JacobianOptions,
): (...args: A) => JacobianOf<R, A[0]>;
export function jacobian<A extends readonly unknown[], R extends Tree>(
  fn: (...args: A) => R,
  options: JacobianOptions = {},
): (...args: A) => JacobianOf<R, A[0]> {
  checkFunction("jacobian", fn);
  checkOptions("jacobian", options, '{ mode: "forward" }', ["mode", "argnums"]);
  const mode = checkChoice("jacobian", "mode", options.mode ?? "reverse", ["forward", "reverse"]);
  const place = checkInteger("jacobian", "argnums", options.argnums ?? 0, 0);
  return (...args) => differentiate("jacobian", fn, args, place, mode) as JacobianOf<R, A[0]>;
}

/** The Jacobian of a function by the argument at `place`. */
function differentiate<A extends readonly unknown[]>(
  name: string,
  fn: (...args: A) => unknown,
  args: A,
  place: number,
  mode: "forward" | "reverse",
): Tree {
  checkHolds(name, args, [place]);
  const at = (primal: Tree): Tree => {
    const all = args.slice();
    all[place] = primal;
    return fn(...(all as readonly unknown[] as A)) as Tree;
  };
  const x = args[place] as Tree;
  return mode === "reverse" ? byRows(name, at, x) : byColumns(name, at, x);
}

/** The unit vectors in the space of a node, as tensors of shape `[size, ...shape]`; of a Value there is one. */
function basisOf(node: Node): Tensor {
  const [shape, dtype] = node instanceof Tensor ? [node.shape, node.dtype] : [[], "float64" as const];
  const size = node instanceof Tensor ? node.size : 1;
  const out = full([size, size], 0, { dtype });
  for (let i = 0; i < size; i++) out.data[i * (size + 1)] = 1;
  return reshape(out, [size, ...shape]);
}

const zeroOf = (node: Node): Node =>
  node instanceof Tensor ? full(node.shape, 0, { dtype: node.dtype }) : constant(0);

/** The same list of leaves with one replaced by a unit, the others by zeros. */
function units(leaves: readonly Node[], index: number, unit: Node): Node[] {
  return leaves.map((leaf, i) => (i === index ? unit : zeroOf(leaf)));
}

/** Row by row: for each output leaf, the pullback of all its unit cotangents. */
function byRows(name: string, fn: (x: Tree) => Tree, x: Tree): Tree {
  const { value, pullback } = pulled(name, fn, [x]);
  const outputs = leavesOf(value);
  const rows = outputs.map((output, k) => {
    const along = (unit: Node): Node[] => leavesOf(pullback(withLeaves(value, units(outputs, k, unit))));
    const found = alongUnits(output, along, (all, shape) => reshape(all, [...shape, ...all.shape.slice(1)]));
    return withLeaves(x, found);
  });
  return withLeaves(value, rows);
}

/** Column by column: for each input leaf, the tangents along all its unit vectors. */
function byColumns(name: string, fn: (x: Tree) => Tree, x: Tree): Tree {
  const { value, push } = recorded(name, fn as (...primals: readonly unknown[]) => Tree, [x]);
  const inputs = leavesOf(x);
  const columns = inputs.map((input, k) => {
    const along = (unit: Node): Node[] => leavesOf(push(units(inputs, k, unit)));
    return alongUnits(input, along, (all, shape) => {
      const last = moveAxisTo(all, 0, all.ndim - 1);
      return reshape(last, [...last.shape.slice(0, -1), ...shape]);
    });
  });
  const entries = leavesOf(value).map((_, i) =>
    withLeaves(
      x,
      columns.map((column) => column[i]),
    ),
  );
  return withLeaves(value, entries);
}

/** What `run` gives along the unit vectors of a node, with the axis that counts them replaced by the axes of the node. */
function alongUnits(node: Node, run: (unit: Node) => Node[], reorder: (all: Tensor, shape: Shape) => Tensor): Node[] {
  if (!(node instanceof Tensor)) return run(constant(1));
  const basis = basisOf(node);
  return atOnce(basis, run).map((all) => (all instanceof Tensor ? reorder(all, node.shape) : all));
}

/** All units in one vmap; where scalars lie on the way, which it cannot pass, one after the other. */
function atOnce(basis: Tensor, run: (unit: Node) => Node[]): Node[] {
  try {
    return insideVmap((id) => {
      const unit = batched(basis, id);
      return run(unit).map((found) => {
        if (found instanceof Tensor)
          return unbatch(found, found.batch?.id === id ? found.batch : { examples: basis, id });
        throw new TraceError("BATCH_READ", "internal: a Value among results of a vmap");
      });
    });
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
  }
  const each = Array.from({ length: basis.shape[0] }, (_, i) => run(slice(basis, i)));
  return (each[0] ?? []).map((_, k) =>
    stack(each.map((results) => (results[k] instanceof Tensor ? results[k] : lift(results[k] as Value, "float64")))),
  );
}

/**
 * The function that computes the Hessian of a scalar function, `H[i…, j…] = ∂²fn(x) / ∂x[i…]∂x[j…]`, of shape
 * `[...argument, ...argument]`: the forward-mode Jacobian of the reverse-mode gradient. For nested arguments it is nested twice.
 *
 * @throws as `grad`
 * @example
 * ```ts
 * import { hessian, mul, tensor, type Tensor, type Value, value } from "@adjoint/core";
 * console.log(hessian((x: Tensor) => x.pow(3).sum())(tensor([1, 2])).toArray()); // → [ [ 6, 0 ], [ 0, 12 ] ]
 * console.log(hessian((x: Value) => mul(x, x))(value(5)).data); // → 2
 * ```
 */
export function hessian<A extends readonly Tensor[]>(
  fn: (...args: A) => Node,
  options?: { readonly argnums?: number },
): (...args: A) => JacobianOf<A[0], A[0]>;
export function hessian<A extends readonly unknown[]>(
  fn: (...args: A) => Node,
  options?: { readonly argnums?: number },
): (...args: A) => JacobianOf<A[0], A[0]>;
export function hessian<A extends readonly unknown[]>(
  fn: (...args: A) => Node,
  options: { readonly argnums?: number } = {},
): (...args: A) => JacobianOf<A[0], A[0]> {
  checkFunction("hessian", fn);
  checkOptions("hessian", options, "{ argnums: 1 }", ["argnums"]);
  const argnums = checkInteger("hessian", "argnums", options.argnums ?? 0, 0);
  const gradient = differentiated("hessian", fn, { argnums });
  return (...args) =>
    differentiate("hessian", (...all: A) => gradient(...all).grad, args, argnums, "forward") as JacobianOf<A[0], A[0]>;
}

/**
 * The product of the Hessian of a scalar function with a vector, `H·v`, without the Hessian: forward mode over the gradient, at
 * a few times the cost of the function.
 *
 * @param vectors - one entry for each primal, nested and shaped as it is
 * @returns one product for each primal
 * @throws as `grad` and `jvp`
 * @example
 * ```ts
 * import { hvp, tensor } from "@adjoint/core";
 * const [product] = hvp((x) => x.pow(3).sum(), [tensor([1, 2])], [tensor([1, 1])]);
 * console.log(product); // → tensor([ 6, 12])
 * ```
 */
export function hvp<P extends readonly unknown[]>(
  fn: (...primals: NoInfer<P>) => Node,
  primals: readonly [...P],
  vectors: Tangents<NoInfer<P>>,
): P {
  checkFunction("hvp", fn);
  const directions = checkTangents("hvp", primals, vectors);
  const both = differentiated("hvp", (list: P) => fn(...(list as NoInfer<P>)), {});
  const gradient = (...given: NoInfer<P>): P => both(given as P).grad as P;
  return recorded("hvp", gradient, primals).push(directions);
}
