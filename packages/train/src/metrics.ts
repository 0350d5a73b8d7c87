import { ArgumentError, IndexError } from "@adjoint/core";
import { type Numbers, numbersOf } from "./numbers.js";

/** Counts of predictions: row = true class, column = predicted class. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** How one class fares against all others. Each is from 0 to 1, and 0 where its denominator is. */
export interface ClassReport {
  /** `tp / (tp + fp)`: how many of those called by this class belong to it. */
  readonly precision: number;
  /** `tp / (tp + fn)`: how many of those of this class were found. */
  readonly recall: number;
  /** The harmonic mean of both, `2 · precision · recall / (precision + recall)`. */
  readonly f1: number;
  /** How many examples have this class. */
  readonly support: number;
}

/**
 * The share of predictions that equal their label, `#{i : predictedᵢ = labelᵢ} / n`.
 *
 * Both are `[n]` classes, as `argmax(logits, { axis: 1 })` gives them.
 * @throws ArgumentError `METRIC_LENGTH` where the lengths differ or are 0, `NUMBERS_KIND`
 *
 * @example
 * ```ts
 * import { argmax, tensor } from "@adjoint/core";
 * import { accuracy } from "@adjoint/train";
 * console.log(accuracy([1, 2, 0, 0], [1, 2, 0, 1])); // → 0.75
 * const logits = tensor([[2, 1], [0, 3]]);
 * console.log(accuracy(argmax(logits, { axis: 1 }), tensor([0, 0], { dtype: "int32" }))); // → 0.5
 * ```
 */
export function accuracy(predicted: Numbers, labels: Numbers): number {
  const [answers, truths] = pairs("accuracy", predicted, labels);
  let right = 0;
  for (let i = 0; i < truths.length; i++) if (answers[i] === truths[i]) right++;
  return right / truths.length;
}

/**
 * Counts how often each true class (row) was predicted as each class (column).
 *
 * @param classes - the number of classes; classes are whole numbers from 0 up to but not including it
 * @throws ArgumentError `METRIC_LENGTH` where the lengths differ or are 0, `NUMBERS_KIND`; IndexError `CLASS_RANGE` for a class outside
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "@adjoint/train";
 * console.log(JSON.stringify(confusionMatrix([0, 1, 1], [0, 0, 1], 2))); // → [[1,1],[0,1]]
 * ```
 */
export function confusionMatrix(predicted: Numbers, labels: Numbers, classes: number): ConfusionMatrix {
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new ArgumentError("CLASS_COUNT", `confusionMatrix: ${classes} classes; give a whole number from 1`);
  }
  const [answers, truths] = pairs("confusionMatrix", predicted, labels);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truths.length; i++) {
    const row = checkClass("label", truths[i], i, classes);
    const column = checkClass("prediction", answers[i], i, classes);
    counts[row][column]++;
  }
  return counts;
}

/**
 * Precision, recall and F1 score of each class, from a confusion matrix.
 *
 * @throws ArgumentError `MATRIX_SHAPE` where the matrix is not square
 *
 * @example
 * ```ts
 * import { classReport } from "@adjoint/train";
 * console.log(classReport([[3, 1], [1, 1]])[1]); // → { precision: 0.5, recall: 0.5, f1: 0.5, support: 2 }
 * ```
 */
export function classReport(matrix: ConfusionMatrix): ClassReport[] {
  checkSquare("classReport", matrix);
  return matrix.map((row, one) => {
    const right = row[one];
    const support = sum(row);
    const called = sum(matrix.map((other) => other[one]));
    // Counts give F1 without 0/0 between precision and recall: 2tp / (2tp + fp + fn).
    return {
      precision: ratio(right, called),
      recall: ratio(right, support),
      f1: ratio(2 * right, called + support),
      support,
    };
  });
}

/** Throws where `matrix` has a row of another length than the number of rows. */
export function checkSquare(where: string, matrix: ConfusionMatrix): void {
  if (!Array.isArray(matrix) || !matrix.every((row) => Array.isArray(row))) {
    throw new ArgumentError(
      "MATRIX_SHAPE",
      `${where}: the matrix is no array of rows; give what confusionMatrix returns`,
    );
  }
  const wrong = matrix.findIndex((row) => row.length !== matrix.length);
  if (wrong < 0 && matrix.length > 0) return;
  const what =
    matrix.length === 0
      ? "the matrix is empty"
      : `row ${wrong} has ${matrix[wrong].length} columns for ${matrix.length} rows`;
  throw new ArgumentError("MATRIX_SHAPE", `${where}: ${what}; give a square confusion matrix`);
}

/** Both as arrays of the same length, at least 1. */
function pairs(where: string, predicted: Numbers, labels: Numbers): [ArrayLike<number>, ArrayLike<number>] {
  const answers = numbersOf(where, "the first argument, the predictions,", predicted);
  const truths = numbersOf(where, "the second argument, the labels,", labels);
  if (answers.length === truths.length && truths.length > 0) return [answers, truths];
  throw new ArgumentError(
    "METRIC_LENGTH",
    `${where}: ${answers.length} predictions for ${truths.length} labels; give one class for each label, and at least ` +
      "one; argmax(logits, { axis: 1 }) makes classes of logits",
  );
}

function checkClass(what: string, one: number, index: number, classes: number): number {
  if (Number.isInteger(one) && one >= 0 && one < classes) return one;
  const range = `a class from 0 to ${classes - 1}`;
  throw new IndexError("CLASS_RANGE", `confusionMatrix: ${what} ${one} at ${index} is not ${range}; raise classes?`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
