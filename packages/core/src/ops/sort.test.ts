import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argsort, Generator, gradients, kthvalue, sort, tensor, type Tensor, topk } from "../index.js";

/** Random elements with many equal ones, both zeros, infinities and NaN. */
const element = fc.oneof(
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1, -1),
  fc.double({ noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
);

/** Places in their order, by a comparison: NaN is the largest, and equal ones stay. */
function expectedOrder(data: ArrayLike<number>, descending: boolean): number[] {
  const compare = (a: number, b: number): number => (a === b || (a !== a && b !== b) ? 0 : a !== a || a > b ? 1 : -1);
  return Array.from(data, (_, i) => i).sort((i, j) => (descending ? -1 : 1) * compare(data[i], data[j]) || i - j);
}

function expectOrder(x: Tensor, descending: boolean): void {
  const { values, indices } = sort(x, { descending });
  const want = expectedOrder(x.data, descending);
  expect(Array.from(indices.data)).toEqual(want);
  expect(values.data).toEqual(x.data.map((_, i) => x.data[want[i]]));
}

test.each(["float32", "float64", "int32", "uint8", "bool"] as const)(
  "sorting %s is stable, with NaN last and -0 equal to 0",
  (dtype) => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 100 }), fc.boolean(), (elements, descending) => {
        expectOrder(tensor(Float64Array.from(elements)).to(dtype), descending);
      }),
      { seed: 2 },
    );
  },
);

test.each([63, 64, 65, 700, 5000])("long lines are sorted by digits: %d elements", (length) => {
  const generator = new Generator(length);
  const wide = generator.normal([length], 0, 1, { dtype: "float64" });
  for (const x of [wide, wide.to("float32"), wide.mul(1e9).to("int32"), wide.mul(10).to("int32"), wide.mul(1e-310)]) {
    expectOrder(x, false);
    expectOrder(x, true);
  }
  // Numbers whose upper halves are all equal.
  expectOrder(wide.mul(1e-12).add(1), false);
  const gaps = wide.data.slice();
  for (let i = 0; i < length; i += 7) gaps[i] = NaN;
  expectOrder(tensor(gaps), true);
});

test("lines lie along any axis", () => {
  const x = new Generator(1).normal([3, 4, 2]);
  for (const axis of [0, 1, 2, -2]) {
    const moved = sort(x.transpose(axis, -1)).values.transpose(axis, -1);
    expect(sort(x, { axis }).values.toArray()).toEqual(moved.toArray());
    expect(argsort(x, { axis }).toArray()).toEqual(sort(x, { axis }).indices.toArray());
  }
});

describe("topk", () => {
  test("gives the first of the sorted elements, whether they are found with a heap or by sorting", () => {
    fc.assert(
      fc.property(
        fc.array(element, { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (elements, part, largest) => {
          const x = tensor(Float64Array.from(elements));
          for (const k of [Math.floor(part * elements.length), Math.floor((part * elements.length) / 9)]) {
            const got = topk(x, k, { largest });
            expect(Array.from(got.indices.data)).toEqual(expectedOrder(x.data, largest).slice(0, k));
          }
        },
      ),
      { seed: 3 },
    );
  });

  test("sends the gradient to the places of the elements", () => {
    const x = tensor([3, 1, 4, 1, 5], { requiresGrad: true });
    const { values } = topk(x, 2);
    expect(gradients(values.mul(tensor([1, 10])).sum(), [x])[0].toArray()).toEqual([0, 0, 10, 0, 1]);
  });

  test.each([6, -1, 1.5, "2"])("refuses k = %s of 5", (k) => {
    expect(() => topk(tensor([3, 1, 4, 1, 5]), k as number)).toThrow(
      expect.objectContaining({ code: "INTEGER_INVALID" }),
    );
  });
});

test("kthvalue counts from 1 and drops the axis unless it is kept", () => {
  const x = tensor([[3, 1, 2], [6, 5, 4]]); // prettier-ignore
  expect(kthvalue(x, 2, { axis: 0 }).values.toArray()).toEqual([6, 5, 4]);
  const kept = kthvalue(x, 3, { keepDims: true });
  expect([kept.values.toArray(), kept.indices.toArray()]).toEqual([[[3], [6]], [[0], [0]]]); // prettier-ignore
});
