import { Parameter, State } from "@adjoint/core";
import { withPath } from "./failure.js";
import { Holder } from "./fields.js";
import type { AnyModule } from "./module.js";

/** Copies of a module with parameters and buffers of their own; what is shared in the module is shared in each copy. */
export function copiesOf<M extends AnyModule>(module: M, count: number): M[] {
  return Array.from({ length: count }, () => copied(module, new Map()) as M);
}

function copied(x: unknown, made: Map<unknown, unknown>): unknown {
  const before = made.get(x);
  if (before !== undefined) return before;
  if (x instanceof Parameter) return kept(made, x, new Parameter(x.detach(), x.requiresGrad));
  if (x instanceof State) return kept(made, x, new State(x.detach(), x.requiresGrad));
  if (Array.isArray(x)) return x.map((item) => copied(item, made));
  if (x instanceof Map) return new Map([...x].map(([key, item]) => [key, copied(item, made)]));
  if (!(x instanceof Holder)) return x;
  const copy = kept(made, x, Object.create(Object.getPrototypeOf(x) as object) as AnyModule);
  for (const [field, content] of Object.entries(x)) Reflect.set(copy, field, copied(content, made));
  Object.defineProperty(copy, "forward", { value: withPath(copy, copy.forward), configurable: true, writable: true });
  return copy;
}

function kept<T>(made: Map<unknown, unknown>, original: unknown, copy: T): T {
  made.set(original, copy);
  return copy;
}
