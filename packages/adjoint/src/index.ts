/**
 * Automatic differentiation and neural networks: everything of `@adjoint/core` at the top, the other packages by name.
 *
 * @packageDocumentation
 */
export * from "@adjoint/core";
export * as data from "@adjoint/data";
export * as io from "@adjoint/io";
export * as nn from "@adjoint/nn";
export * as optim from "@adjoint/optim";
export * as train from "@adjoint/train";
export * as viz from "@adjoint/viz";
