import fc from "fast-check";
import { expect, test } from "vitest";
import * as core from "./index.js";
import { AdjointError, Generator, ones, tensor, Tensor, Value, value } from "./index.js";

/** Ops inside of others, which trust their callers, and what switches the executor or the seed of the whole process. */
const excluded = new Set(
  "convolution averagesUnder spreadUnder largestUnder planeGather planeScatter withExecutor checkOptions checkTensor".split(
    " ",
  ),
);
/** The engine's side of nodes, which is public to other modules of the package only. */
const internal = new Set(
  "constructor elementwise structural seed pullback accumulate keep runHooks wrap release checkInputs pullbackNumbers pullbackIn fill take".split(
    " ",
  ),
);

type AnyFunction = (...args: unknown[]) => unknown;
type Target = readonly [name: string, call: AnyFunction, samples?: readonly (readonly unknown[])[]];

const functions: Target[] = Object.entries(core).flatMap(([name, fn]): Target[] =>
  typeof fn === "function" && !String(fn).startsWith("class") && !excluded.has(name)
    ? [[name, fn as AnyFunction, samplesOf(fn)]]
    : [],
);

/** Right arguments for an op, to be spoilt one at a time: random ones seldom get past the first check. */
function samplesOf(fn: object): readonly (readonly unknown[])[] | undefined {
  if (!("op" in fn)) return undefined;
  const { op } = fn as { op: core.ElementwiseOp | core.StructuralOp<never> | core.ComposedOp };
  return op instanceof core.ElementwiseOp ? op.details.samples : op.definition.samples();
}

/** The methods of an object of some class, called on a fresh one each time. */
function methods(name: string, make: () => object): Target[] {
  const found: Target[] = [];
  for (let level: object = make(); level !== Object.prototype; level = Object.getPrototypeOf(level) as object) {
    for (const [method, { value: fn }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof fn !== "function" || internal.has(method)) continue;
      found.push([`${name}.${method}`, (...args) => Reflect.apply(fn as AnyFunction, make(), args)]);
    }
  }
  return found;
}

const targets: Target[] = [
  ...functions,
  ...methods("tensor", () => ones([2, 3], { requiresGrad: true })),
  ...methods("value", () => value(2)),
  ...methods("generator", () => new Generator(1)),
];

const scalars = fc.constantFrom<unknown>(
  ...[NaN, Infinity, -Infinity, -0, 0, 1, 2, 3, 5, -1, -2, 0.5, -1.5, 100, 1e12, -1e12, 2 ** 53],
  ...["", "x", "axis", "float64", "same", "ij,jk->ik", null, undefined, true, false],
  ...[Symbol("s"), 7n, new Date(0), new Map(), new Float32Array(3), new ArrayBuffer(5), () => 1, (x: unknown) => x],
);

const tensors = fc
  .record({
    shape: fc.array(fc.constantFrom(0, 1, 2, 3, 4), { maxLength: 4 }),
    dtype: fc.constantFrom(...core.dtypes),
    fill: fc.constantFrom(0, 1, 2, -3, 0.5, NaN, Infinity),
    graph: fc.boolean(),
  })
  .map(({ shape, dtype, fill, graph }) => {
    const x = core.full(shape, fill).to(dtype);
    return graph && core.isFloating(dtype) ? core.mul(tensor(2, { dtype, requiresGrad: true }), x) : x;
  });

const names = (
  "axis axes keepDims dtype requiresGrad generator shape mode padding stride dilation groups bias kernelSize outputSize " +
  "ceilMode size scaleFactor alignCorners correction descending stable largest sorted right offset upper full n norm " +
  "p min max value alpha inAxes outAxes argnums retainGraph createGraph allowUnused cotangents samples formula name " +
  "forward vjp call start end steps base indexing numClasses classes reduce includeSelf returnInverse returnCounts"
).split(" ");

const argument = fc.letrec<{ any: unknown; list: unknown[]; options: Record<string, unknown> }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    { arbitrary: tensors, weight: 4 },
    { arbitrary: scalars, weight: 4 },
    tie("list"),
    tie("options"),
  ),
  list: fc.array(tie("any"), { maxLength: 3 }),
  options: fc.dictionary(fc.constantFrom(...names), tie("any"), { maxKeys: 3 }),
})).any;

/** A function with arguments: any, or right ones of which one is spoilt. */
const calls = fc.constantFrom(...targets).chain(([name, call, samples = []]) => {
  const random = fc.array(argument, { maxLength: 4 });
  if (samples.length === 0) return random.map((args) => ({ name, call, args }));
  const spoilt = fc
    .tuple(fc.constantFrom(...samples), fc.nat(3), argument, fc.constantFrom(...names))
    .map(([args, place, junk, option]) => spoil(args, place, junk, option));
  return fc
    .oneof({ arbitrary: spoilt, weight: 3 }, { arbitrary: random, weight: 1 })
    .map((args) => ({ name, call, args }));
});

/** The arguments with one replaced; of an object of options, or a list, one part of it. */
function spoil(args: readonly unknown[], place: number, junk: unknown, option: string): unknown[] {
  const all: unknown[] = args.slice();
  const old = all[place];
  if (Array.isArray(old) && old.length > 0) all[place] = (old as unknown[]).with(place % old.length, junk);
  else if (old !== null && typeof old === "object" && Object.getPrototypeOf(old) === Object.prototype) {
    const keys = Object.keys(old);
    all[place] = { ...old, [keys[option.length % (keys.length + 1)] ?? option]: junk };
  } else all[place] = junk;
  return all;
}

/** Runs a call, and gives what was thrown if it is no AdjointError. */
function fault(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof AdjointError ? null : error;
  }
}

test("10,000 random calls meet nothing but results and AdjointErrors", () => {
  expect(targets.length).toBeGreaterThan(150);
  const faults = new Map<string, string>();
  fc.assert(
    fc.property(calls, ({ name, call, args }) => {
      const error = fault(() => call(...args));
      if (error !== null) faults.set(name, `${name}(${args.map((x) => show(x)).join(", ")}): ${String(error)}`);
    }),
    { numRuns: 10_000, seed: 20_261_125 },
  );
  expect([...faults.values()]).toEqual([]);
});

function show(x: unknown): string {
  if (x instanceof Tensor) return `${x.dtype} [${x.shape.join(", ")}]`;
  if (x instanceof Value) return "Value";
  return fc.stringify(x);
}
