import { setImmediate } from "node:timers/promises";
import { argmax, data, nn, noGrad, softmax, type optim, train, type Tensor } from "adjoint";
import type { Examples } from "./data.js";

/** Batches of images `[batch, 1, 28, 28]` and labels `[batch]`. */
export type Batches = Iterable<readonly [x: Tensor, labels: Tensor]>;

/** Means over the examples seen. */
export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

/** What the network says about examples: the class it chooses, and the probability it gives to the true one. */
export interface Predictions extends Score {
  readonly classes: ArrayLike<number>;
  readonly confidence: ArrayLike<number>;
}

/** One pass over the training examples, in a new order. The score is that of each batch before its step. */
export async function trainEpoch(
  model: nn.Module,
  optimizer: optim.SGD | optim.Adam,
  batches: Batches,
  progress: train.ProgressBar,
  signal: AbortSignal,
): Promise<Score> {
  model.train();
  let [seen, loss, right] = [0, 0, 0];
  for (const [x, labels] of batches) {
    const logits = model.forward(x);
    const batchLoss = nn.crossEntropy(logits, labels);
    optimizer.zeroGrad();
    batchLoss.backward();
    optimizer.step();

    const count = labels.size;
    seen += count;
    loss += batchLoss.item() * count;
    right += train.accuracy(argmax(logits, { axis: 1 }).data, labels.data) * count;
    if (!Number.isFinite(loss)) throw new Error("the loss is no longer finite; give a smaller --lr");
    progress.update(seen, { loss: loss / seen, accuracy: right / seen });
    await setImmediate(); // Lets an interrupt in.
    signal.throwIfAborted();
  }
  return { loss: loss / seen, accuracy: right / seen };
}

const EVALUATION_BATCH = 500;

/** What the network makes of examples it does not learn from. */
export async function predict(model: nn.Module, examples: Examples, signal: AbortSignal): Promise<Predictions> {
  model.eval();
  const classes: number[] = [];
  const confidence: number[] = [];
  let loss = 0;
  const dataset = new data.TensorDataset(examples.x, examples.labels);
  for (const [x, labels] of new data.DataLoader(dataset, { batchSize: EVALUATION_BATCH })) {
    const logits = noGrad(() => model.forward(x));
    loss += nn.crossEntropy(logits, labels).item() * labels.size;
    classes.push(...argmax(logits, { axis: 1 }).data);
    confidence.push(...trueProbabilities(logits, labels));
    await setImmediate();
    signal.throwIfAborted();
  }
  return {
    classes,
    confidence,
    loss: loss / classes.length,
    accuracy: train.accuracy(classes, examples.labels.data),
  };
}

function trueProbabilities(logits: Tensor, labels: Tensor): number[] {
  const probabilities = softmax(logits, { axis: 1 }).data;
  return Array.from(labels.data, (label, row) => probabilities[row * logits.shape[1] + label]);
}
