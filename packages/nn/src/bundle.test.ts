import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Rollup } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as nn from "./index.js";

const index = fileURLToPath(new URL("index.ts", import.meta.url));
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "adjoint-"))));
afterAll(() => rm(folder, { recursive: true }));

/** The classes of modules that are left in a bundle of one of them, core not counted. */
async function bundled(name: string): Promise<string[]> {
  const entry = join(folder, `${name}.ts`);
  await writeFile(entry, `export { ${name} } from ${JSON.stringify(index)};`);
  const output = (await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry, formats: ["es"] },
      rollupOptions: { external: [/^@adjoint\//] },
    },
  })) as unknown as Rollup.RollupOutput[];
  const [chunk] = output[0].output;
  return Object.values(chunk.modules).flatMap(({ renderedExports }) => renderedExports);
}

/** Layers made of others, which come with them. */
const transformerLayer = ["MultiheadAttention", "Linear", "Dropout", "LayerNorm"];
const parts: Readonly<Record<string, readonly string[]>> = {
  LazyLinear: ["Linear"],
  LazyConv1d: ["Conv1d"],
  LazyConv2d: ["Conv2d"],
  LazyConv3d: ["Conv3d"],
  LazyConvTranspose1d: ["ConvTranspose1d"],
  LazyConvTranspose2d: ["ConvTranspose2d"],
  LazyConvTranspose3d: ["ConvTranspose3d"],
  LazyBatchNorm1d: ["BatchNorm1d"],
  LazyBatchNorm2d: ["BatchNorm2d"],
  LazyBatchNorm3d: ["BatchNorm3d"],
  LazyInstanceNorm1d: ["InstanceNorm1d"],
  LazyInstanceNorm2d: ["InstanceNorm2d"],
  LazyInstanceNorm3d: ["InstanceNorm3d"],
  MultiheadAttention: ["Linear"],
  TransformerEncoderLayer: transformerLayer,
  TransformerDecoderLayer: transformerLayer,
  Transformer: [
    ...transformerLayer,
    ...["TransformerEncoderLayer", "TransformerDecoderLayer", "TransformerEncoder", "TransformerDecoder"],
  ],
  SinusoidalPositionalEncoding: ["Dropout"],
  LearnedPositionalEncoding: ["Dropout"],
};

const isModule = (x: unknown): x is { readonly name: string; readonly prototype: nn.AnyModule } =>
  typeof x === "function" && (x === nn.Module || x.prototype instanceof nn.Module);

/** The exported classes that a class extends, itself among them. */
function lineage(layer: { readonly name: string; readonly prototype: object }): string[] {
  const names: string[] = [];
  for (let at: unknown = layer; isModule(at); at = Object.getPrototypeOf(at)) names.push(at.name);
  return names;
}

const layers = Object.values<unknown>(nn).filter(isModule);

test.each(layers.map((layer) => [layer.name, layer] as const))("%s comes without other layers", async (name, layer) => {
  const found = new Set(await bundled(name));
  const allowed = new Set([...lineage(layer), ...(parts[name] ?? [])]);
  expect(found.has(name)).toBe(true);
  expect(layers.map((other) => other.name).filter((other) => found.has(other) && !allowed.has(other))).toEqual([]);
});
