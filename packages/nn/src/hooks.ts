import { ArgumentError, reshape, Tensor } from "@adjoint/core";
import { shown } from "./checks.js";
import { withPath } from "./failure.js";
import { Holder } from "./fields.js";
import type { Module } from "./module.js";

/** What was registered; it ends with `remove()`. */
export interface HookHandle {
  /** Takes the hook away again. */
  remove(): void;
}

/** Sees the inputs of a module before `forward`; an array that it returns takes their place. */
export type ForwardPreHook<M, Inputs extends readonly unknown[]> = (
  module: M,
  inputs: Inputs,
) => readonly [...Inputs] | void;

/** Sees inputs and output of a module after `forward`; what it returns takes the place of the output. */
export type ForwardHook<M, Inputs extends readonly unknown[], Output> = (
  module: M,
  inputs: Inputs,
  output: Output,
) => NoInfer<Output> | void;

/** The gradients of the tensors that a module was given, or gave, in their order, those in arrays too; null where there is none. */
export type Gradients = readonly (Tensor | null)[];

/** Sees the gradients of the outputs before they pass backward through a module; an array that it returns takes their place. */
export type BackwardPreHook<M> = (module: M, gradOutputs: Gradients) => Gradients | void;

/** Sees the gradients of inputs and outputs; an array that it returns takes the place of those of the inputs. */
export type BackwardHook<M> = (module: M, gradInputs: Gradients, gradOutputs: Gradients) => Gradients | void;

type Hook = (module: Holder, ...seen: readonly unknown[]) => unknown;

/** The kinds of hooks, in lists that are replaced and never changed. */
type Hooks = Readonly<Record<"before" | "after" | "backwardBefore" | "backward", readonly Hook[]>>;

const none: Hooks = { before: [], after: [], backwardBefore: [], backward: [] };

/** The hooks of the modules that have any. */
const hooksOf = /* @__PURE__ */ new WeakMap<Holder, Hooks>();

/** What has hooks: the part of a module that runs them. */
export abstract class Hookable extends Holder {
  /**
   * Has a function see, and perhaps replace, the inputs of each call.
   *
   * @throws ArgumentError `HOOK_KIND`, and where it runs `HOOK_RESULT` for a Promise.
   */
  registerForwardPreHook<M, I extends readonly unknown[]>(
    this: M & Module<I, unknown>,
    hook: ForwardPreHook<M, I>,
  ): HookHandle {
    return register(this, "before", hook);
  }

  /**
   * Has a function see, and perhaps replace, the output of each call.
   *
   * @throws as {@link registerForwardPreHook}.
   * @example Keeping what a layer gave
   * ```ts
   * import { ones, type Tensor } from "@adjoint/core";
   * import { Linear, ReLU, Sequential } from "@adjoint/nn";
   * const model = new Sequential(new Linear(2, 3), new ReLU());
   * const kept: Tensor[] = [];
   * const hook = model.at(0).registerForwardHook((_module, _inputs, output) => void kept.push(output));
   * model.forward(ones([5, 2]));
   * hook.remove();
   * console.log(kept.map(({ shape }) => shape)); // → [ [ 5, 3 ] ]
   * ```
   */
  registerForwardHook<M, I extends readonly unknown[], O>(
    this: M & Module<I, O>,
    hook: ForwardHook<M, I, O>,
  ): HookHandle {
    return register(this, "after", hook);
  }

  /**
   * Has a function see, and perhaps replace, the gradients of the outputs, before they pass backward through the module.
   *
   * @throws ArgumentError `HOOK_KIND`; in the backward walk `HOOK_RESULT` unless there is a gradient, or null, for each tensor.
   */
  registerFullBackwardPreHook(hook: BackwardPreHook<this>): HookHandle {
    return register(this, "backwardBefore", hook);
  }

  /**
   * Has a function see the gradients of inputs and outputs when a backward walk has come through, and perhaps replace those of the
   * inputs. Tensors in arrays are seen, those in other objects not. Where no input requires a gradient it runs when those of the outputs
   * are there.
   *
   * @throws as {@link registerFullBackwardPreHook}.
   * @example
   * ```ts
   * import { ones } from "@adjoint/core";
   * import { Linear, Sequential } from "@adjoint/nn";
   * const model = new Sequential(new Linear(2, 3), new Linear(3, 1));
   * model.at(1).registerFullBackwardHook((_module, [gradInput], [gradOutput]) => {
   *   console.log(gradInput?.shape, gradOutput?.shape); // → [ 4, 3 ] [ 4, 1 ]
   * });
   * model.forward(ones([4, 2])).sum().backward();
   * ```
   */
  registerFullBackwardHook(hook: BackwardHook<this>): HookHandle {
    return register(this, "backward", hook);
  }
}

/** Registers a hook. @throws ArgumentError `HOOK_KIND`. */
function register(module: Holder, kind: keyof Hooks, hook: unknown): HookHandle {
  if (typeof hook !== "function") {
    throw new ArgumentError("HOOK_KIND", `${module.constructor.name}: the hook is ${shown(hook)}; give a function`);
  }
  // A function in a field came after the constructor, which could not wrap it.
  if (!("forward" in (Object.getPrototypeOf(module) as object))) wrapForward(module);
  // Its own function, so that one hook can be registered twice and removed once.
  const own: Hook = (...args) => {
    const answer: unknown = Reflect.apply(hook, undefined, args);
    if (answer instanceof Promise)
      throw wrongAnswer(module, answer, "synchronous functions return nothing or a result");
    return answer;
  };
  const change = (list: (hooks: readonly Hook[]) => readonly Hook[]): void => {
    const hooks = hooksOf.get(module) ?? none;
    hooksOf.set(module, { ...hooks, [kind]: list(hooks[kind]) });
  };
  change((list) => [...list, own]);
  return { remove: () => change((list) => list.filter((other) => other !== own)) };
}

function wrongAnswer(module: Holder, answer: unknown, fix: string): ArgumentError {
  return new ArgumentError("HOOK_RESULT", `${module.constructor.name}: a hook returned ${shown(answer)}; ${fix}`);
}

/** Gives a copy of a module the hooks of the original. */
export function copyHooks(from: Holder, to: Holder): void {
  const hooks = hooksOf.get(from);
  if (hooks) hooksOf.set(to, hooks);
}

/** The `forward`s that have been wrapped. */
const wrapped = /* @__PURE__ */ new WeakSet<object>();

/** Puts the paths of errors, and the hooks, around the `forward` that the class of a module has. */
export function wrapForward(module: Holder): void {
  const { forward } = module as { readonly forward?: (...inputs: never[]) => unknown };
  if (typeof forward !== "function" || wrapped.has(forward)) return;
  const value = (...inputs: unknown[]): unknown => withPath(module, () => callWithHooks(module, forward, inputs));
  wrapped.add(value);
  Object.defineProperty(module, "forward", { value, configurable: true, writable: true });
}

/** `forward` with the hooks of the module around it. */
function callWithHooks(module: Holder, forward: (...inputs: never[]) => unknown, given: readonly unknown[]): unknown {
  const hooks = hooksOf.get(module);
  if (hooks === undefined) return Reflect.apply(forward, module, given);
  const inputs = hooks.before.reduce((now, hook) => {
    const next = hook(module, now);
    return next === undefined ? now : Array.isArray(next) ? (next as unknown[]) : [next];
  }, given);
  const run = (now: readonly unknown[]): unknown =>
    hooks.after.reduce((output, hook) => hook(module, now, output) ?? output, Reflect.apply(forward, module, now));
  return hooks.backward.length + hooks.backwardBefore.length > 0 ? watched(module, hooks, inputs, run) : run(inputs);
}

/** Runs a call whose gradients are looked at. */
function watched(
  module: Holder,
  hooks: Hooks,
  inputs: readonly unknown[],
  run: (inputs: readonly unknown[]) => unknown,
): unknown {
  let gradOutputs: Gradients = [];
  const meetInputs = (gradients: Gradients): Gradients =>
    hooks.backward.reduce((now, hook) => answered(module, now, hook(module, now, gradOutputs)), gradients);
  const [own, isReached] = gate(inputs, meetInputs);
  const [output] = gate(run(own), (gradients) => {
    gradOutputs = hooks.backwardBefore.reduce((now, hook) => answered(module, now, hook(module, now)), gradients);
    // No walk comes to inputs without gradients, such as the data of the first layer.
    if (!isReached) meetInputs(tensorsIn(own).map(() => null));
    return gradOutputs;
  });
  return output;
}

/** The gradients that go on: those a backward hook returned, or the same as before. @throws ArgumentError `HOOK_RESULT`. */
function answered(module: Holder, before: Gradients, answer: unknown): Gradients {
  if (answer === undefined) return before;
  const all: unknown = answer instanceof Tensor ? [answer] : answer;
  const isFit = Array.isArray(all) && all.length === before.length;
  if (isFit && all.every((x) => x instanceof Tensor || x === null)) return all as Gradients;
  throw wrongAnswer(module, answer, `return nothing, or an array of ${before.length} gradients`);
}

/** All tensors in a value: itself, or those in arrays. */
function tensorsIn(x: unknown): Tensor[] {
  return x instanceof Tensor ? [x] : Array.isArray(x) ? x.flatMap(tensorsIn) : [];
}

/**
 * Passes the tensors in a value on under identities of their own, as they may be used elsewhere too. In a walk backward `meet` gets the
 * gradients of all of them at once, and what it returns goes on. Also says whether walks can come here.
 */
function gate<T>(value: T, meet: (gradients: Gradients) => Gradients): [own: T, isReached: boolean] {
  let arrived: (Tensor | null)[] = [];
  let passed: Gradients | null = null;
  const given = tensorsIn(value);
  const pass = (tensors: readonly Tensor[], arrive: (gradient: Tensor, i: number) => Tensor | undefined): Tensor[] =>
    tensors.map((x, i) => {
      const own = x.requiresGrad ? reshape(x, x.shape) : x;
      if (own !== x && own.requiresGrad) own.registerHook((gradient) => arrive(gradient, i));
      return own;
    });
  // A walk comes to what was made later first: to all of the outer identities before any of the inner ones.
  const inner = pass(given, (_gradient, i) => {
    if (passed === null) {
      const gradients = given.map((_, k) => arrived[k] ?? null);
      arrived = [];
      passed = meet(gradients);
    }
    return passed[i] ?? undefined;
  });
  const outer = pass(inner, (gradient, i) => {
    passed = null;
    arrived[i] = gradient;
    return undefined;
  });
  let next = 0;
  const rebuilt = (x: unknown): unknown =>
    x instanceof Tensor ? outer[next++] : Array.isArray(x) ? x.map(rebuilt) : x;
  return [rebuilt(value) as T, outer.some((x) => x.requiresGrad)];
}
