import { ArgumentError } from "@adjoint/core";
import { shown } from "../checks.js";
import { checkThat } from "./checks.js";
import { checkOptimizer, ratesOf, type ScheduledOptimizer, type Scheduler } from "./scheduler.js";

/** The state of schedulers that work together. */
export interface SchedulersState {
  readonly lastEpoch: number; // steps done
  readonly schedulers: readonly object[]; // what each of them knows
}

/** What schedulers made of others have in common. */
abstract class Schedulers implements Scheduler {
  readonly optimizer: ScheduledOptimizer; // whose rates they set
  protected readonly name: string; // as in messages
  protected readonly schedulers: readonly Scheduler[]; // those it is made of
  protected epoch = 0; // steps done

  constructor(name: string, optimizer: ScheduledOptimizer, schedulers: readonly Scheduler[]) {
    this.name = name;
    this.optimizer = checkOptimizer(name, optimizer);
    const right = Array.isArray(schedulers) && schedulers.length > 0 && schedulers.every(isScheduler);
    if (!right || schedulers.some((scheduler) => scheduler.optimizer !== optimizer)) {
      throw new ArgumentError(
        "SCHEDULER_KIND",
        `${name}: ${shown(schedulers)} is no list of schedulers of this optimizer; give [new LinearLR(optimizer), …]` +
          " (ReduceLROnPlateau needs a metric, and steps by itself)",
      );
    }
    this.schedulers = [...schedulers];
  }

  /** How many steps have been done. */
  get lastEpoch(): number {
    return this.epoch;
  }

  /** The rate of each group that was set last. */
  abstract getLastLr(): readonly number[];

  /** Goes to the next epoch, and sets the rates for it. */
  abstract step(): void;

  /** @internal */
  rewind(): void {
    for (const scheduler of this.schedulers) scheduler.rewind();
    this.epoch = -1;
  }

  /** @internal */
  abstract restart(): void;

  /** What all of them know, as plain data. */
  stateDict(): SchedulersState {
    return { lastEpoch: this.epoch, schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  /**
   * Takes up what {@link stateDict} gave, and sets the rates.
   *
   * @throws ArgumentError `STATE_DICT_KIND`, `STATE_DICT_MISMATCH`.
   */
  loadStateDict(dict: SchedulersState): void {
    const { lastEpoch, schedulers } = (dict ?? {}) as Partial<SchedulersState>;
    if (
      !Number.isSafeInteger(lastEpoch) ||
      !Array.isArray(schedulers) ||
      schedulers.length !== this.schedulers.length
    ) {
      throw new ArgumentError(
        "STATE_DICT_KIND",
        `${this.name}: loadStateDict takes { lastEpoch, schedulers } of ${this.schedulers.length} schedulers, and not ${shown(dict)}`,
      );
    }
    this.schedulers.forEach((scheduler, i) => scheduler.loadStateDict(schedulers[i] as never));
    this.epoch = lastEpoch as number;
    this.settle();
  }

  /** Leaves the rates as they are to be now: each of the schedulers has set its own. */
  protected abstract settle(): void;
}

const isScheduler = (x: unknown): x is Scheduler =>
  typeof x === "object" && x !== null && "restart" in x && "stateDict" in x;

/**
 * Schedulers one after the other: each works up to its milestone, where the next begins with its own epoch 0.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `SCHEDULER_KIND`, `OPTION_INVALID` unless there is a rising milestone between each two.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { CosineAnnealingLR, LinearLR, SequentialLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const warmup = new LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 });
 * const scheduler = new SequentialLR(optimizer, [warmup, new CosineAnnealingLR(optimizer, 4)], [2]);
 * const rates = [0, 1, 2, 3, 4].map(() => {
 *   const { lr } = optimizer;
 *   scheduler.step();
 *   return lr.toFixed(2);
 * });
 * console.log(rates.join(" ")); // → 0.50 0.75 1.00 0.85 0.50
 * ```
 */
export class SequentialLR extends Schedulers {
  private readonly milestones: readonly number[];

  constructor(optimizer: ScheduledOptimizer, schedulers: readonly Scheduler[], milestones: readonly number[]) {
    super("SequentialLR", optimizer, schedulers);
    const rising = (x: number, i: number): boolean => Number.isSafeInteger(x) && x > (milestones[i - 1] ?? 0);
    const right = Array.isArray(milestones) && milestones.length === schedulers.length - 1 && milestones.every(rising);
    const wanted = `${schedulers.length - 1} rising numbers of epochs, one between each two schedulers`;
    checkThat(right, "SequentialLR", "milestones", milestones, wanted);
    this.milestones = [...milestones];
    this.restart();
  }

  getLastLr(): readonly number[] {
    return this.active.getLastLr();
  }

  step(): void {
    this.epoch++;
    if (this.milestones.includes(this.epoch)) this.active.restart();
    else this.active.step();
  }

  /** @internal */
  restart(): void {
    this.rewind();
    this.epoch = 0;
    this.schedulers[0].step();
  }

  private get active(): Scheduler {
    return this.schedulers[this.milestones.filter((milestone) => milestone <= this.epoch).length];
  }

  protected settle(): void {
    this.active.loadStateDict(this.active.stateDict() as never);
  }
}

/**
 * Several schedulers at once: all of them step, each from the rate the one before has set, so that their factors multiply.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `SCHEDULER_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { ChainedScheduler, ConstantLR, ExponentialLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const warmup = new ConstantLR(optimizer, { factor: 0.5, totalIters: 2 });
 * const scheduler = new ChainedScheduler([warmup, new ExponentialLR(optimizer, 0.9)]);
 * scheduler.step();
 * console.log(optimizer.lr.toFixed(2)); // → 0.45
 * ```
 */
export class ChainedScheduler extends Schedulers {
  private last: readonly number[];

  constructor(schedulers: readonly Scheduler[]) {
    const [first] = Array.isArray(schedulers) ? (schedulers as readonly Scheduler[]) : [];
    super("ChainedScheduler", first?.optimizer, schedulers);
    this.last = ratesOf(this.optimizer);
  }

  getLastLr(): readonly number[] {
    return this.last;
  }

  step(): void {
    this.epoch++;
    for (const scheduler of this.schedulers) scheduler.step();
    this.settle();
  }

  /** @internal */
  restart(): void {
    this.rewind();
    this.step();
  }

  protected settle(): void {
    this.last = ratesOf(this.optimizer);
  }
}
