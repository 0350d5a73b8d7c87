import { Writable } from "node:stream";
import { tensor } from "@adjoint/core";
import { describe, expect, it } from "vitest";
import { ProgressBar } from "./progress.js";

/** A stream that keeps what it is given and takes the calls that a terminal takes. */
class Recorder extends Writable {
  readonly isTTY: boolean;
  readonly columns = 120;
  text = "";

  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

function runTwoEpochs(stream: Recorder): ProgressBar {
  let milliseconds = 0;
  const progress = new ProgressBar({ epochs: 2, examples: 1000, stream, clock: () => milliseconds });
  for (let epoch = 0; epoch < 2; epoch++) {
    for (let seen = 100; seen <= 1000; seen += 100) {
      milliseconds += 100;
      progress.update(seen, { loss: 0.25 });
    }
    milliseconds += 250; // Testing takes time, too, which is not training.
    progress.finishEpoch({ loss: 0.125, "test accuracy": 0.9375 });
  }
  progress.stop();
  return progress;
}

const LINES = [
  "epoch 1/2  loss 0.1250  test accuracy 93.75%  1,000 samples/s  1.3 s",
  "epoch 2/2  loss 0.1250  test accuracy 93.75%  1,000 samples/s  1.3 s",
];

describe("ProgressBar", () => {
  it("takes an object of known options, and numbers as metrics", () => {
    const make = (options: unknown) => (): ProgressBar => new ProgressBar(options as never);
    expect(make({ epochs: 1, examples: 1, bogus: 1 })).toThrow(expect.objectContaining({ code: "OPTION_UNKNOWN" }));
    for (const wrong of [undefined, null, 3]) {
      expect(make(wrong)).toThrow(expect.objectContaining({ code: "OPTIONS_KIND" }));
    }
    const progress = new ProgressBar({ epochs: 1, examples: 1, stream: new Recorder(false) });
    for (const call of [
      () => progress.update(1, { loss: tensor(1) as never }),
      () => progress.finishEpoch({ loss: tensor(1) as never }),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: "PROGRESS_METRIC" }));
    }
  });

  it("writes one plain line an epoch where the stream is no terminal", () => {
    const stream = new Recorder(false);
    runTwoEpochs(stream);
    expect(stream.text).toBe(`${LINES.join("\n")}\n`);
  });

  it("draws a bar with rate and time left on a terminal, and leaves the same lines", () => {
    const stream = new Recorder(true);
    runTwoEpochs(stream);
    expect(stream.text).toContain("epoch 1/2 ━━");
    expect(stream.text).toContain("1,000 samples/s  0:02 left");
    for (const line of LINES) expect(stream.text).toContain(`${line}\n`);
  });

  it("gives the terminal its cursor back when it is stopped in the middle", () => {
    const stream = new Recorder(true);
    const progress = new ProgressBar({ epochs: 1, examples: 10, stream });
    progress.update(5);
    expect(stream.text).toContain("\u001b[?25l");
    progress.stop();
    expect(stream.text.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stream.text.lastIndexOf("\u001b[?25l"));
  });

  it("draws at most once in a frame", () => {
    const stream = new Recorder(true);
    const progress = new ProgressBar({ epochs: 1, examples: 1000, stream, clock: () => 0 });
    for (let seen = 1; seen <= 1000; seen++) progress.update(seen);
    progress.stop();
    expect(stream.text.split("━").length).toBeLessThan(60);
  });

  it("refuses a run without epochs or examples", () => {
    expect(() => new ProgressBar({ epochs: 0, examples: 1 })).toThrow("epochs is 0");
    expect(() => new ProgressBar({ epochs: 1, examples: 1.5 })).toThrow("examples is 1.5");
  });
});
