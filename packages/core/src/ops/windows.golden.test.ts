import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  arange,
  avgPool1d,
  avgPool2d,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  fold,
  gradients,
  im2col,
  maxPool1d,
  maxPool2d,
  maxPoolWithIndices,
  mul,
  type OutputSize,
  sum,
  type Tensor,
  tensor,
  unfold,
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

/** Compares element by element; gives how many were compared. */
function expectClose(got: Tensor, want: Stored, what: string): number {
  expect(got.shape, what).toEqual(want.shape);
  want.data.forEach((stored, i) => {
    const wanted = Number(stored);
    const difference = Math.abs(got.data[i] - wanted);
    expect(difference, `${what} at ${i}: ${got.data[i]}, wanted ${wanted}`).toBeLessThanOrEqual(
      1e-10 * (1 + Math.abs(wanted)),
    );
  });
  return want.data.length;
}

const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

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

const poolings: Named<Run> = {
  max_pool1d: ({ input }, options) => ({ out: maxPool1d(input, options as never) }),
  max_pool2d: ({ input }, { returnIndices, ...options }): Named<Tensor> => {
    if (!returnIndices) return { out: maxPool2d(input, options as never) };
    const kernelSize = [options.kernelSize, options.kernelSize].flat().slice(0, 2);
    const { values, indices } = maxPoolWithIndices(input, { ...options, kernelSize });
    expect(maxPool2d(input, options as never).data).toEqual(values.data);
    return { out: values, indices };
  },
  avg_pool1d: ({ input }, options) => ({ out: avgPool1d(input, options as never) }),
  avg_pool2d: ({ input }, options) => ({ out: avgPool2d(input, options as never) }),
  ...Object.fromEntries(
    Object.entries({
      adaptive_avg_pool1d: adaptiveAvgPool1d,
      adaptive_avg_pool2d: adaptiveAvgPool2d,
      adaptive_max_pool1d: adaptiveMaxPool1d,
      adaptive_max_pool2d: adaptiveMaxPool2d,
    }).map(([name, op]): [string, Run] => [
      name,
      ({ input }, { outputSize }) => ({ out: op(input, outputSize as OutputSize) }),
    ]),
  ),
};

const foldings: Named<Run> = {
  unfold: ({ input }, options) => ({ out: unfold(input, options as never) }),
  fold: ({ input }, options) => ({ out: fold(input, options as never) }),
};

function check(test: Case, run: Run): number {
  const inputs = Object.fromEntries(
    Object.entries(test.inputs).map(([name, stored]) => [name, load(stored, name in test.grads)]),
  );
  const options = Object.fromEntries(Object.entries(test.attrs).map(([name, x]) => [camelCase(name), x as never]));
  const outputs = run(inputs, options);
  const compared = Object.entries(test.outputs).map(([name, stored]) => expectClose(outputs[name], stored, name));
  const names = Object.keys(test.grads);
  const grads = gradients(
    Object.keys(test.cotangents).map((name) => outputs[name]),
    names.map((name) => inputs[name]),
    { cotangents: Object.values(test.cotangents).map((stored) => load(stored)) },
  );
  names.forEach((name, i) => compared.push(expectClose(grads[i], test.grads[name], `the gradient of ${name}`)));
  return total(compared);
}

type Scalar = (inputs: Named<Tensor>, attributes: Named<never>) => Tensor;

/** Checks f, its gradient, and the product of its Hessian with a vector by a second walk. */
function checkSecondOrder(test: Case, f: Scalar): number {
  const wrt = test.attrs.wrt as string[];
  const inputs = Object.fromEntries(
    Object.entries(test.inputs).map(([name, stored]) => [name, load(stored, wrt.includes(name))]),
  );
  const leaves = wrt.map((name) => inputs[name]);
  const result = f(inputs, test.attrs as Named<never>);
  const compared = [expectClose(result, test.outputs.f, "f")];
  const first = gradients(result, leaves, { createGraph: true });
  first.forEach((g, i) => compared.push(expectClose(g, test.outputs[`grad.${wrt[i]}`], `the gradient of ${wrt[i]}`)));
  const along = first.map((g, i) => mul(g, load(test.cotangents[wrt[i]])).sum()).reduce((a, b) => a.add(b));
  const second = gradients(along, leaves);
  second.forEach((g, i) =>
    compared.push(expectClose(g, test.outputs[`hvp.${wrt[i]}`], `the second derivative by ${wrt[i]}`)),
  );
  return total(compared);
}

/** The rows of a small program: image, output row, output column; columns over channel, kernel row, kernel column. */
function checkRows({ attrs, inputs, outputs }: Case): number {
  const { filter_h, filter_w, stride, pad } = attrs as Named<number>;
  const shape = "input" in inputs ? inputs.input.shape : inputs.input_shape.data.map(Number);
  const x =
    "input" in inputs
      ? load(inputs.input)
      : arange(shape.reduce((a, b) => a * b))
          .to("float64")
          .reshape(shape);
  const col = im2col(x, { kernelSize: [filter_h, filter_w], stride, padding: pad });
  const results: Named<Tensor> = {
    col,
    shape: tensor(Float64Array.from(col.shape)),
    row_sums: sum(col, { axis: 1 }),
    column_sums: sum(col, { axis: 0 }),
    first_row: col.slice(0),
    last_row: col.slice(-1),
  };
  return total(Object.entries(outputs).map(([name, stored]) => expectClose(results[name], stored, name)));
}

const secondOrder: Named<Scalar> = {
  conv2d: ({ x, w, b, c }, { stride = 1, padding = 0 }) =>
    conv2d(x, w, { stride, padding, bias: b }).tanh().mul(c).sum(),
  conv2d_max_pool2d: ({ x, w }, { kernel_size: kernelSize, stride }) =>
    maxPool2d(conv2d(x, w), { kernelSize, stride }).pow(3).sum().div(3),
  max_pool2d: ({ x, c }, { kernel_size: kernelSize, stride, padding }) => {
    const options = { kernelSize, stride, padding };
    return maxPool2d(x.square(), options).mul(c).sum().add(maxPool2d(x, options).sum().square().div(2));
  },
};

/** One test for each case of a file whose op is among `checks`; without the folder there is nothing to compare with. */
function suite<T>(what: string, file: string, checks: Named<T>, run: (test: Case, check: T) => number): void {
  const cases = present ? casesIn(file).filter(({ op }) => op in checks) : [];
  describe.skipIf(!present)(`the reference cases of ${what}`, () => {
    it("are there", () => expect(new Set(cases.map(({ op }) => op))).toEqual(new Set(Object.keys(checks))));
    for (const test of cases) it(`agree: ${test.name}`, () => expect(run(test, checks[test.op])).toBeGreaterThan(0));
  });
}

suite("convolutions", "ops_conv.json", convolutions, check);
suite("pooling", "ops_pool.json", poolings, check);
suite("unfolding", "ops_resample.json", foldings, check);
suite("the rows of windows", "seeds.json", { im2col: checkRows }, (test, rows) => rows(test));
suite("second order", "gradgrad.json", secondOrder, checkSecondOrder);
