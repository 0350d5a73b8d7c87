import { ArgumentError } from "@adjoint/core";
import stringWidth from "string-width";
import { checkSquare, classReport, type ConfusionMatrix } from "./metrics.js";

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
  if (names !== undefined && !Array.isArray(names)) {
    throw new ArgumentError("MATRIX_SHAPE", "confusionTable: the names are no array; give one name for each class");
  }
  const classes: readonly string[] = names ?? matrix.map((_, one) => String(one));
  if (classes.length !== matrix.length) {
    const counts = `${classes.length} names for ${matrix.length} classes`;
    throw new ArgumentError("MATRIX_SHAPE", `confusionTable: ${counts}; give one name for each class`);
  }
  const reports = classReport(matrix);
  const rows = matrix.map((row, one) => {
    const cells = row.map((count) => (count === 0 ? "·" : String(count)));
    return [classes[one], ...cells, `${(100 * reports[one].recall).toFixed(1)}%`];
  });
  return alignColumns([["true\\pred", ...classes, "recall"], ...rows]);
}

/** Lines of cells two spaces apart, the first column to the left and the others to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => rows.reduce((most, row) => Math.max(most, stringWidth(row[column])), 0));
  const align = (text: string, column: number): string => {
    const room = " ".repeat(widths[column] - stringWidth(text));
    return column === 0 ? text + room : room + text;
  };
  return rows.map((row) => row.map(align).join("  ").trimEnd()).join("\n");
}
