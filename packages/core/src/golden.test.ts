import { existsSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import * as core from "./index.js";
import { add, div, mul, sub, sum, Tensor, tensor } from "./index.js";

/** An array of the reference cases; NaN and infinities are strings. */
interface Stored {
  readonly shape: readonly number[];
  readonly dtype: "float64" | "int64" | "bool";
  readonly data: readonly (number | string)[];
}

type Named<T> = Readonly<Record<string, T>>;

/** One reference case: see the README beside the files. */
interface Case {
  readonly name: string;
  readonly op: string;
  readonly attrs: Named<unknown>;
  readonly inputs: Named<Stored>;
  readonly outputs: Named<Stored>;
  readonly cotangents: Named<Stored>;
  readonly grads: Named<Stored>;
}

const folder = new URL("../../../../shared/golden/", import.meta.url);
const present = existsSync(new URL("README.md", folder));
if (!present) console.log(`golden: no folder ${folder.pathname}, reference cases skipped`);

function casesOf(file: string): Case[] {
  if (!present) return [];
  return (JSON.parse(readFileSync(new URL(file, folder), "utf8")) as { cases: Case[] }).cases;
}

function load({ shape, dtype, data }: Stored, requiresGrad = false): Tensor {
  const types = { float64: "float64", int64: "int32", bool: "bool" } as const;
  return tensor(Float64Array.from(data, Number), { shape, dtype: types[dtype], requiresGrad });
}

/** `|got - want| ≤ 1e-10 · (1 + |want|)`, shapes equal, NaN where NaN is wanted. */
function expectStored(got: Tensor, want: Stored, what: string): void {
  expect(got.shape, `shape of ${what}`).toEqual(want.shape);
  const wanted = Array.from(want.data, Number);
  wanted.forEach((w, i) => {
    const g = got.data[i];
    const close = g === w || (g !== g && w !== w) || Math.abs(g - w) <= 1e-10 * (1 + Math.abs(w));
    expect(close, `${what}[${i}]: got ${g}, want ${w}`).toBe(true);
  });
}

type Results = Tensor | readonly Tensor[] | Named<Tensor>;
/** A PyTorch function in our words; null where we have no counterpart yet. */
type Call = (inputs: Named<Tensor>, attrs: Named<never>) => Results | null;

const unary =
  (fn: (x: Tensor) => Tensor): Call =>
  ({ input }) =>
    fn(input);
const binary =
  (fn: (x: Tensor, y: Tensor | number) => Tensor): Call =>
  ({ input, other }, attrs) =>
    fn(input, other ?? attrs.other);
const reduce =
  (fn: (x: Tensor, options: { axis?: number | number[]; keepDims?: boolean }) => Tensor): Call =>
  ({ input }, { dim, keepdim }) =>
    fn(input, { axis: dim, keepDims: keepdim });
const extreme =
  (fn: typeof core.max, place: typeof core.argmax): Call =>
  ({ input }, { dim, keepdim }) => {
    const options = { axis: dim, keepDims: keepdim };
    return dim === undefined ? fn(input) : { values: fn(input, options), indices: place(input, options) };
  };
const listOf = (inputs: Named<Tensor>): Tensor[] => Object.values(inputs);
/** PyTorch's logsumexp takes several axes, ours one after the other. */
const logsumexpOver: Call = ({ input }, { dim, keepdim = false }) =>
  [dim]
    .flat()
    .sort((a, b) => b - a)
    .reduce((x: Tensor, axis: number) => core.logsumexp(x, { axis, keepDims: keepdim }), input);

/** From PyTorch's names to ours. A name that is not here, or that gives null, is counted as "not yet". */
const calls: Named<Call> = {
  neg: unary(core.neg),
  abs: unary(core.abs),
  sign: unary(core.sign),
  exp: unary(core.exp),
  expm1: unary(core.expm1),
  log: unary(core.log),
  log1p: unary(core.log1p),
  log2: unary(core.log2),
  sqrt: unary(core.sqrt),
  rsqrt: unary(core.rsqrt),
  square: unary(core.square),
  reciprocal: unary(core.reciprocal),
  sin: unary(core.sin),
  cos: unary(core.cos),
  tan: unary(core.tan),
  atan: unary(core.atan),
  tanh: unary(core.tanh),
  sigmoid: unary(core.sigmoid),
  relu: unary(core.relu),
  erf: unary(core.erf),
  silu: unary(core.silu),
  mish: unary(core.mish),
  logsigmoid: unary(core.logSigmoid),
  floor: unary(core.floor),
  ceil: unary(core.ceil),
  round: unary(core.round),
  isnan: unary(core.isNaN),
  softplus: ({ input }, { beta }) => (beta === undefined ? core.softplus(input) : null),
  gelu: ({ input }, { approximate = "none" }) => (approximate === "none" ? core.gelu(input) : null),
  elu: ({ input }, { alpha }) => core.elu(input, { alpha }),
  leaky_relu: ({ input }, { negative_slope: negativeSlope }) => core.leakyRelu(input, { negativeSlope }),
  add: ({ input, other }, attrs) => add(input, mul(other ?? attrs.other, attrs.alpha ?? 1)),
  sub: ({ input, other }, { alpha = 1 }) => sub(input, mul(other, alpha)),
  mul: binary(mul),
  div: ({ input, other }, attrs) => (attrs.rounding_mode ? null : div(input, other ?? attrs.other)),
  pow: ({ input, exponent }, attrs) => core.pow(input ?? attrs.input, exponent ?? attrs.exponent),
  maximum: binary(core.maximum),
  minimum: binary(core.minimum),
  remainder: binary(core.mod),
  eq: binary(core.eq),
  ne: binary(core.ne),
  lt: binary(core.lt),
  le: binary(core.le),
  gt: binary(core.gt),
  ge: binary(core.ge),
  logical_and: binary(core.logicalAnd),
  logical_not: unary(core.logicalNot),
  where: ({ condition, input, other }, attrs) => core.where(condition, input, other ?? attrs.other),
  sum: reduce(sum),
  mean: reduce(core.mean),
  amax: reduce(core.max),
  amin: reduce(core.min),
  max: extreme(core.max, core.argmax),
  min: extreme(core.min, core.argmin),
  argmax: ({ input }, { dim, keepdim }) => core.argmax(input, { axis: dim, keepDims: keepdim }),
  argmin: ({ input }, { dim, keepdim }) => core.argmin(input, { axis: dim, keepDims: keepdim }),
  logsumexp: logsumexpOver,
  reshape: ({ input }, { shape }) => core.reshape(input, shape),
  flatten: ({ input }, { start_dim: start }) => core.flatten(input, start),
  permute: ({ input }, { dims }) => core.permute(input, dims),
  transpose: ({ input }, { dim0, dim1 }) => core.transpose(input, dim0, dim1),
  squeeze: ({ input }, { dim }) => core.squeeze(input, dim),
  unsqueeze: ({ input }, { dim }) => core.unsqueeze(input, dim),
  expand: ({ input }, { size }) => core.expand(input, size),
  flip: ({ input }, { dims }) => core.flip(input, dims),
  cat: (inputs, { dim }) => core.concat(listOf(inputs), dim),
  stack: (inputs, { dim }) => core.stack(listOf(inputs), dim),
  split: ({ input }, { split_size_or_sections: sizes, dim }) => core.split(input, sizes, dim),
  chunk: ({ input }, { chunks, dim }) => core.split(input, Math.ceil(input.shape[dim] / chunks), dim),
  slice: ({ input }, { slices }) =>
    core.slice(input, ...(slices as (number | null)[][]).map(([a, b, step]) => [a, b, step ?? 1] as const)),
  pad: ({ input }, attrs) => {
    const { mode, pad, value = 0 }: { mode: string; pad: number[]; value?: number } = attrs as never;
    if (mode !== "constant" || value !== 0) return null;
    // PyTorch names the pairs from the last axis to the first.
    return core.pad(
      input,
      input.shape.map((_, i) => {
        const from = 2 * (input.ndim - 1 - i);
        return [pad[from] ?? 0, pad[from + 1] ?? 0] as const;
      }),
    );
  },
  softmax: ({ input }, { dim }) => core.softmax(input, { axis: dim }),
  log_softmax: ({ input }, { dim }) => core.logSoftmax(input, { axis: dim }),
  matmul: ({ input, other }) => core.matmul(input, other),
  bmm: ({ input, mat2 }) => core.matmul(input, mat2),
  outer: ({ input, vec2 }) => mul(core.unsqueeze(input, 1), vec2),
  addmm: ({ input, mat1, mat2 }, { alpha = 1, beta = 1 }) => add(mul(input, beta), mul(core.matmul(mat1, mat2), alpha)),
  index_select: ({ input, index }, { dim }) => core.indexSelect(input, index, dim),
  gather: ({ input, index }, { dim }) => core.gather(input, index, dim),
  take_along_dim: ({ input, indices }, { dim }) => core.gather(input, indices, dim),
  masked_fill: ({ input, mask }, { value }) => core.where(mask, value, input),
  one_hot: ({ input }, { num_classes: classes }) => core.oneHot(input, classes, "int32"),
};

const files = ["unary", "binary", "compare", "reduce", "shape", "softmax", "matmul", "index", "linalg"];
/** Ops that have cases of which some or all have no counterpart here yet. */
const known = [
  "asin acos sinh cosh softplus gelu selu hardtanh clamp div atan2 fmod logical_or logical_xor var std norm prod cumsum cumprod",
  "all any roll tile repeat pad tril triu diagonal einsum tensordot scatter_add sort topk inverse solve det cholesky",
].flatMap((line) => line.split(" "));
const notYet = new Map<string, number>();

function named(results: Results): Named<Tensor> {
  if (results instanceof Tensor) return { out: results };
  if (Array.isArray(results)) return Object.fromEntries((results as Tensor[]).map((x, i) => [`out.${i}`, x]));
  return results as Named<Tensor>;
}

function run({ op, attrs, inputs, grads }: Case): { given: Named<Tensor>; results: Named<Tensor> } | null {
  const given = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, load(x, name in grads)]));
  const results = calls[op]?.(given, attrs as Named<never>) ?? null;
  return results && { given, results: named(results) };
}

function checkGradients({ cotangents, grads }: Case, given: Named<Tensor>, results: Named<Tensor>): void {
  const names = Object.keys(grads);
  if (names.length === 0) return;
  const roots = Object.keys(cotangents);
  const found = core.gradients(
    roots.map((name) => results[name]),
    names.map((name) => given[name]),
    { cotangents: roots.map((name) => load(cotangents[name])), allowUnused: true },
  );
  names.forEach((name, i) => expectStored(found[i], grads[name], `gradient of ${name}`));
}

describe.each(files)("ops_%s.json", (file) => {
  const cases = casesOf(`ops_${file}.json`);
  test.each(cases.map((each) => [each.name, each] as const))("%s", (_name, each) => {
    const found = run(each);
    if (found === null) {
      notYet.set(each.op, (notYet.get(each.op) ?? 0) + 1);
      expect(known, `a case of ${each.op} without a call`).toContain(each.op);
      return;
    }
    const { given, results } = found;
    expect(Object.keys(results)).toEqual(Object.keys(each.outputs));
    for (const [name, want] of Object.entries(each.outputs)) expectStored(results[name], want, name);
    checkGradients(each, given, results);
  });

  test("has cases, unless the folder is absent", () => {
    expect(cases.length > 0).toBe(present);
  });
});

afterAll(() => {
  const list = [...notYet].map(([op, count]) => `${op} (${count})`).join(", ");
  if (list !== "") console.log(`golden: not yet: ${list}`);
});
