import { add, ArgumentError, cast, type Parameter, type State, type Tensor } from "@adjoint/core";
import { shown } from "./checks.js";

/** The states that a transformation keeps for one parameter, by name: running averages, counts of steps. */
export type Slots = Readonly<Record<string, State>>;

/** A state and what it is to become. */
export type Write = readonly [state: State, next: Tensor];

/** What a transformation makes of the gradients. Nothing has been assigned yet. */
export interface Update {
  /** For each parameter what is to be added to it; null where there was no gradient. */
  readonly updates: readonly (Tensor | null)[];
  /** What becomes of the slots. */
  readonly writes: readonly Write[];
}

/** The gradients, slots and parameters of one group, in the same order. A gradient may be missing. */
export type UpdateArguments = [
  gradients: readonly (Tensor | null)[],
  slots: readonly Slots[],
  parameters: readonly Parameter[],
];

/**
 * A step in the making of updates from gradients, after optax (Babuschkin et al., 2020): `init` makes the slots, `update`
 * computes, and neither changes anything, so that a failing step leaves everything as it was. Put together with {@link chain}.
 */
export interface GradientTransformation {
  /** The names of the slots that each parameter has. */
  readonly slotNames: readonly string[];
  /** New slots, a record for each parameter. */
  init(parameters: readonly Parameter[]): Slots[];
  /** What to add to the parameters, and what becomes of the slots. */
  update(...args: UpdateArguments): Update;
  /** All writes of a step, those to the parameters included, where it needs fewer passes than `update` and an addition. */
  step?(...args: UpdateArguments): readonly Write[];
}

/** A transformation without slots. */
export function stateless(
  update: (gradients: readonly (Tensor | null)[], parameters: readonly Parameter[]) => readonly (Tensor | null)[],
): GradientTransformation {
  return {
    slotNames: [],
    init: (parameters) => parameters.map(() => ({})),
    update: (gradients, _slots, parameters) => ({ updates: update(gradients, parameters), writes: [] }),
  };
}

/** All writes of a step with `transformation`, those to the parameters included. */
export function stepWrites(transformation: GradientTransformation, ...args: UpdateArguments): readonly Write[] {
  if (transformation.step) return transformation.step(...args);
  const { updates, writes } = transformation.update(...args);
  const [, , parameters] = args;
  const added = parameters.flatMap((parameter, i): Write[] => {
    const update = updates[i];
    return update === null ? [] : [[parameter, cast(add(parameter, update), parameter.dtype)]];
  });
  return [...writes, ...added];
}

/** Transformations, at least one, one after the other, none of them fused. The slots of all lie in the same record. */
export class Sequence implements GradientTransformation {
  readonly slotNames: readonly string[];
  private readonly parts: readonly GradientTransformation[];

  constructor(parts: readonly GradientTransformation[]) {
    this.parts = parts;
    this.slotNames = parts.flatMap(({ slotNames }) => slotNames);
    const repeated = this.slotNames.find((name, i) => this.slotNames.indexOf(name) !== i);
    if (repeated !== undefined) {
      throw new ArgumentError("SLOT_REPEATED", `chain: two parts have a slot "${repeated}"; rename one of them`);
    }
  }

  init(parameters: readonly Parameter[]): Slots[] {
    const inits = this.parts.map((part) => part.init(parameters));
    return parameters.map((_, i) => Object.assign({}, ...inits.map((slots) => slots[i])) as Slots);
  }

  update(gradients: readonly (Tensor | null)[], slots: readonly Slots[], parameters: readonly Parameter[]): Update {
    return this.through(this.parts, gradients, slots, parameters);
  }

  step(gradients: readonly (Tensor | null)[], slots: readonly Slots[], parameters: readonly Parameter[]): Write[] {
    const before = this.through(this.parts.slice(0, -1), gradients, slots, parameters);
    return [...before.writes, ...stepWrites(this.parts[this.parts.length - 1], before.updates, slots, parameters)];
  }

  private through(
    parts: readonly GradientTransformation[],
    ...[gradients, slots, parameters]: UpdateArguments
  ): Update {
    let updates = gradients;
    const writes: Write[] = [];
    for (const part of parts) {
      const result = part.update(updates, slots, parameters);
      updates = result.updates;
      writes.push(...result.writes);
    }
    return { updates, writes };
  }
}

/** Refuses what is no transformation. @throws ArgumentError `TRANSFORMATION_KIND`. */
export function checkTransformation(name: string, inner: GradientTransformation): void {
  if (typeof inner?.update === "function" && typeof inner.init === "function") return;
  throw new ArgumentError(
    "TRANSFORMATION_KIND",
    `${name}: ${shown(inner)} is no gradient transformation; give what chain, rule or scaleByAdam make`,
  );
}
