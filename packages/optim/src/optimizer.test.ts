import { add, Generator, mul, ones, Parameter, type Shape, tensor, value, zeros } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import {
  Adam,
  AdamW,
  type GradientTransformation,
  Optimizer,
  type OptimizerDefinition,
  rule,
  SGD,
  type SGDOptions,
} from "./index.js";

const generator = new Generator(1);

/** Float64 parameters with random contents and gradients. */
function parameters(...shapes: Shape[]): Parameter[] {
  return shapes.map((shape) => {
    const parameter = new Parameter(generator.normal(shape, 0, 1, { dtype: "float64" }));
    parameter.grad = generator.normal(shape, 0, 1, { dtype: "float64" });
    return parameter;
  });
}

function copies(list: readonly Parameter[]): Parameter[] {
  return list.map((parameter) => {
    const copy = new Parameter(parameter.detach());
    copy.grad = parameter.grad;
    return copy;
  });
}

const contents = (list: readonly Parameter[]): unknown => list.map((parameter) => parameter.toArray());

/** Gradient descent as PyTorch writes it, on one number with the same gradient in every step. */
function plainSgd(p: number, gradient: number, o: SGDOptions, steps: number): number {
  let buffer = 0;
  for (let step = 1; step <= steps; step++) {
    let g = (o.maximize ? -gradient : gradient) + o.weightDecay * p;
    if (o.momentum !== 0) {
      buffer = step === 1 ? g : o.momentum * buffer + (1 - o.dampening) * g;
      g = o.nesterov ? g + o.momentum * buffer : buffer;
    }
    p -= o.lr * g;
  }
  return p;
}

describe("SGD", () => {
  const options: SGDOptions = { lr: 0.1, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false };
  test.each<Partial<SGDOptions>>([
    {},
    { weightDecay: 0.3 },
    { momentum: 0.9, maximize: true },
    { momentum: 0.9, nesterov: true, weightDecay: 0.1 },
    { momentum: 0.8, dampening: 0.5, weightDecay: 0.1, maximize: true },
  ])("with %o is what PyTorch computes", (given) => {
    const [w] = parameters([3]);
    const before = w.data.slice();
    const optimizer = new SGD([w], { ...options, ...given });
    for (let step = 0; step < 4; step++) optimizer.step();
    before.forEach((p, i) => {
      expect(w.data[i]).toBeCloseTo(plainSgd(p, w.grad?.data[i] ?? NaN, { ...options, ...given }, 4), 12);
    });
  });
});

describe("Adam", () => {
  test("climbs with maximize as it descends on the opposite gradient", () => {
    const [w] = parameters([4]);
    const [other] = copies([w]);
    other.grad = w.grad && w.grad.neg();
    const up = new Adam([w], { maximize: true, amsgrad: true, weightDecay: 0 });
    const down = new Adam([other], { amsgrad: true });
    for (let step = 0; step < 3; step++) [up, down].forEach((optimizer) => optimizer.step());
    expect(w.toArray()).toEqual(other.toArray());
  });

  test("decays the weights inside the gradient, AdamW beside it", () => {
    const make = (): Parameter => {
      const w = new Parameter(tensor([2], { dtype: "float64" }));
      w.grad = zeros([1], { dtype: "float64" });
      return w;
    };
    const [inside, beside] = [make(), make()];
    new Adam([inside], { lr: 0.1, weightDecay: 0.5 }).step();
    new AdamW([beside], { lr: 0.1, weightDecay: 0.5 }).step();
    expect(inside.item()).toBeCloseTo(1.9, 7);
    expect(beside.item()).toBeCloseTo(1.9, 12);
    new AdamW([beside], { lr: 0.1 }).step();
    expect(beside.item()).toBeCloseTo(1.9 * (1 - 0.1 * 0.01), 12);
  });
});

describe("a step", () => {
  test("passes over parameters without a gradient, and does not count for them", () => {
    const [a, b] = parameters([2], [2]);
    const before = b.toArray();
    b.grad = null;
    const optimizer = new Adam([a, b]);
    optimizer.step();
    expect(b.toArray()).toEqual(before);
    const { state } = optimizer.stateDict();
    expect([state["0"]["step"].item(), state["1"]["step"].item()]).toEqual([1, 0]);
  });

  test("without any gradient says so", () => {
    const optimizer = new SGD([new Parameter(ones([1]))]);
    expect(() => optimizer.step()).toThrow(expect.objectContaining({ code: "NO_GRADIENTS" }));
  });

  test("that fails changes nothing", () => {
    const [a, b] = parameters([2], [3]);
    b.grad = ones([2]);
    const optimizer = new Adam([{ params: [a] }, { params: [b] }]);
    const before = contents([a, b]);
    expect(() => optimizer.step()).toThrow(expect.objectContaining({ code: "GRADIENT_SHAPE" }));
    expect(contents([a, b])).toEqual(before);
    expect(optimizer.stateDict().state["0"]["step"].item()).toBe(0);
  });

  test("keeps the dtype of every parameter, also of single numbers beside float64 rates", () => {
    const list = [new Parameter(tensor(1)), new Parameter(ones([2])), new Parameter(ones([2], { dtype: "float64" }))];
    for (const parameter of list) parameter.grad = ones(parameter.shape, { dtype: parameter.dtype });
    for (const optimizer of [new SGD(list, { momentum: 0.5 }), new Adam(list)]) optimizer.step();
    expect(list.map(({ dtype }) => dtype)).toEqual(["float32", "float32", "float64"]);
    expect(list[0].item()).toBeCloseTo(0.998, 6);
  });

  test("does not record", () => {
    const [w] = parameters([2]);
    new Adam([w]).step();
    expect(w.isLeaf).toBe(true);
    expect(w.requiresGrad).toBe(true);
  });

  test("zeroGrad forgets the gradients of all groups", () => {
    const list = parameters([2], [3]);
    const optimizer = new SGD(list.map((parameter) => ({ params: [parameter] })));
    optimizer.zeroGrad();
    expect(list.map(({ grad }) => grad)).toEqual([null, null]);
  });
});

describe("options", () => {
  test("can be set for one group or all, by a recipe on a draft", () => {
    const [a, b] = parameters([1], [1]);
    const optimizer = new SGD([{ params: [a], lr: 1 }, { params: [b] }], { lr: 0.5 });
    const before = optimizer.paramGroups;
    optimizer.setOptions((draft) => {
      draft.lr *= 0.1;
    });
    optimizer.setOptions((draft) => {
      draft.weightDecay = 0.2;
    }, 1);
    expect(optimizer.paramGroups.map(({ lr, weightDecay }) => [lr, weightDecay])).toEqual([
      [0.1, 0],
      [0.05, 0.2],
    ]);
    expect(before.map(({ lr }) => lr)).toEqual([1, 0.5]);
    expect(optimizer.paramGroups[0].params).toEqual([a]);
    const [pa, pb] = [a.item(), b.item()];
    optimizer.step();
    expect(a.item()).toBeCloseTo(pa - 0.1 * (a.grad?.item() ?? NaN), 12);
    expect(b.item()).toBeCloseTo(pb - 0.05 * ((b.grad?.item() ?? NaN) + 0.2 * pb), 12);
  });

  test("lr reads and sets the learning rate", () => {
    const [w] = parameters([1]);
    const optimizer = new Adam([w], { lr: 0.5 });
    expect(optimizer.lr).toBe(0.5);
    optimizer.lr = 0.25;
    const before = w.item();
    optimizer.step();
    expect(Math.abs(w.item() - before)).toBeCloseTo(0.25, 6);
    expect(optimizer.paramGroups[0].lr).toBe(0.25);
  });

  test("that change the formulas keep the slots that stay in use", () => {
    const [w] = parameters([2]);
    const optimizer = new Adam([w]);
    optimizer.step();
    const { exp_avg: before } = optimizer.stateDict().state["0"];
    optimizer.setOptions((draft) => {
      draft.amsgrad = true;
    });
    const after = optimizer.stateDict().state["0"];
    expect(after["exp_avg"].toArray()).toEqual(before.toArray());
    expect(after["max_exp_avg_sq"].toArray()).toEqual([0, 0]);
    expect(after["step"].item()).toBe(1);
  });

  test("that make no sense are refused, and nothing is changed", () => {
    const [w] = parameters([1]);
    const optimizer = new Adam([w]);
    for (const recipe of [
      (draft: { lr: number }) => void (draft.lr = -1),
      (draft: { lr: number }) => void (draft.lr = NaN),
      (draft: { betas: readonly [number, number] }) => void (draft.betas = [0.9, 1]),
    ]) {
      expect(() => optimizer.setOptions(recipe)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    }
    expect(() => optimizer.setOptions((draft) => Object.assign(draft, { rate: 1 }))).toThrow(
      expect.objectContaining({ code: "OPTION_UNKNOWN" }),
    );
    expect(() => optimizer.setOptions(() => {}, 3)).toThrow(expect.objectContaining({ code: "GROUP_UNKNOWN" }));
    expect(optimizer.paramGroups).toEqual(new Adam([w]).paramGroups);
    expect(() => new SGD([w], { lr: -1 })).toThrow("SGD: lr is -1");
    expect(() => new SGD([w], { nesterov: true })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => new Adam([w], { momentum: 1 } as object)).toThrow(expect.objectContaining({ code: "OPTION_UNKNOWN" }));
    expect(() => new Adam([{ params: [w], eps: -1 }])).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  test("left undefined are the defaults", () => {
    const [w] = parameters([1]);
    expect(new SGD([w], { lr: undefined }).lr).toBe(1e-3);
  });
});

describe("parameters", () => {
  test("must be there, be parameters, and be there once", () => {
    const [w] = parameters([1]);
    expect(() => new SGD([])).toThrow(expect.objectContaining({ code: "PARAMETERS_MISSING" }));
    expect(() => new SGD([{ params: [] }])).toThrow(expect.objectContaining({ code: "PARAMETERS_MISSING" }));
    expect(() => new SGD([w, w])).toThrow(expect.objectContaining({ code: "PARAMETER_REPEATED" }));
    expect(() => new SGD([{ params: [w] }, { params: [w] }])).toThrow(
      expect.objectContaining({ code: "PARAMETER_REPEATED" }),
    );
    expect(() => new SGD(w as never)).toThrow(expect.objectContaining({ code: "PARAMETER_KIND" }));
    expect(() => new SGD([ones([1])] as never)).toThrow(expect.objectContaining({ code: "PARAMETER_KIND" }));
    expect(() => new SGD([{ params: [ones([1])] }] as never)).toThrow(
      expect.objectContaining({ code: "PARAMETER_KIND" }),
    );
  });

  test("can be added later", () => {
    const [a, b] = parameters([1], [2]);
    const optimizer = new SGD([a], { lr: 1 });
    optimizer.addParamGroup({ params: [b], momentum: 0.5 });
    expect(() => optimizer.addParamGroup({ params: [a] })).toThrow(
      expect.objectContaining({ code: "PARAMETER_REPEATED" }),
    );
    expect(optimizer.paramGroups.map(({ lr, momentum }) => [lr, momentum])).toEqual([
      [1, 0],
      [1, 0.5],
    ]);
  });
});

describe("state dicts", () => {
  test("continue a run bit for bit", () => {
    const list = parameters([2, 3], [3]);
    const optimizer = new Adam([{ params: [list[0]] }, { params: [list[1]], lr: 0.1, amsgrad: true }]);
    optimizer.step();
    optimizer.lr = 0.01;
    const saved = optimizer.stateDict();
    const others = copies(list);
    const other = new Adam([{ params: [others[0]] }, { params: [others[1]] }]);
    other.loadStateDict(saved);
    for (let step = 0; step < 3; step++) [optimizer, other].forEach((each) => each.step());
    expect(contents(others)).toEqual(contents(list));
    expect(saved.state["0"]["step"].item()).toBe(1);
    expect(saved.paramGroups.map(({ params }) => params)).toEqual([[0], [1]]);
    expect(other.paramGroups.map(({ amsgrad }) => amsgrad)).toEqual([false, true]);
  });

  test("have the names of PyTorch", () => {
    const [w] = parameters([1]);
    const dict = new Adam([w], { amsgrad: true }).stateDict();
    expect(Object.keys(dict.state["0"])).toEqual(["step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"]);
    expect(Object.keys(new SGD([w], { momentum: 0.9 }).stateDict().state["0"])).toEqual(["momentum_buffer"]);
  });

  test("that do not fit are refused, and nothing is changed", () => {
    const [a, b] = parameters([2], [3]);
    const optimizer = new Adam([a]);
    optimizer.step();
    const before = optimizer.stateDict();
    const wrong = [
      new Adam([b]).stateDict(),
      new Adam([a, b]).stateDict(),
      new Adam([{ params: [a] }, { params: [b] }]).stateDict(),
      { ...before, state: { 0: { step: ones([]) } } },
    ];
    for (const dict of wrong)
      expect(() => optimizer.loadStateDict(dict)).toThrow(expect.objectContaining({ code: "STATE_DICT_MISMATCH" }));
    expect(() => optimizer.loadStateDict(new SGD([a]).stateDict())).toThrow(
      /does not fit Adam: group 0 has the option momentum, which Adam does not take; make the optimizer as/,
    );
    expect(() => optimizer.loadStateDict(JSON.parse(JSON.stringify(before)))).toThrow(
      /state.0.step is .*, not a tensor; JSON does not give tensors back/,
    );
    const after = optimizer.stateDict();
    expect(after.paramGroups).toEqual(before.paramGroups);
    for (const [name, slot] of Object.entries(before.state["0"])) {
      expect(after.state["0"][name].toArray()).toEqual(slot.toArray());
    }
  });

  test("of a run in which a parameter was never moved start it anew", () => {
    const [w] = parameters([2]);
    const optimizer = new Adam([w]);
    optimizer.step();
    optimizer.loadStateDict({ ...optimizer.stateDict(), state: {} });
    expect(optimizer.stateDict().state["0"]["step"].item()).toBe(0);
    expect(optimizer.stateDict().state["0"]["exp_avg"].toArray()).toEqual([0, 0]);
  });
});

describe("an optimizer of one's own", () => {
  const made = (transformation: GradientTransformation): OptimizerDefinition<{ lr: number }> => ({
    name: "Own",
    defaults: { lr: 1 },
    check: () => {},
    transformation: () => transformation,
  });

  test("whose updates have another shape changes nothing", () => {
    const [a, b] = parameters([1, 2], [2]);
    const before = contents([a, b]);
    const broad: GradientTransformation = {
      slotNames: [],
      init: (list) => list.map(() => ({})),
      update: () => ({ updates: [ones([1, 2]), ones([2, 2])], writes: [] }),
    };
    expect(() => new Optimizer([a, b], {}, made(broad)).step()).toThrow(
      expect.objectContaining({ code: "UPDATE_SHAPE" }),
    );
    expect(contents([a, b])).toEqual(before);
  });

  test("can have slots and updates that are the same for all elements", () => {
    const [w] = parameters([2, 2]);
    const [p] = w.data;
    const steady = rule({
      name: "steady",
      counters: { step: ({ step }) => add(step, 1) },
      slots: { clock: ({ step }) => mul(step, 2) },
      update: ({ clock }) => clock,
    });
    const optimizer = new Optimizer([w], {}, made(steady));
    optimizer.step();
    expect(w.data[0]).toBeCloseTo(p + 2, 12);
    expect(optimizer.stateDict().state["0"]["clock"].toArray()).toEqual([
      [2, 2],
      [2, 2],
    ]);
    const constant = rule({ name: "constant", slots: { one: () => value(1) }, update: ({ gradient }) => gradient });
    expect(() => new Optimizer([w], {}, made(constant)).step()).toThrow(
      expect.objectContaining({ code: "FORMULA_CONSTANT" }),
    );
  });

  test("whose transformation fails half way changes nothing", () => {
    const failing: GradientTransformation = {
      slotNames: [],
      init: (list) => list.map(() => ({})),
      update: (gradients) => ({ updates: gradients, writes: [] }),
      step: ([first, second], _slots, [p]) => {
        if (second) throw new Error("too late");
        return [[p, first ?? p]];
      },
    };
    const [a, b] = parameters([2], [2]);
    const before = contents([a, b]);
    const optimizer = new Optimizer([a, b], {}, made(failing));
    expect(() => optimizer.step()).toThrow("too late");
    expect(contents([a, b])).toEqual(before);
  });
});
