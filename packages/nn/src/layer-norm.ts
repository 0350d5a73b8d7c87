import {
  add,
  checkTensor,
  mean,
  mul,
  ones,
  Parameter,
  rsqrt,
  ShapeError,
  square,
  sub,
  type Tensor,
  zeros,
} from "@adjoint/core";
import { shapeText } from "./checks.js";
import { Module } from "./module.js";

/** Normalisation over the last axis: `(x - mean) / √(variance + ε) · weight + bias`. Ba et al., 2016, arXiv:1607.06450. */
export class LayerNorm extends Module {
  readonly weight: Parameter; // [features], starts at 1
  readonly bias: Parameter | null; // [features], starts at 0
  readonly eps: number; // what is added to the variance before the root

  constructor(features: number, { eps = 1e-5, bias = true }: { readonly eps?: number; readonly bias?: boolean } = {}) {
    super();
    this.weight = new Parameter(ones([features]));
    this.bias = bias ? new Parameter(zeros([features])) : null;
    this.eps = eps;
  }

  forward(x: Tensor): Tensor {
    checkTensor("LayerNorm", x);
    const [features] = this.weight.shape;
    if (x.shape[x.ndim - 1] !== features) {
      throw new ShapeError("INPUT_SHAPE", `LayerNorm: input ${shapeText(x.shape)}; the last axis must be ${features}`);
    }
    const along = { axis: -1, keepDims: true };
    const centred = sub(x, mean(x, along));
    const y = mul(mul(centred, rsqrt(add(mean(square(centred), along), this.eps))), this.weight);
    return this.bias ? add(y, this.bias) : y;
  }
}
