export { gradcheck, type GradcheckOptions, gradgradcheck } from "./gradcheck.js";
export type { Differentiable } from "./problem.js";
