import { describe, expect, test } from "vitest";
import { tensor } from "../create.js";
import { oneHot } from "./gather.js";

describe("oneHot", () => {
  test("gives rows of the identity matrix along a new last axis", () => {
    const labels = tensor([[1, 0]], { dtype: "uint8" });
    const rows = oneHot(labels, 3);
    expect([rows.shape, rows.dtype]).toEqual([[1, 2, 3], "float32"]);
    expect(rows.toArray()).toEqual([
      [
        [0, 1, 0],
        [1, 0, 0],
      ],
    ]);
    expect(oneHot(labels, 3, "int32").data).toEqual(Int32Array.of(0, 1, 0, 1, 0, 0));
  });

  test.each([3, -1])("label %d of 3 classes is an IndexError with its place", (label) => {
    expect(() => oneHot(tensor([0, label], { dtype: "int32" }), 3)).toThrow(
      expect.objectContaining({ name: "IndexError", message: `oneHot: label ${label} at place 1; use 0 to 2` }),
    );
  });

  test.each([0, 2.5, Number.NaN])("%d classes are an ArgumentError", (classes) => {
    expect(() => oneHot(tensor([0], { dtype: "int32" }), classes)).toThrow(
      expect.objectContaining({ name: "ArgumentError", code: "ONE_HOT_CLASSES" }),
    );
  });
});
