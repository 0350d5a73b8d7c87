import type { Tensor } from "../../tensor.js";
import { reshape } from "../shape.js";
import { slice } from "../slice.js";

/** The main diagonals of matrices: `[…, m, n]` to `[…, min(m, n)]`. */
export function mainDiagonal(x: Tensor): Tensor {
  const front = x.shape.slice(0, -2);
  const [rows, columns] = x.shape.slice(-2);
  const count = Math.min(rows, columns);
  const stop = count === 0 ? 0 : (count - 1) * (columns + 1) + 1;
  return slice(reshape(x, [...front, rows * columns]), ...front.map(() => null), [0, stop, columns + 1]);
}
