import { argmax, argmin, max, min } from "../ops/extreme.js";
import { all, any } from "../ops/logic.js";
import { median } from "../ops/median.js";
import { norm, type NormOptions } from "../ops/norm.js";
import { prod } from "../ops/product.js";
import { mean, sum } from "../ops/reduce.js";
import type { ReduceOptions } from "../ops/reduction.js";
import type { ArgOptions, ValuesAndIndices } from "../ops/selection.js";
import { cumprod, cumsum } from "../ops/scan.js";
import { type AxisOptions, logSoftmax, logsumexp, softmax } from "../ops/softmax.js";
import { argsort, sort, type SortOptions, topk, type TopkOptions } from "../ops/sort.js";
import { std, variance, type VarianceOptions } from "../ops/statistics.js";
import type { Tensor } from "../tensor.js";
import { ElementwiseMethods, self } from "./elementwise.js";

export { self };

/** Reductions, scans and orders of a tensor, as methods. */
export abstract class ReductionMethods extends ElementwiseMethods {
  /** The sum over some axes, or all. See {@link sum}. */
  sum(options?: ReduceOptions): Tensor {
    return sum(self(this), options);
  }
  /** The mean over some axes, or all. See {@link mean}. */
  mean(options?: ReduceOptions): Tensor {
    return mean(self(this), options);
  }
  /** The product over some axes, or all. See {@link prod}. */
  prod(options?: ReduceOptions): Tensor {
    return prod(self(this), options);
  }
  /** The variance over some axes, or all. See {@link variance}. */
  var(options?: VarianceOptions): Tensor {
    return variance(self(this), options);
  }
  /** The standard deviation over some axes, or all. See {@link std}. */
  std(options?: VarianceOptions): Tensor {
    return std(self(this), options);
  }
  /** The norm over some axes, or all. See {@link norm}. */
  norm(options?: NormOptions): Tensor {
    return norm(self(this), options);
  }
  /** The largest element along some axes, or of all. See {@link max}. */
  max(options?: ReduceOptions): Tensor {
    return max(self(this), options);
  }
  /** The smallest element along some axes, or of all. See {@link min}. */
  min(options?: ReduceOptions): Tensor {
    return min(self(this), options);
  }
  /** The index of the largest element along an axis, or in the flattened tensor. See {@link argmax}. */
  argmax(options?: ArgOptions): Tensor {
    return argmax(self(this), options);
  }
  /** The index of the smallest element along an axis, or in the flattened tensor. See {@link argmin}. */
  argmin(options?: ArgOptions): Tensor {
    return argmin(self(this), options);
  }
  /** The median over some axes, or of all. See {@link median}. */
  median(options?: ReduceOptions): Tensor {
    return median(self(this), options);
  }
  /** `ln Σ eˣ` over some axes, or all. See {@link logsumexp}. */
  logsumexp(options?: ReduceOptions): Tensor {
    return logsumexp(self(this), options);
  }
  /** Whether all elements along some axes are true. See {@link all}. */
  all(options?: ReduceOptions): Tensor {
    return all(self(this), options);
  }
  /** Whether any element along some axes is true. See {@link any}. */
  any(options?: ReduceOptions): Tensor {
    return any(self(this), options);
  }
  /** The sums up to each place along an axis. See {@link cumsum}. */
  cumsum(axis: number): Tensor {
    return cumsum(self(this), axis);
  }
  /** The products up to each place along an axis. See {@link cumprod}. */
  cumprod(axis: number): Tensor {
    return cumprod(self(this), axis);
  }
  /** The softmax along an axis, by default the last. See {@link softmax}. */
  softmax(options?: AxisOptions): Tensor {
    return softmax(self(this), options);
  }
  /** The logarithm of the softmax. See {@link logSoftmax}. */
  logSoftmax(options?: AxisOptions): Tensor {
    return logSoftmax(self(this), options);
  }
  /** The elements in order along an axis, and their places. See {@link sort}. */
  sort(options?: SortOptions): ValuesAndIndices {
    return sort(self(this), options);
  }
  /** The places of the elements in order along an axis. See {@link argsort}. */
  argsort(options?: SortOptions): Tensor {
    return argsort(self(this), options);
  }
  /** The `k` largest elements along an axis, and their places. See {@link topk}. */
  topk(k: number, options?: TopkOptions): ValuesAndIndices {
    return topk(self(this), k, options);
  }
}
