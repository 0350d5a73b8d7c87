/** One training step of the network 784-50-10 on batches of 100: forward, backward and update, eager. */
import { setThreads, threads } from "@adjoint/kernels";
import { Generator, manualSeed, nn, optim, tensor } from "adjoint";
import { measure, milliseconds } from "./measure.js";

manualSeed(1);
const x = new Generator(1).uniform([100, 784]);
const labels = tensor(Int32Array.from({ length: 100 }, (_, i) => i % 10));
const model = new nn.Sequential(new nn.Linear(784, 50), new nn.ReLU(), new nn.Linear(50, 10));
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });

function step(): void {
  const loss = nn.crossEntropy(model.forward(x), labels);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}

const all = threads();
for (const count of new Set([1, all])) {
  setThreads(count);
  for (let i = 0; i < 200; i++) step();
  await new Promise((resolve) => setTimeout(resolve, 200));
  measure(`MLP 784-50-10, batch 100, SGD, ${count} thread(s)`, [
    { name: "step", work: 1, run: step, show: milliseconds },
  ]);
}
