import { ArgumentError, cast, type DType, noGrad, Parameter, State, type Tensor } from "@adjoint/core";
import { Holder } from "./fields.js";
import { copyHooks } from "./hooks.js";

/**
 * A copy of a module with states of its own: what is shared in it is shared in the copy. Other contents of fields, generators among them,
 * are the same in both. No constructor runs; `finish` is told of each module that was made.
 */
export function copyOf<M extends Holder>(root: M, finish: (module: Holder) => void): M {
  const copies = new Map<object, object>();
  const once = <T extends object>(original: T, make: () => T, fill: (copy: T) => void = () => {}): T => {
    const known = copies.get(original) as T | undefined;
    if (known) return known;
    const copy = make();
    copies.set(original, copy);
    fill(copy);
    return copy;
  };
  const visit = (x: unknown): unknown => {
    if (x instanceof State) return once(x, () => copyOfState(x, x.detach()));
    if (x instanceof Holder) {
      return once(
        x,
        () => Object.create(Object.getPrototypeOf(x) as object) as Holder,
        (copy) => fillModule(x, copy),
      );
    }
    if (Array.isArray(x)) {
      return once(
        x,
        () => [] as unknown[],
        (copy) => x.forEach((item) => copy.push(visit(item))),
      );
    }
    if (x instanceof Map) {
      return once(
        x,
        () => new Map<unknown, unknown>(),
        (copy) => x.forEach((item, key) => copy.set(key, visit(item))),
      );
    }
    return x;
  };
  const fillModule = (from: Holder, to: Holder): void => {
    if (!("forward" in to) && "forward" in from) {
      throw new ArgumentError(
        "FORWARD_FIELD",
        `clone: forward of ${from.constructor.name} is a field, a function that knows the original alone; make it a method, forward(x) { … }`,
      );
    }
    for (const key of Reflect.ownKeys(from)) {
      const descriptor = Object.getOwnPropertyDescriptor(from, key)!;
      // It is bound to the original; `finish` binds that of the class to the copy.
      if (key === "forward") continue;
      if ("value" in descriptor) descriptor.value = visit(descriptor.value);
      Object.defineProperty(to, key, descriptor);
    }
    copyHooks(from, to);
    finish(to);
  };
  return visit(root) as M;
}

/** A state like another, with a content of the same shape. */
function copyOfState(state: State, content: Tensor): State {
  const copy = new (state instanceof Parameter ? Parameter : State)(content, state.requiresGrad);
  copy.label = state.label;
  return copy;
}

/** A state like another, with its content and its gradient in another dtype. */
export function converted(state: State, dtype: DType): State {
  const { grad } = state;
  return noGrad(() => {
    const next = copyOfState(state, cast(state, dtype));
    next.grad = grad && cast(grad, dtype);
    return next;
  });
}
