import type { AnyModule, Module } from "@adjoint/nn";
import type { Tensor } from "@adjoint/core";
import type { Case, Named, Outputs } from "./cases.js";
import { faultsOfAll, named } from "./compare.js";
import { faultyGradients } from "./differentiate.js";
import { modules as attention } from "./modules/attention.js";
import { modules as basic } from "./modules/basic.js";
import type { Modules } from "./modules/build.js";
import { modules as losses } from "./modules/losses.js";
import { modules as norm } from "./modules/norm.js";
import { modules as pointwise } from "./modules/pointwise.js";
import { modules as recurrent } from "./modules/recurrent.js";
import { loadAll } from "./read.js";

/** PyTorch's modules by family; a name stands in one of them. */
export const families: readonly Modules[] = [basic, pointwise, norm, recurrent, attention, losses];

/** PyTorch's modules by name. */
export const modules: Modules = Object.fromEntries(families.flatMap((family) => Object.entries(family)));

/** Cases of kind `module`: the outputs by name, and the gradients with respect to inputs and parameters. */
export function checkModule(each: Case): string[] {
  const { op, attrs, inputs, params, outputs } = each;
  if (!Object.hasOwn(modules, op)) return [`no call for ${op}`];
  const { make, run } = modules[op];
  const state = loadAll(params);
  const module = make(attrs as Named<never>, state).to("float64");
  module.train(attrs["training"] !== false);
  module.loadStateDict(state);
  const given = loadAll(inputs, Object.keys(each.grads));
  const forward = (attrs["forward"] ?? {}) as Named<never>;
  const results = named(run ? run(module as never, given, forward) : outputsOf(module, given));
  const faults = faultsOfAll(results, outputs);
  if (faults.some((fault) => fault.endsWith("is missing"))) return faults;
  return [...faults, ...faultyGradients(each, { ...given, ...Object.fromEntries(module.namedParameters()) }, results)];
}

/** The output for all inputs; for `input.0`, `input.1` … one after the other, and with buffers, which `input.eval` leaves alone. */
function outputsOf(module: AnyModule, given: Named<Tensor>): Outputs {
  const { forward } = module as Module<Tensor[]>;
  if (!Object.keys(given).some((name) => name.startsWith("input."))) return forward(...Object.values(given));
  const outputs: Record<string, Tensor> = {};
  for (const [name, x] of Object.entries(given)) {
    const which = name.replace("input.", "");
    if (which === "eval") module.eval();
    outputs[`out.${which}`] = forward(x);
    if (which === "eval") continue;
    for (const [key, buffer] of module.namedBuffers()) outputs[`${key}.${which}`] = buffer.detach();
  }
  return outputs;
}
