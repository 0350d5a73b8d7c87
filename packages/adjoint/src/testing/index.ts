/**
 * The checkers of `@adjoint/core/testing`, for ops of your own: `gradcheck`, `gradgradcheck`, `conform`.
 *
 * @packageDocumentation
 */
export * from "@adjoint/core/testing";
