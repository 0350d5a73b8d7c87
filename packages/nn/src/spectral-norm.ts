import {
  cast,
  checkOptions,
  div,
  type Generator,
  matmul,
  moveAxis,
  noGrad,
  normalize,
  reshape,
  State,
  Parameter,
  type Tensor,
  transpose,
} from "@adjoint/core";
import { checkAmount, checkAxis, checkCount, checkGenerator } from "./checks.js";
import type { AnyModule } from "./module.js";
import { fieldOf, parameterOf, replaceBy, restore } from "./reparametrize.js";

/** Options of {@link spectralNorm}. */
export interface SpectralNormOptions {
  /** The field of the parameter (default `"weight"`). */
  readonly name?: string;
  /** Steps of the power iteration in each call in training (default 1). */
  readonly nPowerIterations?: number;
  /** What norms are held above (default 1e-12). */
  readonly eps?: number;
  /** The axis of the outputs (default 0; 1 for transposed convolutions). */
  readonly axis?: number | null;
  /** Where the first vectors come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/** A weight as a matrix, its outputs the rows. */
function matrixOf(weight: Tensor, axis: number): Tensor {
  const first = axis === 0 ? weight : moveAxis(weight, axis, 0);
  return reshape(first, [first.shape[0], first.size / Math.max(1, first.shape[0])]);
}

/** The vectors u and v after some steps of the power iteration, at least one. */
function improved(W: Tensor, start: Tensor, times: number, eps: number): [u: Tensor, v: Tensor] {
  let [u, v] = [start, start];
  for (let k = 0; k < times; k++) {
    v = normalize(matmul(transpose(W), u), { axis: 0, eps });
    u = normalize(matmul(W, v), { axis: 0, eps });
  }
  return [u, v];
}

/**
 * Divides a parameter of a layer by its largest singular value, `w / σ(w)`, which bounds how much the layer can stretch. Miyato et al.,
 * 2018, arXiv:1802.05957. It changes the layer, and returns it; make optimizers afterwards.
 *
 * σ is `uᵀ·W·v` with vectors that a power iteration improves in each call in training. The parameter is `weightOrig` for `weight`, the
 * vectors are the buffers `weightU` and `weightV`, with PyTorch's keys `weight_orig`, `weight_u`, `weight_v`.
 *
 * @throws ArgumentError `MODULE_KIND`, `PARAMETER_UNKNOWN`, `SIZE_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; ShapeError
 * `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { manualSeed, norm, ones, tensor } from "@adjoint/core";
 * import { Linear, spectralNorm } from "@adjoint/nn";
 * manualSeed(0);
 * const layer = spectralNorm(new Linear(2, 2, { bias: false }), { nPowerIterations: 50 });
 * layer.forward(ones([1, 2]));
 * console.log(Object.keys(layer.stateDict()).join(" ")); // → weight_orig weight_u weight_v
 * console.log(norm(layer.eval().forward(tensor([[0.6, 0.8]]))).item() <= 1.0001); // → true
 * ```
 */
export function spectralNorm<M extends AnyModule>(module: M, options: SpectralNormOptions = {}): M {
  const caller = "spectralNorm";
  checkOptions(caller, options, '{ name: "weight" }', ["name", "nPowerIterations", "eps", "axis", "generator"]);
  const { name = "weight", nPowerIterations = 1, eps = 1e-12 } = options;
  const generator = checkGenerator(caller, options.generator);
  const weight = parameterOf(caller, module, name);
  const axis = checkAxis(caller, options.axis ?? ("outputPadding" in module ? 1 : 0), weight);
  checkCount(caller, "nPowerIterations", nPowerIterations, 1, 10_000);
  checkAmount(caller, "eps", eps);
  const [orig, U, V] = [`${name}Orig`, `${name}U`, `${name}V`];
  const random = (n: number): State => new State(cast(generator.normal([n]), weight.dtype));
  const [rows, columns] = matrixOf(weight, axis).shape;
  const original = new Parameter(weight.detach(), weight.requiresGrad);
  const states = { [orig]: original, [U]: random(rows), [V]: random(columns) };
  const iterate = (owner: AnyModule, times: number): void => {
    const [u, v] = noGrad(() => improved(matrixOf(fieldOf(owner, orig), axis), fieldOf(owner, U), times, eps));
    for (const [key, next] of Object.entries({ [U]: u, [V]: v })) {
      const state = fieldOf(owner, key);
      // A tensor that stands for the state, in a functional call, stays as it is.
      if (state instanceof State) state.assign(next);
    }
  };
  const compute = (owner: AnyModule): Tensor => {
    const given = fieldOf(owner, orig);
    // Of their own: the next iteration assigns the states, and gradients through this call still need what was in them.
    const [u, v] = [fieldOf(owner, U).detach(), fieldOf(owner, V).detach()];
    return div(given, matmul(u, matmul(matrixOf(given, axis), v)));
  };
  replaceBy(module, name, states, compute, (owner) => {
    if (owner.training) iterate(owner, nPowerIterations);
  });
  // Some steps at once, so that the first call in evaluation is near the truth.
  iterate(module, 15);
  return module;
}

/**
 * Makes the parameter one of its own again, with what it is now: the end of {@link spectralNorm}.
 *
 * @throws ArgumentError `PARAMETER_UNKNOWN`.
 * @example
 * ```ts
 * import { Linear, removeSpectralNorm, spectralNorm } from "@adjoint/nn";
 * const layer = removeSpectralNorm(spectralNorm(new Linear(3, 2)));
 * console.log(Object.keys(layer.stateDict())); // → [ 'weight', 'bias' ]
 * ```
 */
export function removeSpectralNorm<M extends AnyModule>(module: M, name = "weight"): M {
  restore("removeSpectralNorm", module, name, ["Orig", "U", "V"]);
  return module;
}
