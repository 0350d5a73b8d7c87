import { argsort, diagonal, lt, mul, type Parameter, qr, reshape, sign, transpose, where } from "@adjoint/core";
import { checkAmount, checkNumber, checkProbability } from "../checks.js";
import { assign, begin, checkInitRank, floating, type InitOptions } from "./begin.js";

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions extends InitOptions {
  /** A factor (default 1). */
  readonly gain?: number;
}

/**
 * Fills a parameter with a random matrix of orthonormal rows or columns, whichever are fewer, times `gain`, and returns it: all axes but
 * the first are the columns. All such matrices are equally likely: it is Q of the factorization Q·R of a matrix of normal numbers, with
 * the signs that make the diagonal of R positive. Saxe et al., 2013, arXiv:1312.6120.
 *
 * @throws ShapeError `INIT_RANK` for fewer than two axes; ArgumentError `NUMBER_INVALID`, `PARAMETER_KIND`, `GENERATOR_KIND`,
 * `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { eye, isClose, matmul, transpose } from "@adjoint/core";
 * import { init, Linear } from "@adjoint/nn";
 * const { weight } = new Linear(5, 3);
 * init.orthogonal(weight);
 * console.log(isClose(matmul(weight, transpose(weight)), eye(3), { atol: 1e-6 }).data.every(Boolean)); // → true
 * ```
 */
export function orthogonal(parameter: Parameter, options: OrthogonalOptions = {}): Parameter {
  const name = "init.orthogonal";
  const generator = begin(name, parameter, options, "{ gain: 2 }", ["gain"]);
  const gain = checkNumber(name, "gain", options.gain ?? 1);
  checkInitRank(name, parameter, 2, Infinity, "[rows, ...columns]");
  const { shape, size } = parameter;
  if (size === 0) return parameter;
  const [rows, columns] = [shape[0], size / shape[0]];
  const sides = [Math.max(rows, columns), Math.min(rows, columns)];
  const { q, r } = qr(generator.normal(sides, 0, 1, { dtype: "float64" }));
  const columnwise = mul(q, mul(sign(diagonal(r)), gain));
  return assign(parameter, reshape(rows < columns ? transpose(columnwise) : columnwise, shape));
}

/** Options of {@link sparse}. */
export interface SparseOptions extends InitOptions {
  /** The deviation of the elements that are not 0 (default 0.01). */
  readonly std?: number;
}

/**
 * Fills a matrix from the normal distribution of mean 0, but for `⌈sparsity · rows⌉` elements of each column, chosen at random, which are
 * 0; and returns it. Martens, "Deep learning via Hessian-free optimization", 2010.
 *
 * @throws ShapeError `INIT_RANK` unless it has two axes; ArgumentError `PROBABILITY_INVALID`, `OPTION_INVALID`, `PARAMETER_KIND`,
 * `GENERATOR_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { eq, sum } from "@adjoint/core";
 * import { init, Linear } from "@adjoint/nn";
 * const { weight } = new Linear(3, 10);
 * init.sparse(weight, 0.25);
 * console.log(sum(eq(weight, 0), { axis: 0 }).toArray()); // → [ 3, 3, 3 ]
 * ```
 */
export function sparse(parameter: Parameter, sparsity: number, options: SparseOptions = {}): Parameter {
  const name = "init.sparse";
  const generator = begin(name, parameter, options, "{ std: 0.1 }", ["std"]);
  checkProbability(name, "sparsity", sparsity);
  const std = checkAmount(name, "std", options.std ?? 0.01);
  checkInitRank(name, parameter, 2, 2, "[rows, columns]");
  const { shape } = parameter;
  // Sorting random numbers permutes the rows of each column.
  const order = argsort(generator.uniform(shape, 0, 1, { dtype: "float64" }), { axis: 0 });
  const isZero = lt(order, Math.ceil(sparsity * shape[0]));
  return assign(parameter, where(isZero, 0, generator.normal(shape, 0, std, floating(parameter))));
}
