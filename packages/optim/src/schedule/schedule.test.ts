import { AdjointError, Parameter, tensor } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import {
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  LRScheduler,
  MultiplicativeLR,
  MultiStepLR,
  OneCycleLR,
  PolynomialLR,
  ReduceLROnPlateau,
  type ScheduledOptimizer,
  SequentialLR,
  SGD,
  StepLR,
  WarmupCosineLR,
} from "../index.js";

function sgd(): SGD {
  const groups = [1, 2].map((lr) => ({ params: [new Parameter(tensor([1]))], lr: lr * 0.1 }));
  return new SGD(groups, { momentum: 0.9 });
}

interface Stepping {
  step(metric: number): void;
  stateDict(): object;
  loadStateDict(dict: never): void;
  getLastLr(): readonly number[];
}

const makers: Readonly<Record<string, (optimizer: ScheduledOptimizer) => Stepping>> = {
  LRScheduler: (o) => new LRScheduler(o, ({ base, epoch }) => base / (1 + epoch)),
  LambdaLR: (o) => new LambdaLR(o, [(k) => 0.9 ** k, (k) => 1 / (k + 1)]),
  MultiplicativeLR: (o) => new MultiplicativeLR(o, () => 0.9),
  StepLR: (o) => new StepLR(o, 3),
  MultiStepLR: (o) => new MultiStepLR(o, [2, 6, 6]),
  ConstantLR: (o) => new ConstantLR(o, { totalIters: 6 }),
  LinearLR: (o) => new LinearLR(o, { totalIters: 8 }),
  ExponentialLR: (o) => new ExponentialLR(o, 0.9),
  PolynomialLR: (o) => new PolynomialLR(o, { totalIters: 9, power: 2 }),
  CosineAnnealingLR: (o) => new CosineAnnealingLR(o, 4, { etaMin: 0.01 }),
  CosineAnnealingWarmRestarts: (o) => new CosineAnnealingWarmRestarts(o, 2, { tMult: 2 }),
  WarmupCosineLR: (o) => new WarmupCosineLR(o, 3, 10),
  CyclicLR: (o) => new CyclicLR(o, 0.1, [0.5, 0.6], { stepSizeUp: 3, mode: "triangular2" }),
  OneCycleLR: (o) => new OneCycleLR(o, 0.5, { epochs: 4, stepsPerEpoch: 5, threePhase: true }),
  ReduceLROnPlateau: (o) => new ReduceLROnPlateau(o, { patience: 1, cooldown: 1, factor: 0.5 }),
  SequentialLR: (o) => new SequentialLR(o, [new LinearLR(o), new ExponentialLR(o, 0.5), new StepLR(o, 2)], [2, 6]),
  ChainedScheduler: (o) => new ChainedScheduler([new LinearLR(o), new StepLR(o, 2)]),
};

const options = (optimizer: SGD): object[] => optimizer.paramGroups.map(({ lr, momentum }) => ({ lr, momentum }));
const metric = (k: number): number => [5, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3][k];

describe.each(Object.entries(makers))("%s", (_name, make) => {
  test.each([0, 1, 5, 7])("goes on bit for bit from what was kept after step %i", (kept) => {
    const optimizer = sgd();
    const scheduler = make(optimizer);
    let saved = JSON.stringify([optimizer.stateDict().paramGroups, scheduler.stateDict()]);
    const rates: object[] = [];
    for (let k = 0; k < 11; k++) {
      if (k === kept) saved = JSON.stringify([optimizer.stateDict().paramGroups, scheduler.stateDict()]);
      scheduler.step(metric(k));
      if (k >= kept) rates.push(options(optimizer));
    }
    const other = sgd();
    const resumed = make(other);
    const [paramGroups, state] = JSON.parse(saved) as [never, never];
    other.loadStateDict({ state: optimizer.stateDict().state, paramGroups });
    resumed.loadStateDict(state);
    const again: object[] = [];
    for (let k = kept; k < 11; k++) {
      resumed.step(metric(k));
      again.push(options(other));
    }
    expect(again).toEqual(rates);
    expect(resumed.getLastLr()).toEqual(other.paramGroups.map(({ lr }) => lr));
  });

  test("sets the rates itself when its state is loaded, and refuses what is none", () => {
    const optimizer = sgd();
    const scheduler = make(optimizer);
    scheduler.step(5);
    const before = options(optimizer);
    for (const wrong of [null, undefined, 3, {}, { lastEpoch: 1 }, { ...scheduler.stateDict(), lastEpoch: "x" }]) {
      expect(() => scheduler.loadStateDict(wrong as never)).toThrow(AdjointError);
    }
    expect(options(optimizer)).toEqual(before);
    const other = sgd();
    make(other).loadStateDict(scheduler.stateDict() as never);
    expect(other.paramGroups.map(({ lr }) => lr)).toEqual(scheduler.getLastLr());
  });
});

const junk: readonly unknown[] = [
  ...[
    null,
    undefined,
    NaN,
    -1,
    0.5,
    Infinity,
    "x",
    true,
    [],
    {},
    { unknown: 1 },
    [NaN],
    [3, 1],
    new Map(),
    Symbol("s"),
  ],
];

test("arguments that make no sense meet errors of ours", () => {
  const classes = [
    [LRScheduler, [() => 1]],
    [LambdaLR, [() => 1]],
    [MultiplicativeLR, [() => 1]],
    [StepLR, [2, { gamma: 0.5 }]],
    [MultiStepLR, [[2], { gamma: 0.5 }]],
    [ConstantLR, [{ factor: 0.5, totalIters: 3 }]],
    [LinearLR, [{ startFactor: 0.5, endFactor: 1, totalIters: 3 }]],
    [ExponentialLR, [0.5]],
    [PolynomialLR, [{ totalIters: 3, power: 1 }]],
    [CosineAnnealingLR, [5, { etaMin: 0 }]],
    [CosineAnnealingWarmRestarts, [5, { tMult: 1, etaMin: 0 }]],
    [WarmupCosineLR, [5, 10, { etaMin: 0, startFactor: 0 }]],
    [
      CyclicLR,
      [0.1, 1, { stepSizeUp: 5, stepSizeDown: 5, mode: "triangular", gamma: 1, baseMomentum: 1, scaleFn: () => 1 }],
    ],
    [OneCycleLR, [1, { totalSteps: 9, pctStart: 0.3, annealStrategy: "cos", divFactor: 2, finalDivFactor: 2 }]],
    [
      ReduceLROnPlateau,
      [{ mode: "min", factor: 0.5, patience: 1, threshold: 1, thresholdMode: "abs", cooldown: 1, minLr: 0 }],
    ],
    [SequentialLR, [[], []]],
    [ChainedScheduler, []],
  ] as unknown as [new (...args: unknown[]) => { step(x: unknown): void }, unknown[]][];
  let errors = 0;
  for (const [Class, args] of classes) {
    const all = [sgd(), ...args];
    const spoilt = all.flatMap((old, place) => {
      const parts = Object.keys(old instanceof SGD || typeof old !== "object" ? {} : (old as object));
      const changed = parts.flatMap((key) => junk.map((x) => ({ ...(old as object), [key]: x })));
      return [...junk, ...changed].map((x) => Object.assign(all.slice(), { [place]: x }));
    });
    for (const each of spoilt) {
      try {
        new Class(...each).step(1);
      } catch (error) {
        expect(error, `${Class.name}(${each.map(String).join(", ")})`).toBeInstanceOf(AdjointError);
        errors++;
      }
    }
  }
  expect(errors).toBeGreaterThan(300);
});

test("a schedule that throws, or gives no rate, changes nothing", () => {
  const optimizer = sgd();
  let next: () => number = () => 0.5;
  const scheduler = new LRScheduler(optimizer, () => next());
  next = () => NaN;
  expect(() => scheduler.step()).toThrow(expect.objectContaining({ code: "RATE_INVALID" }));
  next = () => {
    throw new Error("no");
  };
  expect(() => scheduler.step()).toThrow("no");
  expect([optimizer.lr, scheduler.lastEpoch]).toEqual([0.5, 0]);
});

test("a rate that is set by hand is where a schedule by steps goes on", () => {
  const optimizer = sgd();
  const scheduler = new ExponentialLR(optimizer, 0.5);
  optimizer.lr = 8;
  scheduler.step();
  expect(optimizer.lr).toBe(4);
});

test("a group that is added later starts from the rate it came with", () => {
  const optimizer = sgd();
  const scheduler = new LambdaLR(optimizer, () => 0.5);
  optimizer.addParamGroup({ params: [new Parameter(tensor([1]))], lr: 1 });
  scheduler.step();
  expect(scheduler.getLastLr()).toEqual([0.05, 0.1, 0.5]);
});

test("the cycle of OneCycleLR has a step for each batch, and an end", () => {
  const scheduler = new OneCycleLR(sgd(), 1, { totalSteps: 3 });
  scheduler.step();
  scheduler.step();
  const last = scheduler.getLastLr();
  scheduler.step();
  expect(scheduler.getLastLr()).toEqual(last);
  expect(() => scheduler.step()).toThrow(expect.objectContaining({ code: "SCHEDULE_OVER" }));
  expect(() => new OneCycleLR(sgd(), 1)).toThrow(/give \{ totalSteps: 1000 \}, or \{ epochs/);
});

test("PyTorch's state dicts are taken up as they are", () => {
  const optimizer = sgd();
  const scheduler = new StepLR(optimizer, 3);
  const torch = {
    step_size: 3,
    gamma: 0.1,
    base_lrs: [0.1, 0.2],
    last_epoch: 4,
    _step_count: 5,
    _last_lr: [0.01, 0.02],
  };
  scheduler.loadStateDict(torch as never);
  expect([scheduler.lastEpoch, optimizer.lr]).toEqual([4, 0.01]);
  const plateau = new ReduceLROnPlateau(optimizer, { patience: 1 });
  plateau.loadStateDict({
    best: 2,
    num_bad_epochs: 1,
    cooldown_counter: 0,
    last_epoch: 7,
    _last_lr: [0.5, 0.6],
  } as never);
  plateau.step(3);
  expect([plateau.lastEpoch, optimizer.lr]).toEqual([8, 0.05]);
});
