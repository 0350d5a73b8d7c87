import { parseArgs } from "node:util";
import { suggestion } from "./suggestion.js";

/** The networks that can be trained. */
export type ModelKind = "mlp" | "cnn";

/** What a run is told on the command line. */
export interface RunOptions {
  /** A directory with the four MNIST files, or null for synthetic digits. */
  readonly data: string | null;
  readonly model: ModelKind;
  readonly epochs: number;
  readonly batch: number;
  /** The learning rate. */
  readonly lr: number;
  readonly seed: number;
  /** The directory for what the run writes. */
  readonly out: string;
}

/** A command line that cannot be run: exit status 2. */
export class UsageError extends Error {}

const DEFAULTS = {
  mlp: { epochs: 10, batch: 32, lr: 0.1 },
  cnn: { epochs: 3, batch: 64, lr: 0.001 },
} as const;

export const HELP = `Trains a network to read handwritten digits, and reports how well it does.

usage: npm start -- [options]

  --data DIR        a directory with the four MNIST files (default: synthetic digits)
  --model mlp|cnn   a perceptron with 50 hidden units, or a convolutional network (default: mlp)
  --epochs N        how often to go through the training examples (default: 10, cnn 3)
  --batch N         examples in a training step (default: 32, cnn 64)
  --lr X            learning rate (default: 0.1 by SGD for mlp, 0.001 by Adam for cnn)
  --seed N          seed of the weights, the order and the synthetic digits (default: 1)
  --out DIR         where to write curves, model, history and mistakes (default: out)
  --help            this text
`;

/** Reads a command line. Gives null where only help is asked for; throws UsageError where it is wrong. */
export function parseOptions(argv: readonly string[]): RunOptions | null {
  const given = parseNames(argv);
  if (given.help === true) return null;
  const model = readModel(given.model ?? "mlp");
  const defaults = DEFAULTS[model];
  return {
    data: readDirectory("--data", given.data) ?? null,
    model,
    epochs: readWhole("--epochs", given.epochs, 1, 100_000) ?? defaults.epochs,
    batch: readWhole("--batch", given.batch, 1, 100_000) ?? defaults.batch,
    lr: readRate(given.lr) ?? defaults.lr,
    seed: readWhole("--seed", given.seed, 0, 2 ** 32 - 1) ?? 1,
    out: readDirectory("--out", given.out) ?? "out",
  };
}

const TEXT = { type: "string", multiple: true } as const;
const OPTIONS = {
  data: TEXT,
  model: TEXT,
  epochs: TEXT,
  batch: TEXT,
  lr: TEXT,
  seed: TEXT,
  out: TEXT,
  help: { type: "boolean", short: "h" },
} as const;

type Given = { readonly [name in Exclude<keyof typeof OPTIONS, "help">]?: string } & { readonly help?: boolean };

function parseNames(argv: readonly string[]): Given {
  const { values } = attempt(() => parseArgs({ args: joinNegatives(argv), options: OPTIONS, allowPositionals: false }));
  const { help, ...texts } = values;
  const single = Object.entries(texts).map(([name, all]) => {
    if (all.length > 1) throw new UsageError(`--${name} is given ${all.length} times; give it once`);
    return [name, all[0]];
  });
  return { ...Object.fromEntries(single), help };
}

/** Turns `--lr -1` into `--lr=-1`, which parseArgs takes as a value, so that the range check can name it. */
function joinNegatives(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    const before = joined.at(-1);
    if (before !== undefined && /^--\w+$/.test(before) && /^-[\d.]/.test(word)) joined[joined.length - 1] += `=${word}`;
    else joined.push(word);
  }
  return joined;
}

function attempt<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // Node's own message goes on with advice on "--" over several sentences; the first says what is wrong.
    const message = error instanceof Error ? error.message : String(error);
    const what = message.split(/\. |\n/)[0].replace(/\.$/, "");
    const unknown = /^Unknown option '--([^']+)'/.exec(message)?.[1];
    const meant = unknown === undefined ? undefined : suggestion(unknown, Object.keys(OPTIONS));
    const advice = meant === undefined ? "see --help" : `did you mean --${meant}?`;
    throw new UsageError(`${what}; ${advice}`, { cause: error });
  }
}

function readModel(text: string): ModelKind {
  if (text === "mlp" || text === "cnn") return text;
  throw new UsageError(`--model is ${JSON.stringify(text)}; give mlp or cnn`);
}

function readDirectory(name: string, text: string | undefined): string | undefined {
  if (text === undefined || (text.trim() !== "" && !text.includes("\0"))) return text;
  throw new UsageError(`${name} is ${JSON.stringify(text)}; give the path of a directory`);
}

function readWhole(name: string, text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= low && number <= high) return number;
  throw new UsageError(`${name} is ${JSON.stringify(text)}; give a whole number from ${low} to ${high}`);
}

function readRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number > 0) return number;
  throw new UsageError(`--lr is ${JSON.stringify(text)}; give a positive number such as 0.1`);
}
