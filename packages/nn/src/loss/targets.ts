import { ShapeError, type Tensor } from "@adjoint/core";

/** Checks that targets have the shape of the input: broadcasting would hide a mistake. @throws ShapeError `TARGET_SHAPE`. */
export function checkTargets(name: string, x: Tensor, y: Tensor): void {
  if (x.ndim === y.ndim && x.shape.every((n, i) => n === y.shape[i])) return;
  throw new ShapeError(
    "TARGET_SHAPE",
    `${name}: targets [${y.shape.join(", ")}] for [${x.shape.join(", ")}]; the shapes must be the same (reshape, unsqueeze)`,
  );
}
