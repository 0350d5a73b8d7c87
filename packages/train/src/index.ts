export { accuracy, classReport, confusionMatrix, type ClassReport, type ConfusionMatrix } from "./metrics.js";
export type { Numbers } from "./numbers.js";
export { ProgressBar, type ProgressMetrics, type ProgressOptions } from "./progress.js";
export { confusionTable } from "./table.js";
export type { TextStream } from "./terminal.js";
