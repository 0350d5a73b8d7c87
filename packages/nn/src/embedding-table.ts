import {
  add,
  arange,
  ArgumentError,
  type Binary,
  checkOptions,
  elementwise,
  embedding,
  eq,
  expand,
  gather,
  type Generator,
  gt,
  mul,
  noGrad,
  norm,
  ones,
  Parameter,
  reciprocal,
  reshape,
  scatter,
  segmentSum,
  ShapeError,
  State,
  type Tensor,
  unsqueeze,
  type Value,
  where,
} from "@adjoint/core";
import { checkAmount, checkCount, checkGenerator, checkRole, settings, shapeText, shown } from "./checks.js";
import { Module } from "./module.js";

/** Options of the embedding layers. */
export interface EmbeddingOptions {
  /** A row that gets no gradient and starts at 0, such as that of padding; negative ones count from the end (default none). */
  readonly paddingIdx?: number | null;
  /** Rows that are longer than this are made as long each time before they are looked up (default none). */
  readonly maxNorm?: number | null;
  /** The exponent of the norm in which rows are as long (default 2). */
  readonly normType?: number;
  /** Divide the gradient of each row by the number of times it was looked up (default false). */
  readonly scaleGradByFreq?: boolean;
  /** Where the initial rows come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
  /** The rows to start with, `[numEmbeddings, embeddingDim]` (default normal numbers). */
  readonly weight?: Tensor;
}

/** x, whose derivative is taken to be the factor. */
const withFactor: Binary = elementwise("gradientFactor", {
  formula: (x: Value, _factor: Value) => x,
  partials: [(_x, factor) => factor, () => 0],
  samples: [[1, 0.5]],
});

const optionNames = ["paddingIdx", "maxNorm", "normType", "scaleGradByFreq", "generator", "weight"];

/** Options of `fromPretrained`. */
export interface PretrainedOptions {
  /** Do not train the rows (default true). */
  readonly freeze?: boolean;
}

/** A layer of a class with rows that are known. */
export function pretrained<Layer extends EmbeddingTable<never>>(
  layer: new (numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions) => Layer,
  weights: Tensor,
  options: Omit<EmbeddingOptions, "weight"> & PretrainedOptions,
): Layer {
  checkRole(layer.name, "weights", weights);
  if (weights.ndim !== 2) throw tableError(layer.name, weights, "[numEmbeddings, embeddingDim]");
  checkOptions(layer.name, options, "{ freeze: false }", [...Object.keys(options ?? {}), "freeze"]);
  const { freeze = true, ...rest } = options;
  const made = new layer(weights.shape[0], weights.shape[1], { ...rest, weight: weights });
  made.weight.requiresGrad = !freeze;
  return made;
}

/** What the layers that look up rows of a table have in common. */
export abstract class EmbeddingTable<Inputs extends readonly unknown[]> extends Module<Inputs> {
  readonly weight: Parameter; // [numEmbeddings, embeddingDim]
  readonly paddingIdx: number | null; // the row that gets no gradient, from the front
  private readonly options: Omit<EmbeddingOptions, "weight" | "generator">;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions, more: readonly string[]) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ paddingIdx: 0 }", [...optionNames, ...more]);
    const rows = checkCount(name, "numEmbeddings", numEmbeddings);
    const shape = [rows, checkCount(name, "embeddingDim", embeddingDim)];
    const { weight, generator: source, ...rest } = options;
    const { paddingIdx = null, maxNorm = null } = rest;
    const generator = checkGenerator(name, source);
    if (paddingIdx !== null && !(Number.isSafeInteger(paddingIdx) && paddingIdx >= -rows && paddingIdx < rows)) {
      throw new ArgumentError(
        "PADDING_IDX_INVALID",
        `${name}: paddingIdx is ${shown(paddingIdx)}; give a row, ${-rows} to ${rows - 1}`,
      );
    }
    if (maxNorm !== null) checkAmount(name, "maxNorm", maxNorm);
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? rows + paddingIdx : paddingIdx;
    this.options = rest;
    if (weight !== undefined) checkRole(name, "weight", weight);
    if (weight && shapeText(weight.shape) !== shapeText(shape)) throw tableError(name, weight, shapeText(shape));
    this.weight = new Parameter(weight ?? this.first(generator, shape));
  }

  private first(generator: Generator, shape: readonly number[]): Tensor {
    const rows = generator.normal(shape);
    if (this.paddingIdx === null) return rows;
    return where(unsqueeze(eq(arange(shape[0]), this.paddingIdx), 1), 0, rows);
  }

  /** The rows at indices: `[...]` to `[..., embeddingDim]`. */
  protected rows(indices: Tensor): Tensor {
    const { paddingIdx, options } = this;
    const weight = this.shortened(indices);
    const rows = embedding(indices, weight, paddingIdx === null ? {} : { paddingIndex: paddingIdx });
    if (!options.scaleGradByFreq) return rows;
    const flat = reshape(indices, [indices.size]);
    const counts = segmentSum(ones([flat.size], { dtype: weight.dtype }), flat, weight.shape[0]);
    return withFactor(rows, reciprocal(reshape(gather(counts, flat, 0), [...indices.shape, 1])));
  }

  /** The table in which no row that is looked up is longer than `maxNorm`. */
  private shortened(indices: Tensor): Tensor {
    const { weight } = this;
    const maxNorm = this.options.maxNorm ?? null;
    if (maxNorm === null) return weight;
    // A tensor that functionalCall put here is not changed; shortening is then a part of the function.
    if (!(weight instanceof State)) return this.renormed(weight, indices, maxNorm);
    weight.assign(noGrad(() => this.renormed(weight, indices, maxNorm)));
    return weight;
  }

  private renormed(weight: Tensor, indices: Tensor, maxNorm: number): Tensor {
    const { normType: p = 2 } = this.options;
    const rows = embedding(indices, weight);
    const flat = reshape(rows, [indices.size, weight.shape[1]]);
    const length = norm(flat, { p, axis: 1, keepDims: true });
    // As in PyTorch, a little shorter: rounding must not leave the row too long.
    const factor = where(gt(length, maxNorm), mul(reciprocal(add(length, 1e-7)), maxNorm), 1);
    return scatter(weight, expand(reshape(indices, [indices.size, 1]), flat.shape), mul(flat, factor), 0);
  }

  protected override extraRepr(): string {
    const [numEmbeddings, embeddingDim] = this.weight.shape;
    return settings({ numEmbeddings, embeddingDim, ...this.options });
  }
}

function tableError(name: string, weight: Tensor, wanted: string): ShapeError {
  return new ShapeError("WEIGHT_SHAPE", `${name}: a table ${shapeText(weight.shape)}; give ${wanted}`);
}
