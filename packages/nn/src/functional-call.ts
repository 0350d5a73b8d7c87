import { ArgumentError, ShapeError, State, Tensor } from "@adjoint/core";
import { shapeText, shown } from "./checks.js";
import { type Held, held, Holder, join, modulesUnder } from "./fields.js";
import type { Module } from "./module.js";

/**
 * What `module.forward(...inputs)` gives with other tensors in the place of its parameters and buffers, which are named by their
 * state-dict keys; those that are not named stay. The module itself does not change, so that gradients, `vmap` and the other
 * transforms can be taken with respect to the parameters, as in PyTorch's `torch.func.functional_call`.
 *
 * A parameter that is shared may be named by any of its keys, and is replaced in all its places.
 *
 * @throws ArgumentError `MODULE_KIND`, `PARAMETERS_KIND`, `PARAMETER_UNKNOWN` for a key that the module lacks, `OPERAND_KIND` for a
 * content that is no tensor; ShapeError `PARAMETER_SHAPE`; and what `forward` throws.
 * @example The gradient for each example, without a loop
 * ```ts
 * import { grad, square, sub, sum, tensor, type Tensor, vmap } from "@adjoint/core";
 * import { functionalCall, Linear } from "@adjoint/nn";
 * const model = new Linear(2, 1);
 * const loss = (params: Record<string, Tensor>, x: Tensor, y: Tensor) =>
 *   sum(square(sub(functionalCall(model, params, x), y)));
 * const perExample = vmap(grad(loss), { inAxes: [null, 0, 0] });
 * const gradients = perExample(model.stateDict(), tensor([[1, 2], [3, 4], [5, 6]]), tensor([[0], [1], [2]]));
 * console.log(gradients["weight"].shape); // → [ 3, 1, 2 ]
 * ```
 */
export function functionalCall<Inputs extends readonly unknown[], Output>(
  module: Module<Inputs, Output>,
  params: Readonly<Record<string, Tensor>>,
  ...inputs: Inputs
): Output {
  const places = replacements(module, params);
  for (const [{ replace }, next] of places) replace(next);
  try {
    return module.forward(...inputs);
  } finally {
    for (const [{ item, replace }] of places) replace(item as State);
  }
}

/** Every place that gets another tensor, with that tensor. */
function replacements(module: unknown, params: unknown): (readonly [place: Held, next: Tensor])[] {
  if (!(module instanceof Holder)) {
    throw new ArgumentError("MODULE_KIND", `functionalCall: ${shown(module)} is no module; give the module first`);
  }
  if (typeof params !== "object" || params === null || Array.isArray(params) || params instanceof Tensor) {
    throw new ArgumentError(
      "PARAMETERS_KIND",
      `functionalCall: the parameters are ${shown(params)}; give a record of tensors by state-dict key, as model.stateDict()`,
    );
  }
  const places = placesOf(module);
  const next = new Map<State, Tensor>();
  for (const [key, content] of Object.entries(params)) next.set(checked(places.get(key)?.item, key, content), content);
  return [...places.values()].flatMap((place) => {
    const content = next.get(place.item as State);
    return content ? [[place, content] as const] : [];
  });
}

/** The places of all states, by state-dict key. */
function placesOf(root: Holder): Map<string, Held> {
  const places = new Map<string, Held>();
  for (const [path, module] of modulesUnder(root, "everywhere")) {
    for (const place of held(module)) if (place.item instanceof State) places.set(join(path, place.key), place);
  }
  return places;
}

function checked(state: unknown, key: string, content: unknown): State {
  if (!(state instanceof State)) {
    throw new ArgumentError(
      "PARAMETER_UNKNOWN",
      `functionalCall: the module has no parameter or buffer "${key}"; use the keys of model.stateDict()`,
    );
  }
  if (!(content instanceof Tensor)) {
    throw new ArgumentError("OPERAND_KIND", `functionalCall: "${key}" is ${shown(content)}; give a tensor`);
  }
  if (content.ndim === state.ndim && content.shape.every((n, i) => n === state.shape[i])) return state;
  throw new ShapeError(
    "PARAMETER_SHAPE",
    `functionalCall: "${key}" is ${shapeText(content.shape)} for ${shapeText(state.shape)}; keep the shape (vmap takes the axis of examples away)`,
  );
}
