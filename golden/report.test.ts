import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Case, Stored } from "./cases.js";
import { families as moduleFamilies } from "./modules.js";
import { families } from "./ops.js";
import { caseFolder, readCases } from "./read.js";
import { type Report, report } from "./report.js";

const vector = (...data: (number | string)[]): Stored => ({ shape: [data.length], dtype: "float64", data });

/** A case of `neg` that agrees, with some of its parts replaced. */
const caseWith = (parts: Partial<Case>): Case => ({
  name: "neg_made_up",
  kind: "op",
  op: "neg",
  attrs: {},
  inputs: { input: vector(1, "NaN", "-Infinity") },
  params: {},
  outputs: { out: vector(-1, "NaN", "Infinity") },
  cotangents: { out: vector(1, 2, 3) },
  grads: { input: vector(-1, -2, -3) },
  notes: "",
  ...parts,
});

describe("a folder of made-up cases", () => {
  const usual = process.env.ADJOINT_GOLDEN;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "adjoint-golden-"));
    process.env.ADJOINT_GOLDEN = folder;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (usual === undefined) delete process.env.ADJOINT_GOLDEN;
    else process.env.ADJOINT_GOLDEN = usual;
  });

  function reportOn(...cases: Partial<Case>[]): Report {
    writeFileSync(join(folder, "made-up.json"), JSON.stringify({ format: 1, cases: cases.map(caseWith) }));
    return report(readCases(caseFolder() ?? ""));
  }

  test("a case that agrees passes", () => {
    expect(reportOn({})).toEqual({
      passed: 1,
      failed: 0,
      lines: ["op: 1 passed, 0 failed; passed/failed of each:", "  neg 1/0", "golden: 1 passed, 0 failed"],
    });
  });

  test.each<[what: string, wrong: Partial<Case>, line: string]>([
    ["a wrong value", { outputs: { out: vector(-1, "NaN", 7) } }, "out[2]: got Infinity, want 7"],
    [
      "a value outside the tolerance",
      { inputs: { input: vector(1, 2) }, outputs: { out: vector(-1 - 3e-10, -2 - 2e-10) }, cotangents: {}, grads: {} },
      "out[0]: got -1, want -1.0000000003",
    ],
    ["NaN for a number", { outputs: { out: vector(-1, 0, "Infinity") } }, "out[1]: got NaN, want 0"],
    ["a number for NaN", { outputs: { out: vector("NaN", "NaN", "Infinity") } }, "out[0]: got -1, want NaN"],
    [
      "the other infinity",
      { outputs: { out: vector(-1, "NaN", "-Infinity") } },
      "out[2]: got Infinity, want -Infinity",
    ],
    ["a wrong shape", { outputs: { out: { ...vector(-1, 0, 0), shape: [3, 1] } } }, "out: shape [3], want [3,1]"],
    ["a wrong dtype", { outputs: { out: { ...vector(1, 1, 1), dtype: "bool" } } }, "out: float64, want bool"],
    [
      "a missing output",
      { outputs: { out: vector(-1, "NaN", "Infinity"), indices: vector(0) } },
      "indices: is missing",
    ],
    ["an output of another name", { outputs: {} }, "out: is not wanted"],
    ["a wrong gradient", { grads: { input: vector(-1, -2, 3) } }, "gradient of input[2]: got -3, want 3"],
    ["a sign of zero that the notes speak of", signedZero, "out[0]: got -0, want 0"],
    ["an unknown function", { op: "frobnicate" }, "no call for frobnicate"],
    ["a property of every object", { op: "constructor" }, "no call for constructor"],
    ["an unknown kind", { kind: "opera" }, "no check for the kind opera"],
    ["an unknown second-order function", { kind: "gradgrad" }, "no function for neg"],
    ["an unknown module", { kind: "module" }, "no call for neg"],
    ["an unknown loss", { kind: "loss" }, "no call for neg"],
    ["an unknown optimizer", { kind: "optimizer" }, "no optimizer neg"],
    ["an unknown scheduler", { kind: "scheduler" }, "no scheduler neg"],
    ["an unknown network", { kind: "train" }, "no network neg"],
    ["an unknown program", { kind: "seed" }, "no program for neg"],
    ["a call that throws", { op: "matmul" }, "matmul"],
  ])("%s fails", (_what, wrong, line) => {
    const { passed, failed, lines } = reportOn({}, { ...wrong, name: "wrong" });
    expect([passed, failed]).toEqual([1, 1]);
    expect(lines[0]).toMatch(/^FAIL \w+ wrong: /);
    expect(lines[0]).toContain(line);
  });

  test("a function may be named with its module, and a case may have some of several results", () => {
    const one = { shape: [1, 1], dtype: "float64" as const };
    const base = { inputs: { input: { ...one, data: [-2] } }, cotangents: {}, grads: {} };
    const sign: Stored = { shape: [], dtype: "float64", data: [-1] };
    const { failed, lines } = reportOn(
      { ...base, op: "linalg.inv", outputs: { out: { ...one, data: [-0.5] } } },
      { ...base, op: "linalg_inv", outputs: { out: { ...one, data: [-0.5] } } },
      { ...base, op: "svd", outputs: { S: vector(2) } },
      { ...base, op: "slogdet", outputs: { "out.0": sign } },
      { ...base, op: "slogdet", outputs: { sign } },
      { ...base, op: "slogdet", outputs: { logdet: sign }, name: "wrong" },
    );
    expect([failed, lines[0]]).toEqual([1, "FAIL op wrong: logdet: is missing"]);
  });

  test("a folder without cases, and one that is absent, are errors", () => {
    expect(() => readCases(folder)).toThrow("no *.json file");
    process.env.ADJOINT_GOLDEN = join(folder, "absent");
    expect(() => readCases(caseFolder() ?? "")).toThrow("absent");
  });
});

const signedZero: Partial<Case> = {
  inputs: { input: vector(0) },
  outputs: { out: vector(0) },
  cotangents: {},
  grads: {},
  notes: "signed zeros count here",
};

test("a documented difference passes while it differs, and fails once it agrees", () => {
  const allowed = [{ case: "wrong", reason: "for the sake of the test" }];
  const wrong = caseWith({ name: "wrong", outputs: { out: vector(1, 2, 3) } });
  expect(report([wrong], allowed)).toMatchObject({ passed: 1, failed: 0 });
  const agrees = report([caseWith({ name: "wrong" })], allowed);
  expect(agrees).toMatchObject({ passed: 0, failed: 1 });
  expect(agrees.lines[0]).toBe("FAIL op wrong: agrees, and must leave the table of differences");
});

test("no family has a function of another, which would be lost", () => {
  for (const all of [families, moduleFamilies]) {
    const names = all.flatMap((family) => Object.keys(family));
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  }
});
