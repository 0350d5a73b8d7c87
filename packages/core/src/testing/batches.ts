import { gradients } from "../autograd.js";
import { isFloating } from "../dtype.js";
import { ArgumentError, GradientError } from "../errors.js";
import { noGrad } from "../node.js";
import { stack } from "../ops/join.js";
import { Generator } from "../random.js";
import { formatShape, sameShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { jvp } from "../transforms/jvp.js";
import { vmap } from "../transforms/vmap.js";
import { normal } from "./draw.js";
import type { Comparison } from "./gradcheck.js";
import { leafOf } from "./leaves.js";
import { expectClose } from "./report.js";

/** A function of a list of tensors that gives a list. */
type Lists = (inputs: readonly Tensor[]) => readonly Tensor[];

const TOLERANCE = 1e-11;

/**
 * Whether `vmap` over two examples gives what the function gives for each: with every input mapped, and with one at a time;
 * and so for the gradients and forward mode, inside of the vmap and through it.
 *
 * @throws GradientError `CONFORM_FAILED`
 */
export function compareBatches(fn: Lists, first: readonly Tensor[], second: readonly Tensor[]): Comparison {
  const choices = [first.map(() => true)];
  if (first.length > 1) first.forEach((_, k) => choices.push(first.map((__, i) => i === k)));
  let compared = 0;
  for (const mapped of choices) compared += compareMapped(fn, first, second, mapped);
  return { compared, skipped: 0 };
}

/** A function of lists over the examples on the given axes. */
function over(f: Lists, given: readonly Tensor[], axes: readonly (number | null)[]): readonly Tensor[] {
  return vmap((...all: Tensor[]) => f(all), { inAxes: axes })(...given);
}

function compareMapped(fn: Lists, first: readonly Tensor[], second: readonly Tensor[], mapped: boolean[]): number {
  const examples = [first, first.map((x, i) => (mapped[i] ? second[i] : x))];
  const inputs = first.map((x, i) => (mapped[i] ? stack([x, second[i]]) : x));
  const inAxes = mapped.map((yes) => (yes ? 0 : null));
  const each = noGrad(() => examples.map((given) => fn(given)));
  const what = `vmap with inputs ${mapped.flatMap((yes, i) => (yes ? [i] : [])).join(", ")} mapped`;
  let compared = compare(
    what,
    noGrad(() => over(fn, inputs, inAxes)),
    stacked(each),
  );
  const generator = new Generator(5);
  const cotangents = each[0].map((out) => stack([normal(generator, out.shape), normal(generator, out.shape)]));
  const gradientOf: Lists = (all) => gradientsOf(fn, all.slice(0, first.length), all.slice(first.length));
  const wanted = examples.map((given, e) => gradientOf([...given, ...cotangents.map((u) => u.slice(e))]));
  if (wanted[0].length === 0) return compared;
  const inside = over(gradientOf, [...inputs, ...cotangents], [...inAxes, ...cotangents.map(() => 0)]);
  compared += compare(`${what}: gradients inside`, inside, stacked(wanted));
  const through = gradientsOf((all) => over(fn, all, inAxes), inputs, cotangents);
  const summed = wanted[0].map((g, i) => (mapped[i] ? stack([g, wanted[1][i]]) : g.add(wanted[1][i])));
  compared += compare(`${what}: gradients through it`, through, summed);
  return compared + compareForward(what, fn, { inputs, inAxes, examples });
}

interface Mapped {
  readonly inputs: readonly Tensor[];
  readonly inAxes: readonly (number | null)[];
  readonly examples: readonly (readonly Tensor[])[]; // the inputs of each example
}

/** Forward mode along random directions, inside of the vmap and through it. */
function compareForward(what: string, fn: Lists, { inputs, inAxes, examples }: Mapped): number {
  const generator = new Generator(6);
  const moving = inputs.flatMap((x, i) => (isFloating(x.dtype) ? [i] : []));
  const directions = moving.map((i) => normal(generator, inputs[i].shape));
  const wanted = examples.map((given, e) =>
    pushed(fn, moving, [...given, ...directions.map((t, k) => (inAxes[moving[k]] === null ? t : t.slice(e)))]),
  );
  const all = [...inputs, ...directions];
  const axes = [...inAxes, ...moving.map((i) => inAxes[i])];
  const inside = over((each) => pushed(fn, moving, each), all, axes);
  const through = pushed((each) => over(fn, each, inAxes), moving, all);
  return (
    compare(`${what}: forward mode inside`, inside, stacked(wanted)) +
    compare(`${what}: forward mode through it`, through, stacked(wanted))
  );
}

/** The tangents of the floating results, from all inputs and, behind them, the directions of those at the places `moving`. */
function pushed(fn: Lists, moving: readonly number[], all: readonly Tensor[]): readonly Tensor[] {
  const inputs = all.slice(0, all.length - moving.length);
  const { value, tangent } = jvp(
    (parts: Tensor[]) => fn(inputs.map((x, i) => parts[moving.indexOf(i)] ?? x)),
    [moving.map((i) => inputs[i])],
    [all.slice(inputs.length)],
  );
  return tangent.filter((_, i) => isFloating(value[i].dtype));
}

/** The gradients of `Σ ⟨outputs, cotangents⟩` with respect to all inputs; none where nothing is differentiable. */
function gradientsOf(fn: Lists, inputs: readonly Tensor[], cotangents: readonly Tensor[]): readonly Tensor[] {
  const leaves = inputs.map((x) => leafOf(x));
  const outputs = fn(leaves);
  const used = outputs.flatMap((out, i) => (out.requiresGrad ? [i] : []));
  if (used.length === 0) return [];
  return gradients(
    used.map((i) => outputs[i]),
    leaves,
    { cotangents: used.map((i) => cotangents[i]), allowUnused: true },
  );
}

function stacked(examples: readonly (readonly Tensor[])[]): Tensor[] {
  return examples[0].map((_, i) => noGrad(() => stack(examples.map((results) => results[i]))));
}

function compare(what: string, got: readonly Tensor[], want: readonly Tensor[]): number {
  if (got.length !== want.length) throw new GradientError("CONFORM_FAILED", `${what}: ${got.length} results`);
  let compared = 0;
  got.forEach((x, i) => {
    if (!sameShape(x.shape, want[i].shape) || x.dtype !== want[i].dtype) {
      throw new ArgumentError(
        "SHAPE",
        `${what}: ${x.dtype} ${formatShape(x.shape)}, where the examples give ${want[i].dtype} ${formatShape(want[i].shape)}`,
      );
    }
    compared += expectClose(x.data, want[i].data, TOLERANCE, (k) => `${what}, result ${i}, element ${k}`).compared;
  });
  return compared;
}
