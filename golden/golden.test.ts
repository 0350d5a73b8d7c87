import { describe, expect, test } from "vitest";
import { caseFolder, readCases } from "./read.js";
import { check } from "./report.js";

const folder = caseFolder();
if (folder === undefined) console.log("golden: no folder ../shared/golden, the reference cases are skipped");
const cases = folder === undefined ? [] : readCases(folder);

describe.skipIf(folder === undefined)("as in PyTorch", () => {
  test("names of cases are unique, so that a difference names one", () => {
    const names = cases.map(({ kind, name }) => `${kind} ${name}`);
    expect(names.length).toBe(new Set(names).size);
  });

  test.each(cases.map((each) => [each.kind, each.op, each.name, each] as const))(
    "%s %s: %s",
    (_k, _op, _name, each) => {
      expect(check(each)).toEqual([]);
    },
  );
});
