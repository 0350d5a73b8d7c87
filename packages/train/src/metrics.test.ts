import { tensor } from "@adjoint/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accuracy, classReport, confusionMatrix } from "./metrics.js";

const classed = fc
  .integer({ min: 1, max: 6 })
  .chain((classes) =>
    fc.tuple(
      fc.constant(classes),
      fc.array(fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1)), { minLength: 1, maxLength: 40 }),
    ),
  );

describe("accuracy", () => {
  it("is the share of equal places, also between arrays of different kinds", () => {
    expect(accuracy(Uint8Array.of(1, 2, 3), [1, 0, 3])).toBe(2 / 3);
  });

  it("takes tensors as well as arrays", () => {
    const labels = tensor([1, 0, 3], { dtype: "int32" });
    expect(accuracy(tensor([1, 2, 3]), labels)).toBe(2 / 3);
    expect(confusionMatrix(tensor([0, 1]), tensor([1, 1]), 2)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it("refuses what holds no numbers", () => {
    for (const wrong of [undefined, null, 3, "12", {}]) {
      expect(() => accuracy(wrong as never, [1])).toThrow(expect.objectContaining({ code: "NUMBERS_KIND" }));
      expect(() => confusionMatrix([1], wrong as never, 2)).toThrow(expect.objectContaining({ code: "NUMBERS_KIND" }));
    }
  });

  it("refuses predictions and labels of different or no length", () => {
    expect(() => accuracy([1], [1, 2])).toThrow(expect.objectContaining({ code: "METRIC_LENGTH" }));
    expect(() => accuracy([], [])).toThrow(expect.objectContaining({ code: "METRIC_LENGTH" }));
  });
});

describe("confusionMatrix", () => {
  it("has true classes as rows and predictions as columns", () => {
    expect(confusionMatrix([2, 2, 0], [1, 1, 0], 3)).toEqual([
      [1, 0, 0],
      [0, 0, 2],
      [0, 0, 0],
    ]);
  });

  it("counts every example once, and those on the diagonal give the accuracy", () => {
    fc.assert(
      fc.property(classed, ([classes, pairs]) => {
        const predicted = pairs.map(([one]) => one);
        const labels = pairs.map(([, one]) => one);
        const matrix = confusionMatrix(predicted, labels, classes);
        expect(matrix.flat().reduce((a, b) => a + b)).toBe(pairs.length);
        const right = matrix.reduce((total, row, one) => total + row[one], 0);
        expect(right / pairs.length).toBe(accuracy(predicted, labels));
      }),
    );
  });

  it("names the class outside its range and where it stands", () => {
    expect(() => confusionMatrix([0, 3], [0, 1], 3)).toThrow(expect.objectContaining({ code: "CLASS_RANGE" }));
    expect(() => confusionMatrix([0, 1], [0, 1.5], 3)).toThrow("label 1.5 at 1 is not a class from 0 to 2");
    expect(() => confusionMatrix([0], [0], 0)).toThrow(expect.objectContaining({ code: "CLASS_COUNT" }));
  });
});

describe("classReport", () => {
  it("gives precision along columns and recall along rows", () => {
    const [first, second] = classReport([
      [6, 2],
      [1, 1],
    ]);
    expect(first).toEqual({ precision: 6 / 7, recall: 6 / 8, f1: 12 / 15, support: 8 });
    expect(second).toEqual({ precision: 1 / 3, recall: 1 / 2, f1: 2 / 5, support: 2 });
  });

  it("is 0, not NaN, for a class that never occurs", () => {
    expect(
      classReport([
        [3, 0],
        [0, 0],
      ])[1],
    ).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
  });

  it("refuses a matrix that is not square", () => {
    expect(() => classReport([[1, 2]])).toThrow(expect.objectContaining({ code: "MATRIX_SHAPE" }));
    for (const wrong of [[], undefined, 3, [1], tensor([[1]])]) {
      expect(() => classReport(wrong as never)).toThrow(expect.objectContaining({ code: "MATRIX_SHAPE" }));
    }
  });
});
