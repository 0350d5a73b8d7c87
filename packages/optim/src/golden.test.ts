import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  add,
  matmul,
  mean,
  mul,
  Parameter,
  square,
  sub,
  sum,
  tanh,
  tensor,
  type Tensor,
  transpose,
  zerosLike,
} from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { Adam, AdamW, clipGradNorm, clipGradValue, type Optimizer, SGD } from "./index.js";

const folder = fileURLToPath(new URL("../../../../shared/golden/", import.meta.url));

interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

interface GoldenCase {
  readonly name: string;
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, GoldenArray>>;
  readonly params: Readonly<Record<string, GoldenArray>>;
  readonly outputs: Readonly<Record<string, GoldenArray>>;
}

const optimizers: Readonly<Record<string, (parameters: never, options: object) => Optimizer<never>>> = {
  SGD: (parameters, options) => new SGD(parameters, options) as never,
  Adam: (parameters, options) => new Adam(parameters, options) as never,
  AdamW: (parameters, options) => new AdamW(parameters, options) as never,
};

function numbers(array: GoldenArray): Tensor {
  return tensor(Float64Array.from(array.data, Number), { shape: array.shape });
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

type Weights = Readonly<Record<string, Parameter>>;

function lossOf({ attrs, inputs }: GoldenCase, weights: Weights): Tensor {
  if (attrs["problem"] === "quadratic") {
    return sum(mul(square(weights["x"]), tensor([0.05, 1], { dtype: "float64" })));
  }
  const layer = (x: Tensor, W: Tensor, b: Tensor): Tensor => add(matmul(x, transpose(W)), b);
  const hidden = tanh(layer(numbers(inputs["X"]), weights["W1"], weights["b1"]));
  return mean(square(sub(layer(hidden, weights["W2"], weights["b2"]), numbers(inputs["Y"]))));
}

function optimizerOf({ op, attrs }: GoldenCase, weights: Weights): Optimizer<never> {
  const { problem: _problem, steps: _steps, param_groups: groups, ...rest } = attrs;
  const rename = (options: object): object =>
    Object.fromEntries(Object.entries(options).map(([name, x]) => [camelCase(name), x]));
  const parameters = Array.isArray(groups)
    ? groups.map((group: { params: string[] }) => ({
        ...rename(group),
        params: group.params.map((name) => weights[name]),
      }))
    : Object.values(weights);
  return optimizers[op](parameters as never, rename(rest));
}

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, what: string): void {
  expect(got.length, what).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    expect(Math.abs(got[i] - want[i]), `${what} at ${i}: ${got[i]}, not ${want[i]}`).toBeLessThanOrEqual(
      1e-10 * (1 + Math.abs(want[i])),
    );
  }
}

function runCase(golden: GoldenCase): void {
  const weights: Weights = Object.fromEntries(
    Object.entries(golden.params).map(([name, array]) => [name, new Parameter(numbers(array))]),
  );
  const optimizer = optimizerOf(golden, weights);
  const steps = golden.attrs["steps"] as number;
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    const loss = lossOf(golden, weights);
    loss.backward();
    losses.push(loss.item());
    optimizer.step();
    for (const [name, weight] of Object.entries(weights)) {
      const { data } = numbers(golden.outputs[name]);
      const row = data.subarray(step * weight.size, (step + 1) * weight.size);
      expectClose(weight.data, row, `${name} after step ${step + 1}`);
    }
  }
  expectClose(losses, numbers(golden.outputs["loss"]).data, "loss");
}

function read(file: string): readonly GoldenCase[] {
  const path = `${folder}${file}.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).cases : [];
}

function runClip({ op, attrs, inputs, outputs }: GoldenCase): void {
  const parameters = Object.values(inputs).map((array) => {
    const parameter = new Parameter(zerosLike(numbers(array)));
    parameter.grad = numbers(array);
    return parameter;
  });
  if (op === "clip_grad_value_") clipGradValue(parameters, attrs["clip_value"] as number);
  else {
    const norm = clipGradNorm(parameters, attrs["max_norm"] as number, { normType: Number(attrs["norm_type"]) });
    expectClose(norm.data, numbers(outputs["total_norm"]).data, "norm");
  }
  parameters.forEach((parameter, i) => {
    expectClose(parameter.grad?.data ?? [], numbers(outputs[`grads.${i}`]).data, `gradient ${i}`);
  });
}

describe.skipIf(!existsSync(folder))("as in PyTorch (../shared/golden, skipped where that is absent)", () => {
  test.each(read("optimizers").filter(({ op }) => op in optimizers))("the steps of $name", (golden) => {
    expect(golden.attrs["steps"]).toBeGreaterThan(0);
    runCase(golden);
  });

  test.each(read("ops_clip").filter(({ op }) => op.startsWith("clip_grad")))("$name", (golden) => {
    expect(Object.keys(golden.inputs).length).toBeGreaterThan(0);
    runClip(golden);
  });
});
