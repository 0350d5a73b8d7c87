import { ArgumentError, checkOptions } from "@adjoint/core";
import type { Numbers } from "./check.js";
import { curvesPanel, type CurvesOptions } from "./curves.js";
import { svgDocument } from "./svg.js";

/** What a training run measured, one number for each epoch. */
export interface LearningHistory {
  /** Mean loss on the training examples. */
  readonly trainLoss: Numbers;
  /** Mean loss on the held-out examples. */
  readonly testLoss?: Numbers;
  /** Share of the training examples classified rightly, from 0 to 1. */
  readonly trainAccuracy?: Numbers;
  /** Share of the held-out examples classified rightly, from 0 to 1. */
  readonly testAccuracy?: Numbers;
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
 * Entries of the history with other names are left aside, so that a run may keep more in it.
 * @throws ArgumentError `NO_SERIES` where the history holds no finite number, `HISTORY_KIND`, `SERIES_KIND`,
 *   `PICTURE_SIZE`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { learningCurvesSvg } from "@adjoint/viz";
 * const svg = await learningCurvesSvg({ trainLoss: [2.3, 0.9, 0.5], testAccuracy: [0.4, 0.8, 0.9] });
 * console.log(svg.includes("Accuracy")); // → true
 * ```
 */
export async function learningCurvesSvg(
  history: LearningHistory,
  options: LearningCurvesOptions = {},
): Promise<string> {
  const where = "learningCurvesSvg";
  checkOptions(where, options, "{ width: 880 }", ["title", "width", "height"]);
  if (typeof history !== "object" || history === null || Array.isArray(history)) {
    throw new ArgumentError("HISTORY_KIND", `${where}: the history is no object; give { trainLoss, testAccuracy, … }`);
  }
  const loss = present({ training: history.trainLoss, test: history.testLoss });
  const accuracy = present({ training: history.trainAccuracy, test: history.testAccuracy });
  const both = Object.keys(accuracy).length > 0;
  const { title = "Learning curves", width = both ? 880 : 460, height = 320 } = options;
  const panel = both ? width / 2 : width;
  const common: CurvesOptions = { xLabel: "epoch" };
  const left = await curvesPanel(where, loss, { ...common, title: "Loss" }, panel, height);
  if (!both) return svgDocument(width, height, title, left);
  const right = await curvesPanel(where, accuracy, { ...common, title: "Accuracy", yFormat: "percent" }, panel, height);
  return svgDocument(width, height, title, left, `<g transform="translate(${panel} 0)">${right}</g>`);
}

function present(series: Readonly<Record<string, Numbers | undefined>>): Record<string, Numbers> {
  return Object.fromEntries(
    Object.entries(series).flatMap(([name, values]) => (values === undefined ? [] : [[name, values]])),
  );
}
