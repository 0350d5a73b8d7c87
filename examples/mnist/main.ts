/**
 * Reads handwritten digits in sixty lines: a folder with MNIST as argument, or synthetic digits without one.
 */
// smoke: --quick
import { argmax, manualSeed, data, nn, noGrad, optim, type Tensor, train } from "adjoint";

const quick = process.argv.includes("--quick");
const folder = process.argv.slice(2).find((argument) => !argument.startsWith("--"));

// 1. Data: images of 28 by 28 bytes become rows of 784 numbers from 0 to 1; labels are 0 to 9.
const digits = folder
  ? await data.loadMnist(folder)
  : { train: data.digits(6000, { seed: 1 }), test: data.digits(1000, { seed: 2 }) };
const rows = ({ images, labels }: data.LabelledImages) =>
  new data.TensorDataset(data.scaleImages(images, { flatten: true }), labels);
const batches = new data.DataLoader(rows(digits.train), { batchSize: 100, shuffle: true, seed: 1 });
const testBatches = new data.DataLoader(rows(digits.test), { batchSize: 1000 });

// 2. Model: the seed fixes its first weights, and so the whole run.
manualSeed(1);
const model = new nn.Sequential(new nn.Linear(784, 50), new nn.ReLU(), new nn.Linear(50, 10));
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });

// 3. One step: compute the loss, walk back, move every weight against its gradient.
function step(x: Tensor, labels: Tensor): number {
  const loss = nn.crossEntropy(model.forward(x), labels);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss.item();
}

// 4. The share of test digits it reads right; nothing is recorded for gradients here.
function testAccuracy(): number {
  return noGrad(() => {
    const predicted: number[] = [];
    const expected: number[] = [];
    for (const [x, labels] of testBatches) {
      predicted.push(...argmax(model.forward(x), { axis: 1 }).data);
      expected.push(...labels.data);
    }
    return train.accuracy(predicted, expected);
  });
}

// 5. Training: every epoch sees all digits once, in a new order.
const epochs = quick ? 1 : 5;
for (let epoch = 1; epoch <= epochs; epoch++) {
  let total = 0;
  for (const [x, labels] of batches) total += step(x, labels);
  const loss = (total / batches.length).toFixed(4);
  console.log(`epoch ${epoch}: loss ${loss}, test accuracy ${testAccuracy().toFixed(4)}`);
}
