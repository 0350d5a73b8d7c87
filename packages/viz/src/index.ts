export type { Numbers } from "./check.js";
export { curvesSvg, type CurvesOptions } from "./curves.js";
export { decisionSvg, type DecisionOptions } from "./decision.js";
export { graphSvg, type GraphOptions } from "./graph.js";
export { imagesSvg, type ImagesOptions } from "./images.js";
export type { Direction } from "./layout.js";
export { learningCurvesSvg, type LearningCurvesOptions, type LearningHistory } from "./learning.js";
export type { Series, SeriesInput } from "./series.js";
