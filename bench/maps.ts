/**
 * Elementwise programs over 10⁶ floats through the public `compileMap`, copies into and out of WebAssembly's memory
 * included, against a loop over `Math`.
 *
 * Run: `npx tsc -b bench && node bench/dist/maps.js`. For each program it prints milliseconds (mean and best of the
 * samples), the same for the loop, and the ratio of the best times.
 */
import { compileMap, type MapOp, type MapStep } from "@adjoint/kernels";
import Benchmark from "benchmark";

const LENGTH = 1_000_000;

interface Program {
  readonly name: string;
  readonly inputs: number;
  readonly steps: readonly MapStep[];
  readonly loop: (x: Float32Array, y: Float32Array, out: Float32Array) => void;
}

const unary = (op: MapOp): MapStep[] => [{ op, args: [0] }];
const constant = (value: number): MapStep => ({ op: "constant", args: [], value });

const programs: readonly Program[] = [
  {
    name: "tanh(a·x + b)",
    inputs: 1,
    steps: [
      constant(1.5),
      constant(0.25),
      { op: "mul", args: [1, 0] },
      { op: "add", args: [3, 2] },
      { op: "tanh", args: [4] },
    ],
    loop: (x, _, out) => {
      for (let i = 0; i < out.length; i++) out[i] = Math.tanh(1.5 * x[i] + 0.25);
    },
  },
  {
    name: "exp(x)",
    inputs: 1,
    steps: unary("exp"),
    loop: (x, _, out) => {
      for (let i = 0; i < out.length; i++) out[i] = Math.exp(x[i]);
    },
  },
  {
    name: "log(|x|)",
    inputs: 1,
    steps: [
      { op: "abs", args: [0] },
      { op: "log", args: [1] },
    ],
    loop: (x, _, out) => {
      for (let i = 0; i < out.length; i++) out[i] = Math.log(Math.abs(x[i]));
    },
  },
  {
    name: "1/(1 + exp(-x))",
    inputs: 1,
    steps: [
      constant(1),
      { op: "neg", args: [0] },
      { op: "exp", args: [2] },
      { op: "add", args: [1, 3] },
      { op: "div", args: [1, 4] },
    ],
    loop: (x, _, out) => {
      for (let i = 0; i < out.length; i++) out[i] = 1 / (1 + Math.exp(-x[i]));
    },
  },
  {
    name: "sin(x)",
    inputs: 1,
    steps: unary("sin"),
    loop: (x, _, out) => {
      for (let i = 0; i < out.length; i++) out[i] = Math.sin(x[i]);
    },
  },
  {
    name: "pow(|x|, y)",
    inputs: 2,
    steps: [
      { op: "abs", args: [0] },
      { op: "pow", args: [2, 1] },
    ],
    loop: (x, y, out) => {
      for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]) ** y[i];
    },
  },
  {
    // JavaScript has no erf: the loop uses a formula of similar accuracy.
    name: "erf(x)",
    inputs: 1,
    steps: unary("erf"),
    loop: (x, _, out) => {
      for (let i = 0; i < out.length; i++) out[i] = approximateErf(x[i]);
    },
  },
  {
    name: "x + y",
    inputs: 2,
    steps: [{ op: "add", args: [0, 1] }],
    loop: (x, y, out) => {
      for (let i = 0; i < out.length; i++) out[i] = x[i] + y[i];
    },
  },
];

/** erf to 1.5·10⁻⁷ (Abramowitz and Stegun, 7.1.26). */
function approximateErf(x: number): number {
  const magnitude = Math.abs(x);
  const t = 1 / (1 + 0.3275911 * magnitude);
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-magnitude * magnitude));
}

/** Milliseconds of one call: mean and best of the samples. */
function time(run: () => void): { mean: number; best: number } {
  const { stats } = new Benchmark(run, { maxTime: 0.5, minSamples: 20 }).run();
  return { mean: 1e3 * stats.mean, best: 1e3 * Math.min(...stats.sample) };
}

const x = Float32Array.from({ length: LENGTH }, (_, i) => 4 * Math.sin(i * 12.9898));
const y = Float32Array.from({ length: LENGTH }, (_, i) => 2 * Math.cos(i * 78.233));

console.log(`Node ${process.version}, ${LENGTH} floats, ms: mean (best)`);
for (const { name, inputs, steps, loop } of programs) {
  const operands = [x, y].slice(0, inputs);
  const output = new Float32Array(LENGTH);
  const outputs = [inputs + steps.length - 1];
  const kernel = compileMap(
    { inputs, steps, outputs },
    operands.map(() => "vector"),
    "float32",
  );
  if (!kernel) throw new Error("this engine has no WebAssembly SIMD");
  const strides = operands.map(() => LENGTH);
  const simd = time(() => kernel.run(operands, strides, 1, LENGTH, [output]));
  const plain = time(() => loop(x, y, output));
  const show = ({ mean, best }: { mean: number; best: number }): string =>
    `${mean.toFixed(2).padStart(7)} (${best.toFixed(2)})`.padEnd(16);
  console.log(`${name.padEnd(17)} map ${show(simd)} Math ${show(plain)} ${(plain.best / simd.best).toFixed(1)}x`);
}
