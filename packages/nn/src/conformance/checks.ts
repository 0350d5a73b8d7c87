import { AdjointError, isFloating, ones, stack, sub, Tensor, vmap } from "@adjoint/core";
import { gradcheck, gradgradcheck } from "@adjoint/core/testing";
import { expect } from "vitest";
import { functionalCall } from "../functional-call.js";
import type { AnyModule, Module } from "../module.js";
import type { Draw, LayerCase } from "./cases.js";

type Mode = "train" | "eval";
type AnyForward = Module<readonly unknown[], unknown>;

/** The module of a draw, in float64. */
function make({ layer }: LayerCase, args: readonly unknown[], mode: Mode = "train"): AnyForward {
  const module = Reflect.construct(layer, args) as AnyModule as AnyForward;
  return module.to("float64").train(mode === "train");
}

/** All tensors in a result: one, or those in arrays and records. */
export function tensorsIn(result: unknown): Tensor[] {
  if (result instanceof Tensor) return [result];
  return typeof result === "object" && result !== null ? Object.values(result).flatMap(tensorsIn) : [];
}

const floating = (x: unknown): x is Tensor => x instanceof Tensor && isFloating(x.dtype);

const isPlain = (x: unknown): x is object =>
  typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;

/** The inputs with tensors in the place of those that float, in their order, in lists and options too. */
function withTensors(inputs: readonly unknown[], tensors: readonly Tensor[]): unknown[] {
  let next = 0;
  const renew = (x: unknown): unknown => {
    if (floating(x)) return tensors[next++];
    if (isPlain(x)) return Object.fromEntries(Object.entries(x).map(([key, content]) => [key, renew(content)]));
    return Array.isArray(x) ? x.map(renew) : x;
  };
  return inputs.map(renew);
}

function tensorInputs(inputs: readonly unknown[]): Tensor[] {
  return inputs.flatMap((x): Tensor[] => {
    if (floating(x)) return [x];
    return Array.isArray(x) || isPlain(x) ? tensorInputs(Object.values(x)) : [];
  });
}

/** First and second derivatives with respect to inputs and parameters. */
export function checkDerivatives(each: LayerCase, { args, inputs }: Draw, mode: Mode): void {
  const module = make(each, args, mode);
  const keys = module.namedParameters().map(([key]) => key);
  const given = tensorInputs(inputs);
  const fn = (...all: Tensor[]): Tensor[] => {
    const params = Object.fromEntries(keys.map((key, i) => [key, all[given.length + i]]));
    return tensorsIn(functionalCall(module, params, ...withTensors(inputs, all)));
  };
  const variables = [...given, ...module.parameters().map((parameter) => parameter.detach())];
  if (variables.every((x) => x.size === 0)) return;
  const options = { maxEntries: 24, directions: 2, skipKinks: each.kinks ?? false };
  expect(gradcheck(fn, variables, options)).toBe(true);
  if (each.second ?? true) expect(gradgradcheck(fn, variables, { ...options, maxEntries: 12 })).toBe(true);
}

/** `vmap` over two sets of inputs gives what the two calls give. */
export function checkVmap(each: LayerCase, { args, inputs }: Draw, mode: Mode): void {
  const module = make(each, args, mode);
  const first = tensorInputs(inputs);
  if (first.length === 0) return;
  // Other numbers in the same ranges: probabilities stay such.
  const second = first.map((x) => x.mul(0.75));
  const call = (...given: Tensor[]): Tensor[] => tensorsIn(module.forward(...withTensors(inputs, given)));
  const together = vmap((...given: Tensor[]) => call(...given))(...first.map((x, i) => stack([x, second[i]])));
  const [a, b] = [call(...first), call(...second)];
  expect(together.length).toBe(a.length);
  together.forEach((got, i) => expectClose(got, stack([a[i], b[i]]), `vmap, result ${i}`));
}

export function expectClose(got: Tensor, want: Tensor, what: string): void {
  expect(got.shape, what).toEqual(want.shape);
  const apart = sub(got.to("float64"), want.to("float64"));
  for (let i = 0; i < apart.size; i++) {
    if (Object.is(got.data[i], want.data[i])) continue;
    expect(Math.abs(apart.data[i]), `${what} at ${i}`).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(want.data[i])));
  }
}

/** The contents go out and come back, the printed form has the class, and float32 stays float32. */
export function checkModule(each: LayerCase, { args, inputs }: Draw): void {
  const module = make(each, args);
  expect(module.loadStateDict(module.stateDict()).matched).toEqual(Object.keys(module.stateDict()));
  expect(String(module)).toContain(each.layer.name);
  const single = withTensors(
    inputs,
    tensorInputs(inputs).map((x) => x.to("float32")),
  );
  const results = tensorsIn(module.to("float32").forward(...single));
  expect(results.length).toBeGreaterThan(0);
  for (const result of results) expect(result.dtype).not.toBe("float64");
  if (each.same) {
    const got = tensorsIn(make(each, args).forward(...inputs));
    const want = tensorsIn(Reflect.apply(each.same, undefined, [...inputs, ...args]));
    got.forEach((x, i) => expectClose(x, want[i], `as the function, result ${i}`));
  }
}

const junk: readonly unknown[] = [
  ...[null, undefined, NaN, -1, 0, 0.5, 1e12, Infinity, "x", "mean", true, [], {}, { unknown: 1 }, [NaN], [-1, 0, 1]],
  ...[Symbol("s"), 7n, new Map(), () => 1, new Float32Array(2), new Promise(() => {})],
  ...[
    ones([]),
    ones([0]),
    ones([7]),
    ones([2, 3]),
    ones([1, 1, 1, 1, 1, 1]),
    ones([2, 2]).to("int32"),
    ones([2]).to("bool"),
  ],
];

/** Every argument of the constructor and of `forward`, spoilt in turn, meets a result or an AdjointError. */
export function checkMistakes(each: LayerCase, { args, inputs }: Draw): void {
  const places = Math.max(args.length + 1, 2);
  for (let place = 0; place < places; place++) {
    for (const spoilt of spoiltAt(args, place)) attempt(() => make(each, spoilt).forward(...inputs), spoilt);
  }
  for (let place = 0; place < inputs.length + 1; place++) {
    for (const spoilt of spoiltAt(inputs, place)) attempt(() => make(each, args).forward(...spoilt), spoilt);
  }
}

/** The list with each junk at a place; in an object of options, in the place of each option. */
function spoiltAt(list: readonly unknown[], place: number): unknown[][] {
  const old = list[place];
  const put = (x: unknown): unknown[] => Object.assign(list.slice(), { [place]: x });
  const parts = isPlain(old) ? Object.keys(old).flatMap((key) => junk.map((x) => put({ ...old, [key]: x }))) : [];
  return [...junk.map(put), ...parts];
}

function attempt(run: () => unknown, args: readonly unknown[]): void {
  try {
    run();
  } catch (error) {
    if (error instanceof AdjointError) return;
    throw new Error(`spoilt arguments (${args.map(shown).join("; ")}) met ${String(error)}`, { cause: error });
  }
}

function shown(x: unknown): string {
  if (x instanceof Tensor) return `${x.dtype} [${x.shape.join(", ")}]`;
  if (typeof x === "object" && x !== null && !Array.isArray(x)) {
    const entries = Object.entries(x).map(([key, content]) => `${key}: ${shown(content)}`);
    return `{ ${entries.join(", ")} }`;
  }
  return Array.isArray(x) ? `[${x.map(shown).join(", ")}]` : String(x);
}
