import {
  ArgumentError,
  type Binary,
  checkOptions,
  checkTensor,
  elementwise,
  full,
  type Generator,
  le,
  leakyRelu,
  mul,
  Parameter,
  reshape,
  ShapeError,
  type Tensor,
  type Value,
  where,
} from "@adjoint/core";
import { checkCount, checkGenerator, checkNumber, checkRole, settings, shapeText, shown } from "../checks.js";
import { Module } from "../module.js";

/** `x` above 0 and `slope · x` elsewhere. */
export const leak: Binary = elementwise("prelu", {
  formula: (x: Value, slope: Value) => where(le(x, 0), mul(x, slope), x),
  samples: [
    [1, 0.25],
    [-1, 0.25],
    [-3, 2],
  ],
});

/**
 * The rectifier with learned slopes below 0, element by element: `x` above 0 and `weight · x` elsewhere. The weight is one number or
 * one for each channel, which are along axis 1 of `x: [batch, channels, …]`. He et al., 2015, arXiv:1502.01852.
 *
 * @throws ShapeError `WEIGHT_SHAPE`; ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { prelu } from "@adjoint/nn";
 * console.log(prelu(tensor([[-1, -1, 2]]), tensor([0.5, 2, 3])).toArray()); // → [ [ -0.5, -2, 2 ] ]
 * ```
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  checkTensor("prelu", x);
  checkRole("prelu", "weight", weight);
  const channels = x.ndim > 1 ? x.shape[1] : 1;
  const { size } = weight;
  if (weight.ndim > 1 || (size !== 1 && size !== channels)) {
    throw new ShapeError(
      "WEIGHT_SHAPE",
      `prelu: ${shapeText(weight.shape)} slopes for ${shapeText(x.shape)}; give one, or one for each of the ${channels} channels (axis 1)`,
    );
  }
  return leak(x, reshape(weight, size === 1 ? [] : [size, ...x.shape.slice(2).map(() => 1)]));
}

/** Options of {@link PReLU}. */
export interface PReLUOptions {
  /** The slopes at the start (default 0.25). */
  readonly init?: number;
}

/**
 * The rectifier with learned slopes below 0, element by element: `x` above 0 and `weight · x` elsewhere, with one slope (the default)
 * or one for each channel of `x: [batch, channels, …]`. He et al., 2015, arXiv:1502.01852.
 *
 * @throws ArgumentError `SIZE_INVALID`, `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `WEIGHT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { PReLU } from "@adjoint/nn";
 * const layer = new PReLU();
 * console.log(layer.forward(tensor([-1, 2])).toArray(), layer.weight.shape); // → [ -0.25, 2 ] [ 1 ]
 * ```
 */
export class PReLU extends Module {
  readonly weight: Parameter; // [numParameters]

  constructor(numParameters = 1, options: PReLUOptions = {}) {
    super();
    checkOptions("PReLU", options, "{ init: 0.1 }", ["init"]);
    const { init = 0.25 } = options;
    checkCount("PReLU", "numParameters", numParameters);
    this.weight = new Parameter(full([numParameters], checkNumber("PReLU", "init", init)));
  }

  forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }

  protected override extraRepr(): string {
    return `numParameters=${this.weight.size}`;
  }
}

/** Options of {@link RReLU}. */
export interface RReLUOptions {
  /** The least slope (default 1/8). */
  readonly lower?: number;
  /** The largest slope (default 1/3). */
  readonly upper?: number;
  /** Where the slopes come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/** Options of {@link rrelu}. */
export interface RReLUFunctionOptions extends RReLUOptions {
  /** Draw the slopes (default false: their mean). */
  readonly training?: boolean;
}

const names = ["lower", "upper", "generator"];

function checkSlopes(name: string, { lower = 1 / 8, upper = 1 / 3, generator }: RReLUOptions): Required<RReLUOptions> {
  if (Number.isFinite(lower) && Number.isFinite(upper) && lower <= upper) {
    return { lower, upper, generator: checkGenerator(name, generator) };
  }
  throw new ArgumentError(
    "RANGE_INVALID",
    `${name}: slopes from ${shown(lower)} to ${shown(upper)}; give finite numbers with lower <= upper`,
  );
}

/**
 * The rectifier with random slopes below 0, element by element: `x` above 0 and `slope · x` elsewhere. In training each slope is
 * uniform on [lower, upper), otherwise all are their mean. Xu et al., 2015, arXiv:1505.00853.
 *
 * @throws ArgumentError `RANGE_INVALID`, `OPERAND_KIND`, `GENERATOR_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { rrelu } from "@adjoint/nn";
 * console.log(rrelu(tensor([-8, 1]), { lower: 0.25, upper: 0.75 }).toArray()); // → [ -4, 1 ]
 * ```
 */
export function rrelu(x: Tensor, options: RReLUFunctionOptions = {}): Tensor {
  checkTensor("rrelu", x);
  checkOptions("rrelu", options, "{ training: true }", [...names, "training"]);
  return drawn(x, checkSlopes("rrelu", options), options.training ?? false);
}

function drawn(x: Tensor, { lower, upper, generator }: Required<RReLUOptions>, training: boolean): Tensor {
  if (!training) return leakyRelu(x, { negativeSlope: (lower + upper) / 2 });
  return leak(x, generator.uniform(x.shape, lower, upper, { dtype: x.dtype === "float64" ? "float64" : "float32" }));
}

/**
 * {@link rrelu} as a module: the rectifier with slopes below 0 that are random in training, and their mean in evaluation.
 *
 * @throws ArgumentError `RANGE_INVALID`, `GENERATOR_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` `OPERAND_KIND`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { RReLU } from "@adjoint/nn";
 * const layer = new RReLU({ lower: 0.25, upper: 0.75 });
 * const [y] = layer.forward(tensor([-8, 1])).data;
 * console.log(y >= -6 && y <= -2, layer.eval().forward(tensor([-8, 1])).toArray()); // → true [ -4, 1 ]
 * ```
 */
export class RReLU extends Module {
  private readonly slopes: Required<RReLUOptions>;

  constructor(options: RReLUOptions = {}) {
    super();
    checkOptions("RReLU", options, "{ upper: 0.5 }", names);
    this.slopes = checkSlopes("RReLU", options);
  }

  forward(x: Tensor): Tensor {
    checkTensor("RReLU", x);
    return drawn(x, this.slopes, this.training);
  }

  protected override extraRepr(): string {
    return settings(this.slopes);
  }
}
