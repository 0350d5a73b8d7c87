import * as core from "@adjoint/core";
import {
  add,
  gradients,
  matmul,
  mul,
  type Node,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor,
  type Value,
  value,
} from "@adjoint/core";
import type { Case, Named, Stored } from "./cases.js";
import { faultsOf, faultsOfAll } from "./compare.js";
import { load, loadAll } from "./read.js";

/** Graphs of Values: all results and the gradients of all Values, inner ones too, to the last bit. */
function checkGraph({ inputs, outputs, grads }: Case): string[] {
  const given: Named<Value> = Object.fromEntries(
    Object.entries(inputs).map(([name, { data }]) => [name, value(Number(data[0]), name)]),
  );
  const bought = (fruit: string): Value => mul(given[fruit], given[`${fruit}_num`]);
  const nodes: Record<string, Value> = { ...given, apple_price: bought("apple") };
  if ("orange" in given) {
    nodes.orange_price = bought("orange");
    nodes.all_price = add(nodes.apple_price, nodes.orange_price);
  }
  nodes.price = mul(nodes.all_price ?? nodes.apple_price, given.tax);
  nodes.price.backward();
  const differs = (what: string, got: number | undefined, { data }: Stored): string[] =>
    got === data[0] ? [] : [`${what}: got ${got}, want exactly ${data[0]}`];
  return [
    ...Object.entries(outputs).flatMap(([name, want]) => differs(name, nodes[name]?.data, want)),
    ...Object.entries(grads).flatMap(([name, want]) => differs(`gradient of ${name}`, nodes[name]?.grad, want)),
  ];
}

/** Three layers; weights are `[in, out]`. */
function checkForward({ inputs, params, outputs }: Case): string[] {
  const { x } = loadAll(inputs);
  const { W1, b1, W2, b2, W3, b3 } = loadAll(params);
  const a1 = add(matmul(x, W1), b1);
  const z1 = sigmoid(a1);
  const a2 = add(matmul(z1, W2), b2);
  const z2 = sigmoid(a2);
  return faultsOfAll({ a1, z1, a2, z2, y: add(matmul(z2, W3), b3) }, outputs);
}

function checkSoftmax({ attrs, inputs, outputs }: Case): string[] {
  const out = softmax(load(inputs.input), { axis: (attrs.dim as number | undefined) ?? 0 });
  return faultsOfAll({ out, sum: sum(out) }, outputs);
}

function checkLosses({ attrs, inputs, outputs, grads }: Case): string[] {
  const { y, t } = loadAll(inputs, ["y"]);
  const results = {
    half_sum_squares: mul(sum(square(sub(y, t))), 0.5),
    cross_entropy: sum(mul(t, core.log(add(y, attrs.delta as number)))).neg(),
  };
  const derivatives = Object.entries(results).flatMap(([name, loss]) =>
    faultsOf(`gradient of ${name}`, gradients(loss, [y])[0], grads[`${name}.y`]),
  );
  return [...faultsOfAll(results, outputs), ...derivatives];
}

/** The rows of a small program: image, output row, output column; columns over channel, kernel row, kernel column. */
function checkRows({ attrs, inputs, outputs }: Case): string[] {
  const { filter_h, filter_w, stride, pad } = attrs as Named<number>;
  const shape = "input" in inputs ? inputs.input.shape : inputs.input_shape.data.map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  const x = "input" in inputs ? load(inputs.input) : core.arange(count).to("float64").reshape(shape);
  const col = core.im2col(x, { kernelSize: [filter_h, filter_w], stride, padding: pad });
  const results: Named<Tensor> = {
    col,
    shape: tensor(Int32Array.from(col.shape)),
    row_sums: sum(col, { axis: 1 }),
    column_sums: sum(col, { axis: 0 }),
    first_row: col.slice(0),
    last_row: col.slice(-1),
  };
  return Object.entries(outputs).flatMap(([name, want]) => faultsOf(name, results[name], want));
}

/** One gate of the cell: what goes into it and what comes out. */
function gate(
  weights: Named<Tensor>,
  [hidden, input, bias]: readonly string[],
  activation: (x: Tensor) => Tensor,
  before: Tensor,
  x: Tensor,
): { sum: Tensor; out: Tensor } {
  const into = add(add(matmul(weights[hidden], before), matmul(weights[input], x)), weights[bias]);
  return { sum: into, out: activation(into) };
}

/** Steps of an LSTM; everything by name and time, `f.1`, `c.2` and so on, and before the activation `f.1.sum`. */
function unroll(weights: Named<Tensor>, x: Tensor, steps: number): Record<string, Tensor> {
  const nodes: Record<string, Tensor> = {};
  const start = core.zeros(weights.bf.shape, { dtype: "float64" });
  for (const name of ["f", "i", "ct", "o", "c", "h"]) nodes[`${name}.0`] = start;
  for (let t = 1; t <= steps; t++) {
    const [before, now] = [nodes[`h.${t - 1}`], core.slice(x, t - 1)];
    const gates = {
      f: gate(weights, ["Wfh", "Wfx", "bf"], sigmoid, before, now),
      i: gate(weights, ["Wih", "Wix", "bi"], sigmoid, before, now),
      ct: gate(weights, ["Wch", "Wcx", "bc"], tanh, before, now),
      o: gate(weights, ["Woh", "Wox", "bo"], sigmoid, before, now),
    };
    for (const [name, { sum: into, out }] of Object.entries(gates)) {
      nodes[`${name}.${t}`] = out;
      nodes[`${name}.${t}.sum`] = into;
    }
    nodes[`c.${t}`] = add(mul(gates.f.out, nodes[`c.${t - 1}`]), mul(gates.i.out, gates.ct.out));
    nodes[`h.${t}`] = mul(gates.o.out, tanh(nodes[`c.${t}`]));
  }
  return nodes;
}

/** Row `t` of a stored matrix. */
function row({ shape, dtype, data }: Stored, t: number): Stored {
  const width = shape[1];
  return { shape: [width], dtype, data: data.slice(t * width, (t + 1) * width) };
}

/** Gates, cells and outputs, the true gradients, and the numbers that a listing printed, where those are right. */
function checkLstm({ attrs, inputs, params, outputs, grads }: Case): string[] {
  const weights = loadAll(params, Object.keys(params));
  const x = load(inputs.x, true);
  const steps = attrs.steps as number;
  const printed = { tolerance: attrs.printed_forward_tolerance as number };
  const nodes = unroll(weights, x, steps);
  const loss = sum(mul(nodes[`h.${steps}`], tensor(Float64Array.of(1, 2))));
  const times = Array.from({ length: steps + 1 }, (_, t) => t);
  const at = (of: readonly Tensor[]): Tensor[] =>
    gradients(loss, of as readonly Node[], { retainGraph: true, allowUnused: true }) as Tensor[];
  const values = ["f", "i", "ct", "c", "o", "h"].flatMap((name) =>
    times.flatMap((t) => [
      ...faultsOf(`${name}.${t}`, nodes[`${name}.${t}`], row(outputs[name], t)),
      ...faultsOf(`printed ${name}.${t}`, nodes[`${name}.${t}`], row(outputs[`printed.${name}`], t), printed),
    ]),
  );
  const all: Named<Tensor> = { ...weights, ...nodes, x };
  const names = Object.keys(grads);
  const derivatives = at(names.map((name) => all[name])).flatMap((g, i) =>
    faultsOf(`gradient of ${names[i]}`, g, grads[names[i]]),
  );
  const right = (attrs.printed_right as string[]).flatMap((name) => {
    const want = outputs[`printed.${name}`];
    if (name.endsWith("Grad")) return faultsOf(name, at([weights[name.slice(0, -"Grad".length)]])[0], want, printed);
    const into = times.slice(1).map((t) => nodes[`${name.slice("delta".length).toLowerCase()}.${t}.sum`]);
    return at(into).flatMap((g, i) => faultsOf(`${name} at ${i + 1}`, g, row(want, i + 1), printed));
  });
  return [...values, ...faultsOf("loss", loss, outputs.loss), ...derivatives, ...right];
}

const checks: Named<(each: Case) => string[]> = {
  graph: checkGraph,
  forward: checkForward,
  softmax: checkSoftmax,
  losses: checkLosses,
  im2col: checkRows,
  lstm: checkLstm,
};

/** Cases of kind `seed`: the numbers of small programs. */
export function checkSeed(each: Case): string[] {
  return Object.hasOwn(checks, each.op) ? checks[each.op](each) : [`no program for ${each.op}`];
}
