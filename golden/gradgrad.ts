import * as core from "@adjoint/core";
import {
  add,
  div,
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
} from "@adjoint/core";
import { crossEntropy } from "@adjoint/nn";
import type { Case, Named } from "./cases.js";
import { faultsOf, faultsOfAll } from "./compare.js";
import { calls } from "./ops.js";
import { load, loadAll } from "./read.js";

type Scalar = (inputs: Named<Tensor>, attrs: Named<never>) => Tensor;

const softmaxRows = (x: Tensor): Tensor => core.softmax(x, { axis: 1 });

const linear = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => add(matmul(x, transpose(weight)), bias);

function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, shape: readonly number[], eps: number): Tensor {
  const axis = shape.map((_, i) => -1 - i);
  const centered = sub(x, mean(x, { axis, keepDims: true }));
  const variance = mean(square(centered), { axis, keepDims: true });
  return add(mul(mul(centered, core.rsqrt(add(variance, eps))), weight), bias);
}

function lstmCell(x: Named<Tensor>): { h: Tensor; c: Tensor } {
  const gates = add(linear(x.x, x.weight_ih, x.bias_ih), linear(x.h_0, x.weight_hh, x.bias_hh));
  const [i, f, g, o] = core.split(gates, gates.shape[1] / 4, 1);
  const c = add(mul(sigmoid(f), x.c_0), mul(sigmoid(i), tanh(g)));
  return { h: mul(sigmoid(o), tanh(c)), c };
}

/** The scalar functions of the notes. */
const functions: Named<Scalar> = {
  cubic: ({ x, w }) => add(sum(mul(pow(x, 3), w)), mul(sum(x), sum(square(w)))),
  rosenbrock: ({ x }) => {
    const [first, next] = [slice(x, [0, -1]), slice(x, [1])];
    return sum(add(mul(square(sub(next, square(first))), 100), square(sub(1, first))));
  },
  logsumexp_linear: ({ x, M }) => sum(core.logsumexp(matmul(M, x), { axis: 0 })),
  mlp_tanh: ({ X, Y, W1, b1, W2 }) => mean(square(sub(matmul(tanh(linear(X, W1, b1)), transpose(W2)), Y))),
  conv2d: ({ x, w, b, c }, { stride, padding, dilation, groups }) =>
    sum(mul(tanh(core.conv2d(x, w, { bias: b, stride, padding, dilation, groups })), c)),
  conv2d_max_pool2d: ({ x, w }, { kernel_size: kernelSize, stride }) =>
    div(sum(pow(core.maxPool2d(core.conv2d(x, w), { kernelSize, stride }), 3)), 3),
  max_pool2d: ({ x, c }, { kernel_size: kernelSize, stride, padding }) => {
    const pooled = (y: Tensor): Tensor => core.maxPool2d(y, { kernelSize, stride, padding });
    return add(sum(mul(pooled(square(x)), c)), div(square(sum(pooled(x))), 2));
  },
  linear_cross_entropy: ({ X, W, b, target }, { reduction, label_smoothing: labelSmoothing }) =>
    crossEntropy(linear(X, W, b), target, { reduction, labelSmoothing }),
  softmax_cross_entropy: ({ x, t }) => sum(mul(t, core.log(softmaxRows(x)))).neg(),
  lstm_cell: (given) => {
    const { h, c } = lstmCell(given);
    return add(sum(mul(h, given.u)), div(sum(square(c)), 2));
  },
  layer_norm: ({ x, weight, bias, c }, { normalized_shape: shape, eps }) =>
    sum(mul(tanh(layerNorm(x, weight, bias, shape, eps)), c)),
  attention: ({ q, k, v, c }) =>
    sum(mul(matmul(softmaxRows(div(matmul(q, transpose(k)), Math.sqrt(q.shape[1]))), v), c)),
  pow_div: ({ x, y }) => sum(div(pow(x, y), add(1, mul(x, y)))),
  activations: ({ x }) =>
    add(add(sum(mul(core.gelu(x), core.softplus(x))), sum(mul(core.silu(x), sigmoid(x)))), sum(square(core.elu(x)))),
};

/** Functions of one variable, besides those that are ops. */
const univariate: Named<(x: Tensor) => Tensor> = {
  x4_minus_2x2: (x) => sub(pow(x, 4), mul(square(x), 2)),
  exp_neg_sq: (x) => core.exp(square(x).neg()),
};

/**
 * Cases of kind `gradgrad`: value, gradient and Hessian by reverse mode twice; the Hessian times a vector by reverse mode
 * twice and by forward mode over reverse mode.
 */
export function checkGradgrad(each: Case): string[] {
  if (each.op === "nth_derivative") return checkDerivatives(each);
  if (!Object.hasOwn(functions, each.op)) return [`no function for ${each.op}`];
  const wrt = each.attrs.wrt as string[];
  const given = loadAll(each.inputs, wrt);
  const leaves = wrt.map((name) => given[name]);
  const directions = wrt.map((name) => load(each.cotangents[name]));
  const f: Scalar = (inputs) => functions[each.op](inputs, each.attrs as Named<never>);
  const value = f(given, {});
  const first = gradients(value, leaves, { createGraph: true, allowUnused: true });
  const results: Record<string, Tensor> = { f: value };
  wrt.forEach((a, i) => (results[`grad.${a}`] = first[i]));
  wrt.forEach((a, i) =>
    hessianRows(first[i], leaves).forEach((block, k) => {
      if (k >= i) results[`hess.${a}.${wrt[k]}`] = block;
    }),
  );
  const along = first.map((g, i) => sum(mul(g, directions[i]))).reduce((x, y) => add(x, y));
  gradients(along, leaves, { allowUnused: true }).forEach((g, i) => (results[`hvp.${wrt[i]}`] = g));
  const forward = wrt.flatMap((a, i) => {
    const gradient = (...xs: Tensor[]): Tensor => {
      const all = { ...given, ...Object.fromEntries(wrt.map((name, k) => [name, xs[k]])) };
      return gradients(f(all, {}), [all[a]], { createGraph: true, allowUnused: true })[0];
    };
    const { tangent } = jvp(gradient, leaves, directions);
    return faultsOf(`hvp.${a} by forward mode`, tangent, each.outputs[`hvp.${wrt[i]}`]);
  });
  return [...faultsOfAll(results, each.outputs), ...forward];
}

/** The derivatives of every element of a gradient: for each leaf a matrix with one row for each element. */
function hessianRows(gradient: Tensor, leaves: readonly Tensor[]): Tensor[] {
  const { size, shape } = gradient;
  const rows = Array.from({ length: size }, (_, i) => {
    const unit = tensor(new Float64Array(size).fill(1, i, i + 1), { shape });
    return gradient.requiresGrad
      ? gradients(gradient, leaves, { cotangents: [unit], retainGraph: true, allowUnused: true })
      : leaves.map((leaf) => core.zerosLike(leaf));
  });
  return leaves.map((leaf, k) => {
    const elements = Float64Array.from(rows.flatMap((row) => [...row[k].data]));
    return tensor(elements, { shape: [size, leaf.size] });
  });
}

/** The derivatives of a function of one variable: by reverse mode again and again, and by forward mode in forward mode. */
function checkDerivatives({ attrs, inputs, outputs }: Case): string[] {
  const name = attrs.function as string;
  if (!Object.hasOwn(univariate, name) && !Object.hasOwn(calls, name)) return [`no function for ${name}`];
  const fn = univariate[name] ?? ((input: Tensor) => calls[name]({ input }, {}) as Tensor);
  const orders = Object.keys(outputs).map((_, k) => k);
  const x = load(inputs.x, true);
  const [byReverse, byForward] = [[fn(x)], [fn(x)]];
  let g = fn;
  for (const k of orders.slice(1)) {
    byReverse.push(gradients(sum(byReverse[k - 1]), [x], { createGraph: true, allowUnused: true })[0]);
    const before = g;
    g = (at) => jvp(before, [at], [core.onesLike(at)]).tangent;
    byForward.push(g(x.detach()));
  }
  return [
    ...faultsOfAll(Object.fromEntries(byReverse.map((y, k) => [`d${k}`, y])), outputs),
    ...byForward.flatMap((y, k) => faultsOf(`d${k} by forward mode`, y, outputs[`d${k}`])),
  ];
}
