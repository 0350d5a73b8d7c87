import { ones, Parameter, tensor, type Tensor, zeros } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import {
  Adagrad,
  Adam,
  ASGD,
  LBFGS,
  LinearLR,
  NAdam,
  type Optimizer,
  Rprop,
  SGD,
  type TorchOptimizerStateDict,
} from "./index.js";

const vector = (...x: number[]): Tensor => tensor(x, { dtype: "float64" });
const parameter = (...x: number[]): Parameter => {
  const made = new Parameter(vector(...x));
  made.grad = ones(made.shape, { dtype: "float64" });
  return made;
};

describe("a state dict of PyTorch", () => {
  test("is taken up as it is: names with underscores, counts as numbers, groups with what only PyTorch has", () => {
    const [a, b] = [parameter(1, 2), parameter(3)];
    const optimizer = new Adam([{ params: [a] }, { params: [b] }]);
    const group = { weight_decay: 0, eps: 1e-8, amsgrad: true, maximize: false, foreach: null, capturable: false };
    const dict: TorchOptimizerStateDict = {
      state: { 0: { step: 7, exp_avg: vector(1, 2), exp_avg_sq: vector(3, 4), max_exp_avg_sq: vector(5, 6) } },
      param_groups: [
        { ...group, lr: 0.1, betas: [0.8, 0.9], initial_lr: 0.1, params: [0] },
        { ...group, lr: 0.2, betas: [0.9, 0.99], params: [1] },
      ],
    };
    optimizer.loadStateDict(dict);
    expect(optimizer.paramGroups.map(({ lr, betas, amsgrad }) => [lr, betas, amsgrad])).toEqual([
      [0.1, [0.8, 0.9], true],
      [0.2, [0.9, 0.99], true],
    ]);
    const { state } = optimizer.stateDict();
    expect(state[0]["step"].item()).toBe(7);
    expect(state[0]["max_exp_avg_sq"].toArray()).toEqual([5, 6]);
    expect(state[1]["step"].item()).toBe(0);
  });

  test("of SGD goes on with its momentum, which PyTorch keeps without a count", () => {
    const x = parameter(0);
    const optimizer = new SGD([x], { lr: 1, momentum: 0.5, dampening: 0.5 });
    const { paramGroups } = optimizer.stateDict();
    optimizer.loadStateDict({ state: { 0: { momentum_buffer: vector(4) } } as never, paramGroups });
    optimizer.step();
    expect(x.item()).toBe(-2.5);
    optimizer.loadStateDict({ state: { 0: { momentum_buffer: null } }, param_groups: [{ params: [0] }] } as never);
    optimizer.step();
    expect(x.item()).toBe(-3.5);
  });

  test("of another optimizer is refused", () => {
    const optimizer = new SGD([parameter(1)], { lr: 0.5 });
    const dict = { state: {}, param_groups: [{ params: [0], lr: 0.1, betas: [0.9, 0.99], fused: true }] };
    expect(() => optimizer.loadStateDict(dict)).toThrow(expect.objectContaining({ code: "STATE_DICT_MISMATCH" }));
    expect(optimizer.lr).toBe(0.5);
  });

  test("of LBFGS has its history as lists", () => {
    const x = parameter(1, 2);
    const optimizer = new LBFGS([x]);
    const lists = { old_dirs: [vector(1, 0), vector(0, 1)], old_stps: [vector(2, 0), vector(0, 2)], ro: [0.5, 0.5] };
    const own = { ...lists, d: vector(1, 1), t: 0.5, n_iter: 3, func_evals: 4, H_diag: tensor(2), prev_loss: 1 };
    const param_groups = [{ params: [0], lr: 0.5, line_search_fn: "strong_wolfe", max_eval: 25 }];
    optimizer.loadStateDict({ state: { 0: { ...own, prev_flat_grad: vector(1, 1) } }, param_groups });
    const { state, paramGroups } = optimizer.stateDict();
    expect(paramGroups[0]["lineSearchFn"]).toBe("strongWolfe");
    expect(state[0]["old_stps"].toArray()).toEqual([
      [2, 0],
      [0, 2],
    ]);
    expect(state[0]["ro"].toArray()).toEqual([0.5, 0.5]);
    const short = { state: { 0: { ...own, old_dirs: [vector(1, 0)] } }, param_groups };
    const broken = [short, { state: { 0: { ...own, d: vector(1) } }, param_groups }];
    for (const dict of broken) {
      expect(() => optimizer.loadStateDict(dict)).toThrow(expect.objectContaining({ code: "STATE_DICT_MISMATCH" }));
    }
    expect(JSON.stringify(optimizer.stateDict())).toBe(JSON.stringify({ state, paramGroups }));
  });
});

test("a parameter that a state dict does not know starts as at the beginning, and not from zeros", () => {
  for (const [make, name, start] of [
    [(x: Parameter) => new NAdam([x]), "mu_product", 1],
    [(x: Parameter) => new Adagrad([x], { initialAccumulatorValue: 0.5 }), "sum", 0.5],
  ] as const) {
    const optimizer: Optimizer = make(parameter(1));
    optimizer.step();
    optimizer.loadStateDict({ ...optimizer.stateDict(), state: {} });
    expect(optimizer.stateDict().state[0][name].data[0]).toBe(start);
  }
});

test("the first rate of ASGD and the first step of Rprop are what a schedule has set before the first step", () => {
  for (const make of [
    (x: Parameter) => new ASGD([x], { lr: 1, lambd: 0 }),
    (x: Parameter) => new Rprop([x], { lr: 1 }),
  ]) {
    const x = parameter(1);
    const optimizer: Optimizer = make(x);
    new LinearLR(optimizer, { startFactor: 0.25, totalIters: 2 });
    optimizer.step();
    expect(x.item()).toBe(0.75);
  }
});

describe("LBFGS", () => {
  const x = parameter(1, 2);
  const optimizer = new LBFGS([x]);
  test.each<readonly [gradient: unknown, code: string]>([
    [null, "NO_GRADIENTS"],
    [zeros([3]), "GRADIENT_SHAPE"],
    [[1, 2], "GRADIENT_KIND"],
  ])("whose closure leaves the gradient %o says %s", (gradient, code) => {
    const closure = (): Tensor => {
      x.grad = gradient as never;
      return tensor(1);
    };
    expect(() => optimizer.step(closure)).toThrow(expect.objectContaining({ code }));
    expect(x.toArray()).toEqual([1, 2]);
  });

  test("takes no other group", () => {
    expect(() => optimizer.addParamGroup({ params: [parameter(1)] })).toThrow(
      expect.objectContaining({ code: "GROUP_SINGLE" }),
    );
    expect(() => new LBFGS([{ params: [x] }, { params: [parameter(1)] }])).toThrow(
      expect.objectContaining({ code: "GROUP_SINGLE" }),
    );
  });
});
