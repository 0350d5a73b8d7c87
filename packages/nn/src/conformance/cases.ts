import { Generator, type Tensor, tensor } from "@adjoint/core";
import fc from "fast-check";
import type { AnyModule } from "../module.js";

/** A class of modules. */
export type ModuleClass = abstract new (...args: never[]) => AnyModule;

/** One draw of a case: how a module is made, and what its `forward` is given. */
export interface Draw {
  /** What the constructor takes. */
  readonly args: readonly unknown[];
  /** What `forward` takes; what floats among it is float64. */
  readonly inputs: readonly unknown[];
}

/** What is checked of a layer or a loss, in shapes that fast-check draws. Each relaxation needs a comment that says why. */
export interface LayerCase {
  readonly layer: ModuleClass;
  /** A word where a class has several cases. */
  readonly title?: string;
  readonly draws: fc.Arbitrary<Draw>;
  /** The modes in which it is checked (default training alone): both where they differ. */
  readonly modes?: readonly ("train" | "eval")[];
  /** Leave derivatives out at kinks (default false). */
  readonly kinks?: boolean;
  /** False where nothing floats among the inputs and parameters, or random numbers differ from call to call. */
  readonly differentiable?: boolean;
  /** False where there are no second derivatives. */
  readonly second?: boolean;
  /** False where `vmap` cannot serve: examples change a state, or a shape depends on numbers. */
  readonly vmap?: boolean;
  /** Another road to the same result: the function of a module. */
  readonly same?: (...inputs: never[]) => unknown;
}

/** A size from 1 to `most`. */
export const size = (most = 3): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });

/** A size from 0 to `most`, for axes that may be empty. */
export const batch = (most = 3): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });

/** Normal numbers in float64: the same for the same shape and seed. */
export function normal(shape: readonly number[], seed = 0): Tensor {
  return new Generator(seed + 1).normal(shape, 0, 1, { dtype: "float64" });
}

/** Uniform numbers in float64 from [low, high). */
export function uniform(shape: readonly number[], low = 0, high = 1, seed = 0): Tensor {
  return new Generator(seed + 1).uniform(shape, low, high, { dtype: "float64" });
}

/** Whole numbers from 0 to below `classes`, as labels are. */
export function labels(shape: readonly number[], classes: number, seed = 0): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const drawn = new Generator(seed + 1).uniform([count], 0, classes).data;
  return tensor(Int32Array.from(drawn, Math.floor), { shape: [...shape] });
}

/** How losses are put together. */
export const reductions: fc.Arbitrary<"mean" | "sum" | "none"> = fc.constantFrom("mean", "sum", "none");
