import { ArgumentError, flatten, type Tensor, unflatten } from "@adjoint/core";
import { settings, shown } from "./checks.js";
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

/**
 * One axis split into several, `sizes` of them, one of which may be -1 and is found: `[batch, 784]` gives `[batch, 28, 28]` with axis 1
 * and sizes `[28, 28]`. The inverse of {@link Flatten}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `AXIS_INVALID`; in `forward` what core's `unflatten` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Unflatten } from "@adjoint/nn";
 * console.log(new Unflatten(1, [2, -1]).forward(ones([5, 6])).shape); // → [ 5, 2, 3 ]
 * ```
 */
export class Unflatten extends Module {
  readonly axis: number; // the axis that is split
  readonly sizes: readonly number[]; // those of the new axes

  constructor(axis: number, sizes: readonly number[]) {
    super();
    if (!Number.isSafeInteger(axis) || !Array.isArray(sizes)) {
      const code = Array.isArray(sizes) ? "AXIS_INVALID" : "SIZE_INVALID";
      throw new ArgumentError(
        code,
        `Unflatten: axis ${shown(axis)} and sizes ${shown(sizes)}; give an integer and an array: new Unflatten(1, [2, -1])`,
      );
    }
    this.axis = axis;
    this.sizes = sizes;
  }

  forward(x: Tensor): Tensor {
    return unflatten(x, this.axis, this.sizes);
  }

  protected override extraRepr(): string {
    return settings({ axis: this.axis, sizes: this.sizes });
  }
}
