import { describe, expect, test } from "vitest";
import { AdjointError, einsum, Generator, ones, tensor, type Tensor, tensordot, vmap } from "../index.js";

const generator = new Generator(3);

/** Einstein's summation as it is written down: a sum over all values of all letters; ellipses are written out as letters. */
function summed(subscripts: string, operands: readonly Tensor[]): { shape: number[]; data: number[] } {
  const [left, output] = subscripts.split("->");
  const terms = left.split(",");
  const letters = [...new Set([...output, ...left.replaceAll(",", "")])];
  const sizes = letters.map((letter) =>
    Math.max(...terms.flatMap((term, k) => [...term].flatMap((l, i) => (l === letter ? [operands[k].shape[i]] : [])))),
  );
  const shape = [...output].map((letter) => sizes[letters.indexOf(letter)]);
  const data = new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0);
  const count = sizes.reduce((a, b) => a * b, 1);
  for (let index = 0; index < count; index++) {
    let rest = index;
    const at = new Map(
      letters.map((letter, i) => {
        const place = rest % sizes[i];
        rest = Math.floor(rest / sizes[i]);
        return [letter, place];
      }),
    );
    const flat = (term: string, own: readonly number[]): number =>
      [...term].reduce((sum, letter, i) => sum * own[i] + (own[i] === 1 ? 0 : (at.get(letter) ?? 0)), 0);
    const product = terms.reduce((x, term, k) => x * operands[k].data[flat(term, operands[k].shape)], 1);
    data[flat(output, shape)] += product;
  }
  return { shape, data };
}

function expectSummed(given: string, written: string, ...shapes: number[][]): void {
  const operands = shapes.map((shape) => generator.normal(shape, 0, 1, { dtype: "float64" }));
  const got = einsum(given, ...operands);
  const { shape, data } = summed(written, operands);
  expect(got.shape).toEqual(shape);
  got.data.forEach((x, i) => expect(x).toBeCloseTo(data[i], 11));
}

describe("einsum", () => {
  test.each([
    ["a matrix product", "ik,kj->ij", [2, 3], [3, 4]],
    ["one matrix transposed", "ki,jk->ij", [3, 2], [4, 3]],
    ["a product for each of a batch", "bij,bkj->bik", [2, 2, 3], [2, 4, 3]],
    ["dot products of a batch", "bi,bi->b", [3, 4], [3, 4]],
    ["no sum at all", "ij,ik->kij", [2, 3], [2, 4]],
    ["sums before the product", "ij,k->i", [2, 3], [4]],
    ["a diagonal", "iij->ji", [3, 3, 2]],
    ["a trace beside a product", "iij,jk->k", [3, 3, 2], [2, 2]],
    ["three of one letter", "iii->i", [3, 3, 3]],
    ["a chain", "ab,bc,cd,de->ae", [2, 3], [3, 4], [4, 2], [2, 3]],
    ["one letter in three operands", "ij,ik,il->jkl", [2, 3], [2, 2], [2, 4]],
    ["several summed letters in another order", "abcd,dbae->ce", [2, 3, 2, 2], [2, 3, 2, 2]],
    ["a bilinear form", "i,ij,j->", [3], [3, 2], [2]],
    ["an axis of size 1 that is repeated", "ij,jk->ik", [2, 1], [3, 4]],
    ["numbers", ",i->i", [], [3]],
  ] as [string, string, ...number[][]][])("gives %s: %s", (_name, subscripts, ...shapes) => {
    expectSummed(subscripts, subscripts, ...shapes);
  });

  test.each([
    ["ij,jk", "ij,jk->ik", [2, 3], [3, 2]],
    ["ba", "ba->ab", [2, 3]],
    ["bA", "bA->Ab", [2, 3]],
    ["ii", "ii->", [3, 3]],
    [" i j , j k -> i k ", "ij,jk->ik", [2, 3], [3, 2]],
    ["...ij,...jk->...ik", "xyij,yjk->xyik", [2, 2, 2, 3], [2, 3, 2]],
    ["i...,i...->...", "ixy,iy->xy", [2, 3, 1], [2, 3]],
    ["...i->i", "xyi->i", [2, 3, 2]],
    ["a...b,b", "axb,b->xa", [2, 3, 2], [2]],
    ["...,...", "xy,y->xy", [2, 3], [3]],
    ["->", "->", []],
  ] as [string, string, ...number[][]][])("reads %j as %s", (given, written, ...shapes) => {
    expectSummed(given, written, ...shapes);
  });

  test("contracts a long chain from its cheap end", () => {
    const operands = [ones([300, 300]), ones([300, 300]), ones([300, 300]), ones([300])];
    expect(einsum("ab,bc,cd,d->a", ...operands).data[0]).toBe(300 ** 3);
  });

  test("keeps integers", () => {
    const x = tensor([1, 2, 3], { dtype: "int32" });
    expect(einsum("i,i->", x, x).dtype).toBe("int32");
    expect(einsum("i,i->", x, x).item()).toBe(14);
  });

  test("passes vmap with what the examples share", () => {
    const [w, x] = [ones([2, 3]), ones([4, 3])];
    expect(vmap((row: Tensor) => einsum("ij,j->i", w, row))(x).toArray()).toEqual(einsum("ij,bj->bi", w, x).toArray());
  });
});

test("errors of einsum and tensordot quote the subscripts and shapes", () => {
  const x = ones([2, 3]);
  const messages = (
    [
      () => einsum("ij,jk->ik", x),
      () => einsum("ij->ijk", x),
      () => einsum("ij->ii", x),
      () => einsum("ij->->i", x),
      () => einsum("i-j", x),
      () => einsum("......", x),
      () => einsum("ijk", x),
      () => einsum("i", x),
      () => einsum("ii", x),
      () => einsum("ij,jk->ik", x, x),
      () => einsum("ij,ij->", x.gt(0), x.gt(0)),
      () => tensordot(x, x, 1),
      () => tensordot(x, x, 3),
      () =>
        tensordot(x, x, [
          [0, 0],
          [0, 1],
        ]),
      () => tensordot(x, x, [[0], [0, 1]]),
    ] as const
  ).map((run) => {
    try {
      run();
    } catch (error) {
      if (error instanceof AdjointError) return error.message;
      throw error;
    }
    return "nothing was thrown";
  });
  expect(messages).toMatchInlineSnapshot(`
    [
      "einsum: "ij,jk->ik" names 2 operands, and 1 are given; separate them by commas",
      "einsum: "ij->ijk" names "k" in the result, but in no operand",
      "einsum: "ij->ii" names "i" twice in the result; name it once",
      "einsum: "ij->->i" has two arrows; use one "->" at most",
      "einsum: "i-j" has "-" in it; use letters, "...", "," and one "->"",
      "einsum: "......" has "..." twice in one term",
      "einsum: "ijk": "ijk" for operand 0 of shape [2, 3], which has 2 axes; name each of them by a letter, or those in front by "..."",
      "einsum: "i": "i" for operand 0 of shape [2, 3], which has 2 axes; name each of them by a letter, or those in front by "..."",
      "einsum: "ii": axis "i" has size 3 in operand 0 of shape [2, 3], but 2 elsewhere; make them equal",
      "einsum: "ij,jk->ik": axis "j" has size 2 in operand 1 of shape [2, 3], but 3 elsewhere; make them equal",
      "einsum: all operands are bool, which has no sums; convert one with x.to("int32")",
      "tensordot: [2, 3] and [2, 3]: sizes 3 of axis 1 and 2 of axis 0 differ",
      "tensordot: axes is 3; use an integer from 0 to 2",
      "tensordot: axis 0 of [2, 3] is named twice",
      "tensordot: 1 axes of [2, 3] for 2 of [2, 3]; name them in pairs",
    ]
  `);
});
