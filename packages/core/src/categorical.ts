import { checkInteger, checkOptions, checkRank } from "./arguments.js";
import { allocate } from "./dtype.js";
import { ArgumentError, ShapeError } from "./errors.js";
import { expand } from "./ops/shape.js";
import { ElementStream } from "./philox.js";
import { exp } from "./portable.js";
import { type Generator, generatorOf, type RandomOptions } from "./random.js";
import { broadcastShapes, checkShape, formatShape, sameShape, type Shape, sizeOf } from "./shape.js";
import { Tensor } from "./tensor.js";

/** Options of {@link multinomial}. */
export interface MultinomialOptions extends Pick<RandomOptions, "generator"> {
  /** Whether a category may be drawn again (default false). */
  readonly replacement?: boolean;
}

/** Options of {@link categorical}. */
export interface CategoricalOptions extends Pick<RandomOptions, "generator"> {
  /** The shape of the result, to which the leading axes of the logits broadcast (default: those axes). */
  readonly shape?: Shape;
}

/** Weights of categories, row after row, each divided by the largest of its row. */
interface Weights {
  readonly data: Float64Array;
  readonly categories: number;
  readonly rows: number;
}

function weightsOf(name: string, x: Tensor): Weights {
  checkRank(name, x, "[…, categories]", 1);
  const categories = x.shape[x.ndim - 1];
  return { data: Float64Array.from(x.data), categories, rows: sizeOf(x.shape.slice(0, -1)) };
}

/** Divides every row by its largest weight, so that sums neither overflow nor lose digits below the smallest normal number. */
function normalize(name: string, { data, categories, rows }: Weights): void {
  for (let row = 0; row < rows; row++) {
    const weights = data.subarray(row * categories, (row + 1) * categories);
    const wrong = weights.find((w) => !(w >= 0 && w < Infinity));
    const largest = weights.reduce((a, b) => Math.max(a, b), 0);
    if (wrong !== undefined || largest === 0) {
      throw new ArgumentError(
        "WEIGHTS_INVALID",
        `${name}: row ${row} of the weights ${wrong === undefined ? "has none above 0" : `has ${wrong}`}; use finite numbers of at least 0, not all of them 0`,
      );
    }
    for (let j = 0; j < categories; j++) weights[j] /= largest;
  }
}

/** The running sums of every row, in place. */
function accumulate({ data, categories }: Weights): void {
  for (let i = 1; i < data.length; i++) if (i % categories !== 0) data[i] += data[i - 1];
}

/** The first category whose running sum is above a part u of all of them. */
function pick({ data, categories }: Weights, row: number, u: number): number {
  const first = row * categories;
  const total = data[first + categories - 1];
  const target = u * total;
  let low = first;
  let high = first + categories - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    // A product that is rounded up to the total would otherwise find a last category of weight 0.
    if (data[middle] > target || data[middle] === total) high = middle;
    else low = middle + 1;
  }
  return low - first;
}

/**
 * Categories drawn with probabilities in proportion to weights, row by row: `[…, n]` to `[…, count]` (int32), in the order in which
 * they are drawn. Unless `replacement` is true no category is drawn twice.
 *
 * Without replacement by exponential races: the categories with the smallest `E_j / w_j` (Efraimidis and Spirakis, "Weighted random
 * sampling with a reservoir", 2006). No gradient flows to the weights.
 *
 * @throws ArgumentError `WEIGHTS_INVALID` for weights that are negative, not finite, or all 0 in a row, `COUNT_INVALID` for more
 * categories than have a weight, `INTEGER_INVALID`, `GENERATOR_KIND`; ShapeError `RANK_INVALID`.
 * @example
 * ```ts
 * import { Generator, multinomial, tensor } from "@adjoint/core";
 * const weights = tensor([0, 1, 0, 3]);
 * console.log([...multinomial(weights, 2).data].sort()); // → [ 1, 3 ]
 * const many = multinomial(weights, 10000, { replacement: true, generator: new Generator(1) });
 * console.log(Math.abs(many.data.filter((j) => j === 3).length / 10000 - 0.75) < 0.02); // → true
 * ```
 */
export function multinomial(weights: Tensor, count: number, options: MultinomialOptions = {}): Tensor {
  checkOptions("multinomial", options, "{ replacement: true }", ["replacement", "generator"]);
  const table = weightsOf("multinomial", weights);
  const shape = [...weights.shape.slice(0, -1), checkInteger("multinomial", "count", count, 0)];
  const out = allocate("int32", sizeOf(shape)) as Int32Array;
  const generator = generatorOf("multinomial", options);
  if (out.length > 0) {
    normalize("multinomial", table);
    if (options.replacement === true) fromRows(table, out, generator, (i) => Math.floor(i / count));
    else race(table, count, out, generator);
  }
  return new Tensor(out, shape, "int32");
}

/** Fills `out` with categories of the rows that `rowOf` names, one position of the stream for each. */
function fromRows(table: Weights, out: Int32Array, generator: Generator, rowOf: (i: number) => number): void {
  accumulate(table);
  const start = generator.take(out.length);
  const stream = new ElementStream(generator.seed, start, out.length);
  for (let i = 0; i < out.length; i++) {
    stream.begin(start + i);
    out[i] = pick(table, rowOf(i), stream.uniform());
  }
}

/** The first `count` categories of each row in the order of their arrival times, one position of the stream for each category. */
function race({ data, categories, rows }: Weights, count: number, out: Int32Array, generator: Generator): void {
  const start = generator.counter.item();
  const stream = new ElementStream(generator.seed, start, data.length);
  for (let row = 0; row < rows; row++) {
    const first = row * categories;
    const arrivals = new Float64Array(categories);
    const present: number[] = [];
    for (let j = 0; j < categories; j++) {
      if (data[first + j] === 0) continue;
      stream.begin(start + first + j);
      arrivals[j] = stream.exponential() / data[first + j];
      present.push(j);
    }
    if (present.length < count) {
      throw new ArgumentError(
        "COUNT_INVALID",
        `multinomial: ${count} categories from row ${row}, where ${present.length} have a weight; ask for fewer, or use { replacement: true }`,
      );
    }
    present.sort((a, b) => arrivals[a] - arrivals[b] || a - b);
    for (let k = 0; k < count; k++) out[row * count + k] = present[k];
  }
  generator.take(data.length); // At the end, so that a call that fails leaves the generator as it was.
}

/**
 * Categories drawn with the probabilities `softmax(logits)` along the last axis: `[…, n]` to `[…]` (int32), or to `shape`, to which
 * the leading axes broadcast. A logit of -Infinity is never drawn. No gradient flows to the logits.
 *
 * @throws ArgumentError `LOGITS_INVALID` for NaN, Infinity, and rows of -Infinity alone, `SHAPE_INVALID`, `GENERATOR_KIND`; ShapeError
 * `RANK_INVALID`, `SHAPE_MISMATCH`.
 * @example
 * ```ts
 * import { categorical, Generator, tensor } from "@adjoint/core";
 * const generator = new Generator(1);
 * console.log(categorical(tensor([[-Infinity, 0], [5, -Infinity]]), { generator }).toArray()); // → [ 1, 0 ]
 * console.log(categorical(tensor([0, 1, 2]), { shape: [2, 5], generator }).shape); // → [ 2, 5 ]
 * ```
 */
export function categorical(logits: Tensor, options: CategoricalOptions = {}): Tensor {
  checkOptions("categorical", options, "{ shape: [10] }", ["shape", "generator"]);
  const table = weightsOf("categorical", logits);
  const leading = logits.shape.slice(0, -1);
  const { shape = leading } = options;
  checkShape("categorical", shape);
  if (!sameShape(broadcastShapes("categorical", [shape, leading]), shape)) {
    throw new ShapeError(
      "SHAPE_MISMATCH",
      `categorical: logits ${formatShape(logits.shape)} for the shape ${formatShape(shape)}, which must be at least as large as the leading axes`,
    );
  }
  exponentiate(table);
  const rows = expand(
    new Tensor(
      Int32Array.from({ length: table.rows }, (_, row) => row),
      leading,
      "int32",
    ),
    shape,
  ).data;
  const out = allocate("int32", sizeOf(shape)) as Int32Array;
  fromRows(table, out, generatorOf("categorical", options), (i) => rows[i]);
  return new Tensor(out, shape.slice(), "int32");
}

/** Logits to weights, the largest of each row 1. */
function exponentiate({ data, categories, rows }: Weights): void {
  for (let row = 0; row < rows; row++) {
    const logits = data.subarray(row * categories, (row + 1) * categories);
    const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!Number.isFinite(largest)) {
      throw new ArgumentError(
        "LOGITS_INVALID",
        `categorical: the largest logit of row ${row} is ${largest}; logits must be below Infinity, and one of each row finite`,
      );
    }
    for (let j = 0; j < categories; j++) logits[j] = exp(logits[j] - largest);
  }
}
