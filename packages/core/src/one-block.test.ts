import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as coreModule from "./index.js";
import type * as testingModule from "./testing/index.js";
import type { Tensor, Unary } from "./index.js";

/** What a contributor writes: nothing else is edited. */
const BLOCK = `
/** A bump, \`x² e^-x²\`. */
export const bump: Unary = elementwise("bump", {
  formula: (x) => mul(mul(x, x), exp(neg(mul(x, x)))),
  samples: [[0], [1], [-2], [30]],
});
`;
const FILE = "ops/activation.ts";

type Changed = typeof coreModule & { readonly bump: Unary; readonly testing: typeof testingModule };

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let folder: string;
let core: Changed;
const changed: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "adjoint-"));
  const entry = join(folder, "entry.ts");
  await writeFile(
    entry,
    `export * from ${JSON.stringify(source("index.ts"))};\nexport * as testing from ${JSON.stringify(source("testing/index.ts"))};\n`,
  );
  const output = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { alias: { "@adjoint/kernels": source("../../kernels/src/index.ts") } },
    plugins: [
      {
        name: "append the block",
        enforce: "pre",
        transform(code, id) {
          if (!id.endsWith(FILE)) return null;
          changed.push(id);
          return code + BLOCK;
        },
      },
    ],
    build: { ssr: entry, write: false, minify: false, target: "node20" },
  });
  const [{ code }] = (output as { output: { code: string }[] }).output;
  const file = join(folder, "core.mjs");
  await writeFile(file, code);
  core = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Changed;
});

afterAll(() => rm(folder, { recursive: true }));

describe("one block appended to one file makes an op that", () => {
  test("is public", () => {
    expect(changed).toEqual([source(FILE)]);
    expect(typeof core.bump).toBe("function");
  });

  test("conforms: both modes, second order, vmap, dtypes, both executors", () => {
    expect(core.testing.conform(core.bump)).toMatchObject({ kind: "elementwise", differentiable: [0] });
  });

  test("works on numbers, Values and Tensors, and under the transforms", () => {
    const slope = (x: number): number => (2 * x - 2 * x ** 3) * Math.exp(-x * x);
    expect(core.bump(2)).toBeCloseTo(4 * Math.exp(-4), 14);
    expect(core.grad((x: coreModule.Value) => core.bump(x))(core.value(2)).data).toBeCloseTo(slope(2), 14);
    const each = core.vmap(core.grad((x: Tensor) => core.bump(x)))(core.tensor([1, 2], { dtype: "float64" }));
    expect(each.data[1]).toBeCloseTo(slope(2), 14);
  });
});
