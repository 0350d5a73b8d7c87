import { ArgumentError, checkOptions } from "@adjoint/core";
import { type Bar, type Payload, standardError, startBar, type TextStream } from "./terminal.js";

/** Numbers to show, by name and in order; one whose name ends in `accuracy` is shown in percent. */
export type ProgressMetrics = Readonly<Record<string, number>>;

/** What a progress bar counts and where it writes. */
export interface ProgressOptions {
  /** The number of epochs of the run. */
  readonly epochs: number;
  /** The number of training examples in an epoch. */
  readonly examples: number;
  /** Where to write, standard error by default, so that piped results stay clean; the console in browsers. */
  readonly stream?: TextStream;
  /** Milliseconds since any start, for tests; `performance.now` by default. */
  readonly clock?: () => number;
}

const OPTIONS: readonly string[] = ["epochs", "examples", "stream", "clock"];

const FRAME_MILLISECONDS = 80;

/**
 * The progress of a training run: a live bar with metrics, samples a second and time left, and one line
 * that stays for each finished epoch.
 *
 * Where the stream is no terminal there is no bar, only the lines. Drawing is throttled, so `update` may be
 * called after every batch.
 *
 * @example
 * ```ts
 * import { ProgressBar } from "@adjoint/train";
 * const progress = new ProgressBar({ epochs: 1, examples: 100 });
 * for (let seen = 10; seen <= 100; seen += 10) progress.update(seen, { loss: 1 / seen });
 * progress.finishEpoch({ loss: 0.01, accuracy: 0.98 });
 * progress.stop();
 * ```
 */
export class ProgressBar {
  private readonly epochs: number;
  private readonly examples: number;
  private readonly stream: TextStream;
  private readonly clock: () => number;
  private bar: Bar | null = null;
  private epoch = 1;
  private readonly runStart: number;
  private epochStart: number;
  private lastDrawn = -Infinity;
  private trained = { seen: 0, at: 0 };

  /**
   * @throws ArgumentError `PROGRESS_COUNT` where epochs or examples are not whole numbers from 1, `OPTIONS_KIND`,
   * `OPTION_UNKNOWN`
   */
  constructor(options: ProgressOptions) {
    checkOptions("ProgressBar", options, "{ epochs: 10, examples: 6000 }", OPTIONS);
    const { epochs, examples, stream = standardError(), clock = () => performance.now() } = options;
    for (const [name, count] of Object.entries({ epochs, examples })) {
      if (Number.isSafeInteger(count) && count > 0) continue;
      throw new ArgumentError("PROGRESS_COUNT", `ProgressBar: ${name} is ${count}; give a whole number from 1`);
    }
    this.epochs = epochs;
    this.examples = examples;
    this.stream = stream;
    this.clock = clock;
    this.runStart = this.epochStart = clock();
  }

  /** Shows that `seen` examples of the running epoch are done. @throws ArgumentError `PROGRESS_METRIC` */
  update(seen: number, metrics: ProgressMetrics = {}): void {
    checkMetrics(metrics);
    const now = this.clock();
    this.trained = { seen, at: now };
    if (this.stream.isTTY !== true) return;
    if (now - this.lastDrawn < FRAME_MILLISECONDS) return;
    this.lastDrawn = now;
    const done = (this.epoch - 1) * this.examples + seen;
    const elapsed = now - this.runStart;
    const left = done === 0 ? Infinity : (elapsed * (this.epochs * this.examples - done)) / done;
    const payload = {
      metrics: formatMetrics(metrics),
      rate: formatRate(seen, now - this.epochStart),
      left: formatTime(left),
    };
    if (this.bar === null) this.bar = this.startBar(Math.min(seen, this.examples), payload);
    else this.bar.update(Math.min(seen, this.examples), payload);
  }

  /** Ends the running epoch with a line that stays, and starts the next. @throws ArgumentError `PROGRESS_METRIC` */
  finishEpoch(metrics: ProgressMetrics = {}): void {
    checkMetrics(metrics);
    this.clear();
    const now = this.clock();
    const { seen, at } = this.trained;
    const parts = [
      this.epochName(),
      formatMetrics(metrics),
      // Up to the last batch: what the caller measured after it is no training.
      formatRate(seen, at - this.epochStart),
      `${((now - this.epochStart) / 1000).toFixed(1)} s`,
    ];
    this.stream.write(`${parts.filter((part) => part !== "").join("  ")}\n`);
    this.epoch++;
    this.epochStart = now;
    this.lastDrawn = -Infinity;
    this.trained = { seen: 0, at: now };
  }

  /** Takes the bar away and gives the terminal its cursor back; also to be called when training is broken off. */
  stop(): void {
    this.clear();
  }

  private startBar(seen: number, payload: Payload): Bar | null {
    const format = `${this.epochName()} {bar} {percentage}%  {metrics}  {rate}  {left} left`;
    const framesPerSecond = 1000 / FRAME_MILLISECONDS;
    return startBar({ stream: this.stream, format, total: this.examples, framesPerSecond }, seen, payload);
  }

  private clear(): void {
    this.bar?.stop();
    this.bar = null;
  }

  private epochName(): string {
    const total = String(this.epochs);
    return `epoch ${String(this.epoch).padStart(total.length)}/${total}`;
  }
}

function checkMetrics(metrics: ProgressMetrics): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value === "number") continue;
    const found = value === null ? "null" : typeof value === "object" ? "an object" : `a ${typeof value}`;
    throw new ArgumentError(
      "PROGRESS_METRIC",
      `ProgressBar: ${name} is ${found}; give a number, such as loss.item() of a tensor`,
    );
  }
}

function formatMetrics(metrics: ProgressMetrics): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${/accuracy$/i.test(name) ? `${(100 * value).toFixed(2)}%` : value.toFixed(4)}`)
    .join("  ");
}

function formatRate(samples: number, milliseconds: number): string {
  if (milliseconds <= 0) return "";
  return `${Math.round((1000 * samples) / milliseconds).toLocaleString("en-US")} samples/s`;
}

function formatTime(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return "?";
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const two = (count: number): string => String(count).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
