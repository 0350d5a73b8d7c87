import {
  AdjointError,
  Generator,
  matmul,
  mul,
  noGrad,
  Parameter,
  State,
  sub,
  sum,
  tanh,
  tensor,
  type Tensor,
} from "@adjoint/core";
import { describe, expect, test } from "vitest";
import * as optim from "./index.js";

type AnyOptimizer = optim.Optimizer<object>;
type OptimizerClass = new (parameters: never, options?: never) => AnyOptimizer;

/** Every exported optimizer, found by its class. */
const classes = Object.entries(optim).filter(
  ([, x]) => typeof x === "function" && x.prototype instanceof optim.Optimizer,
) as unknown as [name: string, Class: OptimizerClass][];

/** Options that change which formulas a step is made of, besides the defaults. */
const variants: Readonly<Record<string, readonly object[]>> = {
  SGD: [{ momentum: 0.9 }, { momentum: 0.9, nesterov: true }, { momentum: 0.9, dampening: 0.5, weightDecay: 0.1 }],
  Adam: [{ amsgrad: true, weightDecay: 0.1 }],
  AdamW: [{ amsgrad: true }],
  ASGD: [{ t0: 2, lambd: 0.1, weightDecay: 0.1 }],
  Adagrad: [{ lrDecay: 0.1, initialAccumulatorValue: 0.5 }],
  NAdam: [{ weightDecay: 0.1, decoupledWeightDecay: true }],
  RAdam: [{ weightDecay: 0.1, decoupledWeightDecay: true, betas: [0.9, 0.9] }],
  Adafactor: [{ weightDecay: 0.1, eps: [1e-3, 1e-2] }],
  RMSprop: [{ centered: true, momentum: 0.9 }],
  Muon: [{ nesterov: false, adjustLrFn: "matchRmsAdamw" }],
  LBFGS: [{ lineSearchFn: "strongWolfe", maxIter: 3 }],
};

const cases = classes.flatMap(([name, Class]) =>
  [{}, ...(variants[name] ?? [])].map((options) => ({
    name,
    Class,
    options,
    title: `${name} ${JSON.stringify(options)}`,
  })),
);

/** A small problem whose parameters are matrices, since Muon takes nothing else. */
function problem(): { readonly params: Parameter[]; readonly closure: (optimizer: AnyOptimizer) => () => Tensor } {
  const generator = new Generator(7);
  const normal = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });
  const params = [new Parameter(normal(3, 4)), new Parameter(normal(4, 2))];
  const [x, y] = [normal(6, 3), normal(6, 2)];
  const closure = (optimizer: AnyOptimizer) => (): Tensor => {
    optimizer.zeroGrad();
    const loss = sum(sub(matmul(tanh(matmul(x, params[0])), params[1]), y).square());
    loss.backward();
    return loss;
  };
  return { params, closure };
}

/** In two groups, the second with half the rate; LBFGS takes one. */
function make({ name, Class, options }: (typeof cases)[number], params: readonly Parameter[]): AnyOptimizer {
  const { lr } = new Class([new Parameter(tensor([[1]]))] as never);
  const groups = name === "LBFGS" ? params : [{ params: [params[0]] }, { params: [params[1]], lr: lr / 2 }];
  return new Class(groups as never, options as never);
}

const contents = (params: readonly Parameter[]): number[][] => params.map(({ data }) => Array.from(data));

test("all optimizers of the issue are exported", () => {
  const names = "SGD ASGD Adam AdamW Adamax NAdam RAdam Adagrad Adadelta Adafactor RMSprop Rprop LBFGS Lion LAMB Muon";
  expect(classes.map(([name]) => name).sort()).toEqual(names.split(" ").sort());
});

describe.each(cases)("$title", (each) => {
  test("makes the loss smaller", () => {
    const { params, closure } = problem();
    const optimizer = make(each, params);
    const losses = Array.from({ length: 20 }, () => optimizer.step(closure(optimizer)).item());
    expect(losses[19]).toBeLessThan(losses[0]);
    expect(contents(params).flat().every(Number.isFinite)).toBe(true);
  });

  test.each([0, 1, 4])("goes on bit for bit from the state dict after step %i", (kept) => {
    const { params, closure } = problem();
    const optimizer = make(each, params);
    for (let k = 0; k < kept; k++) optimizer.step(closure(optimizer));
    const saved = { dict: optimizer.stateDict(), params: params.map((parameter) => parameter.detach()) };
    for (let k = 0; k < 4; k++) optimizer.step(closure(optimizer));

    const other = problem();
    const resumed = make(each, other.params);
    // A step of its own, which loading must make forgotten.
    resumed.step(other.closure(resumed));
    other.params.forEach((parameter, i) => parameter.assign(saved.params[i]));
    resumed.loadStateDict(saved.dict);
    for (let k = 0; k < 4; k++) resumed.step(other.closure(resumed));
    expect(contents(other.params)).toEqual(contents(params));
    expect(resumed.stateDict().paramGroups).toEqual(optimizer.stateDict().paramGroups);
  });

  test("changes nothing when a step fails, and refuses a state dict of other shapes", () => {
    const { params, closure } = problem();
    const optimizer = make(each, params);
    optimizer.step(closure(optimizer));
    const before = [contents(params), JSON.stringify(optimizer.stateDict())];
    let calls = 0;
    const failing = (): Tensor => {
      calls++;
      if (calls > 1 || each.name !== "LBFGS") throw new Error("no loss");
      return closure(optimizer)();
    };
    expect(() => optimizer.step(failing)).toThrow("no loss");
    const small = new each.Class([new Parameter(tensor([[1]], { dtype: "float64" }))] as never, each.options as never);
    const shrunk = (): Tensor => {
      const [parameter] = (small.paramGroups[0] as unknown as { params: Parameter[] }).params;
      small.zeroGrad();
      const loss = sum(mul(parameter, parameter));
      loss.backward();
      return loss;
    };
    small.step(shrunk);
    const { state } = small.stateDict();
    if (Object.keys(state[0]).length > 0) {
      expect(() => optimizer.loadStateDict({ ...optimizer.stateDict(), state: { ...state, 1: state[0] } })).toThrow(
        AdjointError,
      );
    }
    expect([contents(params), JSON.stringify(optimizer.stateDict())]).toEqual(before);
  });

  test("answers options and parameters that make no sense with errors of ours", () => {
    const { params, closure } = problem();
    const { params: _params, ...known } = make(each, params).paramGroups[0] as { readonly params: unknown };
    const junk = [null, NaN, -1, 0.5, 100, Infinity, "x", true, [], [1], [NaN, 2], {}, Symbol("s"), () => 1, params[0]];
    const attempts = [
      ...Object.keys(known).flatMap((key) =>
        junk.map((x) => () => new each.Class(params as never, { [key]: x } as never)),
      ),
      ...junk.map((x) => () => new each.Class(x as never)),
      ...junk.map((x) => () => new each.Class([x] as never)),
      ...junk.map((x) => () => new each.Class(params as never, x as never)),
      ...junk.map((x) => () => make(each, params).loadStateDict(x as never)),
      ...junk.map((x) => () => make(each, params).loadStateDict({ state: x, paramGroups: x } as never)),
      ...junk.map((x) => () => make(each, params).step(x as never)),
      ...junk.map((x) => () => make(each, params).step(() => x as never)),
    ];
    let refused = 0;
    for (const attempt of attempts) {
      try {
        const optimizer: unknown = attempt();
        if (optimizer instanceof optim.Optimizer) optimizer.step(closure(optimizer));
      } catch (error) {
        expect(error, String(error)).toBeInstanceOf(AdjointError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(60);
  });
});

describe("averages", () => {
  const makers = {
    EMA: (x: Parameter) => new optim.ExponentialMovingAverage([x], { decay: 0.5 }),
    "EMA with warm-up": (x: Parameter) => new optim.ExponentialMovingAverage([x], { warmup: true }),
    SWA: (x: Parameter) => new optim.StochasticWeightAverage([x]),
  };
  test.each(Object.entries(makers))("%s goes on bit for bit from its state dict", (_name, make) => {
    const run = (average: ReturnType<typeof make>, x: Parameter, from: number, to: number): void => {
      for (let k = from; k < to; k++) {
        x.assign(tensor([Math.sin(k)]));
        average.update();
      }
    };
    const x = new Parameter(tensor([0]));
    const average = make(x);
    run(average, x, 0, 3);
    const saved = average.stateDict();
    run(average, x, 3, 6);
    const other = new Parameter(tensor([5]));
    const resumed = make(other);
    resumed.loadStateDict(saved);
    run(resumed, other, 3, 6);
    expect(JSON.stringify(resumed.stateDict())).toBe(JSON.stringify(average.stateDict()));
    expect(() => resumed.loadStateDict({ nAveraged: 1, averages: [] })).toThrow(
      expect.objectContaining({ code: "STATE_DICT_MISMATCH" }),
    );
  });

  test("are in the parameters while a function runs, also when it throws or waits", async () => {
    const x = new Parameter(tensor([1]));
    const count = new State(tensor(3, { dtype: "int32" }));
    const average = new optim.StochasticWeightAverage([x, count]);
    x.assign(tensor([3]));
    average.update();
    x.assign(tensor([5]));
    average.update();
    expect(average.during(() => x.item())).toBe(4);
    expect(() =>
      average.during(() => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(x.item()).toBe(5);
    const seen = average.during(async () => {
      await Promise.resolve();
      return x.item();
    });
    expect(await seen).toBe(4);
    expect([x.item(), count.item()]).toEqual([5, 3]);
  });
});

test("accumulated gradients move parameters as their mean does", () => {
  const x = new Parameter(tensor([1, 2]));
  const y = new Parameter(tensor([1, 2]));
  const definition = (every: number): optim.OptimizerDefinition<{ lr: number }> => ({
    name: "Accumulated",
    defaults: { lr: 0.1 },
    check: () => {},
    transformation: (_options, rates) =>
      optim.accumulate(every, optim.chain(optim.scaleByAdam(), optim.scaleByLearningRate(rates.get("lr")))),
  });
  const [inParts, whole] = [
    new optim.Optimizer<{ lr: number }>([x], {}, definition(2)),
    new optim.Optimizer<{ lr: number }>([y], {}, definition(1)),
  ];
  for (let k = 0; k < 6; k++) {
    const parts = [tensor([k, 1]), tensor([1, -k])];
    for (const part of parts) {
      x.grad = part;
      inParts.step();
    }
    y.grad = noGrad(() => parts[0].add(parts[1]).div(2));
    whole.step();
  }
  expect(Array.from(x.data)).toEqual(Array.from(y.data));
});

test("a gradient that is missing in some of the steps counts as 0, and one that is missing in all moves nothing", () => {
  const [x, y] = [new Parameter(tensor([10])), new Parameter(tensor([10]))];
  const optimizer = new optim.Optimizer<{ lr: number }>(
    [x, y],
    {},
    {
      name: "Accumulated",
      defaults: { lr: 1 },
      check: () => {},
      transformation: (_options, rates) =>
        optim.accumulate(2, optim.chain(optim.addDecayedWeights(0.5), optim.scaleByLearningRate(rates.get("lr")))),
    },
  );
  const step = (gx: Tensor | null, gy: Tensor | null): void => {
    [x.grad, y.grad] = [gx, gy];
    optimizer.step();
  };
  step(tensor([2]), null);
  step(tensor([4]), null);
  expect([x.item(), y.item()]).toEqual([2, 10]);
  step(null, tensor([4]));
  step(tensor([2]), null);
  expect([x.item(), y.item()]).toEqual([0, 3]);
});
