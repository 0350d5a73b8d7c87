// All of core, nn and optim, to be measured in one bundle.
export * from "../../packages/core/dist/index.js";
export * as nn from "../../packages/nn/dist/index.js";
export * as optim from "../../packages/optim/dist/index.js";
