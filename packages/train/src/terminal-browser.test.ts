import { expect, it, vi } from "vitest";
import { ProgressBar } from "./progress.js";
import { standardError, startBar } from "./terminal-browser.js";

it("writes the line of an epoch to the console, without its line end", () => {
  const info = vi.spyOn(console, "info").mockImplementation(() => {});
  const progress = new ProgressBar({ epochs: 1, examples: 10, stream: standardError(), clock: () => 0 });
  progress.update(10, { loss: 1 });
  progress.finishEpoch({ loss: 0.5 });
  expect(info.mock.calls).toEqual([["epoch 1/1  loss 0.5000  0.0 s"]]);
  info.mockRestore();
});

it("starts no bar, not even for what says that it is a terminal", () => {
  const stream = { isTTY: true, write: () => true };
  expect(startBar({ stream, format: "{bar}", total: 1, framesPerSecond: 1 }, 0, {})).toBeNull();
});
