import { inspect } from "node:util";
import { add, AdjointError, neg, ones, Parameter, tensor } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import * as optim from "./index.js";
import { Adam, AdamW, clipGradNorm, clipGradValue, SGD } from "./index.js";

/** The code and the message of what `fn` throws. */
function failure(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof AdjointError) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const make = (): Parameter => new Parameter(ones([2]));

const calls: Readonly<Record<string, readonly [call: (options: never) => unknown, valid: object]>> = {
  SGD: [(options) => new SGD([make()], options), {}],
  Adam: [(options) => new Adam([make()], options), {}],
  AdamW: [(options) => new AdamW([make()], options), {}],
  trace: [(options) => optim.trace(options), { momentum: 0.9 }],
  scaleByAdam: [(options) => optim.scaleByAdam(options), {}],
  clipByGlobalNorm: [(options) => optim.clipByGlobalNorm(1, options), {}],
  clipGradNorm: [(options) => clipGradNorm([make()], 1, options), {}],
  rule: [
    (options) => optim.rule(options),
    { name: "neg", update: ({ gradient }: optim.Names) => neg(gradient) } satisfies optim.RuleDefinition,
  ],
};

describe("options", () => {
  test.each(Object.entries(calls))("of %s must be an object of known names", (name, [call, valid]) => {
    const unknown = { ...valid, bogus: 1 };
    expect(failure(() => call(unknown as never))).toContain(`OPTION_UNKNOWN ${name}: unknown option "bogus"`);
    expect(failure(() => call(3 as never))).toContain(`OPTIONS_KIND ${name}: the options are 3`);
    expect(() => call(valid as never)).not.toThrow();
  });

  test("of groups must be known too", () => {
    expect(failure(() => new SGD([{ params: [make()], bogus: 1 } as never]))).toContain("OPTION_UNKNOWN SGD");
  });

  test("are shown as they are, and of the right kind", () => {
    expect(failure(() => new SGD([make()], { lr: "0.1" as never }))).toContain('SGD: lr is "0.1";');
    expect(failure(() => new SGD([make()], { dampening: "x" as never }))).toContain('dampening is "x";');
    expect(failure(() => new Adam([make()], { betas: 0.9 as never }))).toContain("betas is 0.9; give two numbers");
    expect(failure(() => new Adam([make()], { betas: ["0.9", 0.9] as never }))).toContain('betas[0] is "0.9";');
    expect(failure(() => new Adam([make()], { amsgrad: "no" as never }))).toContain(
      'amsgrad is "no"; give true or false',
    );
    expect(failure(() => clipGradNorm([make()], "1" as never))).toContain('maxNorm is "1"');
    expect(failure(() => clipGradValue([make()], "1" as never))).toContain('bound is "1"');
  });

  test("stay as they are when the array they came in is changed", () => {
    const betas: [number, number] = [0.9, 0.99];
    const optimizer = new Adam([make()], { betas });
    betas[0] = 0.5;
    expect(optimizer.paramGroups[0].betas).toEqual([0.9, 0.99]);
  });
});

describe("paramGroups", () => {
  test("cannot be assigned to", () => {
    const optimizer = new SGD([make()], { lr: 0.1 });
    const group: { lr: number; params: Parameter[] } = optimizer.paramGroups[0] as never;
    expect(failure(() => (group.lr = 0.5))).toContain("GROUP_READ_ONLY SGD: ");
    expect(failure(() => (group.lr = 0.5))).toContain("use optimizer.lr = 0.1");
    expect(() => group.params.push(make())).toThrow(TypeError);
    expect(optimizer.lr).toBe(0.1);
    expect({ ...group }.lr).toBe(0.1);
    expect(inspect(group)).toContain("lr: 0.1");
  });

  test("take groups only, and setOptions takes a function", () => {
    const optimizer = new SGD([make()]);
    expect(failure(() => optimizer.addParamGroup(make() as never))).toContain("PARAMETER_KIND SGD: group 1");
    expect(failure(() => optimizer.addParamGroup({ params: [] }))).toContain("PARAMETERS_MISSING");
    expect(failure(() => optimizer.setOptions({ lr: 1 } as never))).toContain("not { lr: 1 };");
  });
});

describe("parameters and gradients of the wrong kind", () => {
  test("are named", () => {
    const w = make();
    expect(failure(() => new SGD([]))).toContain("private #fields");
    expect(failure(() => new SGD([ones([1])] as never))).toContain("make it new Parameter(...)");
    expect(failure(() => new SGD(3 as never))).toContain("the parameters are 3;");
    expect(failure(() => clipGradNorm(w as never, 1))).toContain("PARAMETER_KIND clipGradNorm: a tensor [2]");
    expect(failure(() => clipGradValue([1] as never, 1))).toContain("PARAMETER_KIND clipGradValue: [1]");
    w.grad = [1, 2] as never;
    expect(failure(() => new SGD([w]).step())).toContain(
      "GRADIENT_KIND SGD: the gradient of a parameter [2] is [1, 2];",
    );
  });
});

describe("loadStateDict", () => {
  test("says what it takes", () => {
    const optimizer = new Adam([make()]);
    const wrong = [optimizer, { weight: ones([1]) }, undefined, Promise.resolve(), { state: {}, paramGroups: [1] }];
    for (const dict of wrong) {
      expect(failure(() => optimizer.loadStateDict(dict as never))).toContain(
        "STATE_DICT_KIND loadStateDict: Adam takes",
      );
    }
    expect(failure(() => optimizer.loadStateDict({ weight: tensor(1) } as never))).toContain(
      "not an object of weight;",
    );
  });
});

describe("an optimizer", () => {
  test("prints its groups", () => {
    const optimizer = new SGD([{ params: [make(), make()], lr: 0.1 }, { params: [make()] }]);
    expect(String(optimizer)).toBe(
      [
        "SGD(",
        "  (0): 2 parameters, lr=0.1, momentum=0, dampening=0, weightDecay=0, nesterov=false, maximize=false",
        "  (1): 1 parameter, lr=0.001, momentum=0, dampening=0, weightDecay=0, nesterov=false, maximize=false",
        ")",
      ].join("\n"),
    );
    expect(inspect(optimizer)).toBe(String(optimizer));
  });

  test("of any kind is an Optimizer", () => {
    const all: optim.Optimizer[] = [new SGD([make()], { lr: 1 }), new Adam([make()], { lr: 2 })];
    for (const optimizer of all) optimizer.setOptions((draft) => void (draft.lr *= 2));
    expect(all.map(({ lr }) => lr)).toEqual([2, 4]);
  });
});

/** Calls of the exported functions and averages with arguments that are right; each argument is spoilt in turn. */
const adam = optim.scaleByAdam();
const right: Readonly<Record<string, readonly [call: (...args: never[]) => unknown, ...args: unknown[]]>> = {
  accumulate: [optim.accumulate, 2, adam],
  addDecayedWeights: [optim.addDecayedWeights, 0.1, { mask: () => true }],
  chain: [optim.chain, adam, adam],
  clip: [optim.clip, 1],
  clipByGlobalNorm: [optim.clipByGlobalNorm, 1, { normType: 1 }],
  clipByNorm: [optim.clipByNorm, 1, { normType: 1 }],
  clipGradNorm: [optim.clipGradNorm, [make()], 1, { normType: 1 }],
  clipGradValue: [optim.clipGradValue, [make()], 1],
  masked: [optim.masked, adam, () => true],
  rule: [
    optim.rule,
    {
      options: { lr: 1 },
      initial: { total: 1 },
      slots: { total: ({ gradient, total }: optim.Names) => add(total, gradient) },
      before: {},
      counters: {},
      scalars: {},
      elements: {},
      name: "negate",
      update: ({ gradient }: optim.Names) => neg(gradient),
    },
  ],
  scaleByAdam: [optim.scaleByAdam, { beta1: 0.9 }],
  scaleByLearningRate: [optim.scaleByLearningRate, 0.1],
  scaleByRms: [optim.scaleByRms, { decay: 0.9 }],
  trace: [optim.trace, { momentum: 0.9 }],
  weightDecayGroups: [optim.weightDecayGroups, [["weight", make()]], 0.1, { decays: () => true }],
  AveragedParameters: [(x, f) => new optim.AveragedParameters(x, f).update(), [make()], (average: unknown) => average],
  ExponentialMovingAverage: [(x, o) => new optim.ExponentialMovingAverage(x, o), [make()], { decay: 0.9 }],
  StochasticWeightAverage: [(x) => new optim.StochasticWeightAverage(x), [make()]],
  during: [(fn) => new optim.StochasticWeightAverage([make()]).during(fn), () => 1],
  copyTo: [(x) => new optim.StochasticWeightAverage([make()]).copyTo(x), [make()]],
};
const junk = [null, NaN, -1, "x", true, Symbol("s"), [], [1], [NaN], {}, { x: 1 }, new Map(), make(), () => 1, 1n];

/** Updates and steps once with what was made, where it is a transformation. */
function use(made: unknown): void {
  if (typeof (made as optim.GradientTransformation | null)?.init !== "function") return;
  const definition: optim.OptimizerDefinition<{ lr: number }> = {
    name: "Own",
    defaults: { lr: 1 },
    check: () => {},
    transformation: () => made as typeof adam,
  };
  const x = make();
  x.grad = ones([2]);
  const optimizer = new optim.Optimizer<{ lr: number }>([x], {}, definition);
  optimizer.step();
}

test("every exported function but those without arguments is among the calls that are spoilt", () => {
  const known = new Set([...Object.keys(right), "scaleBySign", "scaleByTrustRatio", "negate"]);
  const functions = Object.entries(optim).filter(([name, x]) => typeof x === "function" && /^[a-z]/.test(name));
  expect(functions.filter(([name]) => !known.has(name))).toEqual([]);
});

describe.each(Object.entries(right))("%s", (_name, [call, ...args]) => {
  test("answers arguments that make no sense with errors of ours", () => {
    use(call(...(args as never[])));
    args.forEach((argument, i) => {
      const plain =
        typeof argument === "object" && argument !== null && Object.getPrototypeOf(argument) === Object.prototype;
      const spoilt = plain
        ? [...junk, ...Object.keys(argument).flatMap((key) => junk.map((x) => ({ ...argument, [key]: x })))]
        : junk;
      for (const x of spoilt) {
        try {
          use(call(...([...args.slice(0, i), x, ...args.slice(i + 1)] as never[])));
        } catch (error) {
          expect(error, `${String(i)}: ${inspect(x)} ${inspect(error)}`).toBeInstanceOf(AdjointError);
        }
      }
    });
  });
});

test("clipGradNorm refuses gradients that are infinite where that is asked for, and leaves them as they are", () => {
  const x = make();
  x.grad = tensor([Infinity, 1]);
  expect(failure(() => clipGradNorm([x], 1, { errorIfNonfinite: true }))).toContain(
    "NORM_NONFINITE clipGradNorm: the norm of the gradients is Infinity;",
  );
  expect(x.grad.toArray()).toEqual([Infinity, 1]);
});
