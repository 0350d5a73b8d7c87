import { optionsLike } from "./create.js";
import { rand, RANDOM_OPTIONS, randn, type RandomOptions } from "./random.js";
import type { Tensor } from "./tensor.js";

/**
 * Independent numbers, uniform on [0, 1), in the shape of `x`, and in its dtype unless another is given.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `RANDOM_DTYPE` for integers and booleans; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { manualSeed, rand, randLike, tensor } from "@adjoint/core";
 * manualSeed(1);
 * const x = randLike(tensor([[1, 2]]));
 * manualSeed(1);
 * console.log(String(rand([1, 2])) === String(x)); // → true
 * ```
 */
export function randLike(x: Tensor, options: RandomOptions = {}): Tensor {
  const complete = optionsLike("randLike", x, options, RANDOM_OPTIONS);
  return rand(x.shape, complete);
}

/**
 * Independent numbers from the standard normal distribution, of mean 0 and deviation 1, in the shape of `x`, and in its dtype unless
 * another is given.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `RANDOM_DTYPE` for integers and booleans; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { Generator, randnLike, tensor } from "@adjoint/core";
 * const x = randnLike(tensor([[1, 2]]), { dtype: "float64", generator: new Generator(1) });
 * console.log(x.shape, x.dtype); // → [ 1, 2 ] float64
 * ```
 */
export function randnLike(x: Tensor, options: RandomOptions = {}): Tensor {
  const complete = optionsLike("randnLike", x, options, RANDOM_OPTIONS);
  return randn(x.shape, complete);
}
