import { join } from "node:path";
import { data, io, type nn, train, viz } from "adjoint";
import { type Examples, SIDE } from "./data.js";
import type { RunOptions } from "./options.js";
import type { Predictions, Score } from "./training.js";

/** The scores of each epoch, on the training and on the test examples. */
export interface EpochScores {
  readonly training: Score;
  readonly test: Score;
}

const MISTAKES = 24;

/** The result for a reader: the share of test images read rightly, and which digits were taken for which. */
export function describeResult(predictions: Predictions, test: Examples): string {
  const labels = test.labels.data;
  const right = Math.round(predictions.accuracy * labels.length);
  const matrix = train.confusionMatrix(predictions.classes, labels, 10);
  const accuracy = `test accuracy ${(100 * predictions.accuracy).toFixed(2)}% (${right} of ${labels.length})`;
  return `\n${accuracy}\n\n${train.confusionTable(matrix)}\n`;
}

/** Writes curves, model, history and the worst mistakes; gives the paths. */
export async function writeResults(
  options: RunOptions,
  model: nn.Module,
  scores: readonly EpochScores[],
  predictions: Predictions,
  test: Examples,
): Promise<string[]> {
  const history = {
    trainLoss: scores.map((epoch) => epoch.training.loss),
    testLoss: scores.map((epoch) => epoch.test.loss),
    trainAccuracy: scores.map((epoch) => epoch.training.accuracy),
    testAccuracy: scores.map((epoch) => epoch.test.accuracy),
  };
  const path = (name: string): string => join(options.out, name);
  await data.writeBytes(path("curves.svg"), await viz.learningCurvesSvg(history));
  await io.saveSafetensors(path("model.safetensors"), model.stateDict());
  await data.writeBytes(path("history.json"), `${JSON.stringify({ options, ...history }, null, 2)}\n`);
  const written = ["curves.svg", "model.safetensors", "history.json"];
  const mistakes = drawMistakes(predictions, test);
  if (mistakes !== null) {
    await data.writeBytes(path("mistakes.svg"), mistakes);
    written.push("mistakes.svg");
  }
  return written.map(path);
}

/** The wrongly read images to whose true digit the network gave the least probability; null where none is wrong. */
function drawMistakes(predictions: Predictions, test: Examples): string | null {
  const labels = test.labels.data;
  const wrong = Array.from(labels, (_, index) => index)
    .filter((index) => predictions.classes[index] !== labels[index])
    .sort((a, b) => predictions.confidence[a] - predictions.confidence[b])
    .slice(0, MISTAKES);
  if (wrong.length === 0) return null;
  const pixels = wrong.flatMap((index) =>
    Array.from({ length: SIDE * SIDE }, (_, pixel) => test.pixels[index * SIDE * SIDE + pixel]),
  );
  return viz.imagesSvg(pixels, {
    height: SIDE,
    width: SIDE,
    title: "The worst mistakes: true digit → answer",
    captions: wrong.map((index) => `${labels[index]} → ${predictions.classes[index]}`),
  });
}
