// Adds up vitest's JSON reports: `node scripts/totals.mjs FOLDER` prints one line, `tests: N passed, N failed`.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const totals = { passed: 0, failed: 0, skipped: 0 };
for (const file of existsSync(folder) ? readdirSync(folder) : []) {
  const report = JSON.parse(readFileSync(join(folder, file), "utf8"));
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests;
  // A file that cannot be loaded has no tests to count, and is a failure all the same.
  totals.failed += report.testResults.filter(
    (each) => each.status === "failed" && !each.assertionResults.length,
  ).length;
}
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
console.log(`tests: ${totals.passed} passed, ${totals.failed} failed${skipped}`);
