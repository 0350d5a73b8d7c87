import { add, mul, Parameter, sqrt, square, State, sub, sum, type Tensor, tensor } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { fuse } from "./fuse.js";
import {
  addDecayedWeights,
  chain,
  clipByGlobalNorm,
  type GradientTransformation,
  rule,
  scaleByAdam,
  scaleByLearningRate,
  trace,
} from "./index.js";

const number = (...x: number[]): Tensor => tensor(x, { dtype: "float64" });

function updateOnce(transformation: GradientTransformation, gradient: Tensor, parameter: Parameter): Tensor {
  const slots = transformation.init([parameter]);
  const { updates, writes } = transformation.update([gradient], slots, [parameter]);
  for (const [state, next] of writes) state.assign(next);
  return updates[0] ?? number(NaN);
}

describe("chain", () => {
  test("gives each part what the one before made", () => {
    const p = new Parameter(number(10));
    const decayedFirst = chain(addDecayedWeights(0.1), scaleByLearningRate(2));
    const decayedLast = chain(scaleByLearningRate(2), addDecayedWeights(0.1));
    expect(updateOnce(decayedFirst, number(3), p).item()).toBeCloseTo(-8, 12);
    expect(updateOnce(decayedLast, number(3), p).item()).toBeCloseTo(-5, 12);
  });

  test("makes rules one, whose names do not get in each other's way", () => {
    const twice = chain(trace({ momentum: 0.5 }), trace({ momentum: 0.25 }));
    expect(twice.slotNames).toEqual(["momentumBuffer", "momentumBuffer2"]);
    const p = new Parameter(number(0));
    const slots = twice.init([p]);
    const seen: number[] = [];
    for (let step = 0; step < 3; step++) {
      const { updates, writes } = twice.update([number(1)], slots, [p]);
      for (const [state, next] of writes) state.assign(next);
      seen.push(updates[0]?.item() ?? NaN);
    }
    // b = 1, 1.5, 1.75; then c = b + c/4.
    expect(seen).toEqual([1, 1.75, 2.1875]);
  });

  test("mixes rules with transformations of whole tensors", () => {
    const p = new Parameter(number(0, 0));
    const clipped = chain(
      rule({ name: "double", update: ({ gradient }) => mul(gradient, 2) }),
      clipByGlobalNorm(1),
      scaleByLearningRate(1),
    );
    const slots = clipped.init([p]);
    const update = updateOnce(clipped, number(15, 20), p);
    expect(update.data[0]).toBeCloseTo(-0.6, 6);
    const writes = clipped.step?.([number(15, 20)], slots, [p]) ?? [];
    expect(writes.map(([state]) => state)).toEqual([p]);
    expect(writes[0][1].toArray()).toEqual(update.toArray());
  });

  test("nests", () => {
    const p = new Parameter(number(1));
    const nested = chain(chain(scaleByLearningRate(2), scaleByLearningRate(3)), scaleByLearningRate(-1));
    expect(updateOnce(nested, number(1), p).item()).toBe(6);
  });

  test("leaves the updates alone when it is empty", () => {
    const p = new Parameter(number(1));
    expect(updateOnce(chain(), number(4), p).item()).toBe(4);
    expect(
      chain()
        .step?.([number(4)], [{}], [p])[0][1]
        .item(),
    ).toBe(5);
  });

  test("refuses two parts with a slot of one name", () => {
    const part: GradientTransformation = {
      slotNames: ["count"],
      init: (parameters) => parameters.map(() => ({ count: new State(number(0)) })),
      update: (gradients) => ({ updates: gradients, writes: [] }),
    };
    expect(() => chain(part, part)).toThrow(/two parts have a slot "count"/);
  });
});

describe("rules", () => {
  test("read rates that are states anew in each step", () => {
    const lr = new State(tensor(1, { dtype: "float64" }));
    const scaled = scaleByLearningRate(lr);
    const p = new Parameter(number(0));
    expect(updateOnce(scaled, number(2), p).item()).toBe(-2);
    lr.assign(tensor(10, { dtype: "float64" }));
    expect(updateOnce(scaled, number(2), p).item()).toBe(-20);
  });

  test("assign nothing themselves, and pass over missing gradients", () => {
    const adam = scaleByAdam();
    const list = [new Parameter(number(1)), new Parameter(number(2))];
    const slots = adam.init(list);
    const { updates, writes } = adam.update([null, number(1)], slots, list);
    expect(updates[0]).toBeNull();
    expect(updates[1]?.item()).toBeCloseTo(1, 7);
    expect(new Set(writes.map(([state]) => state))).toEqual(new Set(Object.values(slots[1])));
    expect(slots[1]["step"].item()).toBe(0);
  });

  test("read only what their formulas use", () => {
    const known = ["gradient", "parameter", "lr", "momentum"];
    const fused = fuse("step", known, ({ parameter, gradient, lr }) => sub(parameter, mul(lr, gradient)));
    expect(fused.uses).toEqual(["gradient", "parameter", "lr"]);
    expect(fused.run([number(2, 3), number(10, 10), tensor(0.5, { dtype: "float64" })]).toArray()).toEqual([9, 8.5]);
  });

  test("see the new values of what was computed before them", () => {
    const counting = rule({
      name: "counting",
      counters: { step: ({ step }) => add(step, 1) },
      scalars: { root: ({ step }) => sqrt(step) },
      slots: {
        total: ({ total, gradient, root }) => add(total, mul(root, gradient)),
        twice: ({ total }) => mul(total, 2),
      },
      update: ({ twice, step }) => add(twice, step),
    });
    const p = new Parameter(number(0));
    expect(updateOnce(counting, number(3), p).item()).toBe(7);
  });
});

describe("clipByGlobalNorm", () => {
  test("takes the norm over all gradients and leaves small ones alone", () => {
    const list = [new Parameter(number(0)), new Parameter(number(0)), new Parameter(number(0))];
    const norm = (updates: readonly (Tensor | null)[]): number =>
      Math.sqrt(updates.reduce((total, g) => total + (g ? sum(square(g)).item() : 0), 0));
    const clip = clipByGlobalNorm(0.5);
    expect(norm(clip.update([number(3), null, number(4)], clip.init(list), list).updates)).toBeCloseTo(0.5, 6);
    expect(norm(clip.update([number(0.3), null, number(0)], clip.init(list), list).updates)).toBe(0.3);
    expect(clip.update([null, null, null], clip.init(list), list).updates).toEqual([null, null, null]);
    expect(() => clipByGlobalNorm(-1)).toThrow(/maxNorm is -1/);
  });
});
