import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, type DeclarationReflection, LogLevel, ReflectionKind, TSConfigReader } from "typedoc";
import { afterAll, expect, test } from "vitest";
import config from "../typedoc.config.mjs";

const root = mkdtempSync(join(tmpdir(), "adjoint-docs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Documents one source file as the package "sample". */
async function documented(source: string) {
  mkdirSync(join(root, "src"), { recursive: true });
  writeFileSync(join(root, "package.json"), '{ "name": "sample", "type": "module" }');
  writeFileSync(join(root, "tsconfig.json"), '{ "compilerOptions": { "types": [] }, "include": ["src"] }');
  writeFileSync(join(root, "src", "index.ts"), source);
  writeFileSync(join(root, "src", "other.ts"), "export {};");
  const overrides = {
    entryPoints: ["index.ts", "other.ts"].map((file) => join(root, "src", file)),
    tsconfig: join(root, "tsconfig.json"),
    plugin: [fileURLToPath(new URL("typedoc-plugin.mjs", import.meta.url))],
    packagesRequiringDocumentation: ["sample"],
    projectDocuments: [],
    logLevel: LogLevel.None,
  };
  const app = await Application.bootstrapWithPlugins({ ...config, ...overrides }, [new TSConfigReader()]);
  const project = (await app.convert())!;
  app.validate(project);
  const [module] = project.children!;
  const child = (name: string): DeclarationReflection => module.children!.find((each) => each.name === name)!;
  return { module, child, warnings: app.logger.warningCount };
}

const op = `
/** An op. */
export interface Op {
  (x: number): number;
  (x: string): string;
  /** What it is made of. */
  readonly definition: string;
}
/** Makes an op. */
export declare function elementwise(name: string): Op;
`;

test("a constant that can be called is shown as a function with its own comment, and nothing below it", async () => {
  const { module, child, warnings } = await documented(
    `${op}/** Doubles. */\nexport const twice = elementwise("twice");`,
  );
  expect(warnings).toBe(0);
  expect(module.name).toBe("sample");
  expect(child("twice").kind).toBe(ReflectionKind.Function);
  expect(child("twice").signatures).toHaveLength(2);
  expect(child("twice").children ?? []).toEqual([]);
  const { comment, signatures } = child("twice");
  expect((comment ?? signatures![0].comment)!.summary[0].text).toBe("Doubles.");
});

test("a constant that cannot be called stays a constant", async () => {
  const { child } = await documented("/** The seed. */\nexport const seed: number = 5;");
  expect(child("seed").kind).toBe(ReflectionKind.Variable);
});

test("a field is described by the comment at the end of its line, unless it has a doc comment", async () => {
  const fields = "  readonly size: number; // [rows, columns]\n  /** The lid. */\n  readonly lid: number; // Why.";
  const { child, warnings } = await documented(`/** A box. */\nexport declare class Box {\n${fields}\n}`);
  expect(warnings).toBe(0);
  const text = (name: string) => child("Box").getChildByName([name])!.comment!.summary[0].text;
  expect([text("size"), text("lid")]).toEqual(["[rows, columns]", "The lid."]);
});

test.each([
  ["an op without a comment", `${op}export const twice = elementwise("twice");`],
  ["a method without a comment", "/** A box. */\nexport class Box {\n  open(): void {}\n}"],
  ["a property without a comment", "/** A box. */\nexport interface Box {\n  readonly lid: string;\n}"],
  ["a broken link", "/** See {@link nowhere}. */\nexport const seed: number = 5;"],
  ["a type that is not exported", "interface Lid {}\n/** A lid. */\nexport const lid: Lid = {};"],
])("%s is a warning", async (_, source) => {
  expect((await documented(source)).warnings).toBe(1);
});
