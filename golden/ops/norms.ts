import * as core from "@adjoint/core";
import { add, div, type Tensor } from "@adjoint/core";
import type { Call, Calls } from "../cases.js";

/** The order of a norm; that of a matrix may be a name. */
type Order = number | string | null;

interface Attrs {
  readonly ord?: Order;
  readonly p?: Order;
  readonly dim?: number | readonly number[] | null;
  readonly keepdim?: boolean;
}

/** Infinities may be strings. */
const numberOf = (order: Order): number => Number(String(order).replace(/inf$/, "Infinity"));

const singularValues = (x: Tensor): Tensor => core.svd(x, { fullMatrices: false }).s;

const elementNorm = (x: Tensor, order: Order, { dim, keepdim: keepDims }: Attrs): Tensor =>
  core.norm(x, { p: numberOf(order), axis: dim ?? undefined, keepDims });

/** A norm of matrices by their singular values. */
function spectralNorm(x: Tensor, order: Order): Tensor {
  const s = singularValues(x);
  if (order === "nuc") return core.sum(s, { axis: -1 });
  return order === 2 ? core.max(s, { axis: -1 }) : core.min(s, { axis: -1 });
}

/** Norms of the matrices that two axes span. */
function matrixNorm(input: Tensor, order: Order, { dim, keepdim = false }: Attrs): Tensor {
  const axes = (dim as number[] | null | undefined) ?? [-2, -1];
  if (order === "fro") return elementNorm(input, 2, { dim: axes, keepdim });
  const x = core.moveAxis(input, axes, [-2, -1]);
  const p = order === "nuc" ? order : numberOf(order);
  const apart = (y: Tensor): Tensor => {
    const both = core.unsqueeze(core.unsqueeze(y, -1), -1);
    return keepdim ? core.moveAxis(both, [-2, -1], axes) : y;
  };
  if (p === "nuc" || Math.abs(p) === 2) return apart(spectralNorm(x, p));
  const sums = core.sum(core.abs(x), { axis: Math.abs(p) === 1 ? -2 : -1 });
  return apart(p > 0 ? core.max(sums, { axis: -1 }) : core.min(sums, { axis: -1 }));
}

/** `linalg.norm`: of vectors along one axis, of matrices along two, of all elements where nothing is said. */
function linalgNorm(x: Tensor, { ord, ...attrs }: Attrs): Tensor {
  const { dim = null } = attrs;
  if (ord === undefined || ord === null) return elementNorm(x, 2, attrs);
  const isMatrix = dim === null ? x.ndim === 2 : [dim].flat().length === 2;
  return isMatrix ? matrixNorm(x, ord, attrs) : elementNorm(x, ord, attrs);
}

const cond: Call = (inputs, { p = null }: Attrs) => {
  const x = inputs.input ?? inputs.A;
  if (x.size === 0) return core.zeros(x.shape.slice(0, -2), { dtype: x.dtype });
  const s = singularValues(x);
  if (p === null || p === 2) return div(core.max(s, { axis: -1 }), core.min(s, { axis: -1 }));
  if (p === -2) return div(core.min(s, { axis: -1 }), core.max(s, { axis: -1 }));
  return core.mul(matrixNorm(x, p, {}), matrixNorm(core.inverse(x), p, {}));
};

interface RankAttrs {
  readonly atol?: number | null;
  readonly rtol?: number | null;
  readonly tol?: number | null; // the former name of `atol`
}

const matrixRank: Call = (inputs, { tol = null, atol = tol, rtol = null }: RankAttrs) => {
  const x = inputs.input ?? inputs.A;
  if (x.size === 0) return core.zeros(x.shape.slice(0, -2), { dtype: "int32" });
  const s = singularValues(x);
  const part = rtol ?? (atol !== null && atol > 0 ? 0 : 2 ** -52 * Math.max(...x.shape.slice(-2)));
  const bound = core.maximum(core.mul(core.max(s, { axis: -1, keepDims: true }), part), atol ?? 0);
  return core.sum(core.gt(s, bound), { axis: -1 });
};

const distance = (x: Tensor, y: Tensor, p: Order): Tensor => core.norm(core.sub(x, y), { p: numberOf(p), axis: -1 });

/** The distance of each two different rows. */
const pdist: Call = ({ input }, { p = 2 }: Attrs) => {
  const rows = Array.from({ length: input.shape[0] }, (_, i) => i);
  const pairs = rows.flatMap((i) => rows.slice(i + 1).map((j) => [i, j] as const));
  const at = (k: 0 | 1): Tensor => core.indexSelect(input, core.tensor(Int32Array.from(pairs, (pair) => pair[k])), 0);
  return distance(at(0), at(1), p);
};

/** Norms of matrices and distances. */
export const calls: Calls = {
  matrix_norm: ({ input, A }, attrs: Attrs) => matrixNorm(input ?? A, attrs.ord ?? "fro", attrs),
  linalg_norm: ({ input, A }, attrs: Attrs) => linalgNorm(input ?? A, attrs),
  frobenius_norm: ({ input }, attrs: Attrs) => elementNorm(input, 2, attrs),
  nuclear_norm: ({ input }, attrs: Attrs) => matrixNorm(input, "nuc", attrs),
  cond,
  matrix_rank: matrixRank,
  pairwise_distance: ({ x1, x2 }, { p = 2, eps = 1e-6, keepdim }: Attrs & { eps?: number }) =>
    core.norm(add(core.sub(x1, x2), eps), { p: numberOf(p), axis: -1, keepDims: keepdim }),
  cdist: ({ x1, x2 }, { p = 2 }: Attrs) => distance(core.unsqueeze(x1, -2), core.unsqueeze(x2, -3), p),
  pdist,
};
