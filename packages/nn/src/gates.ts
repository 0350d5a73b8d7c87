import {
  add,
  type Binary,
  elementwise,
  mul,
  sigmoid,
  square,
  sub,
  tanh,
  type Ternary,
  type Value,
} from "@adjoint/core";

/** `tanh(x + h)`, in one pass. */
export const tanhSum: Binary = elementwise("tanhSum", {
  formula: (x: Value, h: Value) => tanh(add(x, h)),
  samples: [
    [0, 0],
    [1, -2],
  ],
});

/** `σ(x + h)`, in one pass. */
export const sigmoidSum: Binary = elementwise("sigmoidSum", {
  formula: (x: Value, h: Value) => sigmoid(add(x, h)),
  samples: [
    [0, 0],
    [1, -2],
  ],
});

/** `σ(gate)·tanh(x)`: what a gate lets through. */
export const gated: Binary = elementwise("gated", {
  formula: (gate: Value, x: Value) => mul(sigmoid(gate), tanh(x)),
  samples: [
    [0, 0],
    [1, -2],
  ],
});

/** `σ(gate)·c + x`: a memory of which a gate keeps a part, and what is new in it. */
export const kept: Ternary = elementwise("kept", {
  formula: (gate: Value, c: Value, x: Value) => add(mul(sigmoid(gate), c), x),
  samples: [
    [0, 1, 2],
    [1, -2, 0.5],
  ],
});

/** `tanh(x + r·h)`: the candidate of a gated recurrent unit. */
export const candidate: Ternary = elementwise("candidate", {
  formula: (x: Value, r: Value, h: Value) => tanh(add(x, mul(r, h))),
  samples: [
    [0, 1, 2],
    [1, 0.3, 0.5],
  ],
});

/** `n + z·(h - n)`: from the candidate n towards the state h. */
export const blended: Ternary = elementwise("blended", {
  formula: (n: Value, h: Value, z: Value) => add(n, mul(z, sub(h, n))),
  samples: [
    [0, 1, 0.25],
    [1, -2, 1],
  ],
});

/** `d·v·s·(1 - s)`: the cotangent d of `v·s`, taken through the logistic function that gave s. */
export const throughSigmoid: Ternary = elementwise("throughSigmoid", {
  formula: (d: Value, v: Value, s: Value) => mul(mul(d, v), mul(s, sub(1, s))),
  samples: [
    [0.5, 1, 0.3],
    [-1, 2, 1],
  ],
});

/** `d·v·(1 - t²)`: the cotangent d of `v·t`, taken through the hyperbolic tangent that gave t. */
export const throughTanh: Ternary = elementwise("throughTanh", {
  formula: (d: Value, v: Value, t: Value) => mul(mul(d, v), sub(1, square(t))),
  samples: [
    [0.5, 1, 0.3],
    [-1, 2, 1],
  ],
});
