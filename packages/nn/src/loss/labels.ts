import {
  checkTensor,
  defineOp,
  DTypeError,
  IndexError,
  isFloating,
  type OpFunction,
  ShapeError,
  tensor,
  type Tensor,
} from "@adjoint/core";
import { checkRole } from "../checks.js";

/** The axis along which the classes lie: the second, or the only one of a single example. */
export function classAxis(x: Tensor): number {
  return x.ndim === 1 ? 0 : 1;
}

/** The shape of the labels of scores `x`: that of `x` without its classes. */
export function labelShape(x: Tensor): number[] {
  const axis = classAxis(x);
  return x.shape.filter((_, i) => i !== axis);
}

/**
 * Checks that `labels` are integers, one for each example.
 *
 * @throws DTypeError `LABEL_DTYPE`, ShapeError `TARGET_SHAPE`, ArgumentError `OPERAND_KIND`.
 */
export function checkLabels(name: string, x: Tensor, labels: Tensor): void {
  checkRole(name, "labels", labels);
  const shape = labelShape(x);
  if (isFloating(labels.dtype) || labels.dtype === "bool") {
    throw new DTypeError(
      "LABEL_DTYPE",
      `${name}: labels [${labels.shape.join(", ")}] of ${labels.dtype} for [${x.shape.join(", ")}]; use integers, ` +
        '.to("int32"), or probabilities in the shape of the first argument',
    );
  }
  if (labels.ndim !== shape.length || labels.shape.some((n, i) => n !== shape[i])) {
    throw new ShapeError(
      "TARGET_SHAPE",
      `${name}: labels [${labels.shape.join(", ")}] for [${x.shape.join(", ")}]; one integer for each example makes ` +
        `[${shape.join(", ")}]`,
    );
  }
}

/** Checks that scores have an axis of classes. @throws ShapeError `INPUT_RANK`, ArgumentError `OPERAND_KIND`. */
export function checkScores(name: string, x: Tensor): void {
  checkTensor(name, x);
  if (x.ndim > 0) return;
  throw new ShapeError("INPUT_RANK", `${name}: the input is a scalar; give [batch, classes] or [batch, classes, ...]`);
}

/** A label outside the classes, with its value and its place. */
export function labelError(
  name: string,
  labels: Tensor,
  place: number,
  classes: number,
  ignoreIndex: number,
): IndexError {
  const index = new Array<number>(labels.ndim);
  for (let axis = labels.ndim - 1, rest = place; axis >= 0; axis--) {
    index[axis] = rest % labels.shape[axis];
    rest = Math.floor(rest / labels.shape[axis]);
  }
  return new IndexError(
    "LABEL_OUT_OF_RANGE",
    `${name}: label ${labels.data[place]} at [${index.join(", ")}]; there are ${classes} classes: use 0 to ${classes - 1}, ` +
      `or ${ignoreIndex} to leave an example out`,
  );
}

type SafeCall = [labels: Tensor, name: string, classes: number, ignoreIndex: number];

/**
 * The labels with 0 in the place of the ignored ones, so that they can be looked up.
 *
 * @throws IndexError `LABEL_OUT_OF_RANGE`.
 */
export const lookupLabels: OpFunction<SafeCall> = defineOp<
  SafeCall,
  { readonly name: string; readonly classes: number; readonly ignoreIndex: number }
>({
  name: "lookupLabels",
  call: (labels, name, classes, ignoreIndex) => ({ inputs: [labels], attributes: { name, classes, ignoreIndex } }),
  shape: ([labels]) => labels.shape,
  dtype: () => "int32",
  forward: ([labels], { name, classes, ignoreIndex }) =>
    Int32Array.from(labels.data, (label, i) => {
      if (label === ignoreIndex) return 0;
      if (label < 0 || label >= classes) throw labelError(name, labels, i, classes, ignoreIndex);
      return label;
    }),
  samples: () => [[tensor([1, -100, 2], { dtype: "int32" }), "lookupLabels", 3, -100]],
});
