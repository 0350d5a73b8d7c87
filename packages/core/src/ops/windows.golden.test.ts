import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  gradients,
  mul,
  type Tensor,
  tensor,
} from "../index.js";

/** An array of the reference cases; NaN and infinities are strings. */
interface Stored {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly (number | string)[];
}

type Named<T> = Readonly<Record<string, T>>;

interface Case {
  readonly name: string;
  readonly op: string;
  readonly attrs: Named<unknown>;
  readonly inputs: Named<Stored>;
  readonly outputs: Named<Stored>;
  readonly cotangents: Named<Stored>;
  readonly grads: Named<Stored>;
}

const folder = new URL("../../../../../shared/golden/", import.meta.url);
const present = existsSync(new URL("ops_conv.json", folder));
if (!present) console.warn(`reference cases skipped: no folder ${folder.pathname}`);

function casesIn(file: string): Case[] {
  return (JSON.parse(readFileSync(new URL(file, folder), "utf8")) as { cases: Case[] }).cases;
}

function load({ shape, dtype, data }: Stored, requiresGrad = false): Tensor {
  const type = dtype === "int64" ? "int32" : "float64";
  return tensor(Float64Array.from(data, Number), { shape, dtype: type, requiresGrad });
}

function expectClose(got: Tensor, want: Stored, what: string): void {
  expect(got.shape, what).toEqual(want.shape);
  want.data.forEach((stored, i) => {
    const wanted = Number(stored);
    const difference = Math.abs(got.data[i] - wanted);
    expect(difference, `${what} at ${i}: ${got.data[i]}, wanted ${wanted}`).toBeLessThanOrEqual(
      1e-10 * (1 + Math.abs(wanted)),
    );
  });
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

type Run = (inputs: Named<Tensor>, options: Named<never>) => Named<Tensor>;

const convolutions: Named<Run> = Object.fromEntries(
  Object.entries({
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d: convTranspose1d,
    conv_transpose2d: convTranspose2d,
  }).map(([name, op]): [string, Run] => [
    name,
    ({ input, weight, bias }, options) => ({ out: op(input, weight, { ...options, bias }) }),
  ]),
);

function check(test: Case, run: Run): void {
  const inputs = Object.fromEntries(
    Object.entries(test.inputs).map(([name, stored]) => [name, load(stored, name in test.grads)]),
  );
  const options = Object.fromEntries(Object.entries(test.attrs).map(([name, x]) => [camelCase(name), x as never]));
  const outputs = run(inputs, options);
  for (const [name, stored] of Object.entries(test.outputs)) expectClose(outputs[name], stored, name);
  const names = Object.keys(test.grads);
  const grads = gradients(
    Object.keys(test.cotangents).map((name) => outputs[name]),
    names.map((name) => inputs[name]),
    { cotangents: Object.values(test.cotangents).map((stored) => load(stored)) },
  );
  names.forEach((name, i) => expectClose(grads[i], test.grads[name], `the gradient of ${name}`));
}

function checkAll(file: string, runs: Named<Run>): void {
  const cases = casesIn(file).filter(({ op }) => op in runs);
  expect(cases.length).toBeGreaterThan(0);
  it.each(cases.map((test) => [test.name, test] as const))("agrees on %s", (_name, test) => check(test, runs[test.op]));
}

type Scalar = (inputs: Named<Tensor>, attributes: Named<never>) => Tensor;

/** Checks f, its gradient, and the product of its Hessian with a vector by a second walk. */
function checkSecondOrder(test: Case, f: Scalar): void {
  const wrt = test.attrs.wrt as string[];
  const inputs = Object.fromEntries(
    Object.entries(test.inputs).map(([name, stored]) => [name, load(stored, wrt.includes(name))]),
  );
  const leaves = wrt.map((name) => inputs[name]);
  const result = f(inputs, test.attrs as Named<never>);
  expectClose(result, test.outputs.f, "f");
  const first = gradients(result, leaves, { createGraph: true });
  first.forEach((g, i) => expectClose(g, test.outputs[`grad.${wrt[i]}`], `the gradient of ${wrt[i]}`));
  const along = first.map((g, i) => mul(g, load(test.cotangents[wrt[i]])).sum()).reduce((a, b) => a.add(b));
  const second = gradients(along, leaves);
  second.forEach((g, i) => expectClose(g, test.outputs[`hvp.${wrt[i]}`], `the second derivative by ${wrt[i]}`));
}

describe.skipIf(!present)("the reference cases", () => {
  describe("of convolutions", () => checkAll("ops_conv.json", convolutions));

  describe("of second order", () => {
    const functions: Named<Scalar> = {
      conv2d: ({ x, w, b, c }, options) =>
        conv2d(x, w, { ...options, bias: b })
          .tanh()
          .mul(c)
          .sum(),
    };
    const cases = casesIn("gradgrad.json").filter(({ op }) => op in functions);
    it.each(cases.map((test) => [test.name, test] as const))("agrees on %s", (_name, test) =>
      checkSecondOrder(test, functions[test.op]),
    );
  });
});
