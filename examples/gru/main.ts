/**
 * Tells the periods of noisy waves of 24 to 60 steps apart with a gated recurrent unit, which reads each to its own end.
 */
import {
  add,
  arange,
  argmax,
  data,
  div,
  Generator,
  manualSeed,
  mul,
  nn,
  noGrad,
  optim,
  randint,
  sin,
  type Tensor,
  tensor,
  train,
  unsqueeze,
} from "adjoint";

const EPOCHS = 10;
const PERIODS = [4, 5.5, 7.5, 10, 14];
const [SHORTEST, LONGEST] = [24, 60];
const SIZE = 32;

const generator = new Generator(1);

/** Waves `[count, time, 1]`, the class of each, and its length: what comes after it is noise of no meaning. */
function waves(count: number): [x: Tensor, y: Tensor, lengths: Tensor] {
  const y = randint(0, PERIODS.length, [count], { generator });
  const lengths = randint(SHORTEST, LONGEST + 1, [count], { generator });
  const periods = mul(tensor(PERIODS).indexSelect(y, 0), generator.uniform([count], 0.92, 1.08));
  const [phases, heights] = [generator.uniform([count, 1], 0, 2 * Math.PI), generator.uniform([count, 1], 0.6, 1.4)];
  const angles = mul(div(2 * Math.PI, unsqueeze(periods, 1)), arange(LONGEST));
  const noise = generator.normal([count, LONGEST], 0, 0.4);
  return [unsqueeze(add(mul(heights, sin(add(angles, phases))), noise), 2), y, lengths];
}

class Listener extends nn.Module<[x: Tensor, lengths: Tensor]> {
  readonly gru = new nn.GRU(1, SIZE, { batchFirst: true });
  readonly output = new nn.Linear(SIZE, PERIODS.length);

  forward(x: Tensor, lengths: Tensor): Tensor {
    const [, last] = this.gru.forward(x, undefined, { lengths });
    return this.output.forward(last.select(0, 0));
  }
}

manualSeed(0);
const model = new Listener();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
const schedule = new optim.ExponentialLR(optimizer, 0.8);
const loader = new data.DataLoader(new data.TensorDataset(...waves(1500)), { batchSize: 50, shuffle: true, seed: 2 });
const [x, y, lengths] = waves(500);

let guesses = y;
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  let total = 0;
  for (const [waves, labels, ends] of loader) {
    const loss = nn.crossEntropy(model.forward(waves, ends), labels);
    optimizer.zeroGrad();
    loss.backward();
    optim.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    total += loss.item();
  }
  schedule.step();
  guesses = noGrad(() => argmax(model.forward(x, lengths), { axis: 1 }));
  const accuracy = train.accuracy(guesses, y);
  const mean = (total / loader.length).toFixed(4);
  console.log(`epoch ${String(epoch).padStart(2)}, loss ${mean}, held-out accuracy ${accuracy.toFixed(4)}`);
}
const names = PERIODS.map((period) => `period ${period}`);
console.log(train.confusionTable(train.confusionMatrix(guesses, y, PERIODS.length), names));
