import { afterAll, describe, expect, test } from "vitest";
import { availableTiers, setTier } from "../tier.js";
import { compileMap } from "./compile.js";
import type { MapOp, MapProgram } from "./program.js";
import { loopsAgree } from "./revectorize.js";

/** A program of one input that returns the results of all its instructions. */
const OPS: readonly MapOp[] = ["exp", "expm1", "log", "log1p", "tanh", "erf", "atan", "sqrt", "sign", "round", "floor"];
const ALL: MapProgram = {
  inputs: 1,
  steps: OPS.map((op) => ({ op, args: [0] })),
  outputs: OPS.map((_, i) => i + 1),
};

describe("paired vectors", () => {
  afterAll(() => setTier("auto"));

  test("every tier gives the same bits", () => {
    const x = Float32Array.from({ length: 10_001 }, (_, i) => 30 * Math.sin(i) ** 3);
    const results = availableTiers()
      .filter((name) => name !== "javascript")
      .map((name) => {
        setTier(name);
        const outputs = OPS.map(() => new Float32Array(x.length));
        compileMap(ALL, ["vector"], "float32")?.run([x], [0], 1, x.length, outputs);
        return outputs;
      });
    expect(results[0][0][0]).toBe(1);
    for (const outputs of results) expect(outputs).toEqual(results[0]);
  });

  test("a kernel whose main loop goes wrong at one special value is found out", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const view = new Float32Array(memory.buffer);
    const slots = { memory, layouts: ["dense", "row", "scalar"] as const, addresses: [64, 1024, 2048, 4096] };
    /** `dense + row + scalar`, with `broken` applied to the sums in rows of at least eight. */
    const kernel =
      (broken: (sum: number) => number) =>
      (rows: number, inner: number): void => {
        for (let p = 0; p < rows * inner; p++) {
          const sum = view[16 + p] + view[256 + (p % inner)] + view[512 + Math.floor(p / inner)];
          view[1024 + p] = inner < 8 ? sum : broken(sum);
        }
      };
    expect(
      loopsAgree(
        slots,
        kernel((sum) => sum),
      ),
    ).toBe(true);
    expect(
      loopsAgree(
        slots,
        kernel((sum) => (sum === -Infinity ? Infinity : sum)),
      ),
    ).toBe(false);
    expect(
      loopsAgree(
        slots,
        kernel((sum) => (Number.isNaN(sum) ? 0 : sum)),
      ),
    ).toBe(false);
  });
});
