/**
 * Trains a residual network of eight layers (He et al., 2015, arXiv:1512.03385) on small synthetic digits.
 */
// smoke: --epochs 1
import { add, argmax, data, manualSeed, nn, noGrad, optim, relu, type Tensor, train } from "adjoint";

const given = process.argv.indexOf("--epochs");
const EPOCHS = given < 0 ? 5 : Number(process.argv[given + 1]);

/** A convolution of 3 by 3 that keeps the size (or, with stride 2, halves it), normalised: the bias is that of the normalisation. */
const convolution = (from: number, to: number, stride = 1): nn.Sequential =>
  new nn.Sequential(new nn.Conv2d(from, to, 3, { stride, padding: 1, bias: false }), new nn.BatchNorm2d(to));

/** `relu(f(x) + x)`: two convolutions learn what is to be added to x. Where the shape changes, so does x, by a convolution of 1 by 1. */
class Block extends nn.Module {
  readonly first: nn.Sequential;
  readonly second: nn.Sequential;
  readonly shortcut: nn.Module;

  constructor(from: number, to: number, stride: number) {
    super();
    this.first = convolution(from, to, stride);
    this.second = convolution(to, to);
    this.shortcut =
      from === to && stride === 1
        ? new nn.Identity()
        : new nn.Sequential(new nn.Conv2d(from, to, 1, { stride, bias: false }), new nn.BatchNorm2d(to));
  }

  forward(x: Tensor): Tensor {
    const residual = this.second.forward(relu(this.first.forward(x)));
    return relu(add(residual, this.shortcut.forward(x)));
  }
}

// 1. Data: images of 16 by 16 with one channel, from 0 to 1.
const images = (count: number, seed: number): data.TensorDataset<[Tensor, Tensor]> => {
  const drawn = data.digits(count, { size: 16, seed });
  return new data.TensorDataset(data.scaleImages(drawn.images).unsqueeze(1), drawn.labels);
};
const batches = new data.DataLoader(images(2000, 1), { batchSize: 50, shuffle: true, seed: 1 });
const testBatches = new data.DataLoader(images(500, 2), { batchSize: 250 });

// 2. Model: a convolution, three stages of one block each, in which images shrink and channels double, and the mean over all places.
manualSeed(1);
const model = new nn.Sequential(
  convolution(1, 8),
  new nn.ReLU(),
  new Block(8, 8, 1),
  new Block(8, 16, 2),
  new Block(16, 32, 2),
  new nn.AvgPool2d(4),
  new nn.Flatten(),
  new nn.Linear(32, 10),
);
const size = model.parameters().reduce((total, { size: n }) => total + n, 0);
console.log(`${size} numbers in ${model.parameters().length} parameters`);

// 3. Training as in the paper, momentum and weight decay, with a rate that falls along a cosine.
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 1e-4 });
const schedule = new optim.CosineAnnealingLR(optimizer, EPOCHS * batches.length);

function step(x: Tensor, labels: Tensor): number {
  const loss = nn.crossEntropy(model.forward(x), labels);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  schedule.step();
  return loss.item();
}

/** The share of test digits it reads right, with the running statistics of the training. */
function testAccuracy(): number {
  model.eval();
  const [predicted, expected]: [number[], number[]] = [[], []];
  for (const [x, labels] of testBatches) {
    predicted.push(...noGrad(() => argmax(model.forward(x), { axis: 1 })).data);
    expected.push(...labels.data);
  }
  model.train();
  return train.accuracy(predicted, expected);
}

for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  let total = 0;
  for (const [x, labels] of batches) total += step(x, labels);
  const loss = (total / batches.length).toFixed(4);
  console.log(`epoch ${epoch}: loss ${loss}, test accuracy ${testAccuracy().toFixed(4)}`);
}
