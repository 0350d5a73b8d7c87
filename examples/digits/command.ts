import { data, manualSeed, train } from "adjoint";
import { loadDigits } from "./data.js";
import { prepareDirectory } from "./files.js";
import { createModel, createOptimizer } from "./model.js";
import { HELP, parseOptions, type RunOptions, UsageError } from "./options.js";
import { describeResult, type EpochScores, writeResults } from "./report.js";
import { predict, type Predictions, trainEpoch } from "./training.js";

/** What the command works with of the process around it. */
export interface Surroundings {
  /** Takes the result. */
  readonly stdout: NodeJS.WritableStream;
  /** Takes progress and faults. */
  readonly stderr: NodeJS.WritableStream;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

/** Runs a command line and gives its exit status: 0, 1 for a fault, 2 for wrong usage, 130 for an interrupt. */
export async function command(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options === null) surroundings.stdout.write(HELP);
    else await run(options, surroundings);
    return 0;
  } catch (error) {
    if (surroundings.signal.aborted) return 130;
    const message = error instanceof Error ? error.message : String(error);
    surroundings.stderr.write(`adjoint: ${message.replaceAll(/\s*\n\s*/g, " ")}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Trains, tests and reports. */
async function run(options: RunOptions, { stdout, stderr, signal }: Surroundings): Promise<void> {
  await prepareDirectory(options.out);
  const digits = await loadDigits(options.data, options.seed);

  manualSeed(options.seed);
  const model = createModel(options.model);
  const optimizer = createOptimizer(options.model, model, options.lr);
  const dataset = new data.TensorDataset(digits.train.x, digits.train.labels);
  const loader = new data.DataLoader(dataset, { batchSize: options.batch, shuffle: true, seed: options.seed });

  const scores: EpochScores[] = [];
  const progress = new train.ProgressBar({ epochs: options.epochs, examples: dataset.length, stream: stderr });
  let predictions!: Predictions; // There is at least one epoch.
  try {
    for (let epoch = 1; epoch <= options.epochs; epoch++) {
      const training = await trainEpoch(model, optimizer, loader, progress, signal);
      predictions = await predict(model, digits.test, signal);
      scores.push({ training, test: predictions });
      progress.finishEpoch({ ...training, "test accuracy": predictions.accuracy });
    }
  } finally {
    progress.stop();
  }

  stdout.write(describeResult(predictions, digits.test));
  const written = await writeResults(options, model, scores, predictions, digits.test);
  stdout.write(`\nwrote ${written.join(", ")}\n`);
}
