import { add, concat, gt, mul, relu, sigmoid, split, sub, tanh, type Tensor, where } from "@adjoint/core";
import { blended, candidate, gated, kept, sigmoidSum, tanhSum, throughSigmoid, throughTanh } from "./gates.js";

/** The activations of a plain recurrent network. */
export type Nonlinearity = "tanh" | "relu";

/** The states of a network: h, and c of an LSTM. */
export type States = readonly Tensor[];

/** Where the cotangents of the next states go: to the parts x and r, and straight to states, not by way of r. */
export interface Cotangents {
  readonly x: Tensor;
  readonly r: Tensor;
  readonly states: readonly (Tensor | null)[];
}

/**
 * One step of a network, from the parts that the weights make of the input, x, and of the state h, r, to the next states; all
 * that it does is elementwise in the units. Its derivative is written out so that a layer over many steps need not record each.
 */
export interface Step {
  /** Whether only the sum of x and r counts, so that a bias can be added to either. */
  readonly adds: boolean;
  next(x: Tensor, r: Tensor, states: States): States;
  /** `d` are the cotangents of the next states, which are given too: c is looked at, h only of plain networks. */
  back(d: States, x: Tensor, r: Tensor, states: States, next: States): Cotangents;
}

/** `h' = tanh(x + r)`, or a rectifier in its place. */
export const rnnStep = (nonlinearity: Nonlinearity): Step => ({
  adds: true,
  next: (x, r) => [nonlinearity === "relu" ? relu(add(x, r)) : tanhSum(x, r)],
  back: ([d], _x, _r, _states, [h]) => {
    const x = nonlinearity === "relu" ? where(gt(h, 0), d, 0) : throughTanh(d, 1, h);
    return { x, r: x, states: [null] };
  },
});

/** The parts of a GRU: its gates r and z, the candidate n, and what the reset gate r lets through. */
function gruParts(x: Tensor, r: Tensor, size: number): readonly [reset: Tensor, z: Tensor, n: Tensor, hNew: Tensor] {
  const [xGates, xNew] = split(x, [2 * size, size], -1);
  const [rGates, hNew] = split(r, [2 * size, size], -1);
  const [reset, z] = split(sigmoidSum(xGates, rGates), size, -1);
  return [reset, z, candidate(xNew, reset, hNew), hNew];
}

/** The step of a GRU; the gates lie as r, z, n. */
export const gruStep: Step = {
  adds: false,
  next: (x, r, [h]) => {
    const [, z, n] = gruParts(x, r, h.shape[h.ndim - 1]);
    return [blended(n, h, z)];
  },
  back: ([d], x, r, [h]) => {
    const [reset, z, n, hNew] = gruParts(x, r, h.shape[h.ndim - 1]);
    const dNew = throughTanh(d, sub(1, z), n);
    const dGates = [throughSigmoid(dNew, hNew, reset), throughSigmoid(d, sub(h, n), z)];
    return { x: concat([...dGates, dNew], -1), r: concat([...dGates, mul(dNew, reset)], -1), states: [mul(d, z)] };
  },
};

/** The step of an LSTM; the gates lie as i, f, g, o. */
export const lstmStep: Step = {
  adds: true,
  next: (x, r, [, c]) => {
    const [i, f, g, o] = split(add(x, r), c.shape[c.ndim - 1], -1);
    const next = kept(f, c, gated(i, g));
    return [gated(o, next), next];
  },
  back: ([dh, dc], x, r, [, c], [, next]) => {
    const size = c.shape[c.ndim - 1];
    const sums = add(x, r);
    const [i, f, , o] = split(sigmoid(sums), size, -1);
    const g = tanh(split(sums, size, -1)[2]);
    const out = tanh(next);
    const d = add(dc, throughTanh(dh, o, out));
    const all = concat(
      [throughSigmoid(d, g, i), throughSigmoid(d, c, f), throughTanh(d, i, g), throughSigmoid(dh, out, o)],
      -1,
    );
    return { x: all, r: all, states: [null, mul(d, f)] };
  },
};
