import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  add,
  gradients,
  log,
  matmul,
  mul,
  type Node,
  sigmoid,
  slice,
  softmax,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor,
  type Value,
  value,
  zeros,
} from "./index.js";

/** An array of the reference cases. */
interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Named<T> = Readonly<Record<string, T>>;

interface Case {
  readonly name: string;
  readonly attrs: Named<unknown>;
  readonly inputs: Named<Stored>;
  readonly params: Named<Stored>;
  readonly outputs: Named<Stored>;
  readonly grads: Named<Stored>;
}

const file = new URL("../../../../shared/golden/seeds.json", import.meta.url);
const present = existsSync(file);
const cases: readonly Case[] = present ? (JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] }).cases : [];
if (!present) console.log(`seeds: no file ${file.pathname}, reference cases skipped`);

/** The cases of these names, for `test.each`; none when the file is absent. */
function named(...names: string[]): [string, Case][] {
  return cases.filter(({ name }) => names.includes(name)).map((each) => [each.name, each]);
}

function load(stored: Named<Stored>, requiresGrad = false): Named<Tensor> {
  return Object.fromEntries(
    Object.entries(stored).map(([name, { shape, data }]) => [
      name,
      tensor(Float64Array.from(data), { shape, requiresGrad }),
    ]),
  );
}

function expectClose(got: Tensor, want: Stored, what: string, tolerance = 1e-10): void {
  expect(got.shape, what).toEqual(want.shape);
  want.data.forEach((w, i) => {
    const error = Math.abs(got.data[i] - w);
    expect(error, `${what}[${i}]: got ${got.data[i]}, want ${w}`).toBeLessThanOrEqual(tolerance * (1 + Math.abs(w)));
  });
}

describe.skipIf(!present)("graphs of Values give exactly the printed numbers", () => {
  const valuesOf = ({ inputs }: Case): Named<Value> =>
    Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, value(data[0], name)]));

  /** Checks all results and, after one backward walk, the gradients of all Values, inner ones too, to the last bit. */
  function expectExact({ outputs, grads }: Case, nodes: Named<Value>): void {
    nodes.price.backward();
    for (const [name, { data }] of Object.entries(outputs)) expect(nodes[name].data === data[0], name).toBe(true);
    for (const [name, { data }] of Object.entries(grads)) expect(nodes[name].grad === data[0], name).toBe(true);
  }

  test.each(named("buy_apple"))("%s", (_name, each) => {
    const given = valuesOf(each);
    const applePrice = mul(given.apple, given.apple_num);
    const price = mul(applePrice, given.tax);
    expectExact(each, { ...given, apple_price: applePrice, price });
    expect(price.data).toBe(220.00000000000003);
  });

  test.each(named("buy_apple_orange"))("%s", (_name, each) => {
    const given = valuesOf(each);
    const applePrice = mul(given.apple, given.apple_num);
    const orangePrice = mul(given.orange, given.orange_num);
    const allPrice = add(applePrice, orangePrice);
    const price = mul(allPrice, given.tax);
    const inner = { apple_price: applePrice, orange_price: orangePrice, all_price: allPrice, price };
    expectExact(each, { ...given, ...inner });
    expect(price.data).toBe(715.0000000000001);
  });
});

test.each(named("three_layer"))("%s", (_name, { inputs, params, outputs }) => {
  const { x } = load(inputs);
  const { W1, b1, W2, b2, W3, b3 } = load(params);
  const a1 = add(matmul(x, W1), b1);
  const z1 = sigmoid(a1);
  const a2 = add(matmul(z1, W2), b2);
  const z2 = sigmoid(a2);
  const y = add(matmul(z2, W3), b3);
  for (const [name, got] of Object.entries({ a1, z1, a2, z2, y })) expectClose(got, outputs[name], name);
});

test.each(named("softmax_small", "softmax_large"))("%s", (_name, { inputs, outputs }) => {
  const out = softmax(load(inputs).input, { axis: 0 });
  expectClose(out, outputs.out, "out");
  expectClose(sum(out), outputs.sum, "sum");
});

test.each(named("loss_example_1", "loss_example_2"))("%s", (_name, { attrs, inputs, outputs, grads }) => {
  const { y, t } = { ...load(inputs), ...load({ y: inputs.y }, true) };
  const losses = {
    half_sum_squares: mul(sum(square(sub(y, t))), 0.5),
    cross_entropy: sum(mul(t, log(add(y, attrs.delta as number)))).neg(),
  };
  for (const [name, loss] of Object.entries(losses)) {
    expectClose(loss, outputs[name], name);
    expectClose(gradients(loss, [y])[0], grads[`${name}.y`], `gradient of ${name}`);
  }
});

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

/** Two steps of an LSTM; everything by name and time, `f.1`, `c.2` and so on, and before the activation `f.1.sum`. */
function unroll(weights: Named<Tensor>, x: Tensor, steps: number): Record<string, Tensor> {
  const nodes: Record<string, Tensor> = {};
  for (const name of ["f", "i", "ct", "o", "c", "h"]) nodes[`${name}.0`] = zeros([2], { dtype: "float64" });
  for (let t = 1; t <= steps; t++) {
    const [before, now] = [nodes[`h.${t - 1}`], slice(x, t - 1)];
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

describe.each(named("lstm_listing"))("%s", (_name, each) => {
  const { attrs, inputs, params, outputs, grads } = each;
  const weights = load(params, true);
  const x = load(inputs, true).x;
  const steps = attrs.steps as number;
  const nodes = unroll(weights, x, steps);
  const loss = sum(mul(nodes[`h.${steps}`], tensor(Float64Array.of(1, 2))));
  const at = (name: string, of: readonly Node[]): Tensor[] => {
    expect(of.length, name).toBeGreaterThan(0);
    return gradients(loss, of, { retainGraph: true, allowUnused: true }) as Tensor[];
  };

  test("gives the gates, cells and outputs of both steps", () => {
    for (const name of ["f", "i", "ct", "c", "o", "h"]) {
      for (let t = 0; t <= steps; t++) {
        const row = (stored: Stored): Stored => ({ shape: [2], data: stored.data.slice(2 * t, 2 * t + 2) });
        expectClose(nodes[`${name}.${t}`], row(outputs[name]), `${name}.${t}`);
        expectClose(nodes[`${name}.${t}`], row(outputs[`printed.${name}`]), `printed ${name}.${t}`, 1e-8);
      }
    }
    expectClose(loss, outputs.loss, "loss");
  });

  test("gives the true gradients of weights, inputs and every inner value", () => {
    const all: Named<Tensor> = { ...weights, ...nodes, x };
    const names = Object.keys(grads);
    at(
      "grads",
      names.map((name) => all[name]),
    ).forEach((g, i) => expectClose(g, grads[names[i]], names[i]));
  });

  test("gives the printed gradients, where those are right", () => {
    const right = attrs.printed_right as string[];
    const weightsOf = right.filter((name) => name.endsWith("Grad"));
    at(
      "weights",
      weightsOf.map((name) => weights[name.slice(0, -"Grad".length)]),
    ).forEach((g, i) => expectClose(g, outputs[`printed.${weightsOf[i]}`], weightsOf[i], 1e-8));
    for (const name of right.filter((other) => other.startsWith("delta"))) {
      const printed = outputs[`printed.${name}`].data;
      for (let t = 1; t <= steps; t++) {
        const [g] = at(name, [nodes[`${name.slice("delta".length).toLowerCase()}.${t}.sum`]]);
        expectClose(g, { shape: [2], data: printed.slice(2 * t, 2 * t + 2) }, `${name} at ${t}`, 1e-8);
      }
    }
  });
});

test("every case but im2col is tested above (no cases where the file is absent)", () => {
  const tested =
    "buy_apple buy_apple_orange three_layer softmax_small softmax_large loss_example_1 loss_example_2 lstm_listing";
  const names = cases.map(({ name }) => name).filter((name) => !name.startsWith("im2col"));
  expect(names).toEqual(present ? tested.split(" ") : []);
});
