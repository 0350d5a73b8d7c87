import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  add,
  AdjointError,
  checkpoint,
  detectAnomaly,
  grad,
  gradients,
  value,
  exp,
  full,
  log,
  mul,
  sqrt,
  tensor,
  type Tensor,
  vmap,
  where,
} from "./index.js";

const x = tensor([4, 0], { requiresGrad: true });

const both = { createGraph: true, allowUnused: true } as const;
const source = readFileSync(new URL(import.meta.url), "utf8").split("\n");

/** The line of this file, as a frame of a stack counts it, that has a text in it. */
function lineOf(text: string): number {
  return source.findIndex((line) => line.includes(text)) + 1;
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AdjointError && error.code === "ANOMALY") return error.message;
    throw error;
  }
  return "nothing";
}

describe("detectAnomaly", () => {
  test("names the op, the place and the line of a forward computation", () => {
    const message = messageOf(() => detectAnomaly(() => log(x).sum()));
    expect(message).toContain("detectAnomaly: log gave -Infinity at [1] of shape [2]");
    expect(message).toContain(`anomaly.test.ts:${lineOf("log(x).sum()")}:`);
  });

  test("names the op whose gradient is not finite, and the line that created it", () => {
    const message = messageOf(() =>
      detectAnomaly(() => {
        const y = sqrt(x);
        y.sum().backward();
      }),
    );
    expect(message).toContain("the gradient of sqrt is Infinity at [1] of shape [2]");
    expect(message).toContain(`anomaly.test.ts:${lineOf("y = sqrt(x)")}:`);
  });

  test("reports where a value appears, not where one goes through", () => {
    const masked = (): Tensor => where(tensor([true, false]), full([2], -Infinity), x);
    expect(messageOf(() => detectAnomaly(() => exp(masked()).sum()))).toBe("nothing");
    expect(messageOf(() => detectAnomaly(() => mul(masked(), 0)))).toContain("nothing");
    expect(messageOf(() => detectAnomaly(() => exp(tensor(1000)).mul(0)))).toContain("exp gave Infinity;");
  });

  test("sees the examples of a vmap", () => {
    const message = messageOf(() => detectAnomaly(() => vmap((row: Tensor) => row.log())(x)));
    expect(message).toContain(`anomaly.test.ts:${lineOf("row.log()")}:`);
  });

  test("sees scalar Values, and their gradients", () => {
    expect(messageOf(() => detectAnomaly(() => value(0).log()))).toContain("log gave -Infinity; ");
    const message = messageOf(() => detectAnomaly(() => add(sqrt(value(0)), 1).backward()));
    expect(message).toContain("the gradient of sqrt is Infinity (from sqrt')");
    expect(message).toContain(`anomaly.test.ts:${lineOf("value(0)), 1)")}:`);
    expect(messageOf(() => detectAnomaly(() => gradients(sqrt(value(0)), [value(0)], both)))).toContain("sqrt");
  });

  test("names the line inside a checkpoint, inside a vmap", () => {
    const root = checkpoint((x: Tensor) => x.mul(2).sqrt()); // in a checkpoint
    expect(messageOf(() => detectAnomaly(() => root(x).sum().backward()))).toContain(
      `anomaly.test.ts:${lineOf("in a checkpoint")}:`,
    );
    const roots = (x: Tensor): Tensor => vmap((row: Tensor) => row.sqrt())(x).sum(); // in a vmap
    expect(messageOf(() => detectAnomaly(() => grad(roots)(x)))).toContain(`anomaly.test.ts:${lineOf("in a vmap")}:`);
  });

  test("is off outside, and gives back what the function returned", () => {
    expect(detectAnomaly(() => 7)).toBe(7);
    expect(messageOf(() => log(x))).toBe("nothing");
  });

  test("refuses what is no synchronous function", () => {
    expect(() => detectAnomaly(() => Promise.resolve())).toThrow(expect.objectContaining({ code: "ASYNC_FUNCTION" }));
    expect(() => detectAnomaly(1 as never)).toThrow(expect.objectContaining({ code: "NOT_A_FUNCTION" }));
  });
});
