import { ShapeError, type Tensor } from "@adjoint/core";

/** Checks that there is a weight for each class. @throws ShapeError `WEIGHT_SHAPE`. */
export function checkClassWeight(name: string, weight: Tensor, classes: number): Tensor {
  if (weight.ndim === 1 && weight.shape[0] === classes) return weight;
  throw new ShapeError(
    "WEIGHT_SHAPE",
    `${name}: weight [${weight.shape.join(", ")}] for ${classes} classes; give one number for each, [${classes}]`,
  );
}
