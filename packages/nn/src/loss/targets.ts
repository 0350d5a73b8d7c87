import { checkTensor, ShapeError, type Tensor } from "@adjoint/core";
import { checkRole, shapeText } from "../checks.js";

/**
 * Checks that targets have the shape of the input: broadcasting would hide a mistake.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `OPERAND_KIND`.
 */
export function checkTargets(name: string, x: Tensor, y: Tensor): void {
  checkTensor(name, x);
  checkRole(name, "targets", y);
  if (x.ndim === y.ndim && x.shape.every((n, i) => n === y.shape[i])) return;
  throw new ShapeError(
    "TARGET_SHAPE",
    `${name}: targets ${shapeText(y.shape)} for ${shapeText(x.shape)}; the shapes must be the same (reshape, unsqueeze)`,
  );
}
