import { tensor } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { collate } from "./collate.js";

describe("collate", () => {
  test("stacks tensors of every dtype along a new first axis", () => {
    for (const dtype of ["float32", "float64", "int32", "uint8", "bool"] as const) {
      const batch = collate([tensor([[1, 0]], { dtype }), tensor([[0, 1]], { dtype })]);
      expect(batch.dtype).toBe(dtype);
      expect(batch.shape).toEqual([2, 1, 2]);
      expect([...batch.data]).toEqual([1, 0, 0, 1]);
    }
  });

  test("numbers become float32, booleans bool, typed arrays rows; strings stay", () => {
    const numbers = collate([1, 2.5]);
    expect([numbers.dtype, ...numbers.shape, ...numbers.data]).toEqual(["float32", 2, 1, 2.5]);
    const flags = collate([true, false]);
    expect([flags.dtype, ...flags.data]).toEqual(["bool", 1, 0]);
    const rows = collate([Int32Array.of(1, 2), Int32Array.of(3, 4)]);
    expect([rows.dtype, ...rows.shape, ...rows.data]).toEqual(["int32", 2, 2, 1, 2, 3, 4]);
    expect(collate(["a", "b"])).toEqual(["a", "b"]);
  });

  test("goes into arrays and objects", () => {
    const items = [
      { pair: [tensor([1, 2]), 3] as const, name: "first" },
      { pair: [tensor([4, 5]), 6] as const, name: "second" },
    ];
    const { pair, name } = collate(items);
    expect(pair[0].toArray()).toEqual([
      [1, 2],
      [4, 5],
    ]);
    expect(pair[1].toArray()).toEqual([3, 6]);
    expect(name).toEqual(["first", "second"]);
  });

  test.each([
    [[tensor([1]), tensor([1, 2])], "float32 [1] in the first item and float32 [2] in item 1"],
    [[tensor([1]), tensor([1], { dtype: "int32" })], "float32 [1] in the first item and int32 [1] in item 1"],
    [[[1, 2], [1]], "item has 2 entries in the first item and 1 in item 1"],
    [[{ a: 1 }, { b: 1 }], "item has the keys a in the first item and b in item 1"],
    [[{ a: [tensor([1])] }, { a: [tensor(1)] }], "item.a[0] is float32 [1]"],
  ])("items that do not fit each other are ShapeErrors", (items, message) => {
    expect(() => collate<unknown>(items)).toThrow(
      expect.objectContaining({ name: "ShapeError", code: "COLLATE_SHAPE", message: expect.stringContaining(message) }),
    );
  });

  test.each([
    [[1, "a"], "item is number and string"],
    [[{ x: null }, { x: null }], "item.x is null"],
    [[new Date(0)], "item is Date"],
    [[tensor(1), 1], "item is Tensor and number"],
    [[undefined], "item is undefined"],
  ])("items of other or mixed kinds are ArgumentErrors", (items, message) => {
    expect(() => collate<unknown>(items)).toThrow(
      expect.objectContaining({ code: "COLLATE_KIND", message: expect.stringContaining(message) }),
    );
  });

  test("no items make no batch", () => {
    expect(() => collate([])).toThrow(expect.objectContaining({ code: "COLLATE_EMPTY" }));
  });
});
