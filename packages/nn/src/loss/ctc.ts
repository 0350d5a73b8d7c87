import {
  add,
  arange,
  ArgumentError,
  cast,
  checkTensor,
  clamp,
  cumsum,
  div,
  DTypeError,
  elementwise,
  eq,
  exp,
  full,
  gather,
  ge,
  gt,
  IndexError,
  indexSelect,
  isFloating,
  log,
  logicalAnd,
  logicalOr,
  lt,
  maximum,
  mul,
  narrow,
  ne,
  pad,
  reshape,
  ShapeError,
  stack,
  sub,
  sum,
  takeAlongAxis,
  Tensor,
  tensor,
  type Ternary,
  unbind,
  unsqueeze,
  type Value,
  where,
  zeros,
} from "@adjoint/core";
import { checkCount, checkFlag, shapeText, shown } from "../checks.js";
import { checkLabels, labelError } from "./labels.js";
import { Loss } from "./loss.js";
import { type Known, type LossOptions, reduce, reduction, settle } from "./options.js";

const NAME = "ctcLoss";

/** The largest of three, or 0 where all are -∞: what is subtracted before the exponential, which overflows at 1000. */
const shift = (x: Value, y: Value, z: Value): Value => {
  const largest = maximum(maximum(x, y), z);
  return where(eq(largest, -Infinity), 0, largest);
};

const total = (x: Value, y: Value, z: Value): Value => {
  const by = shift(x, y, z);
  return add(add(exp(sub(x, by)), exp(sub(y, by))), exp(sub(z, by)));
};

/** The part of x in the sum; 0 where all are -∞, where the derived derivative is 0/0. */
const part = (x: Value, y: Value, z: Value): Value => {
  const sum = total(x, y, z);
  return div(exp(sub(x, shift(x, y, z))), where(eq(sum, 0), 1, sum));
};

/** `ln(e^x + e^y + e^z)`; -∞ stands for paths that do not exist. */
export const logAddExp3: Ternary = elementwise("logAddExp3", {
  formula: (x: Value, y: Value, z: Value) => add(shift(x, y, z), log(total(x, y, z))),
  partials: [(x, y, z) => part(x, y, z), (x, y, z) => part(y, x, z), (x, y, z) => part(z, x, y)],
  samples: [
    [0, 0, 0],
    [1000, 999, -1000],
    [1, -Infinity, 2],
    [-Infinity, -Infinity, -Infinity],
  ],
});

/** How long each sequence of a batch is: integers, or one for a single sequence. */
export type SequenceLengths = Tensor | readonly number[] | number;

/** Options of {@link ctcLoss}. */
export interface CTCLossOptions extends LossOptions {
  /** The class that stands for no label (default 0). */
  readonly blank?: number;
  /** Make the loss of a sequence too short for its targets, and its gradient, 0 instead of infinite (default false). */
  readonly zeroInfinity?: boolean;
}

const ctcOptions: Known<CTCLossOptions> = {
  reduction,
  blank: [0, (caller, name, x) => checkCount(caller, name, x, 0)],
  zeroInfinity: [false, checkFlag],
};

/**
 * The connectionist temporal classification loss `-ln Σ_π Π_t p_t(π_t)` over all paths π that give the targets when first repeats and then
 * blanks are struck out. Graves et al., 2006.
 *
 * Log-probabilities are `[time, batch, classes]` or `[time, classes]`; targets are labels other than the blank (int32 or uint8), `[batch,
 * longest]` with anything behind their ends, or all of them one after the other, `[sum of targetLengths]`. The mean divides each loss by
 * the number of its targets, at least 1, first. Where no path gives the targets, since there are too few steps, the loss is infinite and its
 * gradient 0.
 *
 * @throws IndexError `LABEL_OUT_OF_RANGE`, DTypeError `LABEL_DTYPE`, `DTYPE_FLOATING`, ShapeError `INPUT_RANK`, `TARGET_SHAPE`, ArgumentError
 * `LENGTHS_INVALID`, `SIZE_INVALID`, `OPTION_INVALID`, `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { full, tensor } from "@adjoint/core";
 * import { ctcLoss } from "@adjoint/nn";
 * const logProbabilities = full([2, 3], -Math.log(3)); // two steps, three classes, a single sequence
 * const loss = ctcLoss(logProbabilities, tensor([1], { dtype: "int32" }), 2, 1);
 * console.log(loss.item().toFixed(4)); // the paths 11, 01 and 10 of nine
 * // → 1.0986
 * ```
 */
export function ctcLoss(
  logProbabilities: Tensor,
  targets: Tensor,
  inputLengths: SequenceLengths,
  targetLengths: SequenceLengths,
  options: CTCLossOptions = {},
): Tensor {
  const { blank, zeroInfinity, reduction } = settle(NAME, options, ctcOptions);
  const x = batchOf(logProbabilities, blank);
  const [time, batch] = x.shape;
  checkLabels(NAME, x, targets, targets?.shape);
  const steps = lengthsOf("inputLengths", inputLengths, batch, time);
  const counts = lengthsOf("targetLengths", targetLengths, batch, targets.ndim === 2 ? targets.shape[1] : targets.size);
  const states = statesOf(inRows(cast(targets, "int32"), counts), counts, x.shape[2], blank);
  const losses = sub(0, logLikelihood(x, states, steps, counts)); // neg would give -0
  const kept = zeroInfinity ? where(eq(losses, Infinity), 0, losses) : losses;
  const shared = reduction === "mean" ? div(kept, clamp(counts, { min: 1 })) : kept;
  return reduce(logProbabilities.ndim === 2 ? reshape(shared, []) : shared, reduction);
}

/** The log-probabilities as a batch, checked. */
function batchOf(x: Tensor, blank: number): Tensor {
  checkTensor(NAME, x);
  if (!isFloating(x.dtype)) throw new DTypeError("DTYPE_FLOATING", `${NAME}: takes float32 or float64, not ${x.dtype}`);
  if (x.ndim !== 2 && x.ndim !== 3) {
    throw new ShapeError(
      "INPUT_RANK",
      `${NAME}: ${shapeText(x.shape)}; give [time, batch, classes] or [time, classes]`,
    );
  }
  const classes = x.shape[x.ndim - 1];
  if (blank >= classes) throw new IndexError("LABEL_OUT_OF_RANGE", `${NAME}: blank ${blank} of ${classes} classes`);
  return x.ndim === 2 ? unsqueeze(x, 1) : x;
}

/** Lengths as a vector, checked. */
function lengthsOf(role: string, given: SequenceLengths, batch: number, most: number): Tensor {
  const list = typeof given === "number" ? [given] : given;
  const isRight = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= most;
  const elements: unknown = list instanceof Tensor ? list.everyElement : list;
  const isVector = list instanceof Tensor ? list.ndim < 2 && list.size === batch : Array.isArray(list);
  if (isVector && Array.from(elements as readonly unknown[]).every(isRight)) {
    const x = cast(list instanceof Tensor ? list : tensor(list, { dtype: "int32" }), "int32");
    if (x.size === batch) return reshape(x, [batch]);
  }
  throw new ArgumentError(
    "LENGTHS_INVALID",
    `${NAME}: ${role} is ${shown(given)}; give ${batch} integers from 0 to ${most}, an array or int32 tensor`,
  );
}

/** Targets in a row for each sequence, also those that were given one after the other. */
function inRows(targets: Tensor, counts: Tensor): Tensor {
  const [batch] = counts.shape;
  if (targets.ndim === 2 && targets.shape[0] === batch) return targets;
  if (targets.ndim !== 1 || sum(counts).everyElement.some((n) => n !== targets.size)) {
    throw new ShapeError(
      "TARGET_SHAPE",
      `${NAME}: targets ${shapeText(targets.shape)}; give [${batch}, longest], or [sum of targetLengths]`,
    );
  }
  const longest = largest(counts);
  const starts = unsqueeze(sub(cumsum(counts, 0), counts), 1);
  const places = clamp(add(starts, arange(longest, { dtype: "int32" })), { max: targets.size - 1 });
  return reshape(indexSelect(targets, reshape(places, [batch * longest]), 0), [batch, longest]);
}

const largest = (x: Tensor): number => Math.max(0, ...x.everyElement);

/** The labels of each row with blanks around and between them, `[batch, 2·longest + 1]`. */
function statesOf(rows: Tensor, counts: Tensor, classes: number, blank: number): Tensor {
  const [batch, longest] = rows.shape;
  const isLabel = lt(arange(longest, { dtype: "int32" }), unsqueeze(counts, 1));
  const isWrong = logicalOr(eq(rows, blank), logicalOr(lt(rows, 0), ge(rows, classes)));
  const place = logicalAnd(isLabel, isWrong).everyElement.indexOf(1);
  if (place >= 0) {
    const label = rows.everyElement[place];
    throw labelError(NAME, label, place, rows.shape, classes, `, but for the blank ${blank}`);
  }
  const labels = where(isLabel, rows, blank);
  const pairs = stack([full([batch, longest], blank, { dtype: "int32" }), labels], 2);
  return pad(
    reshape(pairs, [batch, 2 * longest]),
    [
      [0, 0],
      [0, 1],
    ],
    { value: blank },
  );
}

/** -∞ in two columns before x: what comes from states before the first. */
const before = (x: Tensor, value = -Infinity): Tensor =>
  pad(
    x,
    [
      [0, 0],
      [2, 0],
    ],
    { value },
  );

/**
 * The logarithm of the sum over all paths, by the forward recurrence `α_t(s) = (α(s) + α(s - 1) + α(s - 2))·p_t(s)` over the states, where a
 * blank between different labels may be left out.
 */
function logLikelihood(x: Tensor, states: Tensor, steps: Tensor, counts: Tensor): Tensor {
  const [batch, count] = states.shape;
  // A blank may be left out between labels that differ; two blanks do not.
  const skip = where(ne(states, narrow(before(states, -1), 1, 0, count)), 0, -Infinity);
  const [first, last] = [Math.min(...steps.everyElement), largest(steps)];
  const emitted = unbind(takeAlongAxis(x, unsqueeze(states, 0), 2));
  // Before the first step all paths are in the state 0, which they can leave for the next.
  let alpha = pad(
    zeros([batch, 1], { dtype: x.dtype }),
    [
      [0, 0],
      [0, count - 1],
    ],
    { value: -Infinity },
  );
  for (let t = 0; t < last; t++) {
    const padded = before(alpha);
    const [one, two] = [narrow(padded, 1, 1, count), add(narrow(padded, 1, 0, count), skip)];
    const next = add(logAddExp3(alpha, one, two), emitted[t]);
    alpha = t < first ? next : where(gt(unsqueeze(steps, 1), t), next, alpha);
  }
  const ends = add(unsqueeze(mul(counts, 2), 1), tensor([1, 2], { dtype: "int32" }));
  const [label, blank] = unbind(gather(before(alpha), ends, 1), 1);
  return logAddExp3(label, blank, -Infinity);
}

/**
 * The connectionist temporal classification loss `-ln Σ_π Π_t p_t(π_t)` as a module, as {@link ctcLoss}, which says the shapes.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `REDUCTION_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { logSoftmax, tensor, zeros } from "@adjoint/core";
 * import { CTCLoss } from "@adjoint/nn";
 * const logProbabilities = logSoftmax(zeros([4, 2, 3])); // [time, batch, classes]
 * const targets = tensor([[1, 2], [1, 1]], { dtype: "int32" });
 * console.log(new CTCLoss().forward(logProbabilities, targets, [4, 4], [2, 2]).item().toFixed(4)); // → 1.1179
 * ```
 */
export class CTCLoss extends Loss<
  CTCLossOptions,
  [logProbabilities: Tensor, targets: Tensor, inputLengths: SequenceLengths, targetLengths: SequenceLengths]
> {
  /** @param options - those of the function of the same name. */
  constructor(options?: CTCLossOptions) {
    super(ctcOptions, options);
  }

  forward(
    logProbabilities: Tensor,
    targets: Tensor,
    inputLengths: SequenceLengths,
    targetLengths: SequenceLengths,
  ): Tensor {
    return ctcLoss(logProbabilities, targets, inputLengths, targetLengths, this.withWeights);
  }
}
