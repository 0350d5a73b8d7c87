import {
  cast,
  checkTensor,
  DTypeError,
  eq,
  gather,
  IndexError,
  indexSelect,
  isFloating,
  mul,
  ne,
  reshape,
  ShapeError,
  squeeze,
  type Tensor,
  unsqueeze,
  where,
} from "@adjoint/core";
import { checkNumber, checkRole, shapeText } from "../checks.js";
import { type Known, type LossOptions, reduction } from "./options.js";
import { checkClassWeight, checkElements, checkShape } from "./targets.js";

/** Options of the losses over classes. */
export interface ClassLossOptions extends LossOptions {
  /** A weight for each class, `[classes]`; the mean is then the weighted one (default: all 1). */
  readonly weight?: Tensor;
  /** The label that leaves an example out (default -100). */
  readonly ignoreIndex?: number;
}

/** What they are when left out. */
export const classLossOptions: Known<ClassLossOptions> = {
  reduction,
  weight: [undefined, checkRole],
  ignoreIndex: [-100, checkNumber],
};

/** The axis along which the classes lie: the second, or the only one of a single example. */
export function classAxis(x: Tensor): number {
  return x.ndim === 1 ? 0 : 1;
}

/** The shape of the labels of scores `x`: that of `x` without its classes. */
export function labelShape(x: Tensor): number[] {
  return x.shape.toSpliced(classAxis(x), 1);
}

/** Checks that scores have an axis of classes. @throws ShapeError `INPUT_RANK`, ArgumentError `OPERAND_KIND`. */
export function checkScores(name: string, x: Tensor, most = Infinity): void {
  checkTensor(name, x);
  if (x.ndim > 0 && x.ndim <= most) return;
  const more = most === Infinity ? " or [batch, classes, ...]" : "";
  throw new ShapeError(
    "INPUT_RANK",
    `${name}: the input is ${shapeText(x.shape)}; give [classes], [batch, classes]${more}`,
  );
}

/**
 * Checks that `labels` are integers in the given shape.
 *
 * @throws DTypeError `LABEL_DTYPE`, ShapeError `TARGET_SHAPE`, ArgumentError `OPERAND_KIND`.
 */
export function checkLabels(name: string, x: Tensor, labels: Tensor, shape: readonly number[] = labelShape(x)): void {
  checkRole(name, "labels", labels);
  if (isFloating(labels.dtype) || labels.dtype === "bool") {
    throw new DTypeError(
      "LABEL_DTYPE",
      `${name}: labels ${shapeText(labels.shape)} of ${labels.dtype} for ${shapeText(x.shape)}; use integers, ` +
        '.to("int32"), or probabilities in the shape of the first argument',
    );
  }
  checkShape(name, x, labels, shape, "labels");
}

/** A label outside the classes, with its value and its place; `other` is the label with another meaning, and that. */
export function labelError(
  name: string,
  label: number,
  place: number,
  shape: readonly number[],
  classes: number,
  other = "",
): IndexError {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = place; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return new IndexError(
    "LABEL_OUT_OF_RANGE",
    `${name}: label ${label} at [${index.join(", ")}]; there are ${classes} classes: use 0 to ${classes - 1}${other}`,
  );
}

/** Checks the range of labels; one of them may have another meaning. @throws IndexError `LABEL_OUT_OF_RANGE`. */
export function checkLabelRange(name: string, labels: Tensor, classes: number, free = NaN, meaning = ""): void {
  const { length } = labels.everyElement;
  const shape = length === labels.size ? labels.shape : [length];
  checkElements(
    labels,
    (label) => (label >= 0 && label < classes) || label === free,
    (label, place) => labelError(name, label, place, shape, classes, meaning && `, or ${free} ${meaning}`),
  );
}

/** What labels pick: their log-probabilities, and the weight of each in the mean, 0 for those left out. */
export interface Picked {
  readonly picked: Tensor;
  readonly shares: Tensor;
}

/** The entries of the labels in `x`, with the weights of their classes. */
export function pickLabels(
  name: string,
  x: Tensor,
  labels: Tensor,
  { ignoreIndex, weight }: { readonly ignoreIndex: number; readonly weight: Tensor | undefined },
): Picked {
  const axis = classAxis(x);
  const classes = x.shape[axis];
  checkLabelRange(name, labels, classes, ignoreIndex, "to leave an example out");
  const isIgnored = eq(labels, ignoreIndex);
  const known = where(isIgnored, 0, cast(labels, "int32"));
  const counted = cast(ne(labels, ignoreIndex), x.dtype === "float64" ? "float64" : "float32");
  // A class of probability 0 has -Infinity, which must not meet the weight 0 of the label that is left out.
  const picked = where(isIgnored, 0, squeeze(gather(x, unsqueeze(known, axis), axis), axis));
  if (weight === undefined) return { picked, shares: counted };
  checkClassWeight(name, weight, classes);
  return { picked, shares: mul(counted, reshape(indexSelect(weight, reshape(known, [-1]), 0), labels.shape)) };
}
