import * as core from "@adjoint/core";
import { add, div, matmul, mul, sub, type Tensor } from "@adjoint/core";
import type { Call, Calls, Named } from "../cases.js";

/** `beta · input + alpha · product`; a beta of 0 leaves out the input, whatever is in it. */
const added =
  (product: (inputs: Named<Tensor>) => Tensor): Call =>
  (inputs, { beta = 1, alpha = 1 }: { beta?: number; alpha?: number }) => {
    const scaled = alpha === 1 ? product(inputs) : mul(product(inputs), alpha);
    if (beta === 0) return scaled;
    return add(beta === 1 ? inputs.input : mul(inputs.input, beta), scaled);
  };

const last = (x: Tensor): Tensor => core.transpose(x);

/**
 * A function whose results have names. A case may ask for some of them only, such as those that are no choice, by name or
 * by position; the first alone may be `out`.
 */
const fields =
  (fn: (...args: Parameters<Call>) => Named<Tensor>): Call =>
  (inputs, attrs, wanted) => {
    const found = Object.entries(fn(inputs, attrs));
    const byPosition = found.map(([, x], i) => [`out.${i}`, x] as const);
    const all = [...found, ...byPosition, ["out", found[0][1]] as const];
    return Object.fromEntries(wanted ? all.filter(([name]) => wanted.includes(name)) : found);
  };

const listOf = (inputs: Named<Tensor>): Tensor[] => Object.values(inputs);
const first = (inputs: Named<Tensor>): Tensor => inputs.input ?? inputs.A ?? inputs.self;
const second = (inputs: Named<Tensor>): Tensor =>
  inputs.other ?? inputs.B ?? inputs.mat2 ?? inputs.vec2 ?? inputs.tensor;

/** PyTorch reads one triangle, and gives the gradient for symmetric matrices. */
function symmetric(x: Tensor, triangle: "L" | "U"): Tensor {
  const mean = mul(add(x, last(x)), 0.5);
  const read = triangle === "L" ? add(core.tril(x), last(core.tril(x, -1))) : add(core.triu(x), last(core.triu(x, 1)));
  return add(mean, sub(read, mean).detach());
}

const triangleOf = ({ UPLO = "L" }: { UPLO?: string }): "L" | "U" => (UPLO.toUpperCase() === "U" ? "U" : "L");
const eigh = (x: Tensor, attrs: { UPLO?: string }): { values: Tensor; vectors: Tensor } =>
  core.eigh(symmetric(x, triangleOf(attrs)));

const cholesky = (x: Tensor, { upper = false }: { upper?: boolean }): Tensor =>
  core.cholesky(symmetric(x, upper ? "U" : "L"), { upper });

/** Of each matrix, that nothing went wrong. */
const noInfo = (x: Tensor): Tensor => core.zeros(x.shape.slice(0, -2), { dtype: "int32" });

/** By its present name with `A` and `B`, and by its former one with `b` and `A`. */
const solveTriangular: Call = (inputs, { upper = false, left = true, unitriangular: unitDiagonal = false }) =>
  core.triangularSolve(inputs.A ?? inputs.input, inputs.B ?? inputs.other, { upper, left, unitDiagonal });
const triangularSolve: Call = fields(
  (inputs, { upper = true, transpose = false, unitriangular: unitDiagonal = false }) => {
    const { A: a } = inputs;
    const solution = core.triangularSolve(a, inputs.b ?? inputs.input, { upper, transpose, unitDiagonal });
    const front = solution.shape.slice(0, -2);
    return { solution, cloned_coefficient: core.expand(a, [...front, ...a.shape.slice(-2)]) };
  },
);

const choleskySolve: Call = (inputs, { upper = false }) => {
  const l = inputs.input2 ?? inputs.L;
  const half = core.triangularSolve(l, inputs.input ?? inputs.B, { upper, transpose: upper });
  return core.triangularSolve(l, half, { upper, transpose: !upper });
};
const choleskyInverse: Call = (inputs, { upper = false }) => {
  const l = core.inverse(upper ? core.triu(first(inputs)) : core.tril(first(inputs)));
  return upper ? matmul(l, last(l)) : matmul(last(l), l);
};

const qr: Call = fields((inputs, { mode = "reduced", some = true }: { mode?: string; some?: boolean }) => {
  const { q, r } = core.qr(first(inputs), { mode: mode === "complete" || !some ? "complete" : "reduced" });
  return { Q: mode === "r" ? core.zeros([0], { dtype: q.dtype }) : q, R: r };
});

const svd: Call = fields((inputs, { full_matrices: fullMatrices = true }) => {
  const { u, s, vh } = core.svd(first(inputs), { fullMatrices });
  return { U: u, S: s, Vh: vh };
});
/** `torch.svd` gives V, not its transpose. */
const formerSvd: Call = fields((inputs, { some = true }) => {
  const { u, s, vh } = core.svd(first(inputs), { fullMatrices: !some });
  return { U: u, S: s, V: last(vh) };
});

const singularValues = (x: Tensor): Tensor => core.svd(x, { fullMatrices: false }).s;

const slogdet: Call = fields((inputs) => {
  const { sign, logAbsDet } = core.slogdet(first(inputs));
  return { sign, logabsdet: logAbsDet };
});
const logdet: Call = (inputs) => {
  const { sign, logAbsDet } = core.slogdet(first(inputs));
  return core.where(core.lt(sign, 0), NaN, logAbsDet);
};

const inverse: Call = (inputs) => core.inverse(first(inputs));
const det: Call = (inputs) => core.det(first(inputs));
const matrixPower: Call = (inputs, { n }) => core.matrixPower(first(inputs), n);
const matrixExp: Call = (inputs) => core.matrixExp(first(inputs));
const product: Call = (inputs) => matmul(first(inputs), inputs.vec ?? second(inputs));
const outer: Call = (inputs) => core.outer(first(inputs), second(inputs));
const vecdot: Call = (inputs, { dim = -1 }) => core.vecdot(inputs.x ?? first(inputs), inputs.y ?? second(inputs), dim);
const chain: Call = (inputs) => listOf(inputs).reduce((x, y) => matmul(x, y));

interface PinvAttrs {
  readonly rcond?: number;
  readonly rtol?: number | null;
  readonly atol?: number | null;
}

/** An absolute bound for singular values is another part of the largest for each matrix. */
const pinv: Call = (inputs, { rcond, rtol = rcond, atol }: PinvAttrs) => {
  const a = first(inputs);
  if (!atol || a.size === 0) return core.pinv(a, rtol == null ? {} : { rtol });
  const [m, n] = a.shape.slice(-2);
  const found = core.unbind(core.reshape(a, [-1, m, n]), 0).map((x) => {
    const largest = core.max(singularValues(x)).item();
    return core.pinv(x, { rtol: Math.max(rtol ?? 0, atol / largest) });
  });
  return core.reshape(core.stack(found), [...a.shape.slice(0, -2), n, m]);
};

const lstsq: Call = fields((inputs) => {
  const [a, b] = [first(inputs), second(inputs)];
  const { solution, residuals } = core.lstsq(a, b);
  const [m, n] = a.shape.slice(-2);
  const { dtype } = a;
  return {
    solution,
    residuals: m > n ? residuals : core.zeros([0], { dtype }),
    rank: core.full(a.shape.slice(0, -2), Math.min(m, n), { dtype: "int32" }),
    singular_values: core.zeros([0], { dtype }),
  };
});

/** Covariances of rows, whose columns may count several times and weigh differently. */
const cov: Call = ({ input, fweights, aweights }, { correction = 1 }: { correction?: number }) => {
  const x = core.atLeast2d(input);
  const weights = [fweights, aweights].flatMap((w) => (w ? [w.to(x.dtype)] : []));
  const weight = weights.reduce((a, b) => mul(a, b), core.ones([x.shape[1]], { dtype: x.dtype }));
  const total = core.sum(weight);
  const centered = sub(x, div(core.sum(mul(x, weight), { axis: 1, keepDims: true }), total));
  const lost = aweights ? mul(correction, div(core.sum(mul(weight, aweights)), total)) : correction;
  const product = div(matmul(mul(centered, weight), last(centered)), core.maximum(sub(total, lost), 0));
  return core.squeeze(product, input.ndim < 2 ? [0, 1] : []);
};

const corrcoef: Call = ({ input }) => {
  const c = cov({ input }, {}) as Tensor;
  if (c.ndim === 0) return div(c, c);
  const deviation = core.sqrt(core.diagonal(c));
  return core.clamp(div(div(c, core.unsqueeze(deviation, 1)), deviation), { min: -1, max: 1 });
};

/** Products and decompositions of matrices. */
export const calls: Calls = {
  matmul: product,
  mm: product,
  mv: product,
  bmm: (inputs) => core.bmm(first(inputs), second(inputs)),
  dot: (inputs) => core.dot(first(inputs), second(inputs)),
  vdot: (inputs) => core.dot(first(inputs), second(inputs)),
  vecdot,
  linalg_vecdot: vecdot,
  inner: (inputs) => {
    const [x, y] = [first(inputs), second(inputs)];
    return x.ndim === 0 || y.ndim === 0 ? mul(x, y) : core.tensordot(x, y, [-1, -1]);
  },
  outer,
  ger: outer,
  cross: (inputs, { dim }) => {
    const [x, y] = [first(inputs), second(inputs)];
    return core.cross(x, y, dim ?? x.shape.indexOf(3));
  },
  linalg_cross: (inputs, { dim = -1 }) => core.cross(first(inputs), second(inputs), dim),
  addmm: added(({ mat1, mat2 }) => matmul(mat1, mat2)),
  addmv: added(({ mat, vec }) => matmul(mat, vec)),
  addr: added(({ vec1, vec2 }) => core.outer(vec1, vec2)),
  baddbmm: added(({ batch1, batch2 }) => core.bmm(batch1, batch2)),
  addbmm: added(({ batch1, batch2 }) => core.sum(core.bmm(batch1, batch2), { axis: 0 })),
  chain_matmul: chain,
  multi_dot: chain,
  einsum: (inputs, { equation }) => core.einsum(equation, ...listOf(inputs)),
  tensordot: ({ a, b }, { dims = 2 }) => core.tensordot(a, b, dims),
  kron: (inputs) => core.kron(first(inputs), second(inputs)),
  trace: (inputs) => core.trace(first(inputs)),
  inverse,
  inv: inverse,
  inv_ex: fields((inputs) => ({ inverse: core.inverse(first(inputs)), info: noInfo(first(inputs)) })),
  solve: (inputs, { left = true }) => core.solve(first(inputs), second(inputs), { left }),
  solve_triangular: solveTriangular,
  triangular_solve: triangularSolve,
  det,
  slogdet,
  logdet,
  cholesky: (inputs, attrs) => cholesky(first(inputs), attrs),
  cholesky_ex: fields((inputs, attrs) => ({ L: cholesky(first(inputs), attrs), info: noInfo(first(inputs)) })),
  cholesky_solve: choleskySolve,
  cholesky_inverse: choleskyInverse,
  qr,
  svd: (inputs, attrs, wanted) => ("some" in attrs || wanted?.includes("V") ? formerSvd : svd)(inputs, attrs, wanted),
  linalg_svd: svd,
  svdvals: (inputs) => singularValues(first(inputs)),
  eigh: fields((inputs, attrs) => {
    const { values, vectors } = eigh(first(inputs), attrs);
    return { eigenvalues: values, eigenvectors: vectors };
  }),
  eigvalsh: (inputs, attrs) => eigh(first(inputs), attrs).values,
  pinv,
  pinverse: pinv,
  matrix_power: matrixPower,
  matrix_exp: matrixExp,
  cov,
  corrcoef,
  vander: ({ x, input = x }, { N: count = input.shape.at(-1) }: { N?: number }) =>
    core.stack(
      Array.from({ length: count ?? 0 }, (_, i) => core.pow(input, i)),
      -1,
    ),
  tensorinv: (inputs, { ind = 2 }: { ind?: number }) => {
    const { shape } = first(inputs);
    const [left, right] = [shape.slice(0, ind), shape.slice(ind)];
    const rows = left.reduce((x, y) => x * y, 1);
    return core.reshape(core.inverse(core.reshape(first(inputs), [rows, -1])), [...right, ...left]);
  },
  tensorsolve: (inputs, { dims }: { dims?: readonly number[] | null }) => {
    const b = second(inputs);
    const a = core.moveAxis(
      first(inputs),
      dims ?? [],
      Array.from(dims ?? [], (_, i) => i - (dims?.length ?? 0)),
    );
    const x = core.solve(core.reshape(a, [b.size, -1]), core.flatten(b));
    return core.reshape(x, a.shape.slice(b.ndim));
  },
  lstsq,
};
