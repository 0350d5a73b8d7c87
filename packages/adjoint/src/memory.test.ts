import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";

const PROGRAM = new URL("../../../bench/dist/memory.js", import.meta.url).pathname;
const built = existsSync(PROGRAM);
if (!built) console.log("skipped: the memory test runs the built benchmark; build first (npm test does)");

test.runIf(built)(
  "10,000 eager steps end with at most 1.1 times the memory of step 1,000",
  { timeout: 300_000 },
  () => {
    const output = execFileSync(process.execPath, [PROGRAM], { encoding: "utf8" });
    const ratio = Number(/the end is ([\d.]+) times step 1000/.exec(output)?.[1]);
    console.log(`resident memory at step 10,000 over step 1,000: ${ratio}`);
    expect(ratio).toBeLessThanOrEqual(1.1);
  },
);
