import { Parameter, stack, tensor, type Tensor } from "@adjoint/core";
import * as optim from "@adjoint/optim";
import type { Case, Named } from "./cases.js";
import { faultsOfAll } from "./compare.js";
import { optimizerOf } from "./optimizers.js";
import { load } from "./read.js";
import { renamed } from "./rename.js";

type Attrs = Named<never>;
type Optimizer = optim.ScheduledOptimizer;
type Step = (metric: number) => void;

/** What PyTorch takes positionally, by class; the rest are options. */
const positional: Named<readonly string[]> = {
  StepLR: ["step_size"],
  MultiStepLR: ["milestones"],
  ConstantLR: [],
  LinearLR: [],
  ExponentialLR: ["gamma"],
  PolynomialLR: [],
  CosineAnnealingLR: ["T_max"],
  CosineAnnealingWarmRestarts: ["T_0"],
  CyclicLR: ["base_lr", "max_lr"],
  OneCycleLR: ["max_lr"],
};

/** Options whose names do not follow from PyTorch's. */
const otherNames: Named<string> = { T_mult: "tMult" };

/** A scheduler by PyTorch's name and keyword arguments. */
function schedulerOf(name: string, optimizer: Optimizer, attrs: Attrs): optim.Scheduler {
  const { verbose: _verbose, last_epoch: _lastEpoch, ...known } = attrs;
  if (name === "LambdaLR" || name === "MultiplicativeLR") {
    const { warmup } = known as Named<number>;
    const LR = name === "LambdaLR" ? optim.LambdaLR : optim.MultiplicativeLR;
    return new LR(optimizer, (epoch) => Math.min(1, (epoch + 1) / warmup));
  }
  if (name === "SequentialLR" || name === "ChainedScheduler") {
    const { schedulers, milestones } = known as Attrs;
    const parts = (schedulers as readonly Attrs[]).map(({ name: part, ...rest }) => schedulerOf(part, optimizer, rest));
    return name === "SequentialLR"
      ? new optim.SequentialLR(optimizer, parts, milestones)
      : new optim.ChainedScheduler(parts);
  }
  if (!Object.hasOwn(positional, name)) throw new Error(`no scheduler ${name}`);
  const first = positional[name];
  const rest = Object.entries(known).filter(([key]) => !first.includes(key));
  const options = renamed(Object.fromEntries(rest.map(([key, x]) => [otherNames[key] ?? key, x])));
  const classes = optim as unknown as Named<new (...args: unknown[]) => optim.LRScheduler>;
  return new classes[name](optimizer, ...first.map((key) => known[key]), options);
}

function stepOf(name: string, optimizer: Optimizer, attrs: Attrs): Step {
  if (name === "ReduceLROnPlateau") {
    const { verbose: _verbose, ...options } = attrs;
    const plateau = new optim.ReduceLROnPlateau(optimizer, renamed(options));
    return (metric) => plateau.step(metric);
  }
  const scheduler = schedulerOf(name, optimizer, attrs);
  return () => scheduler.step();
}

/** What the groups have now: one number, or one for each where there are several. */
function now(optimizer: Optimizer, name: "lr" | "momentum"): Tensor {
  const groups = optimizer.paramGroups as readonly { lr: number; momentum?: number; betas?: readonly number[] }[];
  const all = groups.map((group) => (name === "lr" ? group.lr : (group.momentum ?? group.betas?.[0] ?? NaN)));
  return tensor(all.length === 1 ? all[0] : all, { dtype: "float64" });
}

/** Cases of kind `scheduler`: the rate (and the momentum where it moves) during each epoch. */
export function checkScheduler({ op, attrs, inputs, outputs }: Case): string[] {
  const { optimizer: chosen = {}, epochs, ...rest } = attrs as Attrs;
  const { name = "SGD" as never, param_groups: groups, ...options } = chosen as Attrs;
  const weights = Array.from({ length: (groups as readonly object[] | undefined)?.length ?? 1 }, (_, i) => [
    `w${i}`,
    new Parameter(tensor([1], { dtype: "float64" })),
  ]);
  const given = groups && (groups as readonly Attrs[]).map((group, i) => ({ ...group, params: [`w${i}`] }));
  const optimizer = optimizerOf(
    name,
    given ? { ...options, param_groups: given } : options,
    Object.fromEntries(weights),
  );
  // The same word: how many epochs are recorded, and an argument of OneCycleLR.
  const step = stepOf(op, optimizer as Optimizer, "steps_per_epoch" in rest ? { ...rest, epochs } : rest);
  const metrics = "metrics" in inputs ? load(inputs["metrics"]).data : [];
  const rows = Object.keys(outputs).map((key) => [key, [] as Tensor[]] as const);
  for (let k = 0; k < (epochs as number); k++) {
    for (const [key, row] of rows) row.push(now(optimizer as Optimizer, key as "lr" | "momentum"));
    if (k + 1 < (epochs as number)) step(metrics[k]);
  }
  return faultsOfAll(Object.fromEntries(rows.map(([key, row]) => [key, stack(row)])), outputs);
}
