import { ArgumentError, describe, GradientError } from "./errors.js";
import type { Node } from "./node.js";
import { formatShape, indexAt, type Shape } from "./shape.js";

/** What is known while anomalies are looked for: where nodes were created, and which one the backward walk is at. */
interface Watch {
  readonly created: WeakMap<Node, string>;
  walking: Node | null;
}

let watch: Watch | null = null;

/** Whether results are to be looked at; checked before {@link inspect} is called, which costs a pass over the elements. */
export function isWatching(): boolean {
  return watch !== null;
}

/**
 * Runs `fn` and looks at the result of every op in it, forward and backward. The first one that produced NaN or an infinity from
 * finite operands throws, naming the op, the place, and the line of your code that called it. It costs several times the
 * time: use it to find a fault, not for training.
 *
 * Infinities that are put in by hand (a mask of `-Infinity`) are not reported where they enter, only where one appears anew.
 *
 * @returns what `fn` returned
 * @throws GradientError `ANOMALY`; ArgumentError `NOT_A_FUNCTION`, `ASYNC_FUNCTION`.
 * @example
 * ```ts
 * import { detectAnomaly, tensor } from "@adjoint/core";
 * const x = tensor([4, 0], { requiresGrad: true });
 * try {
 *   detectAnomaly(() => x.sqrt().sum().backward());
 * } catch (error) {
 *   console.log(String(error).split(";")[0]);
 * }
 * // → GradientError: detectAnomaly: the gradient of sqrt is Infinity at [1] of shape [2] …
 * ```
 */
export function detectAnomaly<T>(fn: () => T): T {
  if (typeof fn !== "function") {
    throw new ArgumentError(
      "NOT_A_FUNCTION",
      `detectAnomaly: ${describe(fn)} is not a function; give one that runs the step`,
    );
  }
  const outer = watch;
  watch = { created: new WeakMap(), walking: null };
  try {
    const result = fn();
    if (!(result instanceof Promise)) return result;
    throw new ArgumentError(
      "ASYNC_FUNCTION",
      "detectAnomaly: the function returned a Promise; only synchronous code is watched, so call detectAnomaly inside the async function",
    );
  } finally {
    watch = outer;
  }
}

/** What {@link inspect} reads of a tensor or Value. */
interface Inspected {
  readonly shape: Shape;
  readonly elements: ArrayLike<number>;
}

/** Remembers where a node was created: in the rule of another, where that one was. */
export function remember(node: Node): void {
  if (watch === null || watch.created.has(node)) return;
  const { created, walking } = watch;
  created.set(node, walking === null ? callerOf() : (created.get(walking) ?? ""));
}

/** Looks at a new result, and remembers where its node was created. */
export function inspect(name: string, node: Node, result: Inspected, operands: readonly ArrayLike<number>[]): void {
  if (watch === null) return;
  remember(node);
  const { created, walking } = watch;
  const { elements, shape } = result;
  const place = firstAbnormal(elements);
  if (place < 0 || operands.some((x) => firstAbnormal(x) >= 0)) return;
  const where = shape.length === 0 ? "" : ` at ${formatShape(indexAt(place, shape))} of shape ${formatShape(shape)}`;
  const what = walking === null ? `${name} gave` : `the gradient of ${walking.op?.name ?? "a leaf"} is`;
  const by = walking === null ? "" : ` (from ${name})`;
  const line = created.get(walking ?? node);
  throw new GradientError(
    "ANOMALY",
    `detectAnomaly: ${what} ${elements[place]}${where}${by}; its operands are finite, so look at their values there` +
      (line ? `; it was called ${line}` : ""),
  );
}

/** {@link inspect} for a Value, or for the cotangent that the rule of one gave. */
export function inspectNumber(
  name: string,
  node: Node,
  result: number,
  operands: readonly { readonly number: number }[],
): void {
  inspect(name, node, { shape: [], elements: [result] }, [operands.map((x) => x.number)]);
}

/**
 * Runs the rule of `node` in a backward walk, so that what goes wrong in it is told of `node`; of null, what is computed again
 * there, and is told as in a forward computation.
 */
export function walkingAt<T>(node: Node | null, rule: () => T): T {
  if (watch === null) return rule();
  const outer = watch.walking;
  watch.walking = node;
  try {
    return rule();
  } finally {
    watch.walking = outer;
  }
}

function firstAbnormal(x: ArrayLike<number>): number {
  for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i])) return i;
  return -1;
}

/** The first frame of the stack that is not ours, as `at fn (file:line:column)`. */
function callerOf(): string {
  const settings = Error as ErrorConstructor & { stackTraceLimit?: number }; // V8 keeps ten frames, of which all can be ours
  const limit = settings.stackTraceLimit;
  settings.stackTraceLimit = 100;
  const frames = (new Error().stack ?? "").split("\n").filter((line) => /:\d+:\d+\)?$/.test(line));
  settings.stackTraceLimit = limit;
  // The first frame is this function, in PACKAGES/core/dist/anomaly.js; what lies below PACKAGES is ours, except tests.
  const folder = frames[0]?.match(/([^\s(@]*[/\\])[^/\\]+[/\\][^/\\]+[/\\][^/\\]+$/)?.[1];
  const own = (frame: string): boolean => folder !== undefined && frame.includes(folder) && !frame.includes(".test.");
  return (frames.find((frame) => !own(frame)) ?? frames.at(-1) ?? "").trim();
}
