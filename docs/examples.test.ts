import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { repositoryBlocks } from "./testing/blocks.js";
import { typeErrors, writeModules } from "./testing/modules.js";
import { capturedLines, differences } from "./testing/output.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = writeModules(repositoryBlocks(root), join(root, ".cache", "doc-examples"));
const errors = typeErrors(modules, root);

describe("the examples in doc comments and guides", () => {
  // Each example gets fresh modules, as it would in a program of its own: no seed or counter is left from the last one.
  beforeEach(() => vi.resetModules());
  afterAll(() => vi.resetModules());

  test("are found", () => {
    expect(modules.length).toBeGreaterThan(0);
  });

  for (const { block, path } of modules) {
    test(`${block.file}:${block.line} ${block.runs ? "prints what it says" : "type-checks"}`, async () => {
      expect(errors.get(block)).toEqual([]);
      if (!block.runs) return;
      const printed = await capturedLines(() => import(/* @vite-ignore */ path));
      expect(differences(block, printed)).toEqual([]);
    });
  }
});
