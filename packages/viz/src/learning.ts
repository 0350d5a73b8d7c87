import { curvesPanel, type CurvesOptions } from "./curves.js";
import { svgDocument } from "./svg.js";

/** What a training run measured, one number for each epoch. */
export interface LearningHistory {
  /** Mean loss on the training examples. */
  readonly trainLoss: readonly number[];
  /** Mean loss on the held-out examples. */
  readonly testLoss?: readonly number[];
  /** Share of the training examples classified rightly, from 0 to 1. */
  readonly trainAccuracy?: readonly number[];
  /** Share of the held-out examples classified rightly, from 0 to 1. */
  readonly testAccuracy?: readonly number[];
}

/** How learning curves are titled and sized. */
export interface LearningCurvesOptions {
  /** The title for screen readers, `Learning curves` by default. */
  readonly title?: string;
  /** Pixels for the whole picture: 880 by default, or 460 where there is no accuracy. */
  readonly width?: number;
  /** Pixels, 320 by default. */
  readonly height?: number;
}

/**
 * Draws the learning curves of a run: loss on the left and, where it was measured, accuracy on the right.
 *
 * @throws ArgumentError `NO_SERIES` where the history holds no finite number
 *
 * @example
 * ```ts
 * import { learningCurvesSvg } from "@adjoint/viz";
 * const svg = learningCurvesSvg({ trainLoss: [2.3, 0.9, 0.5], testAccuracy: [0.4, 0.8, 0.9] });
 * console.log(svg.includes("Accuracy")); // → true
 * ```
 */
export function learningCurvesSvg(history: LearningHistory, options: LearningCurvesOptions = {}): string {
  const loss = present({ training: history.trainLoss, test: history.testLoss });
  const accuracy = present({ training: history.trainAccuracy, test: history.testAccuracy });
  const both = Object.keys(accuracy).length > 0;
  const { title = "Learning curves", width = both ? 880 : 460, height = 320 } = options;
  const panel = both ? width / 2 : width;
  const common: CurvesOptions = { xLabel: "epoch" };
  const left = curvesPanel(loss, { ...common, title: "Loss" }, panel, height);
  if (!both) return svgDocument(width, height, title, left);
  const right = curvesPanel(accuracy, { ...common, title: "Accuracy", yFormat: "percent" }, panel, height);
  return svgDocument(width, height, title, left, `<g transform="translate(${panel} 0)">${right}</g>`);
}

function present(series: Readonly<Record<string, readonly number[] | undefined>>): Record<string, readonly number[]> {
  return Object.fromEntries(
    Object.entries(series).flatMap(([name, values]) => (values === undefined ? [] : [[name, values]])),
  );
}
