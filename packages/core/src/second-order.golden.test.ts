import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as core from "./index.js";
import {
  add,
  div,
  exp,
  gradients,
  jvp,
  matmul,
  mean,
  mul,
  pow,
  sigmoid,
  slice,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor,
  transpose,
} from "./index.js";

/** An array of the reference cases. */
interface Stored {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}

type Named<T> = Readonly<Record<string, T>>;

interface Case {
  readonly name: string;
  readonly op: string;
  readonly attrs: { readonly wrt?: readonly string[]; readonly function?: string; readonly order?: number };
  readonly inputs: Named<Stored>;
  readonly outputs: Named<Stored>;
  readonly cotangents: Named<Stored>;
}

const file = new URL("../../../../shared/golden/gradgrad.json", import.meta.url);
const present = existsSync(file);
const cases: readonly Case[] = present ? (JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] }).cases : [];
if (!present) console.log(`second order: no file ${file.pathname}, reference cases skipped`);

function load({ shape, dtype, data }: Stored, requiresGrad = false): Tensor {
  return tensor(Float64Array.from(data), { shape, dtype: dtype === "int64" ? "int32" : "float64", requiresGrad });
}

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, what: string): void {
  expect(got.length, what).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    const close = Math.abs(got[i] - want[i]) <= 1e-10 * (1 + Math.abs(want[i]));
    expect(close, `${what}[${i}]: got ${got[i]}, want ${want[i]}`).toBe(true);
  }
}

const softmaxRows = (x: Tensor): Tensor => core.softmax(x, { axis: 1 });

function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, eps: number): Tensor {
  const centered = sub(x, mean(x, { axis: -1, keepDims: true }));
  const variance = mean(square(centered), { axis: -1, keepDims: true });
  return add(mul(mul(centered, core.rsqrt(add(variance, eps))), weight), bias);
}

function lstmCell(x: Named<Tensor>): { h: Tensor; c: Tensor } {
  const gates = add(
    add(matmul(x.x, transpose(x.weight_ih)), x.bias_ih),
    add(matmul(x.h_0, transpose(x.weight_hh)), x.bias_hh),
  );
  const [i, f, g, o] = core.split(gates, 2, 1);
  const c = add(mul(sigmoid(f), x.c_0), mul(sigmoid(i), tanh(g)));
  return { h: mul(sigmoid(o), tanh(c)), c };
}

/** The scalar functions of the notes. */
const functions: Named<(x: Named<Tensor>) => Tensor> = {
  cubic: ({ x, w }) => add(sum(mul(pow(x, 3), w)), mul(sum(x), sum(square(w)))),
  rosenbrock: ({ x }) => {
    const [first, next] = [slice(x, [0, -1]), slice(x, [1])];
    return sum(add(mul(square(sub(next, square(first))), 100), square(sub(1, first))));
  },
  logsumexp_linear: ({ x, M }) => sum(core.logsumexp(matmul(M, x), { axis: 0 })),
  mlp_tanh: ({ X, Y, W1, b1, W2 }) =>
    mean(square(sub(matmul(tanh(add(matmul(X, transpose(W1)), b1)), transpose(W2)), Y))),
  conv2d: ({ x, w, b, c }) => sum(mul(tanh(core.conv2d(x, w, { bias: b })), c)),
  conv2d_max_pool2d: ({ x, w }) => div(sum(pow(core.maxPool2d(core.conv2d(x, w), { kernelSize: 2, stride: 2 }), 3)), 3),
  max_pool2d: ({ x, c }) => {
    const pooled = (y: Tensor): Tensor => core.maxPool2d(y, { kernelSize: 2, stride: 2 });
    return add(sum(mul(pooled(square(x)), c)), div(square(sum(pooled(x))), 2));
  },
  linear_cross_entropy: ({ X, W, b, target }) => {
    const logits = core.logSoftmax(add(matmul(X, transpose(W)), b));
    return mean(core.gather(logits, core.unsqueeze(target, 1), 1)).neg();
  },
  softmax_cross_entropy: ({ x, t }) => sum(mul(t, core.log(softmaxRows(x)))).neg(),
  lstm_cell: (given) => {
    const { h, c } = lstmCell(given);
    return add(sum(mul(h, given.u)), div(sum(square(c)), 2));
  },
  layer_norm: ({ x, weight, bias, c }) => sum(mul(tanh(layerNorm(x, weight, bias, 1e-5)), c)),
  attention: ({ q, k, v, c }) =>
    sum(mul(matmul(softmaxRows(div(matmul(q, transpose(k)), Math.sqrt(q.shape[1]))), v), c)),
  pow_div: ({ x, y }) => sum(div(pow(x, y), add(1, mul(x, y)))),
  activations: ({ x }) =>
    add(add(sum(mul(core.gelu(x), core.softplus(x))), sum(mul(core.silu(x), sigmoid(x)))), sum(square(core.elu(x)))),
};

const univariate: Named<(x: Tensor) => Tensor> = {
  tanh,
  sin: core.sin,
  x4_minus_2x2: (x) => sub(pow(x, 4), mul(square(x), 2)),
  exp_neg_sq: (x) => exp(square(x).neg()),
};

const scalar = cases.filter(({ op }) => op !== "nth_derivative").map((each) => [each.name, each] as const);
const nth = cases.filter(({ op }) => op === "nth_derivative").map((each) => [each.name, each] as const);

describe.each(scalar)("%s", (_name, { op, attrs, inputs, outputs, cotangents }) => {
  const wrt = attrs.wrt ?? [];
  const given = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, load(x, wrt.includes(name))]));
  const leaves = wrt.map((name) => given[name]);
  const f = functions[op];

  test("value, gradient and Hessian by reverse mode twice", () => {
    const out = f(given);
    expectClose(out.data, outputs.f.data, "f");
    const grads = gradients(out, leaves, { createGraph: true });
    grads.forEach((g, a) => {
      expectClose(g.data, outputs[`grad.${wrt[a]}`].data, `grad.${wrt[a]}`);
      const rows = Array.from({ length: g.size }, (_, i) => {
        const unit = tensor(new Float64Array(g.size).fill(1, i, i + 1), { shape: g.shape });
        return g.requiresGrad
          ? gradients(g, leaves, { cotangents: [unit], retainGraph: true, allowUnused: true })
          : leaves.map((leaf) => core.zerosLike(leaf));
      });
      wrt.forEach((b, k) => {
        const want = outputs[`hess.${wrt[a]}.${b}`];
        if (want)
          expectClose(
            rows.flatMap((row) => [...row[k].data]),
            want.data,
            `hess.${wrt[a]}.${b}`,
          );
      });
    });
  });

  test("Hessian times vector by forward mode over reverse mode", () => {
    const directions = wrt.map((name) => load(cotangents[name]));
    wrt.forEach((a) => {
      const gradient = (...xs: Tensor[]): Tensor => {
        const all = { ...given, ...Object.fromEntries(wrt.map((name, i) => [name, xs[i]])) };
        return gradients(f(all), [all[a]], { createGraph: true })[0];
      };
      expectClose(jvp(gradient, leaves, directions).tangent.data, outputs[`hvp.${a}`].data, `hvp.${a}`);
    });
  });
});

describe.each(nth)("%s", (_name, { attrs, inputs, outputs }) => {
  const fn = univariate[attrs.function ?? ""];
  const orders = Array.from({ length: (attrs.order ?? 0) + 1 }, (_, k) => k);

  test("by reverse mode again and again", () => {
    const x = load(inputs.x, true);
    let y = fn(x);
    for (const k of orders) {
      if (k > 0) [y] = gradients(sum(y), [x], { createGraph: true });
      expectClose(y.data, outputs[`d${k}`].data, `d${k}`);
    }
  });

  test("by forward mode in forward mode", () => {
    const x = load(inputs.x);
    const derivative =
      (g: (x: Tensor) => Tensor) =>
      (at: Tensor): Tensor =>
        jvp(g, [at], [core.onesLike(x)]).tangent;
    let g = fn;
    for (const k of orders) {
      if (k > 0) g = derivative(g);
      expectClose(g(x).data, outputs[`d${k}`].data, `d${k}`);
    }
  });
});

test("every case has its function (no cases where the file is absent)", () => {
  const missing = cases.filter(({ op, attrs }) => !(functions[op] ?? univariate[attrs.function ?? ""]));
  expect(missing.map(({ name }) => name)).toEqual([]);
  expect(cases.length > 0).toBe(present);
});
