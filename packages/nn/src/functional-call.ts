import { ArgumentError, Parameter, reshape, ShapeError, stack, type State, Tensor } from "@adjoint/core";
import { shapeText, shown, sameShape } from "./checks.js";
import { type Held, held, Holder, isParameter, join, modulesUnder, standFor } from "./fields.js";
import type { AnyModule, Module } from "./module.js";

/**
 * What `module.forward(...inputs)` gives with other tensors in the place of its parameters and buffers, which are named by their
 * state-dict keys; those that are not named stay. The module itself does not change, so that gradients, `vmap` and the other
 * transforms can be taken with respect to the parameters, as in PyTorch's `torch.func.functional_call`.
 *
 * A parameter that is shared may be named by any of its keys, and is replaced in all its places; of several of its keys the last
 * counts. What `forward` assigns to a buffer that is named counts until the call ends, and is forgotten then. A module can be called
 * so within its own call.
 *
 * @throws ArgumentError `MODULE_KIND`, `PARAMETERS_KIND`, `PARAMETER_UNKNOWN` for a key that the module lacks, `OPERAND_KIND` for a
 * content that is no tensor, `FIELD_FROZEN`; ShapeError `PARAMETER_SHAPE`; and what `forward` throws.
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
  const replaced = replacements(module, params);
  try {
    for (const each of replaced) each.put(each.content);
    return module.forward(...inputs);
  } finally {
    for (const each of replaced) each.end();
  }
}

/**
 * The parameters and the buffers of several models of one architecture, stacked along a new axis 0: an ensemble, which
 * {@link functionalCall} under `vmap` computes at once, as in PyTorch's `torch.func.stack_module_state`.
 *
 * @returns `[params, buffers]` by state-dict key; the first are Parameters, which an optimizer can train
 * @throws ArgumentError `MODULE_KIND`, `MODULES_DIFFER` unless all have the same keys; ShapeError where their shapes differ.
 * @example Three models on one input
 * ```ts
 * import { ones, type Tensor, vmap } from "@adjoint/core";
 * import { functionalCall, Linear, stackModuleState } from "@adjoint/nn";
 * const models = [new Linear(4, 2), new Linear(4, 2), new Linear(4, 2)];
 * const [params] = stackModuleState(models);
 * const each = vmap((p: Record<string, Tensor>, x: Tensor) => functionalCall(models[0], p, x), { inAxes: [0, null] });
 * console.log(each(params, ones([5, 4])).shape); // → [ 3, 5, 2 ]
 * ```
 */
export function stackModuleState(
  models: readonly AnyModule[],
): [params: Record<string, Parameter>, buffers: Record<string, Tensor>] {
  if (!Array.isArray(models) || models.length === 0) {
    throw new ArgumentError("MODULE_KIND", `stackModuleState: ${shown(models)}; give an array of at least one module`);
  }
  const all = models.map((model) => statesOf("stackModuleState", model));
  const keys = [...all[0].keys()];
  all.forEach((places, i) => {
    if (places.size === keys.length && keys.every((key) => places.has(key))) return;
    throw new ArgumentError(
      "MODULES_DIFFER",
      `stackModuleState: model ${i} has other parameters or buffers than the first; give models of one architecture`,
    );
  });
  const params: Record<string, Parameter> = {};
  const buffers: Record<string, Tensor> = {};
  for (const key of keys) {
    const stacked = stack(all.map((places) => places.get(key)!.item.detach()));
    if (isParameter(all[0].get(key)!.item)) params[key] = new Parameter(stacked);
    else buffers[key] = stacked;
  }
  return [params, buffers];
}

/** A state that gets another content for a call. */
interface Replacement {
  readonly content: Tensor;
  /** Puts a content in all places of the state. */
  put(content: Tensor): void;
  /** Puts the state itself there again. */
  end(): void;
}

function replacements(module: unknown, params: unknown): Replacement[] {
  const places = statesOf("functionalCall", module);
  if (typeof params !== "object" || params === null || Array.isArray(params) || params instanceof Tensor) {
    throw new ArgumentError(
      "PARAMETERS_KIND",
      `functionalCall: the parameters are ${shown(params)}; give a record of tensors by state-dict key, as model.stateDict()`,
    );
  }
  const contents = new Map<State, Tensor>();
  for (const [key, content] of Object.entries(params)) {
    contents.set(checked(places.get(key)?.item, key, content), content);
  }
  const own = new Map<State, Held[]>([...contents.keys()].map((state) => [state, []]));
  for (const place of places.values()) own.get(place.item)?.push(place);
  return [...contents].map(([state, content]) => replacement(state, content, own.get(state)!));
}

function replacement(state: State, content: Tensor, places: readonly Held[]): Replacement {
  const isBuffer = !isParameter(state);
  let current: Tensor | null = null;
  const put = (next: Tensor): void => {
    if (current) standFor(current, null);
    // A tensor of its own: the same one may be given for several states, or by a call around this one.
    current = reshape(next, next.shape);
    if (isBuffer) Object.assign(current, { assign: put });
    standFor(current, state);
    for (const { replace } of places) replace(current);
  };
  const end = (): void => {
    if (current) standFor(current, null);
    for (const { replace } of places) replace(state);
  };
  return { content, put, end };
}

/** A place of a state. */
type StatePlace = Held & { readonly item: State };

/** The places of all states, by state-dict key. @throws ArgumentError `MODULE_KIND`. */
function statesOf(caller: string, root: unknown): Map<string, StatePlace> {
  if (!(root instanceof Holder)) {
    throw new ArgumentError("MODULE_KIND", `${caller}: ${shown(root)} is no module; give the module first`);
  }
  const places = new Map<string, StatePlace>();
  for (const [path, module] of modulesUnder(root, "everywhere")) {
    module.checkReady();
    for (const place of held(module)) {
      if (!(place.item instanceof Holder)) places.set(join(path, place.key), place as StatePlace);
    }
  }
  return places;
}

function checked(state: State | undefined, key: string, content: unknown): State {
  if (state === undefined) {
    throw new ArgumentError(
      "PARAMETER_UNKNOWN",
      `functionalCall: the module has no parameter or buffer "${key}"; use the keys of model.stateDict()`,
    );
  }
  if (!(content instanceof Tensor)) {
    throw new ArgumentError("OPERAND_KIND", `functionalCall: "${key}" is ${shown(content)}; give a tensor`);
  }
  if (sameShape(content.shape, state.shape)) return state;
  throw new ShapeError(
    "PARAMETER_SHAPE",
    `functionalCall: "${key}" is ${shapeText(content.shape)} for ${shapeText(state.shape)}; keep the shape (vmap takes the axis of examples away)`,
  );
}
