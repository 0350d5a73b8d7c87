/**
 * Tells the arms of a spiral apart, once with sigmoid and once with ReLU, and draws where each network decides what.
 */
import { argmax, data, fromTypedArray, manualSeed, nn, noGrad, optim, type Tensor, train, viz } from "adjoint";

const EPOCHS = 1000;
const { x, y } = data.spiral({ pointsPerClass: 100, seed: 1 });

await data.makeDirectory("out");
const losses: Record<string, number[]> = {};

for (const Activation of [nn.Sigmoid, nn.ReLU]) {
  manualSeed(0);
  const name = Activation.name;
  const model = new nn.Sequential(
    new nn.Linear(2, 50),
    new Activation(),
    new nn.Linear(50, 50),
    new Activation(),
    new nn.Linear(50, 3),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });

  losses[name] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const loss = nn.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses[name].push(loss.item());
  }

  const classes = (points: Tensor): Tensor => noGrad(() => argmax(model.forward(points), { axis: 1 }));
  const classify = (places: Float32Array): Tensor => classes(fromTypedArray(places, [places.length / 2, 2]));

  const accuracy = train.accuracy(classes(x), y);
  console.log(`${name.padEnd(8)} loss ${losses[name][EPOCHS - 1].toFixed(4)}, accuracy ${accuracy.toFixed(4)}`);
  const file = `out/spiral-${name.toLowerCase()}.svg`;
  await data.writeBytes(file, viz.decisionSvg({ points: x, labels: y, classify, title: `The spiral, ${name}` }));
}

await data.writeBytes(
  "out/spiral-loss.svg",
  await viz.curvesSvg(losses, { title: "Loss on the spiral", xLabel: "epoch", yLabel: "loss" }),
);
console.log("The pictures are out/spiral-sigmoid.svg, out/spiral-relu.svg and out/spiral-loss.svg");
