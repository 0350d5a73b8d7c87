import { ArgumentError, mul, Tensor } from "@adjoint/core";
import { shown } from "./checks.js";
import type { Holder } from "./fields.js";

/** What was registered; it ends with `remove()`. */
export interface HookHandle {
  /** Takes the hook away again. */
  remove(): void;
}

/** Sees the inputs of a module before `forward`; what it returns, an array or a single input, takes their place. */
export type ForwardPreHook<M> = (module: M, inputs: readonly unknown[]) => unknown;

/** Sees inputs and output of a module after `forward`; what it returns takes the place of the output. */
export type ForwardHook<M> = (module: M, inputs: readonly unknown[], output: unknown) => unknown;

/**
 * Sees the gradients of the tensors a module was given and of those it gave, null where there is none. A tensor that is returned takes
 * the place of the gradient of the input, where there is one input alone.
 */
export type BackwardHook<M> = (
  module: M,
  gradInputs: readonly (Tensor | null)[],
  gradOutputs: readonly (Tensor | null)[],
) => Tensor | void;

/** The kinds of hooks, in lists that are replaced and never changed. */
interface Hooks {
  readonly before: readonly ForwardPreHook<never>[];
  readonly after: readonly ForwardHook<never>[];
  readonly backward: readonly BackwardHook<never>[];
}

const none: Hooks = { before: [], after: [], backward: [] };

/** The hooks of the modules that have any. */
const hooksOf = /* @__PURE__ */ new WeakMap<Holder, Hooks>();

/** Registers a hook. @throws ArgumentError `HOOK_KIND`. */
export function register(module: Holder, kind: keyof Hooks, hook: unknown): HookHandle {
  if (typeof hook !== "function") {
    throw new ArgumentError("HOOK_KIND", `${module.constructor.name}: the hook is ${shown(hook)}; give a function`);
  }
  // Its own function, so that one hook can be registered twice and removed once.
  const own = (...args: unknown[]): unknown => Reflect.apply(hook, undefined, args);
  const change = (list: (hooks: readonly unknown[]) => readonly unknown[]): void => {
    const hooks = hooksOf.get(module) ?? none;
    hooksOf.set(module, { ...hooks, [kind]: list(hooks[kind]) });
  };
  change((list) => [...list, own]);
  return { remove: () => change((list) => list.filter((other) => other !== own)) };
}

/** Gives a copy of a module the hooks of the original. */
export function copyHooks(from: Holder, to: Holder): void {
  const hooks = hooksOf.get(from);
  if (hooks) hooksOf.set(to, hooks);
}

/** `forward` with the hooks of the module around it. */
export function callWithHooks(
  module: Holder,
  forward: (...inputs: never[]) => unknown,
  given: readonly unknown[],
): unknown {
  const hooks = hooksOf.get(module);
  if (hooks === undefined) return Reflect.apply(forward, module, given);
  let inputs = given;
  for (const hook of hooks.before) {
    const next = hook(module as never, inputs);
    if (next !== undefined) inputs = Array.isArray(next) ? (next as unknown[]) : [next];
  }
  const watched = hooks.backward.length > 0 ? new Watch(module, hooks.backward, inputs) : null;
  let output: unknown = Reflect.apply(forward, module, watched?.inputs ?? inputs);
  watched?.watch(output);
  for (const hook of hooks.after) {
    const next = hook(module as never, inputs, output);
    if (next !== undefined) output = next;
  }
  return output;
}

/** One call of a module whose gradients are looked at. */
class Watch {
  /** The inputs, those that require a gradient as tensors of their own: the input itself may be used elsewhere too. */
  readonly inputs: readonly unknown[];
  private readonly gradInputs: (Tensor | null)[] = [];
  private gradOutputs: (Tensor | null)[] = [];

  constructor(module: Holder, hooks: readonly BackwardHook<never>[], inputs: readonly unknown[]) {
    const count = inputs.filter((x) => x instanceof Tensor && x.requiresGrad).length;
    this.inputs = inputs.map((x) => {
      if (!(x instanceof Tensor)) return x;
      const place = this.gradInputs.push(null) - 1;
      if (!x.requiresGrad) return x;
      const own = mul(x, 1);
      own.registerHook((gradient) => {
        this.gradInputs[place] = gradient;
        // The walk comes to what was made first last: then all gradients are there.
        return place === this.first ? this.run(module, hooks, count) : undefined;
      });
      if (this.first < 0) this.first = place;
      return own;
    });
  }

  private first = -1;

  private run(module: Holder, hooks: readonly BackwardHook<never>[], count: number): Tensor | undefined {
    for (const hook of hooks) {
      const next = hook(module as never, [...this.gradInputs], [...this.gradOutputs]);
      if (next === undefined) continue;
      if (count > 1 || !(next instanceof Tensor)) {
        throw new ArgumentError(
          "HOOK_RESULT",
          `${module.constructor.name}: the backward hook returned ${shown(next)} for ${count} inputs; return a tensor for one input, or nothing`,
        );
      }
      this.gradInputs[this.first] = next;
    }
    return this.gradInputs[this.first] ?? undefined;
  }

  /** Looks at the gradients of what `forward` gave. */
  watch(output: unknown): void {
    const tensors = (Array.isArray(output) ? (output as unknown[]) : [output]).filter((x) => x instanceof Tensor);
    this.gradOutputs = tensors.map(() => null);
    tensors.forEach((x, i) => {
      if (x.requiresGrad) x.registerHook((gradient) => void (this.gradOutputs[i] = gradient));
    });
  }
}
