import {
  checkOptions,
  defaultGenerator,
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
import type { HookHandle } from "./hooks.js";
import type { AnyModule } from "./module.js";
import { parameterOf, replaceBy, restore } from "./reparametrize.js";

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

/** The power iterations that run before each call, to be ended with the normalisation. */
const iterations = /* @__PURE__ */ new WeakMap<AnyModule, Map<string, HookHandle>>();

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
  const { name = "weight", nPowerIterations = 1, eps = 1e-12, generator = defaultGenerator } = options;
  const weight = parameterOf(caller, module, name);
  const axis = checkAxis(caller, options.axis ?? (Reflect.get(module, "transposed") === true ? 1 : 0), weight);
  checkCount(caller, "nPowerIterations", nPowerIterations, 0);
  checkAmount(caller, "eps", eps);
  const [rows, columns] = matrixOf(weight, axis).shape;
  const dtype = weight.dtype === "float64" ? "float64" : "float32";
  const start = (n: number): Tensor =>
    normalize(checkGenerator(caller, generator).normal([n], 0, 1, { dtype }), { axis: 0, eps });
  const [orig, U, V] = [`${name}Orig`, `${name}U`, `${name}V`];
  const states = {
    [orig]: new Parameter(weight.detach()),
    [U]: new State(start(rows)),
    [V]: new State(start(columns)),
  };
  const get = (owner: AnyModule, key: string): Tensor => Reflect.get(owner, key) as Tensor;
  replaceBy(module, name, states, (owner) => {
    const given = get(owner, orig);
    const [u, v] = [get(owner, U).detach(), get(owner, V).detach()];
    return div(given, matmul(u, matmul(matrixOf(given, axis), v)));
  });
  const iterate = (owner: AnyModule): void => {
    if (!owner.training) return;
    noGrad(() => {
      const W = matrixOf(get(owner, orig), axis);
      let [u, v] = [get(owner, U), get(owner, V)];
      for (let k = 0; k < nPowerIterations; k++) {
        v = normalize(matmul(transpose(W), u), { axis: 0, eps });
        u = normalize(matmul(W, v), { axis: 0, eps });
      }
      (get(owner, U) as State).assign(u.detach());
      (get(owner, V) as State).assign(v.detach());
    });
  };
  const handles = iterations.get(module) ?? new Map<string, HookHandle>();
  iterations.set(module, handles.set(name, module.registerForwardPreHook(iterate)));
  // Some steps at once, so that the first call in evaluation is near the truth.
  const { training } = module;
  module.training = true;
  for (let k = 0; k < 15; k++) iterate(module);
  module.training = training;
  return module;
}

/**
 * Makes the parameter one of its own again, with what it is now: the end of {@link spectralNorm}.
 *
 * @throws ArgumentError `PARAMETER_UNKNOWN`.
 */
export function removeSpectralNorm<M extends AnyModule>(module: M, name = "weight"): M {
  restore("removeSpectralNorm", module, name, [`${name}Orig`, `${name}U`, `${name}V`]);
  iterations.get(module)?.get(name)?.remove();
  return module;
}
