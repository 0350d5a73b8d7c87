import { ShapeError, type Tensor } from "@adjoint/core";
import { checkRole, shapeText } from "../checks.js";

/** Checks that there is a weight for each class. @throws ShapeError `WEIGHT_SHAPE`. */
export function checkClassWeight(name: string, weight: Tensor, classes: number): Tensor {
  checkRole(name, "weight", weight);
  if (weight.ndim === 1 && weight.shape[0] === classes) return weight;
  throw new ShapeError(
    "WEIGHT_SHAPE",
    `${name}: weight ${shapeText(weight.shape)} for ${classes} classes; give one number for each, [${classes}]`,
  );
}
