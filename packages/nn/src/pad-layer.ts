import { ArgumentError, checkTensor, pad, type PadOptions, ShapeError, type Tensor } from "@adjoint/core";
import { checkNumber, settings, shapeText, shown } from "./checks.js";
import { Module } from "./module.js";

/** Cells before and after each axis, the last axis first, as `[left, right, top, bottom]`; or one number for all. Negative ones cut off. */
export type PadSizes = number | readonly number[];

/** The layers that put cells around the last one to three axes. */
export abstract class Pad extends Module {
  readonly padding: readonly number[]; // before and after each axis, the last axis first
  private readonly options: PadOptions;

  constructor(axes: number, padding: PadSizes, options: PadOptions) {
    super();
    const { name } = new.target;
    const list: unknown = typeof padding === "number" ? new Array<number>(2 * axes).fill(padding) : padding;
    if (!Array.isArray(list) || list.length !== 2 * axes || !Array.from(list).every(Number.isSafeInteger)) {
      throw new ArgumentError(
        "SIZE_INVALID",
        `${name}: padding is ${shown(padding)}; give an integer, or ${2 * axes} of them: before and after each axis, the last first`,
      );
    }
    this.padding = list.slice() as number[];
    if (options.value !== undefined) checkNumber(name, "value", options.value);
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    const { name } = this.constructor;
    checkTensor(name, x);
    const { padding } = this;
    const front = x.ndim - padding.length / 2;
    if (front < 0) {
      throw new ShapeError(
        "INPUT_SHAPE",
        `${name}: input ${shapeText(x.shape)}; give at least ${padding.length / 2} axes, [batch, channels, ...]`,
      );
    }
    const pairs = x.shape.map((_, axis): [number, number] => {
      const at = 2 * (x.ndim - 1 - axis);
      return axis < front ? [0, 0] : [padding[at], padding[at + 1]];
    });
    return pad(x, pairs, this.options);
  }

  protected override extraRepr(): string {
    const { value } = this.options;
    return settings({ padding: this.padding, value });
  }
}
