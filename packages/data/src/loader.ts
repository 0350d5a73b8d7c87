import { ArgumentError, checkOptions } from "@adjoint/core";
import { checkCount } from "./checks.js";
import { collate as collateDefault, type Collated } from "./collate.js";
import { ArrayDataset, type Dataset, type IterableDataset } from "./dataset.js";
import { SEED_OPTIONS, type SeedOptions } from "./generator.js";
import { RandomSampler, type Sampler, SequentialSampler } from "./sampler.js";

/** Options of {@link DataLoader} for items of type `T` and batches of type `B`. */
export interface DataLoaderOptions<T, B> extends SeedOptions {
  /** Number of items in a batch. Default 1. */
  readonly batchSize?: number;
  /** Whether to read in random order, a new one each epoch, from the seed or generator. Default false. */
  readonly shuffle?: boolean;
  /** Whether to leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
  /** An order of your own, in place of `shuffle`. */
  readonly sampler?: Sampler;
  /** Makes a batch of items. Default: `collate`, which stacks tensors. */
  readonly collate?: (items: readonly T[]) => B;
}

const LOADER_OPTIONS: readonly string[] = ["batchSize", "shuffle", "dropLast", "sampler", "collate", ...SEED_OPTIONS];

/**
 * Reads a dataset in batches. Each loop over it is one epoch: plain `for` where the dataset
 * gives any item at once, `for await` for all datasets. An array is taken as an `ArrayDataset`.
 *
 * With `shuffle`, each epoch has a new order; with a `seed`, epoch k has the same
 * order each time the program runs, however many batches of earlier epochs were read.
 *
 * @throws ArgumentError `LOADER_OPTIONS`, `LOADER_EMPTY`, `LOADER_DATASET`, `LOADER_ITERABLE`, `RANDOM_OPTIONS`,
 * `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { DataLoader, TensorDataset } from "@adjoint/data";
 * import { tensor } from "@adjoint/core";
 * const data = new TensorDataset(tensor([[1], [2], [3]]), tensor([10, 20, 30]));
 * for (const [x, y] of new DataLoader(data, { batchSize: 2 })) {
 *   console.log(x.shape.join(" x "), [...y.data].join(" "));
 * }
 * // → 2 x 1 10 20
 * // 1 x 1 30
 * ```
 */
export class DataLoader<T, B = Collated<T>> implements Iterable<B>, AsyncIterable<B> {
  /** Where the items come from. */
  readonly dataset: Dataset<T> | IterableDataset<T>;
  /** The number of items in a batch; the last one may have fewer. */
  readonly batchSize: number;
  /** Whether a last batch that is not full is left out. */
  readonly dropLast: boolean;
  private readonly sampler: Sampler | null; // null: the dataset keeps its own order
  private readonly collate: ((items: readonly T[]) => B) | null; // null: the default

  constructor(source: Dataset<T> | IterableDataset<T>, options: DataLoaderOptions<T, B> = {}) {
    checkOptions("DataLoader", options, "{ batchSize: 32 }", LOADER_OPTIONS);
    checkCollate(options.collate);
    const dataset: Dataset<T> | IterableDataset<T> = Array.isArray(source) ? new ArrayDataset<T>(source) : source;
    const { batchSize = 1, dropLast = false, collate = null } = options;
    this.batchSize = checkCount("LOADER_OPTIONS", "DataLoader", "batchSize", batchSize, 1);
    this.dataset = dataset;
    this.dropLast = dropLast;
    this.collate = collate;
    if (isDataset(dataset)) {
      this.sampler = samplerOf(dataset, options);
      checkBatches(this.sampler.length, batchSize, dropLast);
    } else {
      checkIterable(dataset, options);
      this.sampler = null;
    }
  }

  /** The number of batches in an epoch. @throws ArgumentError `LOADER_ITERABLE` if the dataset has no length */
  get length(): number {
    const batches = this.indexed("length").length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** The batches of one epoch. @throws ArgumentError `LOADER_ITERABLE` if the dataset has to be waited for */
  *[Symbol.iterator](): Generator<B, void, undefined> {
    const order = Int32Array.from(this.indexed("for"));
    for (let start = 0; start < order.length; start += this.batchSize) {
      const indices = order.subarray(start, start + this.batchSize);
      if (indices.length < this.batchSize && this.dropLast) return;
      yield this.read(indices);
    }
  }

  /** The batches of one epoch, with waiting where the dataset needs it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    if (isDataset(this.dataset)) {
      yield* this[Symbol.iterator]();
      return;
    }
    let items: T[] = [];
    for await (const item of this.dataset) {
      items.push(item);
      if (items.length === this.batchSize) {
        yield this.assemble(items);
        items = [];
      }
    }
    if (items.length > 0 && !this.dropLast) yield this.assemble(items);
  }

  private indexed(use: string): Sampler {
    if (this.sampler !== null) return this.sampler;
    const what = use === "length" ? "an iterable dataset has no length; count while reading" : "use `for await`";
    throw new ArgumentError("LOADER_ITERABLE", `DataLoader: the dataset is read by iterating; ${what}`);
  }

  private read(indices: Int32Array): B {
    const dataset = this.dataset as Dataset<T>;
    if (this.collate === null && dataset.getBatch !== undefined) return dataset.getBatch(indices) as B;
    return this.assemble(Array.from(indices, (index) => dataset.get(index)));
  }

  private assemble(items: readonly T[]): B {
    return this.collate === null ? (collateDefault(items) as B) : this.collate(items);
  }
}

function checkCollate(collate: unknown): void {
  if (collate === undefined || typeof collate === "function") return;
  throw new ArgumentError("LOADER_OPTIONS", "DataLoader: collate is not a function; give one from items to a batch");
}

function isDataset<T>(dataset: Dataset<T> | IterableDataset<T>): dataset is Dataset<T> {
  return typeof dataset === "object" && dataset !== null && "get" in dataset && "length" in dataset;
}

function samplerOf<T, B>(dataset: Dataset<T>, options: DataLoaderOptions<T, B>): Sampler {
  const { shuffle = false, sampler, seed, generator } = options;
  if (sampler !== undefined) {
    if (typeof sampler !== "object" || sampler === null || !(Symbol.iterator in sampler && "length" in sampler)) {
      throw new ArgumentError("LOADER_OPTIONS", "DataLoader: the sampler is no sampler; give indices with a length");
    }
    if (!shuffle && seed === undefined && generator === undefined) return sampler;
    throw new ArgumentError(
      "LOADER_OPTIONS",
      "DataLoader: a sampler decides the order; leave shuffle, seed and generator out",
    );
  }
  return shuffle ? new RandomSampler(dataset.length, { seed, generator }) : new SequentialSampler(dataset.length);
}

function checkBatches(items: number, batchSize: number, dropLast: boolean): void {
  if (items >= (dropLast ? batchSize : 1)) return;
  throw new ArgumentError(
    "LOADER_EMPTY",
    `DataLoader: ${items} items make no batch of ${batchSize}; give more items, lower batchSize or leave dropLast out`,
  );
}

function checkIterable<T, B>(dataset: IterableDataset<T>, options: DataLoaderOptions<T, B>): void {
  const isIterable =
    typeof dataset === "object" && dataset !== null && (Symbol.asyncIterator in dataset || Symbol.iterator in dataset);
  if (!isIterable) {
    throw new ArgumentError(
      "LOADER_DATASET",
      "DataLoader: the dataset has neither get(i) and length nor an iterator; give an array, a TensorDataset of tensors, or one of your own",
    );
  }
  const { shuffle = false, sampler, seed, generator } = options;
  if (shuffle || sampler !== undefined || seed !== undefined || generator !== undefined) {
    throw new ArgumentError(
      "LOADER_ITERABLE",
      "DataLoader: a dataset read by iterating keeps its own order; leave shuffle, sampler and seed out, or use ArrayDataset",
    );
  }
}
