/** Peak memory and time of a gradient of a 32-layer MLP, with and without checkpoints over stretches of its layers. */
import { setThreads } from "@adjoint/kernels";
import { checkpoint, Generator, manualSeed, nn, type Tensor } from "adjoint";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { measure, milliseconds } from "./measure.js";

const LAYERS = 32;
const STRETCH = 4;
const WIDTH = 512;

setThreads(1);
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

manualSeed(1);
const layers = Array.from({ length: LAYERS }, () => new nn.Linear(WIDTH, WIDTH));
const parameters = layers.flatMap((layer) => layer.parameters());
const input = new Generator(1).normal([WIDTH, WIDTH]);

/** Bytes of arrays that are alive. A second collection waits until what the first one found has been freed. */
function alive(): number {
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

let peak = 0;
let sampling = false;

/** Called after every layer, forward and backward: what is alive then, garbage collected. */
function sample(): void {
  if (!sampling) return;
  peak = Math.max(peak, alive());
}

function through(x: Tensor, from: number, to: number): Tensor {
  let y = x;
  for (const layer of layers.slice(from, to)) {
    y = layer.forward(y).tanh();
    sample();
    if (y.requiresGrad && sampling) y.registerHook(sample);
  }
  return y;
}

const plain = (): Tensor => through(input, 0, LAYERS);
const stretches = Array.from({ length: LAYERS / STRETCH }, (_, i) =>
  checkpoint((x: Tensor) => through(x, i * STRETCH, (i + 1) * STRETCH)),
);
const thrifty = (): Tensor => stretches.reduce((x, stretch) => stretch(x), input);

function step(forward: () => Tensor): void {
  for (const parameter of parameters) parameter.grad = null;
  forward().square().sum().backward();
}

function peakOf(forward: () => Tensor): number {
  step(forward);
  const before = alive();
  peak = 0;
  sampling = true;
  step(forward);
  sampling = false;
  return (peak - before) / 2 ** 20;
}

const [all, some] = [peakOf(plain), peakOf(thrifty)];
console.log(`${LAYERS} layers of ${WIDTH}, batch ${WIDTH}: peak above parameters and gradients`);
console.log(`  everything kept                            ${all.toFixed(1)} MB`);
console.log(
  `  checkpoints over ${STRETCH} layers                  ${some.toFixed(1)} MB, ${(some / all).toFixed(2)} times that`,
);
measure("the step", [
  { name: "everything kept", work: 1, run: () => step(plain), show: milliseconds },
  { name: `checkpoints over ${STRETCH} layers`, work: 1, run: () => step(thrifty), show: milliseconds },
]);
