import {
  add,
  concat,
  customGradient,
  matmul,
  narrow,
  type OpFunction,
  reshape,
  stack,
  sum,
  type Tensor,
  transpose,
  unbind,
  unsqueeze,
  where,
} from "@adjoint/core";
import { affine } from "./cells.js";
import type { States, Step } from "./steps.js";

/** What one direction of one layer computes with. */
export interface Pass {
  readonly x: Tensor; // what the weights make of the input, [time, batch, gates·hidden]
  readonly weightHh: Tensor; // [gates·hidden, features of h]
  readonly biasHh: Tensor | null; // [gates·hidden]
  readonly weightHr: Tensor | null; // projects h
  readonly isPresent: Tensor | null; // which sequences are not over yet, [time, batch, 1]
  readonly first: States; // before the first step, each [batch, features]
}

interface Plan {
  readonly step: Step;
  readonly backwards: boolean;
  /** Which of the tensors that may be null are there. */
  readonly given: readonly boolean[];
}

/**
 * The states after every step, each `[time, batch, features]`: `sₜ = step(xₜ, W·hₜ₋₁ + b, sₜ₋₁)`, or the other way through time.
 * Where a sequence is not present its states stay as they are.
 */
export function scan(step: Step, pass: Pass, backwards: boolean): States {
  return apart(flatStates(pass, step, backwards), pass.x, pass.first);
}

/**
 * All states in one vector, h at all steps first. One op for the whole layer is twice as fast as the ops of all steps: nothing is
 * kept for the way back but the states, which give the gates again in one product, as do the gradients of the weights.
 */
const flatStates: OpFunction<[pass: Pass, step: Step, backwards: boolean]> = /* @__PURE__ */ customGradient<
  [pass: Pass, step: Step, backwards: boolean],
  Plan
>({
  name: "recurrentLayer",
  call: ({ x, weightHh, biasHh, weightHr, isPresent, first }, step, backwards) => {
    const optional = [biasHh, weightHr, isPresent];
    const inputs = [x, weightHh, ...optional.filter((part) => part !== null), ...first];
    return { inputs, attributes: { step, backwards, given: optional.map((part) => part !== null) } };
  },
  forward: (inputs, plan) => {
    const { x, isPresent, first, ...weights } = passOf(inputs, plan);
    const xs = unbind(x);
    const present = isPresent && unbind(isPresent);
    const all = first.map(() => new Array<Tensor>(xs.length));
    let states = first;
    for (const t of order(xs.length, plan.backwards)) {
      let next = plan.step.next(xs[t], affine(states[0], weights.weightHh, weights.biasHh), states);
      if (weights.weightHr) next = [affine(next[0], weights.weightHr, null), ...next.slice(1)];
      if (present) next = next.map((each, k) => where(present[t], each, states[k]));
      next.forEach((each, k) => (all[k][t] = each));
      states = next;
    }
    return concat(all.flat().map((each) => reshape(each, [each.size])));
  },
  vjp: (cotangent, { inputs, output, attributes: plan }) => {
    const pass = passOf(inputs, plan);
    const after = apart(output, pass.x, pass.first);
    const before = after.map((each, k) => moved(each, pass.first[k], plan.backwards));
    const d = backThroughTime(pass, plan, apart(cotangent, pass.x, pass.first), before, after);
    const optional = [
      () => sum(d.r, { axis: [0, 1] }),
      () => matmul(transpose(rows(d.projected)), rows(plan.step.next(pass.x, d.rs, before)[0])),
      () => null,
    ];
    return [
      d.x,
      matmul(transpose(rows(d.r)), rows(before[0])),
      ...optional.flatMap((part, k) => (plan.given[k] ? [part()] : [])),
      ...d.first,
    ];
  },
  // The cases of the layers test it.
  samples: () => [],
});

/** The cotangents at all steps, from the last step to the first. */
function backThroughTime(pass: Pass, { step, backwards }: Plan, d: States, before: States, after: States) {
  const { weightHh, weightHr } = pass;
  const rs = affine(before[0], weightHh, pass.biasHh);
  const present = pass.isPresent && unbind(pass.isPresent);
  const [xs, parts] = [unbind(pass.x), unbind(rs)];
  const [ds, olds, nexts] = [d, before, after].map((states) => states.map((each) => unbind(each)));
  const [x, r, projected] = [new Array<Tensor>(xs.length), new Array<Tensor>(xs.length), new Array<Tensor>(xs.length)];
  const at = (lists: readonly Tensor[][], t: number): States => lists.map((list) => list[t]);
  let first: States = [];
  for (const t of order(xs.length, !backwards)) {
    const whole = at(ds, t).map((each, k) => (first.length > 0 ? add(each, first[k]) : each));
    let own: States = present ? whole.map((each) => where(present[t], each, 0)) : whole;
    projected[t] = own[0];
    if (weightHr) own = [matmul(own[0], weightHr), ...own.slice(1)];
    const back = step.back(own, xs[t], parts[t], at(olds, t), at(nexts, t));
    [x[t], r[t]] = [back.x, back.r];
    first = whole.map((each, k) =>
      total([k === 0 ? matmul(back.r, weightHh) : null, back.states[k], present && where(present[t], 0, each)]),
    );
  }
  const dx = stack(x);
  return { x: dx, r: step.adds ? dx : stack(r), projected: stack(projected), rs, first };
}

const total = (parts: readonly (Tensor | null)[]): Tensor =>
  parts.filter((part) => part !== null).reduce((a, b) => add(a, b));

/** The numbers of the steps in the order in which they are taken. */
const order = (time: number, backwards: boolean): number[] =>
  Array.from({ length: time }, (_, t) => (backwards ? time - 1 - t : t));

/** The inputs of the op by name. */
function passOf(inputs: readonly Tensor[], { given }: Plan): Pass {
  const [x, weightHh, ...rest] = inputs;
  const [biasHh, weightHr, isPresent] = given.map((is) => (is ? (rest.shift() ?? null) : null));
  return { x, weightHh, biasHh, weightHr, isPresent, first: rest };
}

/** The parts of the vector of all states. */
function apart(flat: Tensor, x: Tensor, first: States): States {
  const [time] = x.shape;
  let start = 0;
  return first.map(({ shape, size }) => {
    const part = narrow(flat, 0, start, time * size);
    start += time * size;
    return reshape(part, [time, ...shape]);
  });
}

/** The states before each step, from those after each. */
function moved(after: Tensor, first: Tensor, backwards: boolean): Tensor {
  const others = narrow(after, 0, backwards ? 1 : 0, after.shape[0] - 1);
  const start = unsqueeze(first, 0);
  return concat(backwards ? [others, start] : [start, others]);
}

/** All rows of all steps as a matrix. */
const rows = (x: Tensor): Tensor => reshape(x, [x.shape[0] * x.shape[1], x.shape[2]]);
