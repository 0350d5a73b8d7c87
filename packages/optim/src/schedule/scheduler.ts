import { ArgumentError } from "@adjoint/core";
import { produce } from "immer";
import { shown } from "../checks.js";
import { outline } from "../state-dict.js";
import { type LearningRateOptions, Optimizer } from "../optimizer.js";

/** An optimizer with a learning rate, whatever its other options. */
export type ScheduledOptimizer = Optimizer<LearningRateOptions>;

/** What a schedule computes a rate from: one group at one epoch. */
export interface ScheduleContext {
  /** How many steps the scheduler has done. */
  readonly epoch: number;
  /** The rate of the group now, which the last epoch had, or another scheduler set. */
  readonly current: number;
  /** The rate with which the group started. */
  readonly base: number;
  /** The number of the group. */
  readonly group: number;
}

/** A rate, and a momentum that moves with it. */
export interface ScheduledRates {
  readonly lr: number; // the learning rate
  readonly momentum: number; // `momentum`, or the first of `betas`
}

/** What a schedule asks for: a rate, with a momentum where that moves too. */
export type Scheduled = number | ScheduledRates;

/** A schedule: a pure function from where training is to the rate of one group. */
export type Schedule = (context: ScheduleContext) => Scheduled;

/** What a scheduler knows besides its arguments. A plain value: it can be kept as JSON. */
export interface SchedulerState {
  readonly lastEpoch: number; // steps done
  readonly baseLrs: readonly number[]; // the rate with which each group started
  readonly lastLr: readonly number[]; // the rate of each group now
}

/** The rates that optimizers had before any scheduler touched them: all schedulers of one optimizer start from the same. */
const initialRates = /* @__PURE__ */ new WeakMap<object, readonly number[]>();

/** What all schedulers can do, those made of others included. */
export interface Scheduler {
  readonly optimizer: ScheduledOptimizer; // whose rates it sets
  /** Goes to the next epoch, and sets the rates for it. */
  step(): void;
  /** The rate of each group that it set last. */
  getLastLr(): readonly number[];
  /** What it knows, as plain data. */
  stateDict(): object;
  /** Takes up what {@link stateDict} gave, and sets the rates. */
  loadStateDict(dict: never): void;
  /** @internal Back to before the first epoch, with the rates the groups started with. */
  rewind(): void;
  /** @internal Begins with its epoch 0. */
  restart(): void;
}

/**
 * Sets the learning rates of an optimizer by a schedule: call `step()` after each epoch (or each batch, for schedules that count
 * these). This is the surface of all schedulers; what each one does is a {@link Schedule}, so that one of your own is a function.
 *
 * As in PyTorch a schedule may be a step from the current rate to the next, so that several schedulers of one optimizer multiply;
 * making a scheduler sets the rates of epoch 0. What it knows is an immutable value, and the rates are options of the optimizer.
 *
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { LRScheduler, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 0.1 });
 * const scheduler = new LRScheduler(optimizer, ({ base, epoch }) => base / (1 + epoch));
 * scheduler.step();
 * console.log(optimizer.lr, scheduler.lastEpoch); // → 0.05 1
 * ```
 */
export class LRScheduler implements Scheduler {
  readonly optimizer: ScheduledOptimizer; // whose rates it sets
  private readonly name: string;
  private readonly schedule: Schedule;
  private state: SchedulerState;

  /**
   * @param optimizer - whose rates are set
   * @param schedule - the rate of a group at an epoch
   * @param name - for messages
   * @throws ArgumentError `OPTIMIZER_KIND`, `SCHEDULE_KIND`.
   */
  constructor(optimizer: ScheduledOptimizer, schedule: Schedule, name = "LRScheduler") {
    this.name = name;
    this.optimizer = checkOptimizer(name, optimizer);
    if (typeof schedule !== "function") {
      throw new ArgumentError(
        "SCHEDULE_KIND",
        `${name}: the schedule is ${shown(schedule)}; give a function to a rate, ({ base, epoch }) => base / (1 + epoch)`,
      );
    }
    this.schedule = schedule;
    const baseLrs = initialRates.get(optimizer) ?? ratesOf(optimizer);
    this.state = { lastEpoch: -1, baseLrs, lastLr: ratesOf(optimizer) };
    this.step();
    // Only now, so that a schedule that throws at once leaves nothing behind.
    initialRates.set(optimizer, baseLrs);
  }

  /** How many steps it has done. */
  get lastEpoch(): number {
    return this.state.lastEpoch;
  }

  /** The rate of each group that it set last. */
  getLastLr(): readonly number[] {
    return this.state.lastLr;
  }

  /**
   * Goes to the next epoch, and sets the rates for it.
   *
   * @throws ArgumentError `RATE_INVALID` when the schedule gives something else than a number of at least 0; nothing is changed then.
   */
  step(): void {
    this.goTo(this.state.lastEpoch + 1);
  }

  /** Sets the rates of an epoch; `rates` are those from which the schedule steps on. */
  protected goTo(epoch: number, rates: readonly number[] = ratesOf(this.optimizer)): void {
    // A group that was added later starts with the rate it came with.
    const baseLrs = rates.map((rate, i) => this.state.baseLrs[i] ?? rate);
    const next = rates.map((current, group) =>
      this.checked(this.schedule({ epoch, current, base: baseLrs[group], group }), epoch),
    );
    setRates(this.optimizer, next);
    this.state = produce(this.state, (draft) => {
      draft.lastEpoch = epoch;
      draft.baseLrs = baseLrs;
      draft.lastLr = ratesOf(this.optimizer).slice();
    });
  }

  private checked(each: Scheduled, epoch: number): Scheduled {
    const { lr, momentum = 0 }: Partial<ScheduledRates> = typeof each === "number" ? { lr: each } : (each ?? {});
    // A line to 0 ends at ±1e-18, and no rate is negative.
    if (typeof each === "number" && each < 0 && each > -1e-12) return 0;
    if (Number.isFinite(lr) && (lr as number) >= 0 && Number.isFinite(momentum)) return each;
    throw new ArgumentError(
      "RATE_INVALID",
      `${this.name}: the schedule gives ${shown(each)} for epoch ${epoch}; rates are numbers of at least 0`,
    );
  }

  /** @internal Back to before the first epoch, with the rates the groups started with. */
  rewind(): void {
    setRates(this.optimizer, this.state.baseLrs);
    this.state = { ...this.state, lastEpoch: -1 };
  }

  /** @internal Begins with epoch 0, from the rates the groups started with. */
  restart(): void {
    this.goTo(0, this.state.baseLrs);
  }

  /** What it knows, as plain data: keep it beside the state dict of the optimizer. */
  stateDict(): SchedulerState {
    return this.state;
  }

  /**
   * Takes up what {@link stateDict} gave, here or in PyTorch, and sets the rates, so that training goes on bit for bit.
   *
   * @throws ArgumentError `STATE_DICT_KIND`, `STATE_DICT_MISMATCH`; nothing is changed then.
   */
  loadStateDict(dict: SchedulerState): void {
    const given = fromTorch(dict, { last_epoch: "lastEpoch", base_lrs: "baseLrs", _last_lr: "lastLr" });
    checkState(this.name, given, this.optimizer.paramGroups.length);
    const { lastEpoch, baseLrs, lastLr } = given;
    setRates(this.optimizer, lastLr);
    this.state = { lastEpoch, baseLrs: [...baseLrs], lastLr: [...lastLr] };
  }
}

/** A state dict with PyTorch's names, with ours in their place; any other as it is. */
export function fromTorch<S>(dict: S, names: Readonly<Record<string, keyof S & string>>): S {
  if (typeof dict !== "object" || dict === null || !("last_epoch" in dict)) return dict;
  const known = Object.entries(dict).flatMap(([key, x]) => (key in names ? [[names[key], x]] : []));
  return Object.fromEntries(known) as S;
}

/** The rates of all groups. */
export const ratesOf = (optimizer: ScheduledOptimizer): readonly number[] => optimizer.paramGroups.map(({ lr }) => lr);

/** Sets the rates of all groups, and where it is given the momentum: `momentum`, or the first of `betas`. */
export function setRates(optimizer: ScheduledOptimizer, rates: readonly Scheduled[]): void {
  rates.forEach((each, group) => {
    const { lr, momentum } = typeof each === "number" ? { lr: each } : each;
    optimizer.setOptions((draft: LearningRateOptions & { momentum?: number; betas?: readonly number[] }) => {
      draft.lr = lr;
      if (momentum === undefined) return;
      if (draft.betas) draft.betas = [momentum, ...draft.betas.slice(1)];
      else draft.momentum = momentum;
    }, group);
  });
}

/** @throws ArgumentError `OPTIMIZER_KIND`. */
export function checkOptimizer(name: string, optimizer: ScheduledOptimizer): ScheduledOptimizer {
  if (optimizer instanceof Optimizer && !Number.isNaN(optimizer.lr)) return optimizer;
  throw new ArgumentError(
    "OPTIMIZER_KIND",
    `${name}: ${shown(optimizer)} is no optimizer with a learning rate; give the optimizer first: new ${name}(optimizer, …)`,
  );
}

function checkState(name: string, dict: unknown, groups: number): void {
  const { lastEpoch, baseLrs, lastLr } = (dict ?? {}) as Readonly<Record<string, unknown>>;
  if (!Number.isFinite(lastEpoch) || !isRates(baseLrs) || !isRates(lastLr)) {
    throw new ArgumentError(
      "STATE_DICT_KIND",
      `${name}: loadStateDict takes { lastEpoch, baseLrs, lastLr }, as stateDict() makes it, and not ${outline(dict)}`,
    );
  }
  if (baseLrs.length === groups && lastLr.length === groups) return;
  throw new ArgumentError(
    "STATE_DICT_MISMATCH",
    `${name}: the state dict has rates for ${lastLr.length} groups, the optimizer has ${groups}; make it as the saved one was made`,
  );
}

const isRates = (x: unknown): x is readonly number[] =>
  Array.isArray(x) && x.every((rate) => Number.isFinite(rate) && (rate as number) >= 0);
