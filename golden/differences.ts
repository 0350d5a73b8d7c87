/** A reference case that we answer differently on purpose. */
export interface Difference {
  /** The name of the case. */
  readonly case: string;
  /** Why our answer is the better one, in a sentence. */
  readonly reason: string;
}

const nadam =
  "PyTorch 1.13 takes the newest momentum into the product of all momenta twice, which later versions mended; we follow these, and Dozat's paper.";

/** All of them, ten at most. A case that passes after all must leave the table. */
export const differences: readonly Difference[] = [
  { case: "NAdam_01_quadratic", reason: nadam },
  { case: "NAdam_02_regression", reason: nadam },
];
