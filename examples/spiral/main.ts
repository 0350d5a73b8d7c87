/**
 * Tells the arms of a spiral apart, once with sigmoid and once with ReLU, and draws where each network decides what.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { argmax, data, fromTypedArray, manualSeed, nn, noGrad, optim, train, viz } from "adjoint";

const EPOCHS = 1000;
const { x, y } = data.spiral({ pointsPerClass: 100, seed: 1 });

await mkdir("out", { recursive: true });
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

  const classify = (points: Float32Array): Int32Array =>
    noGrad(() => argmax(model.forward(fromTypedArray(points, [points.length / 2, 2])), { axis: 1 })).data as Int32Array;

  const accuracy = train.accuracy(classify(x.data as Float32Array), y.data);
  console.log(`${name.padEnd(8)} loss ${losses[name][EPOCHS - 1].toFixed(4)}, accuracy ${accuracy.toFixed(4)}`);
  const file = `out/spiral-${name.toLowerCase()}.svg`;
  await writeFile(file, viz.decisionSvg({ points: x.data, labels: y.data, classify, title: `The spiral, ${name}` }));
}

await writeFile(
  "out/spiral-loss.svg",
  viz.curvesSvg(losses, { title: "Loss on the spiral", xLabel: "epoch", yLabel: "loss" }),
);
console.log("The pictures are out/spiral-sigmoid.svg, out/spiral-relu.svg and out/spiral-loss.svg");
