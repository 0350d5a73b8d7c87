import { gradients } from "../autograd.js";
import { checkInteger, checkOptions } from "../arguments.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { isRecording, Node, withRecording } from "../node.js";
import { formatShape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { checkFunction, checkHolds, checkPrimal, detached, recordedSince, startAt } from "./primal.js";
import { leavesOf, withLeaves } from "./tree.js";

/** Options of {@link grad} and {@link valueAndGrad}. */
export interface GradOptions<I extends number | readonly number[] = number> {
  /** By which argument to differentiate: its place, or several (default 0). */
  readonly argnums?: I;
}

/** The gradient by one argument has its type; by several it is a list. */
export type GradientOf<A extends readonly unknown[], I> = I extends number
  ? A[I]
  : { -readonly [k in keyof I]: I[k] extends number ? A[I[k]] : never };

/** A value together with a gradient. */
export interface ValueAndGrad<R, G> {
  readonly value: R; // what the function returned
  readonly grad: G; // its gradient, nested as the argument is
}

/**
 * The function that computes the gradient of `fn`, `∇f`, by reverse mode.
 *
 * `fn` returns one Tensor of one element, or a Value. The gradient has the type of the argument: Tensors and Values, perhaps in
 * arrays and objects; zeros for those that do not matter. `.grad` of nothing is touched. It nests freely with itself and with
 * `jvp`, `vmap` and the others, and can be differentiated by `backward` as well.
 *
 * @param fn - takes Tensors and Values, perhaps in arrays and objects, and anything else beside
 * @throws ShapeError `NOT_SCALAR` when the result has several elements; ArgumentError `NOT_A_FUNCTION`, `FUNCTION_RESULT`, `NO_PRIMALS`,
 * `GRADIENT_DTYPE`, `INTEGER_INVALID`, `ARGNUMS_INVALID`.
 * @example
 * ```ts
 * import { grad, mul, sum, tensor, type Tensor, value } from "@adjoint/core";
 * const cube = (x: Tensor) => sum(x.pow(3));
 * console.log(grad(cube)(tensor([1, 2]))); // → tensor([ 3, 12])
 * const slope = grad((x: Tensor) => sum(grad(cube)(x)));
 * console.log(slope(tensor([1, 2]))); // → tensor([ 6, 12])
 * const { w } = grad((p: { w: Tensor; b: Tensor }) => sum(mul(p.w, p.b)))({ w: tensor([1, 2]), b: tensor([3, 4]) });
 * console.log(w); // → tensor([3, 4])
 * ```
 */
export function grad<A extends readonly Tensor[]>(fn: (...args: A) => Node): (...args: A) => A[0];
export function grad<A extends readonly unknown[]>(fn: (...args: A) => Node): (...args: A) => A[0];
export function grad<A extends readonly Tensor[], const I extends number | readonly number[]>(
  fn: (...args: A) => Node,
  options: GradOptions<I>,
): (...args: A) => GradientOf<A, I>;
export function grad<A extends readonly unknown[], const I extends number | readonly number[]>(
  fn: (...args: A) => Node,
  options: GradOptions<I>,
): (...args: A) => GradientOf<A, I>;
export function grad<A extends readonly unknown[]>(
  fn: (...args: A) => Node,
  options: GradOptions<number | readonly number[]> = {},
): (...args: A) => unknown {
  const both = differentiated("grad", fn, options);
  return (...args) => both(...args).grad;
}

/**
 * The function that computes `fn` together with its gradient, at the cost of the gradient alone. The rest is as in {@link grad}.
 *
 * @throws as {@link grad}
 * @example
 * ```ts
 * import { square, sum, tensor, type Tensor, valueAndGrad } from "@adjoint/core";
 * const { value, grad } = valueAndGrad((x: Tensor) => sum(square(x)))(tensor([1, 2]));
 * console.log(value.item(), grad.toArray()); // → 5 [ 2, 4 ]
 * ```
 */
export function valueAndGrad<A extends readonly Tensor[], R extends Node>(
  fn: (...args: A) => R,
): (...args: A) => ValueAndGrad<R, A[0]>;
export function valueAndGrad<A extends readonly unknown[], R extends Node>(
  fn: (...args: A) => R,
): (...args: A) => ValueAndGrad<R, A[0]>;
export function valueAndGrad<A extends readonly Tensor[], R extends Node, const I extends number | readonly number[]>(
  fn: (...args: A) => R,
  options: GradOptions<I>,
): (...args: A) => ValueAndGrad<R, GradientOf<A, I>>;
export function valueAndGrad<A extends readonly unknown[], R extends Node, const I extends number | readonly number[]>(
  fn: (...args: A) => R,
  options: GradOptions<I>,
): (...args: A) => ValueAndGrad<R, GradientOf<A, I>>;
export function valueAndGrad<A extends readonly unknown[], R extends Node>(
  fn: (...args: A) => R,
  options: GradOptions<number | readonly number[]> = {},
): (...args: A) => ValueAndGrad<R, unknown> {
  return differentiated("valueAndGrad", fn, options);
}

/** What {@link valueAndGrad} gives, under the name of another transform. */
export function differentiated<A extends readonly unknown[], R extends Node>(
  name: string,
  fn: (...args: A) => R,
  options: GradOptions<number | readonly number[]>,
): (...args: A) => ValueAndGrad<R, unknown> {
  checkFunction(name, fn);
  checkOptions(name, options, "{ argnums: [0, 1] }", ["argnums"]);
  const { argnums = 0 } = options;
  const places = checkPlaces(name, argnums);
  return (...args) => {
    for (const place of places) checkHolds(name, args, [place]);
    const { primals, call } = startArguments(name, fn, args, places);
    const { value, starts } = call();
    checkScalar(name, value);
    const wanted = isRecording() && recordedSince(starts, [value]).reachesOut;
    const found = value.requiresGrad
      ? gradients(value, starts, { createGraph: wanted, allowUnused: true })
      : primals.map((x) => x.wrap(undefined));
    const results = withLeaves(
      places.map((place) => args[place]),
      wanted ? found : found.map(detached),
    );
    return { value: wanted ? value : detached(value), grad: Array.isArray(argnums) ? results : results[0] };
  };
}

function checkPlaces(name: string, argnums: number | readonly number[]): readonly number[] {
  const places = Array.isArray(argnums) ? (argnums as readonly number[]) : [argnums as number];
  for (const place of places) checkInteger(name, "argnums", place, 0);
  if (places.length > 0 && new Set(places).size === places.length) return places;
  throw new ArgumentError(
    "ARGNUMS_INVALID",
    `${name}: argnums is [${places.join(", ")}]; name at least one argument, and each only once`,
  );
}

/** A function made ready to be differentiated by some of its arguments. */
export interface Started<R> {
  readonly primals: readonly Node[]; // the leaves of these arguments
  /** Calls the function at new nodes in the places of the primals, recording. */
  readonly call: () => { readonly value: R; readonly starts: readonly Node[] };
}

/** Finds the leaves of the arguments at `places`. @throws ArgumentError `GRADIENT_DTYPE` */
export function startArguments<A extends readonly unknown[], R>(
  name: string,
  fn: (...args: A) => R,
  args: A,
  places: readonly number[],
): Started<R> {
  const chosen = places.map((place) => args[place]);
  const primals = leavesOf(chosen).map((leaf) => checkPrimal(name, leaf));
  const call = (): { value: R; starts: Node[] } => {
    const starts = primals.map(startAt);
    const replaced = withLeaves(chosen, starts);
    const all = args.slice();
    places.forEach((place, i) => (all[place] = replaced[i]));
    return { value: withRecording(true, () => fn(...(all as readonly unknown[] as A))), starts };
  };
  return { primals, call };
}

function checkScalar(name: string, value: unknown): asserts value is Node {
  if (!(value instanceof Node)) {
    const hint =
      value instanceof Promise ? "transforms take synchronous functions" : "return a Tensor of one element, or a Value";
    throw new ArgumentError("FUNCTION_RESULT", `${name}: the function returned ${describe(value)}; ${hint}`);
  }
  if (!(value instanceof Tensor) || value.size === 1) return;
  throw new ShapeError(
    "NOT_SCALAR",
    `${name}: the function returned shape ${formatShape(value.shape)}; reduce it to one element (sum, mean), or use jacobian or vjp`,
  );
}
