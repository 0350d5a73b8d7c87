import { type AdjointError, ArgumentError, checkTensor, mul, ShapeError, type Tensor } from "@adjoint/core";
import { checkRole, shapeText } from "../checks.js";

/** 1e-12 in float32, by which PyTorch divides where a loss has 0/0. */
export const EPSILON = 9.999999960041972e-13;

/**
 * Checks that targets, or whatever else stands beside the input, have its shape: broadcasting would hide a mistake.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `OPERAND_KIND`.
 */
export function checkTargets(name: string, x: Tensor, y: Tensor, role = "targets"): void {
  checkTensor(name, x);
  checkRole(name, role, y);
  checkShape(name, x, y, x.shape, role);
}

/** Checks that what stands beside an input has the shape that it should. @throws ShapeError `TARGET_SHAPE`. */
export function checkShape(name: string, x: Tensor, y: Tensor, shape: readonly number[], role = "targets"): void {
  if (y.shape.join() === shape.join() && y.ndim === shape.length) return;
  throw new ShapeError(
    "TARGET_SHAPE",
    `${name}: ${role} ${shapeText(y.shape)} for ${shapeText(x.shape)}; ` +
      `the shape must be ${shape === x.shape ? "the same" : shapeText(shape)} (reshape, unsqueeze)`,
  );
}

/** Checks that there is a weight for each class. @throws ShapeError `WEIGHT_SHAPE`, ArgumentError `OPERAND_KIND`. */
export function checkClassWeight(name: string, weight: Tensor, classes: number): void {
  if (weight.ndim === 1 && weight.shape[0] === classes) return;
  throw new ShapeError(
    "WEIGHT_SHAPE",
    `${name}: weight ${shapeText(weight.shape)} for ${classes} classes; give one number for each, [${classes}]`,
  );
}

/** Checks that a weight broadcasts to the shape of the losses. @throws ShapeError `WEIGHT_SHAPE`. */
export function checkWeight(name: string, weight: Tensor, { shape }: Tensor, role = "weight"): Tensor {
  const lead = shape.length - weight.ndim;
  if (lead >= 0 && weight.shape.every((n, axis) => n === 1 || n === shape[lead + axis])) return weight;
  throw new ShapeError(
    "WEIGHT_SHAPE",
    `${name}: ${role} ${shapeText(weight.shape)} does not broadcast to ${shapeText(shape)}, the shape of the input`,
  );
}

/** The losses times the weights that there are. @throws ShapeError `WEIGHT_SHAPE`. */
export function weighted(name: string, losses: Tensor, weight: Tensor | undefined): Tensor {
  return weight ? mul(losses, checkWeight(name, weight, losses)) : losses;
}

/** Throws what `error` makes of the first element that is not right; under `vmap` those of all examples are looked at. */
export function checkElements(
  x: Tensor,
  isRight: (element: number) => boolean,
  error: (element: number, place: number) => AdjointError,
): void {
  const elements = x.everyElement;
  for (let i = 0; i < elements.length; i++) if (!isRight(elements[i])) throw error(elements[i], i);
}

/** @throws ArgumentError `PROBABILITY_INVALID`. */
export function checkProbabilities(name: string, p: Tensor, advice: string): void {
  checkElements(
    p,
    (element) => element >= 0 && element <= 1,
    (element, place) =>
      new ArgumentError(
        "PROBABILITY_INVALID",
        `${name}: ${element} at place ${place} of p is not a probability from 0 to 1; ${advice}`,
      ),
  );
}
