/** Compares us with the reference cases of PyTorch, and fails where one differs; words name the functions to take. */
import { caseFolder, readCases } from "./read.js";
import { report } from "./report.js";

const folder = caseFolder();
const words = process.argv.slice(2);
if (folder === undefined) {
  console.log("golden: no folder ../shared/golden, the reference cases are skipped");
} else {
  try {
    const cases = readCases(folder).filter(
      ({ op, name }) => words.length === 0 || words.some((w) => w === op || w === name),
    );
    const { lines, failed } = report(cases);
    console.log(lines.join("\n"));
    process.exitCode = failed > 0 ? 1 : 0;
  } catch (error) {
    console.error(`golden: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
