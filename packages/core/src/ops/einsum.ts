import { commonType } from "../apply.js";
import { checkTensors } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { DTypeError } from "../errors.js";
import { sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { mul } from "./arithmetic.js";
import { diagonal } from "./diagonal.js";
import { matmul } from "./matmul.js";
import { sum } from "./reduce.js";
import { permute, reshape, squeeze, transpose } from "./shape.js";
import { type Label, parseSubscripts } from "./subscripts.js";

/**
 * Einstein's summation: the product of all operands, summed over every letter that the result does not name. `ij,jk->ik` is
 * `out[i, k] = Σⱼ a[i, j]·b[j, k]`.
 *
 * Each letter names an axis, commas separate the operands, the result stands after `->`. A letter twice in one operand is its
 * diagonal (`ii->i`). `...` stands for all other axes, which broadcast. Without `->` the result has the axes under `...`, then every
 * letter that stands once, in the order of the alphabet. Spaces mean nothing; an axis of size 1 is repeated where it meets another
 * size. Operands are contracted in pairs by matrix products, those first whose product is smallest beside what it replaces.
 *
 * @throws ArgumentError `EINSUM_SUBSCRIPTS`, `EINSUM_OPERANDS`, `EMPTY_LIST`, `OPERAND_KIND`; ShapeError `EINSUM_RANK`, `EINSUM_SIZES`;
 * DTypeError `DTYPE_BOOL`.
 * @example
 * ```ts
 * import { einsum, ones, tensor } from "@adjoint/core";
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(einsum("ij,j->i", a, tensor([1, 10])).toArray()); // → [ 21, 43 ]
 * console.log(einsum("ii", a).item(), einsum("ij->ji", a).toArray()); // → 5 [ [ 1, 3 ], [ 2, 4 ] ]
 * console.log(einsum("...qd,...kd->...qk", ones([2, 8, 5, 4]), ones([2, 8, 3, 4])).shape); // → [ 2, 8, 5, 3 ]
 * ```
 */
export const einsum: Composed<(subscripts: string, ...operands: Tensor[]) => Tensor> = compose(
  "einsum",
  (subscripts, ...operands) => {
    checkTensors("einsum", operands);
    const {
      operands: labels,
      output,
      sizes,
    } = parseSubscripts(
      subscripts,
      operands.map((x) => x.shape),
    );
    if (operands.length > 1 && commonType(operands) === "bool") {
      throw new DTypeError(
        "DTYPE_BOOL",
        'einsum: all operands are bool, which has no sums; convert one with x.to("int32")',
      );
    }
    const factors = operands.map((x, i) => plainFactor(x, labels[i], sizes));
    const { tensor, labels: left } = summed(product(factors, output, sizes), output);
    return ordered(tensor, left, output);
  },
  {
    samples: () => [
      ["ij,jk->ik", ones([2, 3]), ones([3, 2])],
      ["i, ij, j", ones([2]), ones([2, 2]), ones([2])],
      ["iij,ji->i", ones([2, 2, 2]), ones([1, 2])],
      ["...a,b...->ab...", ones([2, 1]), ones([2, 2])],
      ["ij,ij->i", ones([2, 0]), ones([2, 0])],
      [",->", ones([]), ones([])],
    ],
  },
);

/** A tensor with a name for each axis, no two alike. */
interface Factor {
  readonly tensor: Tensor;
  readonly labels: readonly Label[];
}

/** An operand with the diagonals taken where a label is repeated, and without axes of size 1 that meet another size. */
function plainFactor(x: Tensor, names: readonly Label[], sizes: ReadonlyMap<Label, number>): Factor {
  let [tensor, labels] = [x, names];
  const single = names.flatMap((label, axis) => (x.shape[axis] === 1 && sizes.get(label) !== 1 ? [axis] : []));
  if (single.length > 0) {
    tensor = squeeze(x, single);
    labels = names.filter((_, axis) => !single.includes(axis));
  }
  for (let j = labels.findIndex(isRepeated); j !== -1; j = labels.findIndex(isRepeated)) {
    const i = labels.indexOf(labels[j]);
    const others = labels.map((_, axis) => axis).filter((axis) => axis !== i && axis !== j);
    tensor = diagonal(tensor, 0, i, j);
    labels = [...others.map((axis) => labels[axis]), labels[j]];
  }
  return { tensor, labels };
}

function isRepeated(label: Label, axis: number, labels: readonly Label[]): boolean {
  return labels.indexOf(label) !== axis;
}

/** The product of all factors, with at least the axes of the output. */
function product(factors: readonly Factor[], output: readonly Label[], sizes: ReadonlyMap<Label, number>): Factor {
  if (factors.length === 1) return factors[0];
  const [i, j] = cheapestPair(factors, output, sizes);
  const others = factors.filter((_, k) => k !== i && k !== j);
  const kept = new Set([...output, ...others.flatMap(({ labels }) => labels)]);
  return product([...others, contracted(factors[i], factors[j], kept)], output, sizes);
}

/** The pair whose product is smallest beside its factors: a greedy path, as finding the best one takes exponential time. */
function cheapestPair(
  factors: readonly Factor[],
  output: readonly Label[],
  sizes: ReadonlyMap<Label, number>,
): [number, number] {
  if (factors.length === 2) return [0, 1];
  let [best, least]: [[number, number], number] = [[0, 1], Infinity];
  factors.forEach((a, j) =>
    factors.slice(0, j).forEach((b, i) => {
      const kept = new Set([...output, ...factors.flatMap(({ labels }, k) => (k === i || k === j ? [] : labels))]);
      const labels = [...new Set([...a.labels, ...b.labels])].filter((label) => kept.has(label));
      const cost = sizeOf(labels.map((label) => sizes.get(label) ?? 1)) - a.tensor.size - b.tensor.size;
      if (cost < least) [best, least] = [[i, j], cost];
    }),
  );
  return best;
}

/** `x` summed over all axes that are not kept. */
function summed({ tensor, labels }: Factor, kept: Iterable<Label>): Factor {
  const set = new Set(kept);
  const axes = labels.flatMap((label, axis) => (set.has(label) ? [] : [axis]));
  if (axes.length === 0) return { tensor, labels };
  return { tensor: sum(tensor, { axis: axes }), labels: labels.filter((label) => set.has(label)) };
}

/** The product of two factors, summed over the labels that are not kept. */
function contracted(first: Factor, second: Factor, kept: ReadonlySet<Label>): Factor {
  const a = summed(first, [...kept, ...second.labels]);
  const b = summed(second, [...kept, ...first.labels]);
  const batch = a.labels.filter((label) => b.labels.includes(label) && kept.has(label));
  const inner = a.labels.filter((label) => b.labels.includes(label) && !kept.has(label));
  const left = a.labels.filter((label) => !b.labels.includes(label));
  const right = b.labels.filter((label) => !a.labels.includes(label));
  // With the vector on the right, the larger tensor stays in its order.
  if (left.length === 0 && right.length > 0) return contracted(second, first, kept);
  const sizes = [...sizesOf(a, batch), ...sizesOf(a, left), ...sizesOf(b, right)];
  const labels = [...batch, ...left, ...right];
  if (inner.length > 0 && (left.length > 0 || batch.length === 0)) {
    const matrices = matmul(asMatrices(a, batch, left, inner), asMatrices(b, batch, inner, right));
    return { tensor: reshape(matrices, sizes), labels };
  }
  const single = new Array<number>(right.length).fill(1);
  const x = reshape(ordered(a.tensor, a.labels, [...batch, ...left, ...inner]), [
    ...sizesOf(a, batch),
    ...sizesOf(a, left),
    ...single,
    ...sizesOf(a, inner),
  ]);
  const y = reshape(ordered(b.tensor, b.labels, [...batch, ...right, ...inner]), [
    ...sizesOf(b, batch),
    ...left.map(() => 1),
    ...sizesOf(b, right),
    ...sizesOf(b, inner),
  ]);
  return summed({ tensor: mul(x, y), labels: [...labels, ...inner] }, labels);
}

function sizesOf({ tensor, labels }: Factor, some: readonly Label[]): number[] {
  return some.map((label) => tensor.shape[labels.indexOf(label)]);
}

/** The axes of `x` in the order of `wanted`. */
function ordered(x: Tensor, labels: readonly Label[], wanted: readonly Label[]): Tensor {
  if (wanted.every((label, i) => label === labels[i])) return x;
  return permute(
    x,
    wanted.map((label) => labels.indexOf(label)),
  );
}

/** A factor as matrices `[batch…, rows, columns]`; one that holds them transposed is not copied. */
function asMatrices(
  factor: Factor,
  batch: readonly Label[],
  rows: readonly Label[],
  columns: readonly Label[],
): Tensor {
  const { tensor, labels } = factor;
  const lies = [...batch, ...columns, ...rows].every((label, i) => label === labels[i]);
  const [down, across] = lies ? [columns, rows] : [rows, columns];
  const shape = [...sizesOf(factor, batch), sizeOf(sizesOf(factor, down)), sizeOf(sizesOf(factor, across))];
  const matrices = reshape(ordered(tensor, labels, [...batch, ...down, ...across]), shape);
  return lies ? transpose(matrices) : matrices;
}
