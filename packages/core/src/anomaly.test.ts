import { describe, expect, test } from "vitest";
import { AdjointError, detectAnomaly, exp, full, log, mul, sqrt, tensor, type Tensor, vmap, where } from "./index.js";

const x = tensor([4, 0], { requiresGrad: true });

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
    expect(message).toContain("anomaly.test.ts:18:");
  });

  test("names the op whose gradient is not finite, and the line that created it", () => {
    const message = messageOf(() =>
      detectAnomaly(() => {
        const y = sqrt(x);
        y.sum().backward();
      }),
    );
    expect(message).toContain("the gradient of sqrt is Infinity at [1] of shape [2]");
    expect(message).toContain("anomaly.test.ts:26:");
  });

  test("reports where a value appears, not where one goes through", () => {
    const masked = (): Tensor => where(tensor([true, false]), full([2], -Infinity), x);
    expect(messageOf(() => detectAnomaly(() => exp(masked()).sum()))).toBe("nothing");
    expect(messageOf(() => detectAnomaly(() => mul(masked(), 0)))).toContain("nothing");
    expect(messageOf(() => detectAnomaly(() => exp(tensor(1000)).mul(0)))).toContain("exp gave Infinity;");
  });

  test("sees the examples of a vmap", () => {
    expect(messageOf(() => detectAnomaly(() => vmap((row: Tensor) => row.log())(x)))).toContain("anomaly.test.ts:42:");
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
