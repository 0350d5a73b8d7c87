export { conform, type Conformable, type ConformOptions } from "./conform.js";
export { type Comparison, gradcheck, type GradcheckOptions, gradgradcheck } from "./gradcheck.js";
export type { CheckReport, ConformReport } from "./report.js";
export type { SampledOp } from "./conform-samples.js";
