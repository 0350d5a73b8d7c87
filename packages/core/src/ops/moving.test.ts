import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  arange,
  concat,
  diagEmbed,
  diagonal,
  flip,
  gradients,
  lerp,
  meshgrid,
  moveAxis,
  narrow,
  pad,
  type PadOptions,
  repeat,
  reshape,
  roll,
  rot90,
  select,
  slice,
  squeeze,
  sum,
  swapAxes,
  type Tensor,
  tensor,
  tile,
  transpose,
  tril,
  triu,
  unbind,
} from "../index.js";

const counted = (shape: readonly number[]): Tensor =>
  reshape(arange(shape.reduce((a, b) => a * b, 1)).to("float64"), shape);

/** A tensor of numbers that tell its places, often a view. */
const tensors = (least: number, most: number): fc.Arbitrary<Tensor> =>
  fc
    .tuple(fc.array(fc.nat(3), { minLength: least, maxLength: most }), fc.boolean())
    .map(([shape, turned]) => (turned ? transpose(counted(shape.toReversed())) : counted(shape)));

const at = (x: Tensor, place: readonly number[]): number => (place.length === 0 ? x.item() : slice(x, ...place).item());

/** Every element of `y` is what `want` says of its place. */
function expectElements(y: Tensor, want: (place: number[]) => number): void {
  const place = new Array<number>(y.ndim).fill(0);
  for (const element of y.data) {
    expect(element, `at [${place.join(", ")}]`).toBe(want(place.slice()));
    for (let axis = y.ndim - 1; axis >= 0 && ++place[axis] === y.shape[axis]; axis--) place[axis] = 0;
  }
}

const mod = (a: number, n: number): number => ((a % n) + n) % n;

describe("elements come from where the definition says", () => {
  test("repeat and tile", () => {
    const counts = fc.array(fc.nat(2), { minLength: 3, maxLength: 4 });
    fc.assert(
      fc.property(tensors(0, 3), counts, (x, repeats) => {
        const y = repeat(x, repeats);
        const missing = repeats.length - x.ndim;
        expect(y.shape).toEqual(repeats.map((count, i) => count * (i < missing ? 1 : x.shape[i - missing])));
        expectElements(y, (place) =>
          at(
            x,
            place.slice(missing).map((p, i) => p % x.shape[i]),
          ),
        );
        expect(tile(x, repeats.slice(-1)).shape).toEqual([
          ...x.shape.slice(0, -1),
          repeats.at(-1)! * (x.shape.at(-1) ?? 1),
        ]);
      }),
    );
  });

  test("roll, along axes and flattened", () => {
    fc.assert(
      fc.property(tensors(1, 3), fc.integer({ min: -9, max: 9 }), fc.nat(2), (x, shift, k) => {
        const axis = k % x.ndim;
        expectElements(roll(x, [shift, 1], [axis, axis - x.ndim]), (place) =>
          at(
            x,
            place.map((p, i) => (i === axis ? mod(p - shift - 1, x.shape[i]) : p)),
          ),
        );
        const flat = roll(x, shift).data;
        flat.forEach((element, i) => expect(element).toBe(x.data[mod(i - shift, x.size)]));
      }),
    );
  });

  test("rot90 is a quarter turn, four of which are none", () => {
    fc.assert(
      fc.property(tensors(2, 3), (x) => {
        expectElements(rot90(x), ([i, j, ...rest]) => at(x, [j, x.shape[1] - 1 - i, ...rest]));
        expect(rot90(rot90(rot90(x))).toArray()).toEqual(rot90(x, -1).toArray());
        expect(rot90(rot90(x, 2), -6).toArray()).toEqual(x.toArray());
      }),
    );
  });

  test("moveAxis", () => {
    fc.assert(
      fc.property(tensors(2, 4), fc.nat(3), fc.nat(3), (x, a, b) => {
        const [from, to] = [a % x.ndim, b % x.ndim];
        expectElements(moveAxis(x, from, to - x.ndim), (place) => {
          const moved = place.toSpliced(to, 1);
          return at(x, moved.toSpliced(from, 0, place[to]));
        });
      }),
    );
  });

  test("diagonal, and diagEmbed which undoes it", () => {
    fc.assert(
      fc.property(tensors(2, 3), fc.integer({ min: -4, max: 4 }), (x, offset) => {
        const y = diagonal(x, offset, -1, 0);
        expectElements(y, (place) => {
          const i = place[place.length - 1];
          const [row, column] = [i + Math.max(0, -offset), i + Math.max(0, offset)];
          return at(x, [column, ...place.slice(0, -1), row]);
        });
        expect(diagonal(diagEmbed(y, offset, 0, -1), offset, 0, -1).toArray()).toEqual(y.toArray());
        expect(sum(diagEmbed(y, offset)).item()).toBe(sum(y).item());
      }),
    );
  });

  test("tril and triu", () => {
    fc.assert(
      fc.property(tensors(2, 4), fc.integer({ min: -4, max: 4 }), (x, offset) => {
        const above = (place: number[]): number => place[place.length - 1] - place[place.length - 2];
        expectElements(tril(x, offset), (place) => (above(place) <= offset ? at(x, place) : 0));
        expectElements(triu(x, offset), (place) => (above(place) >= offset ? at(x, place) : 0));
      }),
    );
  });

  test("meshgrid", () => {
    fc.assert(
      fc.property(fc.array(tensors(1, 1), { minLength: 2, maxLength: 3 }), (vectors) => {
        meshgrid(vectors).forEach((grid, k) => expectElements(grid, (place) => vectors[k].data[place[k]]));
        const turned = meshgrid(vectors, { indexing: "xy" });
        turned.forEach((grid, k) => expectElements(grid, (place) => vectors[k].data[place[k < 2 ? 1 - k : k]]));
      }),
    );
  });

  /** Where along an axis of `size` the cell lies that a mode shows at `p`; null is none. */
  const sources = {
    constant: (p: number, size: number) => (p >= 0 && p < size ? p : null),
    replicate: (p: number, size: number) => Math.min(size - 1, Math.max(0, p)),
    reflect: (p: number, size: number) => (p < 0 ? -p : p >= size ? 2 * (size - 1) - p : p),
    circular: (p: number, size: number) => mod(p, size),
  };

  test.each(Object.keys(sources) as NonNullable<PadOptions["mode"]>[])("pad: %s", (mode) => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -1, max: 2 }), fc.integer({ min: -1, max: 2 })), {
      minLength: 2,
      maxLength: 2,
    });
    fc.assert(
      fc.property(fc.tuple(fc.integer({ min: 3, max: 5 }), fc.integer({ min: 4, max: 5 })), pairs, (shape, padding) => {
        const x = counted(shape);
        // What circular repeats is what is left after cutting.
        const cut = padding.map(([before, after]) => [Math.min(0, before), Math.min(0, after)] as const);
        const base = mode === "circular" ? pad(x, cut) : x;
        const y = pad(x, padding, mode === "constant" ? { value: -1 } : { mode });
        expectElements(y, (place) => {
          const from = place.map((p, i) => {
            const before = mode === "circular" ? Math.max(0, padding[i][0]) : padding[i][0];
            return sources[mode](p - before, base.shape[i]);
          });
          return from.includes(null) ? -1 : at(base, from as number[]);
        });
      }),
    );
  });
});

describe("views and gradients", () => {
  test("what can be shown in place is not copied", () => {
    const x = counted([4, 3]);
    const shown = [
      select(x, 0, 2),
      select(x, 1, -1),
      diagonal(x, -1),
      reshape(select(x, 1, 0), [2, 1, 2]),
      reshape(transpose(x), [3, 2, 2]),
      moveAxis(x, 0, 1),
      narrow(x, 0, 1, 2),
      ...unbind(x),
      ...meshgrid([x.flatten(), x.flatten()]),
    ];
    for (const y of shown) expect((y.view?.base ?? y.data).buffer).toBe(x.data.buffer);
  });

  test("a shape that a view cannot show is copied in its order", () => {
    const x = counted([2, 3]);
    expect(reshape(transpose(x), [6]).toArray()).toEqual([0, 3, 1, 4, 2, 5]);
    expect(reshape(transpose(x), [2, 3]).toArray()).toEqual([
      [0, 3, 1],
      [4, 2, 5],
    ]);
  });

  test("what lies outside of a triangle does not reach the gradient, be it infinite", () => {
    const x = tensor(
      [
        [1, Infinity],
        [NaN, 2],
      ],
      { requiresGrad: true },
    );
    expect(sum(diagonal(tril(triu(x)))).item()).toBe(3);
    expect(gradients(sum(tril(triu(x))), [x])[0].toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test("the parts of a long axis are taken by halves, so that each gradient is put into few zeros", () => {
    const x = tensor(new Float64Array(64).fill(1), { requiresGrad: true });
    let depth = 0;
    for (let part = unbind(x)[63]; part !== x; part = part.inputs[0] as Tensor) depth++;
    expect(depth).toBe(7);
  });
});

test("a scalar takes the axes 0 and -1, and no others", () => {
  const x = tensor(5);
  const results = [squeeze(x, -1), swapAxes(x, 0, -1), moveAxis(x, 0, -1), flip(x, 0)];
  expect(results.map((y) => y.toArray())).toEqual([5, 5, 5, 5]);
  expect(() => squeeze(x, 1)).toThrow("squeeze: axis 1 of []");
  expect(() => swapAxes(x, 0, 1)).toThrow("swapAxes: axis 1 of []");
});

test("concat leaves out vectors of no elements among tensors of more axes", () => {
  const nothing = tensor([], { requiresGrad: true });
  const joined = concat([nothing, tensor([[1, 2]]), tensor([[3, 4]])]);
  expect(joined.toArray()).toEqual([[1, 2], [3, 4]]); // prettier-ignore
  expect(concat([nothing, tensor([1])], -1).toArray()).toEqual([1]);
  expect(() => concat([tensor([1]), tensor([[1, 2]])])).toThrow("concat: [1] and [1, 2]");
});

test("lerp meets both ends exactly", () => {
  const [x, y] = [0.1, 0.7].map((end) => tensor(end, { dtype: "float64" }));
  expect([lerp(x, y, 0).item(), lerp(x, y, 1).item()]).toEqual([0.1, 0.7]);
  expect(lerp(tensor(1e16, { dtype: "float64" }), 1, 1).item()).toBe(1);
});
