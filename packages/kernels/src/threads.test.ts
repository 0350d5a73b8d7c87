import { afterAll, expect, test, vi } from "vitest";
import { gemm } from "./gemm.js";
import { setThreads, teamFor, threads } from "./threads.js";
import { activeProgram, availableTiers, setTier } from "./tier.js";

afterAll(() => {
  setThreads(1);
  setTier("auto");
});

const left = new Float32Array(90_000).map((_, i) => Math.sin(i));
const right = new Float32Array(90_000).map((_, i) => Math.cos(i));

/** The bits of a product, as text: comparing arrays element by element would take longer than the products. */
function product(size: number): string {
  const [m, n, k] = [size, size - 3, size - 5];
  const out = new Float32Array(m * n);
  gemm({ m, n, k, a: left.subarray(0, m * k), b: right.subarray(0, k * n), out });
  return Buffer.from(out.buffer).toString("latin1");
}

async function teamOf(count: number): Promise<void> {
  setThreads(count);
  const program = activeProgram();
  if (!program) throw new Error("no WebAssembly here");
  await vi.waitUntil(() => teamFor(program).threads === count, { timeout: 20_000 });
}

test("several threads give the same bits as one, however many join", async () => {
  setThreads(1);
  const want = [64, 150, 300].map(product);
  for (const count of [2, 4]) {
    await teamOf(count);
    for (let round = 0; round < 20; round++) {
      [64, 150, 300].forEach((size, i) => expect(product(size) === want[i]).toBe(true));
    }
  }
});

test("a worker that has gone to sleep is woken by the next product", async () => {
  setThreads(1);
  const want = product(200);
  await teamOf(2);
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(product(200) === want).toBe(true);
  }
});

test("workers follow a change of tier", async () => {
  const tiers = availableTiers().filter((name) => name !== "javascript");
  for (const name of [...tiers, ...tiers]) {
    setTier(name);
    setThreads(1);
    const want = product(220);
    await teamOf(3);
    for (let round = 0; round < 5; round++) expect(product(220) === want).toBe(true);
  }
});

test("without workers the caller computes alone", () => {
  setThreads(0);
  expect(threads()).toBe(1);
  const program = activeProgram();
  if (program) expect(teamFor(program).threads).toBe(1);
  expect(product(100)).toHaveLength(4 * 100 * 97);
});
