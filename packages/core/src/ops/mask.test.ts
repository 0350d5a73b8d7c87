import { expect, test } from "vitest";
import { gt, maskedFill, maskedScatter, maskedSelect, nonzero, tensor, value, vmap } from "../index.js";

const x = tensor([[1, 5, 2], [7, 0, 9]]); // prettier-ignore

test("maskedFill keeps the dtype, takes scalars with a gradient, and refuses what the dtype does not hold", () => {
  const mask = tensor([true, false, true]);
  const counts = tensor([1, 2, 3], { dtype: "uint8" });
  expect([maskedFill(counts, mask, 9).dtype, ...maskedFill(counts, mask, 9).data]).toEqual(["uint8", 9, 2, 9]);
  expect(maskedFill(mask, mask, 0).dtype).toBe("bool");
  const fill = value(3);
  maskedFill(x, mask, fill).sum().backward();
  expect(fill.grad).toBe(4);
  expect(() => maskedFill(counts, mask, -1)).toThrow("maskedFill: the value is -1; use a number that uint8 holds");
  expect(() => maskedFill(x, counts, 1)).toThrow("maskedFill: the mask is uint8; use a bool tensor");
});

test("a mask that is the same for all examples passes vmap in maskedSelect and maskedScatter", () => {
  const mask = tensor([true, false, true]);
  expect(vmap((row) => maskedSelect(row, mask))(x).toArray()).toEqual([[1, 2], [7, 9]]); // prettier-ignore
  expect(vmap((row) => maskedScatter(row, mask, tensor([0, 0])))(x).toArray()).toEqual([[0, 5, 0], [0, 0, 0]]); // prettier-ignore
  expect(() => vmap((row) => maskedSelect(row, gt(row, 2)))(x)).toThrow(
    expect.objectContaining({ code: "BATCH_READ" }),
  );
});

test("nonzero lists the places in order: of a scalar a row without columns, of NaN too", () => {
  expect(nonzero(x).toArray()).toEqual([[0, 0], [0, 1], [0, 2], [1, 0], [1, 2]]); // prettier-ignore
  expect(nonzero(tensor([0, NaN, -0])).toArray()).toEqual([[1]]);
  expect([nonzero(tensor(4)).shape, nonzero(tensor(0)).shape]).toEqual([
    [1, 0],
    [0, 0],
  ]);
});

test("maskedScatter needs as many elements as there are places", () => {
  expect(() => maskedScatter(x, gt(x, 1), tensor([1, 2]))).toThrow(
    expect.objectContaining({ code: "SOURCE_TOO_SMALL" }),
  );
});
