/** Resident memory over 10,000 eager training steps, with nothing freed by hand. */
import { Generator, manualSeed, nn, optim, tensor } from "adjoint";

manualSeed(1);
const generator = new Generator(1);
const labels = tensor(Int32Array.from({ length: 100 }, (_, i) => i % 10));
const model = new nn.Sequential(new nn.Linear(784, 50), new nn.ReLU(), new nn.Linear(50, 10));
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
const resident = (): number => process.memoryUsage().rss / 2 ** 20;

let reference = 0;
for (let step = 1; step <= 10_000; step++) {
  const loss = nn.crossEntropy(model.forward(generator.uniform([100, 784])), labels);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  if (step === 1000) reference = resident();
  if (step % 1000 === 0) console.log(`step ${String(step).padStart(6)}: ${resident().toFixed(1)} MB`);
}
console.log(`the end is ${(resident() / reference).toFixed(3)} times step 1000`);
