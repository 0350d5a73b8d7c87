import { Generator, matmul, mul, Parameter, sum, type Tensor, tensor, transpose } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { Adafactor, LAMB, Lion, Muon, NAdam, type Optimizer, RAdam } from "./index.js";

/** A matrix or vector of numbers, and what one optimizer makes of it in step `t` with gradient `g`: the papers, number by number. */
type Rows = readonly (readonly number[])[];
type Reference = () => (p: Rows, g: Rows, t: number) => Rows;

const map2 = (a: Rows, b: Rows, f: (x: number, y: number) => number): Rows =>
  a.map((row, i) => row.map((x, j) => f(x, b[i][j])));
const map3 = (a: Rows, b: Rows, c: Rows, f: (x: number, y: number, z: number) => number): Rows =>
  a.map((row, i) => row.map((x, j) => f(x, b[i][j], c[i][j])));
const all = (a: Rows): number[] => a.flat();
const length = (a: Rows): number => Math.hypot(...all(a));
const rms = (a: Rows): number => length(a) / Math.sqrt(all(a).length);
const average = (x: readonly number[]): number => x.reduce((total, y) => total + y, 0) / x.length;
const zerosOf = (a: Rows): Rows => a.map((row) => row.map(() => 0));
const columnsOf = (a: Rows): Rows => a[0].map((_, j) => a.map((row) => row[j]));

/** The first and second moment, and the step of Adam with them. */
function moments(beta1: number, beta2: number): (g: Rows) => { readonly m: Rows; readonly v: Rows } {
  let [m, v]: [Rows | null, Rows | null] = [null, null];
  return (g) => {
    m = map2(m ?? zerosOf(g), g, (x, y) => beta1 * x + (1 - beta1) * y);
    v = map2(v ?? zerosOf(g), g, (x, y) => beta2 * x + (1 - beta2) * y * y);
    return { m, v };
  };
}

const lion: Reference = () => {
  let m: Rows | null = null;
  return (p, g) => {
    const before = m ?? zerosOf(g);
    m = map2(before, g, (x, y) => 0.99 * x + 0.01 * y);
    return map3(p, before, g, (x, b, y) => x - 0.03 * (Math.sign(0.9 * b + (1 - 0.9) * y) + 0.1 * x));
  };
};

const lamb: Reference = () => {
  const next = moments(0.9, 0.999);
  return (p, g, t) => {
    const { m, v } = next(g);
    const u = map3(m, v, p, (a, b, x) => a / (1 - 0.9 ** t) / (Math.sqrt(b / (1 - 0.999 ** t)) + 1e-6) + 0.1 * x);
    return map2(p, u, (x, y) => x - 0.03 * (length(p) / length(u)) * y);
  };
};

const adafactor: Reference = () => {
  let [rows, columns]: [number[], number[]] = [[], []];
  return (p, g, t) => {
    const share = t ** -0.8;
    const mixed = (kept: readonly number[], lines: Rows): number[] =>
      lines.map((line, i) => (1 - share) * (kept[i] ?? 0) + share * average(line.map((x) => x * x)));
    [rows, columns] = [mixed(rows, g), mixed(columns, columnsOf(g))];
    const u = g.map((row, i) => row.map((x, j) => x / Math.sqrt((rows[i] * columns[j]) / average(rows))));
    const rate = (Math.max(1e-3, rms(p)) * Math.min(0.2, 1 / Math.sqrt(t))) / Math.max(1, rms(u));
    return map2(p, u, (x, y) => x * (1 - 0.2 * 0.1) - rate * y);
  };
};

const muon: Reference = () => {
  let b: Rows | null = null;
  return (p, g) => {
    b = map2(b ?? zerosOf(g), g, (x, y) => 0.95 * x + (1 - 0.95) * y);
    let X = tensor(map2(g, b, (x, y) => (1 - 0.95) * x + 0.95 * y) as number[][], { dtype: "float64" });
    X = X.div(Math.hypot(...X.data));
    for (let k = 0; k < 5; k++) {
      const A = matmul(X, transpose(X));
      X = X.mul(3.4445).add(matmul(A.mul(-4.775).add(matmul(A, A).mul(2.0315)), X));
    }
    const ratio = Math.sqrt(Math.max(1, p.length / p[0].length));
    return map2(p, X.toArray() as number[][], (x, y) => x * (1 - 0.03 * 0.1) - 0.03 * ratio * y);
  };
};

const nadam: Reference = () => {
  const next = moments(0.9, 0.999);
  const mu = (t: number): number => 0.9 * (1 - 0.5 * 0.96 ** (t * 4e-3));
  let product = 1;
  return (p, g, t) => {
    const { m, v } = next(map2(g, g, (x) => -x));
    product *= mu(t);
    const gradientRate = (0.03 * (1 - mu(t))) / (1 - product);
    const meanRate = (0.03 * mu(t + 1)) / (1 - product * mu(t + 1));
    const u = map3(g, m, v, (y, a, b) => (-gradientRate * y + meanRate * a) / (Math.sqrt(b / (1 - 0.999 ** t)) + 1e-8));
    return map2(p, u, (x, y) => x * (1 - 0.03 * 0.1) - y);
  };
};

const radam: Reference = () => {
  const next = moments(0.9, 0.99);
  const longest = 2 / (1 - 0.99) - 1;
  return (p, g, t) => {
    const { m, v } = next(map2(g, g, (x) => -x));
    const span = longest - (2 * t * 0.99 ** t) / (1 - 0.99 ** t);
    const rectified = Math.sqrt(((span - 4) * (span - 2) * longest) / ((longest - 4) * (longest - 2) * span));
    const scale = (y: number): number =>
      span > 5 ? (rectified * Math.sqrt(1 - 0.99 ** t)) / (Math.sqrt(y) + 1e-8) : 1;
    return map3(p, m, v, (x, a, b) => x * (1 - 0.03 * 0.1) - (0.03 * a * scale(b)) / (1 - 0.9 ** t));
  };
};

const decoupled = { lr: 0.03, weightDecay: 0.1, decoupledWeightDecay: true, maximize: true };
const cases: readonly (readonly [name: string, make: (p: Parameter[]) => Optimizer, reference: Reference])[] = [
  ["Lion", (p) => new Lion(p, { lr: 0.03, weightDecay: 0.1 }), lion],
  ["LAMB", (p) => new LAMB(p, { lr: 0.03, weightDecay: 0.1 }), lamb],
  ["Adafactor", (p) => new Adafactor(p, { lr: 0.2, weightDecay: 0.1 }), adafactor],
  ["Muon", (p) => new Muon(p, { lr: 0.03 }), muon],
  ["NAdam, which climbs, with weight decay beside the gradient,", (p) => new NAdam(p, decoupled), nadam],
  [
    "RAdam, which climbs, with weight decay beside the gradient,",
    (p) => new RAdam(p, { ...decoupled, betas: [0.9, 0.99] }),
    radam,
  ],
];

describe("what PyTorch 1.13 lacks", () => {
  test.each(cases)("%s computes what its paper and PyTorch's later versions do", (_name, make, reference) => {
    const generator = new Generator(3);
    const normal = (): Tensor => generator.normal([4, 3], 0, 1, { dtype: "float64" });
    const parameter = new Parameter(normal());
    const optimizer = make([parameter]);
    const step = reference();
    let p = parameter.toArray() as number[][] as Rows;
    for (let t = 1; t <= 12; t++) {
      optimizer.zeroGrad();
      sum(mul(mul(parameter, parameter), normal())).backward();
      p = step(p, parameter.grad?.toArray() as number[][], t);
      optimizer.step();
      all(p).forEach((x, i) => expect(parameter.data[i]).toBeCloseTo(x, 11));
    }
  });
});

test("Adafactor keeps the squares of a vector one by one", () => {
  const x = new Parameter(tensor([3, -0.5], { dtype: "float64" }));
  const optimizer = new Adafactor([x], { lr: 0.1, d: 1 });
  let [p, v]: [number[], number[]] = [
    [3, -0.5],
    [0, 0],
  ];
  for (let t = 1; t <= 5; t++) {
    const g = p.map((y) => Math.cos(y * t));
    x.grad = tensor(g, { dtype: "float64" });
    optimizer.step();
    v = v.map((y, i) => y + t ** -0.8 * (g[i] * g[i] - y));
    const u = g.map((y, i) => y / Math.sqrt(v[i]));
    const rate = (rms([p]) * Math.min(0.1, 1 / Math.sqrt(t))) / Math.max(1, rms([u]));
    p = p.map((y, i) => y - rate * u[i]);
    p.forEach((y, i) => expect(x.data[i]).toBeCloseTo(y, 12));
  }
  expect(Object.keys(optimizer.stateDict().state[0])).toEqual(["step", "variance"]);
});
