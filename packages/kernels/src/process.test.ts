import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The package in plain JavaScript, for processes of its own. */
const folder = mkdtempSync(join(tmpdir(), "adjoint-kernels-"));

beforeAll(() => {
  const source = fileURLToPath(new URL("index.ts", import.meta.url));
  const program = ts.createProgram([source], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    verbatimModuleSyntax: true,
    outDir: folder,
    // The types are checked elsewhere.
    noCheck: true,
    noLib: true,
    types: [],
  });
  if (program.emit().emitSkipped) throw new Error("the sources do not compile");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const preamble = `
import { gemm } from "./gemm.js";
import { setTier, tier } from "./tier.js";
import { setThreads } from "./threads.js";
const size = 200;
const a = new Float32Array(size * size).fill(1);
const out = new Float32Array(size * size);
const product = () => gemm({ m: size, n: size, k: size, a, b: a, out });
`;

function run(
  script: string,
  environment: Record<string, string> = {},
): { output: string; errors: string; code: number | null } {
  writeFileSync(join(folder, "main.js"), preamble + script);
  const child = spawnSync(process.execPath, ["main.js"], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "", ...environment },
    encoding: "utf8",
    timeout: 30_000,
  });
  return { output: child.stdout.trim(), errors: child.stderr, code: child.status };
}

describe("a process of its own", () => {
  test("starts without a warning and computes", () => {
    const { output, errors, code } = run("product(); console.log(out[0]);");
    expect({ output, errors, code }).toEqual({ output: "200", errors: "", code: 0 });
  });

  test("ends by itself while workers spin and while they sleep", () => {
    for (const pause of [0, 300]) {
      const { output, errors, code } = run(
        `setThreads(3);
         for (let i = 0; i < 400; i++) product();
         await new Promise((resolve) => setTimeout(resolve, ${pause}));
         product();
         console.log(out[size]);`,
      );
      expect({ output, errors, code }).toEqual({ output: "200", errors: "", code: 0 });
    }
  });

  test("ends at once on process.exit with workers in their loop", () => {
    const { code } = run("setThreads(2); for (let i = 0; i < 400; i++) product(); process.exit(3);");
    expect(code).toBe(3);
  });

  test.each(["javascript", "plain"])("takes the tier %s from ADJOINT_KERNELS", (name) => {
    expect(run("product(); console.log(tier(), out[1]);", { ADJOINT_KERNELS: name }).output).toBe(`${name} 200`);
  });

  test("falls back to plain loops without WebAssembly, and to one thread without shared memory", () => {
    const without = (what: string): string =>
      run(
        `product(); console.log(tier() === "javascript", out[1]);`.replace(
          "product",
          `delete globalThis.${what}; product`,
        ),
      ).output;
    expect(without("WebAssembly")).toBe("true 200");
    expect(without("SharedArrayBuffer")).toBe("false 200");
  });

  test("importing the package compiles nothing", () => {
    const output = execFileSync(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `WebAssembly.Module = WebAssembly.Memory = function () { throw new Error("too early"); };
         await import("./index.js"); console.log("quiet");`,
      ],
      { cwd: folder, encoding: "utf8" },
    );
    expect(output.trim()).toBe("quiet");
  });
});
