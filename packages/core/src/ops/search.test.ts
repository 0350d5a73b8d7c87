import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketize, Generator, searchsorted, sort, stack, tensor, unique, uniqueConsecutive, vmap } from "../index.js";

test("searchsorted counts the elements before each value, those that equal it with right", () => {
  const some = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NaN)), { maxLength: 9 });
  fc.assert(
    fc.property(some, some, (elements, sought) => {
      const sorted = sort(tensor(elements)).values;
      const count = (before: (a: number, v: number) => boolean): number[] =>
        sought.map((v) => elements.filter((a) => before(a, v)).length);
      const less = (a: number, b: number): boolean => a < b || (b !== b && a === a);
      const got = searchsorted(sorted, tensor(sought));
      expect([got.dtype, ...got.data]).toEqual(["int32", ...count(less)]);
      const right = searchsorted(sorted, tensor(sought), { right: true });
      expect(Array.from(right.data)).toEqual(count((a, v) => !less(v, a)));
    }),
    { seed: 4 },
  );
});

test("searchsorted takes a line for each leading place, and inside vmap", () => {
  const sorted = sort(new Generator(1).normal([3, 2, 4])).values;
  const values = new Generator(2).normal([3, 2, 5]);
  const each = (f: (e: number) => ReturnType<typeof searchsorted>) => stack([0, 1, 2].map(f)).toArray();
  const whole = searchsorted(sorted, values).toArray();
  expect(whole).toEqual(each((e) => stack([0, 1].map((i) => searchsorted(sorted.slice(e, i), values.slice(e, i))))));
  expect(vmap((s, v) => searchsorted(s, v))(sorted, values).toArray()).toEqual(whole);
  expect(vmap((s) => searchsorted(s.slice(0), values))(sorted).toArray()).toEqual(
    each((e) => searchsorted(sorted.slice(e, 0), values)),
  );
  expect(vmap((v) => bucketize(v, sorted.slice(0, 0)))(values).toArray()).toEqual(
    bucketize(values, sorted.slice(0, 0)).toArray(),
  );
});

test("unique elements rise, say where each is found, and how often", () => {
  const x = tensor([[2, -1, 2], [0, -0, NaN]]); // prettier-ignore
  const { values, inverse, counts } = unique(x);
  expect(values.toArray()).toEqual([-1, 0, 2, NaN]);
  expect(inverse.toArray()).toEqual([[2, 0, 2], [1, 1, 3]]); // prettier-ignore
  expect([counts.dtype, counts.toArray()]).toEqual(["int32", [1, 2, 2, 1]]);
  expect(unique(tensor([NaN, NaN])).counts.toArray()).toEqual([1, 1]);
  expect(unique(tensor([true, false, true])).values.dtype).toBe("bool");
  expect(uniqueConsecutive(tensor([1, 1, 2, 1], { dtype: "int32" })).inverse.toArray()).toEqual([0, 0, 1, 2]);
});

test("unique slices along an axis", () => {
  const x = tensor([[2, 0], [1, 5], [2, 0], [1, NaN], [1, NaN]]); // prettier-ignore
  const rows = unique(x, { axis: 0 });
  expect(rows.values.toArray()).toEqual([[1, 5], [1, NaN], [1, NaN], [2, 0]]); // prettier-ignore
  expect(rows.inverse.toArray()).toEqual([3, 0, 3, 1, 2]);
  expect(rows.counts.toArray()).toEqual([1, 1, 1, 2]);
  const columns = tensor([[3, 3, 1, 3], [4, 4, 4, 4]]); // prettier-ignore
  expect(unique(columns, { axis: -1 }).values.toArray()).toEqual([[1, 3], [4, 4]]); // prettier-ignore
  expect(uniqueConsecutive(columns, { axis: 1 }).inverse.toArray()).toEqual([0, 0, 1, 2]);
  expect(unique(tensor([], { shape: [0, 2] }), { axis: 0 }).values.shape).toEqual([0, 2]);
});
