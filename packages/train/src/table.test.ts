import { describe, expect, it } from "vitest";
import { confusionTable } from "./table.js";

describe("confusionTable", () => {
  it("shows counts, dots for zeros and the recall of each row", () => {
    const table = confusionTable(
      [
        [9, 1],
        [0, 8],
      ],
      ["cat", "dog"],
    );
    expect(table.split("\n")).toEqual([
      "true\\pred  cat  dog  recall",
      "cat          9    1   90.0%",
      "dog          ·    8  100.0%",
    ]);
  });

  it("keeps ten classes of thousands within 80 columns, without colours", () => {
    const matrix = Array.from({ length: 10 }, (_, row) =>
      Array.from({ length: 10 }, (_, column) => (row === column ? 1135 : 1028)),
    );
    const table = confusionTable(matrix);
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(table).not.toContain("\u001b");
    expect(table.split("\n")).toHaveLength(11);
  });

  it("gives characters that are two columns wide their room", () => {
    const table = confusionTable(
      [
        [3, 1],
        [0, 4],
      ],
      ["猫", "dog"],
    );
    expect(table.split("\n")).toEqual([
      "true\\pred  猫  dog  recall",
      "猫          3    1   75.0%",
      "dog         ·    4  100.0%",
    ]);
  });

  it("refuses names that do not go with the matrix", () => {
    expect(() => confusionTable([[1]], ["a", "b"])).toThrow("2 names for 1 classes");
    expect(() => confusionTable([[1]], 3 as never)).toThrow("the names are no array");
  });
});
