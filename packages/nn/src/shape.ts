import { flatten, type Tensor } from "@adjoint/core";
import { Module } from "./module.js";

/**
 * The axes from `start` (default 1, which keeps the batch) to `end` (default the last) made one: `[batch, 1, 28, 28]` gives
 * `[batch, 784]`.
 *
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Flatten } from "@adjoint/nn";
 * console.log(new Flatten().forward(ones([2, 3, 4])).shape); // → [ 2, 12 ]
 * ```
 */
export class Flatten extends Module {
  readonly start: number; // the first axis that is merged
  readonly end: number; // the last one

  constructor(start = 1, end = -1) {
    super();
    this.start = start;
    this.end = end;
  }

  forward(x: Tensor): Tensor {
    return flatten(x, this.start, this.end);
  }

  protected override extraRepr(): string {
    return `start=${this.start}, end=${this.end}`;
  }
}
