import { expect, test } from "vitest";
import { kernelMemory, memoryIsShared, memoryViews, reserve, withScratch } from "./memory.js";

test("the memory is shared where SharedArrayBuffer exists", () => {
  expect(memoryIsShared()).toBe(true);
  expect(kernelMemory().buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("scratch space is aligned, disjoint, and given back at the end, also after an exception", () => {
  const first = withScratch((arena) => {
    const x = arena.allocate(100);
    const y = arena.allocate(1);
    expect([x % 64, y % 64]).toEqual([0, 0]);
    expect(y).toBeGreaterThanOrEqual(x + 100);
    withScratch((inner) => expect(inner.allocate(8)).toBeGreaterThan(y));
    expect(() =>
      withScratch((inner) => {
        inner.allocate(1000);
        throw new Error("stop");
      }),
    ).toThrow("stop");
    return x;
  });
  expect(withScratch((arena) => arena.allocate(8))).toBe(first);
});

test("the memory grows on demand and keeps its content", () => {
  withScratch((arena) => {
    const x = arena.allocate(16);
    memoryViews().float32[x / 4] = 42;
    const size = memoryViews().uint8.length;
    const y = arena.allocate(2 * size);
    const views = memoryViews();
    expect(views.uint8.length).toBeGreaterThanOrEqual(y + 2 * size);
    expect(views.uint8.buffer).toBe(kernelMemory().buffer);
    expect(views.float32[x / 4]).toBe(42);
    views.uint8[y + 2 * size - 1] = 7;
    expect(new Uint8Array(kernelMemory().buffer)[y + 2 * size - 1]).toBe(7);
  });
});

test("reserved space is zero and outlives scratch space, also when taken inside it", () => {
  const outside = reserve(32);
  const inside = withScratch((arena) => {
    memoryViews().uint8.fill(9, arena.allocate(64), arena.allocate(64));
    return reserve(32);
  });
  const scratch = withScratch((arena) => arena.allocate(8));
  expect(inside).toBeGreaterThan(outside);
  expect(scratch).toBeGreaterThanOrEqual(inside + 32);
  expect([...memoryViews().uint8.subarray(inside, inside + 32)]).toEqual(Array(32).fill(0));
});
