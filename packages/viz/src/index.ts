export { curvesSvg, type CurvesOptions, type Series, type SeriesInput } from "./curves.js";
export { decisionSvg, type DecisionOptions } from "./decision.js";
export { graphSvg, type GraphOptions } from "./graph.js";
export { imagesSvg, type ImagesOptions } from "./images.js";
export type { Direction } from "./layout.js";
export { learningCurvesSvg, type LearningCurvesOptions, type LearningHistory } from "./learning.js";
