import { ArgumentError, checkOptions, eye as identity, full, pad, type Parameter, reshape, tile } from "@adjoint/core";
import { checkCount, checkParameter } from "../checks.js";
import { assign, checkInitRank } from "./begin.js";

/**
 * Fills a parameter with one number, `x = value`, and returns it.
 *
 * @throws ArgumentError `PARAMETER_KIND`, `ELEMENT_KIND`.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * console.log(init.constant(new Linear(3, 2).bias!, 0.5).toArray()); // → [ 0.5, 0.5 ]
 * ```
 */
export function constant(parameter: Parameter, value: number): Parameter {
  checkParameter("init.constant", parameter);
  return assign(parameter, full(parameter.shape, value, { dtype: parameter.dtype }));
}

/**
 * Fills a parameter with zeros, and returns it.
 *
 * @throws ArgumentError `PARAMETER_KIND`.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * console.log(init.zeros(new Linear(3, 2).bias!).toArray()); // → [ 0, 0 ]
 * ```
 */
export function zeros(parameter: Parameter): Parameter {
  return constant(parameter, 0);
}

/**
 * Fills a parameter with ones, and returns it.
 *
 * @throws ArgumentError `PARAMETER_KIND`.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * console.log(init.ones(new Linear(3, 2).bias!).toArray()); // → [ 1, 1 ]
 * ```
 */
export function ones(parameter: Parameter): Parameter {
  return constant(parameter, 1);
}

/**
 * Fills a matrix with ones on the diagonal and zeros elsewhere, so that a linear layer hands on its inputs, and returns it.
 *
 * @throws ShapeError `INIT_RANK` unless it has two axes; ArgumentError `PARAMETER_KIND`.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * console.log(init.eye(new Linear(3, 2).weight).toArray()); // → [ [ 1, 0, 0 ], [ 0, 1, 0 ] ]
 * ```
 */
export function eye(parameter: Parameter): Parameter {
  checkParameter("init.eye", parameter);
  checkInitRank("init.eye", parameter, 2, 2, "[rows, columns]");
  const [rows, columns] = parameter.shape;
  return assign(parameter, identity(rows, columns));
}

/** Options of {@link dirac}. */
export interface DiracOptions {
  /** The groups of the convolution (default 1): each hands on its own inputs. */
  readonly groups?: number;
}

/**
 * Fills the kernels `[out, in / groups, ...kernel]` of a convolution so that it hands on its inputs: 1 at the middle tap between
 * output and input of the same number in each group, 0 elsewhere. Returns the parameter. Zagoruyko and Komodakis, 2017,
 * arXiv:1706.00388.
 *
 * @throws ShapeError `INIT_RANK` unless it has three to five axes; ArgumentError `GROUPS_INVALID` unless the groups divide the
 * outputs, `SIZE_INVALID`, `PARAMETER_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { Conv1d, init } from "@adjoint/nn";
 * const layer = new Conv1d(2, 2, 3, { padding: 1, bias: false });
 * init.dirac(layer.weight);
 * console.log(layer.forward(tensor([[1, 2, 3], [4, 5, 6]])).toArray()); // → [ [ 1, 2, 3 ], [ 4, 5, 6 ] ]
 * ```
 */
export function dirac(parameter: Parameter, options: DiracOptions = {}): Parameter {
  checkParameter("init.dirac", parameter);
  checkOptions("init.dirac", options, "{ groups: 2 }", ["groups"]);
  const groups = checkCount("init.dirac", "groups", options.groups ?? 1);
  checkInitRank("init.dirac", parameter, 3, 5, "[out, in, ...kernel] of a convolution");
  const [outputs, inputs, ...kernel] = parameter.shape;
  if (outputs % groups !== 0) {
    throw new ArgumentError(
      "GROUPS_INVALID",
      `init.dirac: ${outputs} outputs in ${groups} groups; give groups that divide the outputs`,
    );
  }
  const pairs = tile(identity(outputs / groups, inputs), [groups, 1]);
  const before = kernel.map((taps) => [Math.floor(taps / 2), taps - 1 - Math.floor(taps / 2)] as const);
  const taps = pad(reshape(pairs, [outputs, inputs, ...kernel.map(() => 1)]), [[0, 0], [0, 0], ...before]);
  return assign(parameter, taps);
}
