import {
  add,
  arange,
  ArgumentError,
  checkOptions,
  checkTensor,
  cos,
  DTypeError,
  type Generator,
  isFloating,
  mul,
  narrow,
  Parameter,
  pow,
  reshape,
  select,
  ShapeError,
  sin,
  stack,
  sub,
  type Tensor,
  unsqueeze,
} from "@adjoint/core";
import { checkCount, checkGenerator, checkRole, shapeText, shown } from "./checks.js";
import { Dropout } from "./dropout.js";
import { Module } from "./module.js";

/** Options of {@link SinusoidalPositionalEncoding} and {@link LearnedPositionalEncoding}. */
export interface PositionalEncodingOptions {
  /** The longest sequence (default 5000). */
  readonly maxLength?: number;
  /** The probability of the dropout behind the sum (default 0). */
  readonly dropout?: number;
  /** Batches are `[batch, length, features]` rather than `[length, batch, features]` (default false). */
  readonly batchFirst?: boolean;
  /** Where initial weights and dropout come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/** What the encodings that are added have in common: a row for each place. */
abstract class PositionalEncoding extends Module {
  readonly dropout: Dropout; // behind the sum
  readonly maxLength: number; // the longest sequence
  readonly batchFirst: boolean; // whether the batch is axis 0 rather than 1
  protected readonly dModel: number; // the features
  protected readonly generator: Generator; // of initial weights and dropout

  constructor(dModel: number, options: PositionalEncodingOptions) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ maxLength: 512 }", ["maxLength", "dropout", "batchFirst", "generator"]);
    const { maxLength = 5000, dropout = 0, batchFirst } = options;
    this.dModel = checkCount(name, "dModel", dModel);
    this.maxLength = checkCount(name, "maxLength", maxLength);
    this.generator = checkGenerator(name, options.generator);
    this.dropout = new Dropout(dropout, { generator: this.generator });
    this.batchFirst = Boolean(batchFirst);
  }

  /** The rows of the places from 0 on, `[length, dModel]`. */
  protected abstract rows(length: number, x: Tensor): Tensor;

  forward(x: Tensor): Tensor {
    const { name } = this.constructor;
    checkTensor(name, x);
    const axis = x.ndim === 3 && this.batchFirst ? 1 : 0;
    const length = x.shape[axis];
    if ((x.ndim !== 2 && x.ndim !== 3) || x.shape[x.ndim - 1] !== this.dModel || length > this.maxLength) {
      const axes = this.batchFirst ? "N, L" : "L, N";
      throw new ShapeError(
        "INPUT_SHAPE",
        `${name}: input ${shapeText(x.shape)}; it must be [${axes}, ${this.dModel}], or without N, with L up to ${this.maxLength}`,
      );
    }
    const rows = this.rows(length, x);
    return this.dropout.forward(add(x, x.ndim === 3 ? unsqueeze(rows, 1 - axis) : rows));
  }
}

/**
 * Positions as sines and cosines, added to a sequence: `y = x + p`, where `p[t, 2i] = sin(t / 10000^(2i / dModel))` and
 * `p[t, 2i + 1] = cos(t / 10000^(2i / dModel))` at place `t`; then dropout. Vaswani et al., 2017, arXiv:1706.03762, section 3.5.
 *
 * `x: [length, batch, dModel]`, or `[batch, length, dModel]` with `batchFirst`, or `[length, dModel]`, gives the same shape. There is
 * nothing to learn, and nothing in the state dict.
 *
 * @throws ArgumentError `SIZE_INVALID`, `PROBABILITY_INVALID`, `GENERATOR_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError
 * `INPUT_SHAPE`, also for more places than `maxLength`.
 * @example
 * ```ts
 * import { zeros } from "@adjoint/core";
 * import { SinusoidalPositionalEncoding } from "@adjoint/nn";
 * const encoding = new SinusoidalPositionalEncoding(4, { batchFirst: true });
 * console.log(encoding.forward(zeros([1, 2, 4])));
 * // → tensor([[[0.0000, 1.0000, 0.0000, 1.0000],
 * //          [0.8415, 0.5403, 0.0100, 0.9999]]])
 * ```
 */
export class SinusoidalPositionalEncoding extends PositionalEncoding {
  constructor(dModel: number, options: PositionalEncodingOptions = {}) {
    super(dModel, options);
  }

  protected rows(length: number, x: Tensor): Tensor {
    const angle = angles(arange(length), this.dModel, 10_000);
    const pairs = reshape(stack([sin(angle), cos(angle)], -1), [length, 2 * angle.shape[1]]);
    return narrow(pairs, 1, 0, this.dModel).to(x.dtype === "float64" ? "float64" : "float32");
  }
}

/**
 * Positions as learned vectors, added to a sequence: `y = x + weight[t]` at place `t`; then dropout. The vectors start normal with
 * deviation 0.02. Shapes and errors are those of {@link SinusoidalPositionalEncoding}. Gehring et al., 2017, arXiv:1705.03122.
 *
 * @example
 * ```ts
 * import { zeros } from "@adjoint/core";
 * import { LearnedPositionalEncoding } from "@adjoint/nn";
 * const encoding = new LearnedPositionalEncoding(4, { maxLength: 16 });
 * console.log(encoding.weight.shape, encoding.forward(zeros([2, 1, 4])).shape); // → [ 16, 4 ] [ 2, 1, 4 ]
 * ```
 */
export class LearnedPositionalEncoding extends PositionalEncoding {
  readonly weight: Parameter; // [maxLength, dModel]

  constructor(dModel: number, options: PositionalEncodingOptions = {}) {
    super(dModel, options);
    this.weight = new Parameter(this.generator.normal([this.maxLength, dModel], 0, 0.02));
  }

  protected rows(length: number): Tensor {
    return narrow(this.weight, 0, 0, length);
  }
}

/** `t / base^(2i / features)` for each position t and pair i of features, `[…, pairs]`, in float64: positions may be large. */
function angles(positions: Tensor, features: number, base: number): Tensor {
  const pairs = arange(Math.ceil(features / 2), { dtype: "float64" });
  return mul(unsqueeze(positions, -1), pow(base, mul(pairs, -2 / features)));
}

/** Options of {@link applyRotary} and {@link RotaryEmbedding}. */
export interface RotaryOptions {
  /** What the angle of the slowest pair falls to with the number of features: `t / base` (default 10000). */
  readonly base?: number;
  /** Pair the features `2i` and `2i + 1`, as the paper does, rather than `i` and `i + features / 2` (default false). */
  readonly interleaved?: boolean;
}

/**
 * Rotary positions: each pair `(a, b)` of the features at place t is turned by the angle `θ = t / base^(2i / features)`, to
 * `(a·cos θ - b·sin θ, a·sin θ + b·cos θ)`. The product of a query and a key that are turned so depends on their distance alone. Su et
 * al., 2021, arXiv:2104.09864.
 *
 * @param x - `[…, length, features]`, queries or keys of a head, with an even number of features
 * @param positions - `[length]`, or more axes that broadcast with those of `x` (default 0, 1, 2, …)
 * @returns the shape of `x`
 * @throws ShapeError `INPUT_SHAPE`, `POSITIONS_SHAPE`; DTypeError `DTYPE_FLOATING`; ArgumentError `OPTION_INVALID` for a base that is no
 * positive number, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { matmul, ones, tensor, transpose } from "@adjoint/core";
 * import { applyRotary } from "@adjoint/nn";
 * const [query, key] = [ones([1, 4]), ones([1, 4])];
 * const score = (i: number, j: number): number =>
 *   matmul(applyRotary(query, tensor([i])), transpose(applyRotary(key, tensor([j])))).item();
 * console.log(score(3, 1).toFixed(4), score(102, 100).toFixed(4)); // → 1.1673 1.1673
 * ```
 */
export function applyRotary(x: Tensor, positions?: Tensor | null, options: RotaryOptions = {}): Tensor {
  return turned("applyRotary", x, positions, checkRotary("applyRotary", options));
}

function turned(
  name: string,
  x: Tensor,
  positions: Tensor | null | undefined,
  options: Required<RotaryOptions>,
): Tensor {
  const { base, interleaved } = options;
  checkTensor(name, x);
  if (!isFloating(x.dtype)) {
    throw new DTypeError("DTYPE_FLOATING", `${name}: the input is ${x.dtype}; convert it with x.to("float32")`);
  }
  const [length, features] = x.shape.slice(-2);
  if (x.ndim < 2 || features % 2 !== 0) {
    throw new ShapeError(
      "INPUT_SHAPE",
      `${name}: input ${shapeText(x.shape)}; it must be [..., length, features] with an even number of features`,
    );
  }
  const front = x.shape.slice(0, -1);
  const places = positions ?? arange(length);
  checkPositions(name, places, x);
  const angle = angles(places, features, base);
  const [c, s] = [cos(angle).to(x.dtype), sin(angle).to(x.dtype)];
  const axis = interleaved ? -1 : -2;
  const pairs = reshape(x, [...front, ...(interleaved ? [features / 2, 2] : [2, features / 2])]);
  const [a, b] = [select(pairs, axis, 0), select(pairs, axis, 1)];
  return reshape(stack([sub(mul(a, c), mul(b, s)), add(mul(a, s), mul(b, c))], axis), x.shape);
}

function checkPositions(name: string, positions: Tensor, x: Tensor): void {
  checkRole(name, "positions", positions);
  const front = x.shape.slice(0, -1);
  const over = positions.ndim > 0 ? front.slice(-positions.ndim) : [];
  if (over.length === positions.ndim && positions.shape.every((n, i) => n === over[i] || n === 1)) return;
  throw new ShapeError(
    "POSITIONS_SHAPE",
    `${name}: positions ${shapeText(positions.shape)} for ${shapeText(x.shape)}; they must broadcast with ${shapeText(front)}`,
  );
}

function checkRotary(name: string, options: RotaryOptions): Required<RotaryOptions> {
  checkOptions(name, options, "{ base: 10000 }", ["base", "interleaved"]);
  const { base = 10_000, interleaved = false } = options;
  if (Number.isFinite(base) && base > 0) return { base, interleaved };
  throw new ArgumentError("OPTION_INVALID", `${name}: base is ${shown(base)}; give a number above 0`);
}

/**
 * Rotary positions as a module: {@link applyRotary} of queries or keys `[…, length, features]`, at the places 0, 1, 2, … or those that
 * are given. There is nothing to learn. Su et al., 2021, arXiv:2104.09864.
 *
 * @throws ArgumentError `SIZE_INVALID` unless the features are even, and as {@link applyRotary}.
 * @example
 * ```ts
 * import { ones, tensor } from "@adjoint/core";
 * import { RotaryEmbedding } from "@adjoint/nn";
 * const rotary = new RotaryEmbedding(8, { base: 500000 });
 * console.log(rotary.forward(ones([2, 4, 5, 8])).shape); // → [ 2, 4, 5, 8 ]
 * console.log(rotary.forward(ones([1, 8]), tensor([100])).shape); // → [ 1, 8 ]
 * ```
 */
export class RotaryEmbedding extends Module<[x: Tensor, positions?: Tensor | null]> {
  readonly features: number; // of a head
  readonly options: Required<RotaryOptions>; // base, and which features are pairs

  constructor(features: number, options: RotaryOptions = {}) {
    super();
    this.options = checkRotary("RotaryEmbedding", options);
    this.features = checkCount("RotaryEmbedding", "features", features);
    if (features % 2 === 0) return;
    throw new ArgumentError("SIZE_INVALID", `RotaryEmbedding: ${features} features make no pairs; use an even number`);
  }

  forward(x: Tensor, positions?: Tensor | null): Tensor {
    checkTensor("RotaryEmbedding", x);
    if (x.shape[x.ndim - 1] === this.features) return turned("RotaryEmbedding", x, positions, this.options);
    throw new ShapeError(
      "INPUT_SHAPE",
      `RotaryEmbedding: input ${shapeText(x.shape)}; the last axis must be ${this.features} (features)`,
    );
  }

  protected override extraRepr(): string {
    return `features=${this.features}, base=${this.options.base}`;
  }
}
