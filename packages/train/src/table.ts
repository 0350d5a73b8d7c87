import { ArgumentError } from "@adjoint/core";
import Table from "cli-table3";
import { checkSquare, classReport, type ConfusionMatrix } from "./metrics.js";

// Plain rules: no colours and no vertical bars keep ten classes within 80 columns, in any terminal and log.
const RULES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ",
};

/**
 * A confusion matrix as text: a row for each true class, a column for each predicted one, and its recall.
 *
 * Zeros are drawn as dots, so that mistakes stand out.
 * @param names - the names of the classes; their numbers by default
 * @throws ArgumentError `MATRIX_SHAPE` where the matrix is not square or the names are not as many as its rows
 *
 * @example
 * ```ts
 * import { confusionTable } from "@adjoint/train";
 * console.log(confusionTable([[9, 1], [0, 8]], ["cat", "dog"]));
 * // → true\pred  cat  dog  recall
 * // cat          9    1   90.0%
 * // dog          ·    8  100.0%
 * ```
 */
export function confusionTable(matrix: ConfusionMatrix, names?: readonly string[]): string {
  checkSquare("confusionTable", matrix);
  const classes = names ?? matrix.map((_, one) => String(one));
  if (classes.length !== matrix.length) {
    const counts = `${classes.length} names for ${matrix.length} classes`;
    throw new ArgumentError("MATRIX_SHAPE", `confusionTable: ${counts}; give one name for each class`);
  }
  const table = new Table({
    head: ["true\\pred", ...classes, "recall"],
    colAligns: ["left", ...classes.map(() => "right" as const), "right"],
    chars: RULES,
    style: { head: [], border: [], "padding-left": 1, "padding-right": 0, compact: true },
  });
  const reports = classReport(matrix);
  matrix.forEach((row, one) => {
    const cells = row.map((count) => (count === 0 ? "·" : String(count)));
    table.push([classes[one], ...cells, `${(100 * reports[one].recall).toFixed(1)}%`]);
  });
  return table
    .toString()
    .split("\n")
    .map((line) => line.slice(1).trimEnd())
    .join("\n");
}
