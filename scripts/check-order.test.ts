import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { faults } from "./check-order.mjs";

let root: string;

function write(path: string, content: string | object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
}

/** Writes a package that obeys every rule; `manifest` replaces fields of its package.json. */
function writePackage(name: string, dependencies: readonly string[], manifest: object = {}): void {
  write(`packages/${name}/package.json`, {
    name: `@adjoint/${name}`,
    description: name,
    license: "MIT",
    type: "module",
    sideEffects: false,
    engines: { node: ">=20" },
    exports: { ".": { types: "./dist/index.d.ts", import: "./dist/index.js" }, "./package.json": "./package.json" },
    dependencies: Object.fromEntries(dependencies.map((other) => [`@adjoint/${other}`, "workspace:^"])),
    ...manifest,
  });
  write(`packages/${name}/tsconfig.json`, { references: dependencies.map((other) => ({ path: `../${other}` })) });
  write(`packages/${name}/src/index.ts`, "export {};\n");
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "adjoint-order-"));
  writePackage("kernels", []);
  writePackage("core", ["kernels"]);
  writePackage("nn", ["core"]);
  writePackage("data", ["core"], { dependencies: { "@adjoint/core": "workspace:^", fflate: "^0.8.3" } });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("imports of earlier packages, of Node on demand and in tests are in order", () => {
  write(
    "packages/nn/src/a.ts",
    'import { add } from "@adjoint/core";\nimport { check } from "@adjoint/core/testing";\n',
  );
  write(
    "packages/core/src/a.ts",
    'import type { Stats } from "node:fs";\nexport const fs = await import("node:fs");\n',
  );
  write("packages/core/src/a.test.ts", 'import fc from "fast-check";\nimport { readFileSync } from "node:fs";\n');
  write("packages/data/src/a.ts", 'import { readFile } from "node:fs/promises";\nimport { unzip } from "fflate";\n');
  expect(faults(root)).toEqual([]);
});

test.each([
  ["nn", 'import { DataLoader } from "@adjoint/data";', '"@adjoint/data" is against the package order'],
  ["nn", 'import * as everything from "adjoint";', '"adjoint" is against the package order'],
  ["core", 'import type { Module } from "@adjoint/nn";', "is against the package order"],
  ["core", 'export * from "@adjoint/nn";', "is against the package order"],
  ["core", 'export const nn = () => import("@adjoint/nn");', "is against the package order"],
  ["nn", 'import { State } from "@adjoint/core/dist/state.js";', "reaches into a package"],
  ["nn", 'import { State } from "../../core/src/state.js";', "reaches into another package"],
  ["core", 'import { produce } from "immer";', "has no run-time dependencies"],
  ["nn", 'import { readFileSync } from "node:fs";', "does not load in a browser"],
  ["nn", 'import { x } from "@adjoint/nonsense";', "is not in the package order"],
])("in %s, %s is a fault", (name, code, message) => {
  write(`packages/${name}/src/a.ts`, `// A line before it.\n${code}\n`);
  const found = faults(root);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`packages/${name}/src/a.ts:2: `);
  expect(found[0]).toContain(message);
});

test.each([
  ["a dependency against the order", "core", ["nn"], {}, "nn is against the order"],
  ["a dependency of core from outside", "core", [], { dependencies: { immer: "^11.0.0" } }, "has no outside"],
  ["no sideEffects", "nn", ["core"], { sideEffects: undefined }, '"sideEffects" must be false'],
  ["no exports", "nn", ["core"], { exports: undefined }, '"exports" is incomplete'],
  ["exports without types", "nn", ["core"], { exports: { ".": {}, "./package.json": "" } }, "needs types and import"],
  ["no engines", "nn", ["core"], { engines: undefined }, '"engines" must ask for Node >=20'],
])("a manifest with %s is a fault", (_, name, dependencies, manifest, message) => {
  writePackage(name, dependencies, manifest);
  expect(faults(root).join("\n")).toContain(message);
});

test("a project must reference the packages it depends on", () => {
  write("packages/nn/tsconfig.json", { references: [] });
  expect(faults(root)).toEqual(["packages/nn/package.json: tsconfig.json must reference the same packages (core)"]);
});
