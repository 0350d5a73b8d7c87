import { checkOptions, div, mul, noGrad, norm, Parameter, type Tensor } from "@adjoint/core";
import { checkAxis } from "./checks.js";
import type { AnyModule } from "./module.js";
import { fieldOf, parameterOf, replaceBy, restore } from "./reparametrize.js";

/** Options of {@link weightNorm}. */
export interface WeightNormOptions {
  /** The field of the parameter (default `"weight"`). */
  readonly name?: string;
  /** The axis along which there is a norm for each place (default 0); null: one norm for all. */
  readonly axis?: number | null;
}

/** The lengths of a tensor along an axis, which stays: `[n, 1, ...]`. */
function lengths(v: Tensor, axis: number | null): Tensor {
  if (axis === null) return norm(v);
  return norm(v, { axis: v.shape.map((_, i) => i).filter((i) => i !== axis), keepDims: true });
}

/**
 * Has a parameter of a layer computed from its length and its direction, `w = g·v / ‖v‖`, which are trained in its place. Salimans and
 * Kingma, 2016, arXiv:1602.07868. It changes the layer, and returns it; make optimizers afterwards.
 *
 * The parameters are `weightG` and `weightV` for `weight`, with PyTorch's keys `weight_g` and `weight_v`.
 *
 * @throws ArgumentError `MODULE_KIND`, `PARAMETER_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { Linear, weightNorm } from "@adjoint/nn";
 * const layer = weightNorm(new Linear(3, 2));
 * console.log(layer.namedParameters().map(([key, { shape }]) => `${key} ${shape}`)); // → [ 'bias 2', 'weight_g 2,1', 'weight_v 2,3' ]
 * ```
 */
export function weightNorm<M extends AnyModule>(module: M, options: WeightNormOptions = {}): M {
  checkOptions("weightNorm", options, '{ name: "weight" }', ["name", "axis"]);
  const { name = "weight", axis = 0 } = options;
  const weight = parameterOf("weightNorm", module, name);
  const along = axis === null ? null : checkAxis("weightNorm", axis, weight);
  const [G, V] = [`${name}G`, `${name}V`];
  const states = {
    [G]: new Parameter(
      noGrad(() => lengths(weight, along)),
      weight.requiresGrad,
    ),
    [V]: new Parameter(weight.detach(), weight.requiresGrad),
  };
  replaceBy(module, name, states, (owner) => {
    const v = fieldOf(owner, V);
    return mul(v, div(fieldOf(owner, G), lengths(v, along)));
  });
  return module;
}

/**
 * Makes the parameter one of its own again, with what it is now: the end of {@link weightNorm}.
 *
 * @throws ArgumentError `PARAMETER_UNKNOWN`.
 * @example
 * ```ts
 * import { Linear, removeWeightNorm, weightNorm } from "@adjoint/nn";
 * const layer = removeWeightNorm(weightNorm(new Linear(3, 2)));
 * console.log(Object.keys(layer.stateDict())); // → [ 'weight', 'bias' ]
 * ```
 */
export function removeWeightNorm<M extends AnyModule>(module: M, name = "weight"): M {
  restore("removeWeightNorm", module, name, ["G", "V"]);
  return module;
}
