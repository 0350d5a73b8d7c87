/** A polynomial by its coefficients, from the constant on. */
export type Polynomial = readonly number[];

/**
 * How an interpolation weighs the cells around a point: tap `k` lies on cell `base + first + k`, and its weight is a polynomial
 * in the distance `0 ≤ t < 1` of the point behind the cell `base`.
 */
export interface TapWeights {
  readonly first: number; // from the cell of the point to that of the first tap
  readonly taps: readonly Polynomial[]; // the weight of each tap
}

/** The cubic of Keys with the slope that PyTorch and OpenCV use. Keys, 1981, doi:10.1109/TASSP.1981.1163711. */
const A = -0.75;

/** The cell itself; the two cells around a point, by distance; the four around it, by a cubic. */
export const NEAREST: TapWeights = { first: 0, taps: [[1]] };
export const LINEAR: TapWeights = {
  first: 0,
  taps: [
    [1, -1],
    [0, 1],
  ],
};
export const CUBIC: TapWeights = {
  first: -1,
  taps: [
    [0, A, -2 * A, A],
    [1, 0, -A - 3, A + 2],
    [0, -A, 2 * A + 3, -A - 2],
    [0, 0, A, -A],
  ],
};

/** The value of a polynomial, by Horner's rule. */
export function valueAt(polynomial: Polynomial, t: number): number {
  let value = 0;
  for (let i = polynomial.length - 1; i >= 0; i--) value = value * t + polynomial[i];
  return value;
}

/** The derivative of a polynomial, of any order. */
export function derivative(polynomial: Polynomial, order: number): Polynomial {
  if (order === 0) return polynomial;
  return derivative(
    polynomial.slice(1).map((c, i) => c * (i + 1)),
    order - 1,
  );
}
