import { describe, expect, test } from "vitest";
import * as core from "../index.js";
import { tensor, value, withExecutor } from "../index.js";

/** Values to 17 digits, from arithmetic of 40: tails, neighbours of zeros, and both sides of the seams of formulas. */
const known: readonly (readonly [name: string, x: number, want: number])[] = [
  ["erf", 1e-300, 1.1283791670955126e-300],
  ["erf", 0.3, 0.3286267594591274],
  ["erf", -2.4, -0.999311486103355],
  ["erf", 2.6, 0.9997639655834707],
  ["erfc", -3, 1.9999779095030015],
  ["erfc", 1e-10, 0.999999999887162],
  ["erfc", 0.5, 0.4795001221869535],
  ["erfc", 3, 2.209049699858544e-5],
  ["erfc", 10, 2.088487583762545e-45],
  ["erfc", 26, 5.663192408856143e-296],
  ["erfinv", 1e-20, 8.86226925452758e-21],
  ["erfinv", 0.3, 0.2724627147267543],
  ["erfinv", -0.75, -0.8134198475976185],
  ["erfinv", 0.76, 0.8308411284745602],
  ["erfinv", 0.999999, 3.458910737275499],
  ["erfinv", 1 - 2 ** -53, 5.8635847487551676],
  ["lgamma", 1e-300, 690.7755278982137],
  ["lgamma", 1.0000000001, -5.772157125783244e-11],
  ["lgamma", 0.9999999999, 5.7721571274281786e-11],
  ["lgamma", 2.0000000001, 4.2278437011204657e-11],
  ["lgamma", 1.9999999999, -4.2278437004755317e-11],
  ["lgamma", 0.3, 1.0957979948180756],
  ["lgamma", 3.5, 1.2009736023470743],
  ["lgamma", 7.9, 8.32426586800881],
  ["lgamma", 8.1, 8.72738826343204],
  ["lgamma", 10000000000.0, 220258509288.81058],
  ["lgamma", -0.5, 1.2655121234846454],
  ["lgamma", -3.7, -1.3797399049658245],
  ["digamma", 1e-10, -10000000000.577215],
  ["digamma", 0.3, -3.502524222200133],
  ["digamma", 1, -0.5772156649015329],
  ["digamma", 5.5, 1.6110931485817512],
  ["digamma", 10000000000.0, 23.025850929890456],
  ["digamma", -0.3, 2.113309779635399],
  ["digamma", -3.7, -0.8450768588704194],
  ["asinh", 1e-20, 1e-20],
  ["asinh", -100000000.0, -19.11382792451231],
  ["asinh", 1e300, 691.4686750787737],
  ["acosh", 1.000000000001, 1.4142764231805424e-6],
  ["acosh", 3, 1.762747174039086],
  ["acosh", 1e300, 691.4686750787737],
  ["atanh", 1e-20, 1e-20],
  ["atanh", 0.5, 0.5493061443340549],
  ["atanh", -0.999999999999999, -17.616361586450413],
  ["sinh", 1e-20, 1e-20],
  ["sinh", -20, -242582597.70489514],
  ["sinh", 710, 1.1169973830808555e308],
  ["cosh", 1e-5, 1.00000000005],
  ["cosh", -20, 242582597.70489514],
  ["cosh", 710, 1.1169973830808555e308],
  ["asin", 1e-20, 1e-20],
  ["asin", 0.5, 0.5235987755982989],
  ["asin", 0.999999999999, 1.5707949125969767],
  ["acos", 0.999999999999, 1.4141979198683931e-6],
  ["acos", 0.1, 1.4706289056333368],
  ["acos", -0.5, 2.0943951023931957],
  ["logit", 1e-300, -690.7755278982137],
  ["logit", 0.3, -0.8472978603872037],
  ["logit", 0.50000001, 4.000000020099038e-8],
  ["logit", 0.9999999999, 23.025850847100088],
  ["exp2", 0.5, 1.4142135623730951],
  ["exp2", -1000.3, 7.58045610561355e-302],
];

type Named = Readonly<Record<string, (x: core.Tensor) => core.Tensor>>;

describe("functions of one number are right to 14 digits of their value", () => {
  test.each(known)("%s(%d) is %d", (name, x, want) => {
    for (const executor of ["reference", "wasm"] as const) {
      const got = withExecutor(executor, () =>
        (core as unknown as Named)[name](tensor([x], { dtype: "float64" })),
      ).item();
      expect(Math.abs(got - want), `${executor}: ${got}`).toBeLessThanOrEqual(1e-14 * Math.abs(want));
    }
  });

  test("logarithms of powers of their base are whole numbers", () => {
    for (let k = -1022; k <= 1023; k++) expect(core.log2(2 ** k)).toBe(k);
    for (let k = -300; k <= 300; k++) expect(core.log10(Number(`1e${k}`))).toBe(k);
  });
});

test("round takes decimals, on tensors, Values and numbers", () => {
  expect(core.round(tensor([1.25, -2.345], { dtype: "float64" }), { decimals: 1 }).toArray()).toEqual([1.2, -2.3]);
  expect(core.round(1234.5, { decimals: -2 })).toBe(1200);
  expect(core.round(value(0.126), { decimals: 2 }).data).toBe(0.13);
  expect(() => core.round(1, { decimals: 0.5 })).toThrow(expect.objectContaining({ code: "INTEGER_INVALID" }));
});

test("clamp, isClose and nanToNum take Values and numbers too", () => {
  const x = value(3);
  const y = core.clamp(x, { min: 0, max: 3 });
  y.backward();
  expect([y.data, x.grad, core.clamp(-1, { min: 0 })]).toEqual([3, 1, 0]);
  expect([core.isClose(1, 1 + 1e-9), core.isClose(value(1), 2).data]).toEqual([1, 0]);
  expect([core.nanToNum(NaN), core.nanToNum(value(Infinity)).data]).toEqual([0, Number.MAX_VALUE]);
});

test("a number beside integers is compared as it is", () => {
  expect(core.lt(tensor([5], { dtype: "int32" }), 3e9).item()).toBe(1);
  expect(core.gt(tensor([5], { dtype: "uint8" }), -1).item()).toBe(1);
  expect(core.add(tensor([5], { dtype: "uint8" }), -6).item()).toBe(255);
});
