import { mul } from "@adjoint/core";
import fc from "fast-check";
import { batch, type Draw, type LayerCase, normal } from "../conformance/cases.js";
import { CELU, ELU, GELU, LeakyReLU, Mish, ReLU, ReLU6, SELU, SiLU, Threshold } from "./rectifier.js";
import { Hardshrink, Softshrink, Tanhshrink } from "./shrink.js";
import { Hardsigmoid, Hardswish, Hardtanh, LogSigmoid, Sigmoid, Softplus, Softsign, Tanh } from "./sigmoid.js";

/** Inputs of any rank, with one of some lists of arguments; the numbers reach beyond -3, 3 and 6. */
const of = (...args: readonly (readonly unknown[])[]): fc.Arbitrary<Draw> =>
  fc
    .record({ shape: fc.array(batch(), { maxLength: 3 }), args: fc.constantFrom(...args) })
    .map(({ shape, args }) => ({ args, inputs: [mul(normal(shape), 4)] }));

/** What is smooth everywhere. */
const smooth: readonly LayerCase[] = [
  { layer: GELU, draws: of([], [{ approximate: "tanh" }], [{ approximate: "none" }]) },
  { layer: Softplus, draws: of([], [2], [{ beta: 0.5, threshold: 1000 }]) },
  ...[SiLU, Mish, Sigmoid, LogSigmoid, Tanh, Softsign, Tanhshrink].map((layer) => ({ layer, draws: of([]) })),
];

/** What is put together of pieces, at the ends of which differences mix two slopes: kinks are left out for that. */
const pieces: readonly LayerCase[] = [
  ...[ReLU, ReLU6, SELU, Hardsigmoid, Hardswish].map((layer) => ({ layer, draws: of([]) })),
  { layer: LeakyReLU, draws: of([], [0.2], [{ negativeSlope: -1 }]) },
  { layer: Threshold, draws: of([1, -2], [-0.5, 3]) },
  { layer: ELU, draws: of([], [0.5], [{ alpha: 2 }]) },
  { layer: CELU, draws: of([], [0.5], [{ alpha: 2 }]) },
  { layer: Hardtanh, draws: of([], [{ min: -2 }], [{ min: 0.5, max: 3 }]) },
  { layer: Hardshrink, draws: of([], [1], [{ lambd: 2 }]) },
  { layer: Softshrink, draws: of([], [1], [{ lambd: 2 }]) },
];

export const cases: readonly LayerCase[] = [...smooth, ...pieces.map((each) => ({ ...each, kinks: true }))];
