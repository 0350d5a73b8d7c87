/**
 * Layers in training, float32, eager, one thread: forward and backward of one batch, and a whole step of some optimizers. `npm run bench
 * layers`, or `npm run bench layers LSTM` for the rows whose name holds "LSTM".
 */
import { setThreads } from "@adjoint/kernels";
import { Generator, nn, optim, Parameter, type Tensor, tensor } from "adjoint";
import { type Case, measure, milliseconds } from "./measure.js";

setThreads(1);
const generator = new Generator(1);

/** Forward and backward of a module, the input's gradient too. */
function training(name: string, module: nn.AnyModule, shape: readonly number[]): Case {
  const x = new Parameter(generator.normal(shape));
  const { forward } = module as nn.Module<[x: Tensor], Tensor | readonly [Tensor, unknown]>;
  const run = (): void => {
    module.zeroGrad();
    x.grad = null;
    const result = forward(x);
    const y = Array.isArray(result) ? (result as readonly [Tensor, unknown])[0] : (result as Tensor);
    y.mean().backward();
  };
  return { name, work: 1, run, show: milliseconds };
}

/** A step over two matrices of 512x512 and their biases. */
function stepping(name: string, make: (parameters: Parameter[]) => { step(): void }): Case {
  const parameters = [[512, 512], [512], [512, 512], [512]].map((shape) => {
    const parameter = new Parameter(generator.normal(shape));
    parameter.grad = generator.normal(shape);
    return parameter;
  });
  const optimizer = make(parameters);
  return { name, work: 1, run: () => optimizer.step(), show: milliseconds };
}

const layers = [
  training("Linear 512 to 512, batch 256", new nn.Linear(512, 512), [256, 512]),
  training("Conv2d 32 to 32, 3x3, [16, 32, 32, 32]", new nn.Conv2d(32, 32, 3, { padding: 1 }), [16, 32, 32, 32]),
  training("BatchNorm2d [16, 32, 32, 32]", new nn.BatchNorm2d(32), [16, 32, 32, 32]),
  training("LayerNorm [64, 128, 256]", new nn.LayerNorm(256), [64, 128, 256]),
  training("GELU [64, 128, 256]", new nn.GELU(), [64, 128, 256]),
  training("LSTM 64 to 128, [50, 32, 64]", new nn.LSTM(64, 128), [50, 32, 64]),
  training("GRU 64 to 128, [50, 32, 64]", new nn.GRU(64, 128), [50, 32, 64]),
  training(
    "TransformerEncoderLayer 128, 4 heads, [16, 64, 128]",
    new nn.TransformerEncoderLayer(128, 4, { dimFeedforward: 512, dropout: 0, batchFirst: true }),
    [16, 64, 128],
  ),
];

const steps = [
  stepping("SGD with momentum", (parameters) => new optim.SGD(parameters, { lr: 1e-4, momentum: 0.9 })),
  stepping("AdamW", (parameters) => new optim.AdamW(parameters, { lr: 1e-4 })),
  stepping("Lion", (parameters) => new optim.Lion(parameters, { lr: 1e-4 })),
  stepping("RMSprop", (parameters) => new optim.RMSprop(parameters, { lr: 1e-4 })),
  stepping(
    "Muon",
    (parameters) =>
      new optim.Muon(
        parameters.filter(({ ndim }) => ndim === 2),
        { lr: 1e-4 },
      ),
  ),
  stepping("Adafactor", (parameters) => new optim.Adafactor(parameters, { lr: 1e-4 })),
];

const scores = new Parameter(generator.normal([256, 1000]));
const labels = tensor(
  Int32Array.from({ length: 256 }, (_, i) => i),
  { shape: [256] },
);
const losses = [
  {
    name: "crossEntropy [256, 1000], forward and backward",
    work: 1,
    run: () => {
      scores.grad = null;
      nn.crossEntropy(scores, labels).backward();
    },
    show: milliseconds,
  },
];

const wanted = process.argv[2] ?? "";
const rows = [...layers, ...losses, ...steps].filter(({ name }) => name.includes(wanted));
measure("Layers and optimizers of float32, 1 thread", rows);
