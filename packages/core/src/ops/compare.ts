import { type Binary, elementwise, type Ternary, type Unary } from "../op.js";
import { instructions } from "../scalar.js";
import type { Value } from "../value.js";
import { mul } from "./arithmetic.js";

/** Whether `x = y`, as bool. NaN equals nothing. */
export const eq: Binary = elementwise("eq", {
  formula: instructions.eq,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/** Whether `x ≠ y`, as bool. */
export const ne: Binary = elementwise("ne", {
  formula: instructions.ne,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/** Whether `x < y`, as bool. */
export const lt: Binary = elementwise("lt", {
  formula: instructions.lt,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/** Whether `x ≤ y`, as bool. */
export const le: Binary = elementwise("le", {
  formula: instructions.le,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/** Whether `x > y`, as bool. */
export const gt: Binary = elementwise("gt", {
  formula: instructions.gt,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/** Whether `x ≥ y`, as bool. */
export const ge: Binary = elementwise("ge", {
  formula: instructions.ge,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/** Whether x is NaN, as bool. */
export const isNaN: Unary = elementwise("isNaN", { formula: (x) => ne(x, x), samples: [[0], [NaN], [Infinity]] });

/** `x` where the condition is not 0, else `y`. The gradient goes to the branch that was taken. */
export const where: Ternary = elementwise("where", {
  formula: instructions.select,
  samples: [
    [1, 2, 3],
    [0, 2, 3],
    [-1, 2, 3],
  ],
});

/** 1 where x is 0, else 0, as bool. */
export const logicalNot: Unary = elementwise("logicalNot", { formula: (x) => eq(x, 0), samples: [[0], [1], [-2]] });

/** Whether both are not 0, as bool. */
export const logicalAnd: Binary = elementwise("logicalAnd", {
  formula: (x: Value, y: Value) => ne(mul(ne(x, 0), ne(y, 0)), 0),
  samples: [
    [0, 1],
    [1, 1],
    [0, 0],
  ],
});
