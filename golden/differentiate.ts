import { gradients, type Tensor, zerosLike } from "@adjoint/core";
import type { Case, Named } from "./cases.js";
import { faultsOf } from "./compare.js";
import { load } from "./read.js";

/** The faults of the gradients of `Σ <output, cotangent>` with respect to inputs and parameters by name. */
export function faultyGradients({ cotangents, grads }: Case, given: Named<Tensor>, results: Named<Tensor>): string[] {
  const names = Object.keys(grads);
  const absent = names.filter((name) => !Object.hasOwn(given, name));
  if (absent.length > 0) return absent.map((name) => `gradient of ${name}: there is no such input or parameter`);
  const roots = Object.keys(cotangents).filter((name) => results[name].requiresGrad);
  const leaves = names.map((name) => given[name]);
  // A result that depends on nothing, as after `floor`, has the gradient zero.
  const found =
    roots.length === 0
      ? leaves.map((leaf) => zerosLike(leaf))
      : gradients(
          roots.map((name) => results[name]),
          leaves,
          { cotangents: roots.map((name) => load(cotangents[name])), allowUnused: true },
        );
  return names.flatMap((name, i) => faultsOf(`gradient of ${name}`, found[i], grads[name]));
}
