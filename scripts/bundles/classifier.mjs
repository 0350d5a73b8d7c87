// What a small classifier takes, to be measured in one bundle.
export { tensor } from "../../packages/core/dist/index.js";
export { crossEntropy, Linear, ReLU, Sequential } from "../../packages/nn/dist/index.js";
export { Adam } from "../../packages/optim/dist/index.js";
