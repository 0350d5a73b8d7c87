import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Block, findBlocks } from "./blocks.js";
import { typeErrors, writeModules } from "./modules.js";
import { capturedLines, differences } from "./output.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, ".cache", "doc-examples-of-the-runner");

const source = `
/**
 * Adds.
 *
 * @example
 * \`\`\`ts
 * console.log(1 + 1); // → 2
 *
 * console.log(3);
 * \`\`\`
 * @returns Nothing.
 * \`\`\`ts
 * not an example
 * \`\`\`
 */
`;

const block = (code: string): Block => ({ file: "guide.md", line: 10, code, runs: true });

/** What running a block finds wrong with it. */
async function outcome(code: string): Promise<string[]> {
  const [{ path }] = writeModules([block(code)], join(folder, String(Math.random()).slice(2)));
  return differences(block(code), await capturedLines(() => import(/* @vite-ignore */ path)));
}

describe("finding blocks", () => {
  test("takes the code below @example, without the stars, and its place", () => {
    expect(findBlocks(source, "sum.ts")).toEqual([
      { file: "sum.ts", line: 7, code: "console.log(1 + 1); // → 2\n\nconsole.log(3);", runs: true },
    ]);
  });

  test("takes every ts block of a guide and leaves other languages alone", () => {
    const guide = "# Title\n```ts\nlet a = 1;\n```\n```sh\nnpm test\n```\n```ts no-run\nlet b = 1;\n```\n";
    const found = findBlocks(guide, "guide.md").map(({ line, code, runs }) => ({ line, code, runs }));
    expect(found).toEqual([
      { line: 3, code: "let a = 1;", runs: true },
      { line: 9, code: "let b = 1;", runs: false },
    ]);
  });

  test("refuses an @example without code, an open block and an unknown mark", () => {
    expect(() => findBlocks("/** @example\n * sum(1)\n */", "sum.ts")).toThrow("sum.ts:2: @example without");
    expect(() => findBlocks("```ts\nlet a = 1;", "guide.md")).toThrow("guide.md:2: the ```ts block is not closed");
    expect(() => findBlocks("```ts norun\n```", "guide.md")).toThrow("the only mark of a block is no-run");
  });
});

describe("running a block", () => {
  test("accepts the printed line, and the lines below it", async () => {
    expect(await outcome('console.log({ a: [1] }, "b"); // → { a: [ 1 ] } b')).toEqual([]);
    expect(await outcome('console.log("a\\n  b\\n"); // → a\n//   b\n//\n\n// A remark.\nlet c;')).toEqual([]);
    expect(await outcome("for (const i of [0, 1]) {\n  console.log(i); // → 0\n  // 1\n}")).toEqual([]);
  });

  test("reports a wrong line with its place", async () => {
    expect(await outcome("console.log(1); // → 1\nconsole.log(2); // → 3")).toEqual([
      'guide.md:11: says "3", but printed "2"',
    ]);
  });

  test("reports lines that are missing and lines that are too many", async () => {
    expect(await outcome("console.log(1); // → 1\n// 2")).toEqual(['guide.md:11: says "2", but printed nothing']);
    expect(await outcome("console.log(1); // → 1\nconsole.log(2);")).toEqual(['guide.md:10: also printed "2"']);
  });

  test("lets … stand for anything, and takes other characters literally", async () => {
    expect(await outcome('console.log("took 12 ms (fast)"); // → took … ms (fast)')).toEqual([]);
    expect(await outcome('console.log("1x5"); // → 1.5')).toHaveLength(1);
  });

  test("fails when the block throws, and puts the console back", async () => {
    const { log } = console;
    await expect(outcome('throw new Error("broken");')).rejects.toThrow("broken");
    expect(console.log).toBe(log);
  });

  test("needs no expectation", async () => {
    expect(await outcome("console.log(Math.sqrt(2));")).toEqual([]);
  });
});

describe("type-checking blocks", () => {
  const blocks = [block("const a: number = 1;"), { ...block('let a: number;\na = "b";'), line: 20 }];

  test("reports an error in its own block only, with its place", () => {
    const errors = typeErrors(writeModules(blocks, folder), root);
    expect(blocks.map((each) => errors.get(each))).toEqual([
      [],
      ["guide.md:21: Type 'string' is not assignable to type 'number'."],
    ]);
  });

  test("knows the packages by their names, from their sources", () => {
    const wrong = block('import { ThereIsNoSuchName } from "@adjoint/core";\nThereIsNoSuchName;');
    const [[message]] = typeErrors(writeModules([wrong], folder), root).values();
    expect(message).toContain("guide.md:10: Module '\"@adjoint/core\"' has no exported member");
  });
});
