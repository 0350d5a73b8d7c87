/**
 * Initialisers: what parameters hold before training. Each one fills a parameter in its own shape and dtype, and returns it.
 *
 * @module
 */
export { type Fans, fanInAndOut, type InitOptions } from "./init/begin.js";
export { constant, dirac, type DiracOptions, eye, ones, zeros } from "./init/constant.js";
export { orthogonal, type OrthogonalOptions, sparse, type SparseOptions } from "./init/matrix.js";
export { normal, truncatedNormal, uniform } from "./init/random.js";
export {
  calculateGain,
  kaimingNormal,
  type KaimingOptions,
  kaimingUniform,
  lecunNormal,
  lecunUniform,
  type Nonlinearity,
  xavierNormal,
  type XavierOptions,
  xavierUniform,
} from "./init/scaled.js";
