import { ArgumentError, describe, ShapeError } from "./errors.js";
import { formatShape, type Shape } from "./shape.js";

/** More levels than any tensor has: an array that contains itself has no end. */
const DEEPEST = 64;

/**
 * The numbers and booleans in nested arrays, row by row, and the shape that the arrays have.
 *
 * @throws ShapeError `RAGGED_ARRAY` for arrays of uneven lengths; ArgumentError `ELEMENT_KIND` for anything else in them.
 */
export function elementsOf(data: unknown): { readonly elements: (number | boolean)[]; readonly shape: Shape } {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level) && shape.length <= DEEPEST; level = level[0]) shape.push(level.length);
  const elements: (number | boolean)[] = [];
  collect(data, shape, 0, elements);
  return { elements, shape };
}

function collect(data: unknown, shape: Shape, axis: number, out: (number | boolean)[]): void {
  if (axis === shape.length) {
    if (typeof data !== "number" && typeof data !== "boolean") {
      if (Array.isArray(data)) throw ragged(shape, axis);
      throw new ArgumentError(
        "ELEMENT_KIND",
        `tensor: ${describe(data)} is not a number; use numbers or booleans in arrays of even lengths`,
      );
    }
    out.push(data);
    return;
  }
  if (!Array.isArray(data) || data.length !== shape[axis]) throw ragged(shape, axis);
  for (const item of data) collect(item, shape, axis + 1, out);
}

function ragged(shape: Shape, axis: number): ShapeError {
  return new ShapeError(
    "RAGGED_ARRAY",
    `tensor: the arrays on axis ${axis} have different lengths (the first make ${formatShape(shape)}); make them even`,
  );
}
