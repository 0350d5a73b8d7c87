import { Parameter, type Tensor, zerosLike } from "@adjoint/core";
import { clipGradNorm, clipGradValue } from "@adjoint/optim";
import type { Calls, Named } from "../cases.js";

/** Parameters with the given gradients. */
function parametersWith(grads: Named<Tensor>): Parameter[] {
  return Object.values(grads).map((grad) => {
    const parameter = new Parameter(zerosLike(grad));
    parameter.grad = grad;
    return parameter;
  });
}

const gradsOf = (parameters: readonly Parameter[]): Record<string, Tensor> =>
  Object.fromEntries(parameters.flatMap(({ grad }, i) => (grad ? [[`grads.${i}`, grad]] : [])));

/** Functions that change the gradients of parameters in place. */
export const calls: Calls = {
  clip_grad_norm_: (inputs, { max_norm: maxNorm, norm_type: normType = 2, error_if_nonfinite: errorIfNonfinite }) => {
    const parameters = parametersWith(inputs);
    const norm = clipGradNorm(parameters, maxNorm, { normType, errorIfNonfinite });
    return { total_norm: norm, ...gradsOf(parameters) };
  },
  clip_grad_value_: (inputs, { clip_value: bound }) => {
    const parameters = parametersWith(inputs);
    clipGradValue(parameters, bound);
    return gradsOf(parameters);
  },
};
