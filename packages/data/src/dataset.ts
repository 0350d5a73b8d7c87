import { ArgumentError, checkOptions, IndexError, ShapeError, Tensor } from "@adjoint/core";
import type { Collated } from "./collate.js";
import { generatorFrom, SEED_OPTIONS, type SeedOptions } from "./generator.js";
import { gatherRows, row } from "./rows.js";

/** Items that can be had in any order: what a `DataLoader` reads. */
export interface Dataset<T> {
  /** The number of items. */
  readonly length: number;
  /** Item `index`, from 0 to `length - 1`. @throws IndexError `DATASET_INDEX` */
  get(index: number): T;
  /** The batch that collating the items would give, for datasets that have a quicker way. */
  getBatch?(indices: Int32Array): Collated<T>;
}

/** Items that come one after the other, perhaps without end and perhaps from elsewhere. */
export type IterableDataset<T> = AsyncIterable<T> | Iterable<T>;

/**
 * Tensors of equal first size taken as columns of a table: item i holds row i of each.
 *
 * @throws ShapeError `DATASET_SIZES`; ArgumentError `DATASET_EMPTY`, `DATASET_KIND`
 *
 * @example
 * ```ts
 * import { TensorDataset } from "@adjoint/data";
 * import { tensor } from "@adjoint/core";
 * const data = new TensorDataset(tensor([[1, 2], [3, 4]]), tensor([0, 1]));
 * const [x, y] = data.get(1);
 * console.log([...x.data].join(" "), y.item()); // → 3 4 1
 * ```
 */
export class TensorDataset<T extends readonly Tensor[]> implements Dataset<T> {
  /** The columns, `[length, ...]` each. */
  readonly tensors: T;

  constructor(...tensors: T) {
    checkColumns(tensors);
    this.tensors = tensors;
  }

  get length(): number {
    return this.tensors[0].shape[0];
  }

  /** Row `index` of each tensor, without copying. @throws IndexError `DATASET_INDEX` */
  get(index: number): T {
    checkIndex("TensorDataset", index, this.length);
    return this.tensors.map((column) => row(column, index)) as readonly Tensor[] as T;
  }

  /** Rows `indices` of each tensor, gathered in one pass. @throws IndexError `DATASET_INDEX` */
  getBatch(indices: Int32Array): Collated<T> {
    for (const index of indices) checkIndex("TensorDataset", index, this.length);
    return this.tensors.map((column) => gatherRows(column, indices)) as readonly Tensor[] as Collated<T>;
  }
}

/**
 * An array taken as a dataset.
 *
 * @throws ArgumentError `DATASET_EMPTY`, `DATASET_KIND`
 *
 * @example
 * ```ts
 * import { ArrayDataset } from "@adjoint/data";
 * const words = new ArrayDataset(["tape", "node", "leaf"]);
 * console.log(words.length, words.get(1)); // → 3 node
 * ```
 */
export class ArrayDataset<T> implements Dataset<T> {
  /** The items. */
  readonly items: readonly T[];

  constructor(items: readonly T[]) {
    if (!Array.isArray(items)) {
      throw new ArgumentError("DATASET_KIND", "ArrayDataset: the items are not an array; make one with Array.from");
    }
    if (items.length === 0) throw empty("ArrayDataset");
    this.items = items;
  }

  get length(): number {
    return this.items.length;
  }

  /** Item `index`. @throws IndexError `DATASET_INDEX` */
  get(index: number): T {
    checkIndex("ArrayDataset", index, this.length);
    return this.items[index];
  }
}

/** Some items of a dataset, in an order of their own. Made by {@link subset} and {@link randomSplit}. */
export class Subset<T> implements Dataset<T> {
  /** Where the items come from. */
  readonly dataset: Dataset<T>;
  /** The places of the items in `dataset`. */
  readonly indices: Int32Array;
  readonly getBatch?: (indices: Int32Array) => Collated<T>;

  constructor(dataset: Dataset<T>, indices: ArrayLike<number>) {
    checkDataset("Subset", dataset);
    if (!Number.isSafeInteger(indices?.length)) {
      throw new ArgumentError("DATASET_KIND", "Subset: the indices are no array; give an array of whole numbers");
    }
    for (let i = 0; i < indices.length; i++) checkIndex("Subset", indices[i], dataset.length);
    this.dataset = dataset;
    this.indices = Int32Array.from(indices);
    if (dataset.getBatch !== undefined) {
      this.getBatch = (places) => dataset.getBatch!(places.map((place) => this.place(place)));
    }
  }

  get length(): number {
    return this.indices.length;
  }

  /** Item `index` of the subset. @throws IndexError `DATASET_INDEX` */
  get(index: number): T {
    return this.dataset.get(this.place(index));
  }

  private place(index: number): number {
    checkIndex("Subset", index, this.length);
    return this.indices[index];
  }
}

/** A dataset with a function applied to each item when it is read. Made by {@link map}. */
export class MapDataset<S, T> implements Dataset<T> {
  /** Where the items come from. */
  readonly dataset: Dataset<S>;
  private readonly transform: (item: S, index: number) => T;

  constructor(dataset: Dataset<S>, transform: (item: S, index: number) => T) {
    checkDataset("map", dataset);
    if (typeof transform !== "function") {
      throw new ArgumentError("DATASET_KIND", "map: the transform is not a function; give one from item to item");
    }
    this.dataset = dataset;
    this.transform = transform;
  }

  get length(): number {
    return this.dataset.length;
  }

  /** Item `index`, transformed. @throws IndexError `DATASET_INDEX` */
  get(index: number): T {
    checkIndex("map", index, this.length);
    return this.transform(this.dataset.get(index), index);
  }
}

/**
 * The items of `dataset` at `indices`, in that order; an index may come twice.
 *
 * @throws IndexError `DATASET_INDEX`; ArgumentError `DATASET_KIND`
 *
 * @example
 * ```ts
 * import { ArrayDataset, subset } from "@adjoint/data";
 * const some = subset(new ArrayDataset(["a", "b", "c"]), [2, 0]);
 * console.log(some.get(0), some.get(1)); // → c a
 * ```
 */
export function subset<T>(dataset: Dataset<T>, indices: ArrayLike<number>): Subset<T> {
  return new Subset(dataset, indices);
}

/**
 * `dataset` with `transform` applied to each item each time it is read.
 *
 * @throws ArgumentError `DATASET_KIND` if `dataset` is none or `transform` is not a function
 *
 * @example
 * ```ts
 * import { ArrayDataset, map } from "@adjoint/data";
 * const squares = map(new ArrayDataset([1, 2, 3]), (x) => x * x);
 * console.log(squares.get(2)); // → 9
 * ```
 */
export function map<S, T>(dataset: Dataset<S>, transform: (item: S, index: number) => T): MapDataset<S, T> {
  return new MapDataset(dataset, transform);
}

/**
 * Splits a dataset at random into parts without common items.
 *
 * @param lengths - the number of items of each part, adding up to all; or fractions adding up to 1,
 * which are rounded down, with what is left over going to the first parts, one item each
 * @throws ArgumentError `SPLIT_LENGTHS`, `DATASET_KIND`, `RANDOM_OPTIONS`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { randomSplit, TensorDataset } from "@adjoint/data";
 * import { tensor } from "@adjoint/core";
 * const data = new TensorDataset(tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
 * const [train, test] = randomSplit(data, [0.8, 0.2], { seed: 1 });
 * console.log(train.length, test.length); // → 8 2
 * ```
 */
export function randomSplit<T>(
  dataset: Dataset<T>,
  lengths: readonly number[],
  options: SeedOptions = {},
): Subset<T>[] {
  checkOptions("randomSplit", options, "{ seed: 1 }", SEED_OPTIONS);
  checkDataset("randomSplit", dataset);
  if (!Array.isArray(lengths)) {
    throw new ArgumentError(
      "SPLIT_LENGTHS",
      "randomSplit: the lengths are no array; give one for each part: [0.8, 0.2]",
    );
  }
  const counts = splitCounts(dataset.length, lengths);
  const order = generatorFrom("randomSplit", options).permutation(dataset.length);
  let start = 0;
  return counts.map((count) => {
    start += count;
    return new Subset(dataset, order.subarray(start - count, start));
  });
}

function splitCounts(total: number, lengths: readonly number[]): number[] {
  const sum = lengths.reduce((all, length) => all + length, 0);
  if (lengths.every((length) => Number.isInteger(length) && length >= 0) && sum === total) return [...lengths];
  if (!lengths.every((length) => length >= 0 && length <= 1) || Math.abs(sum - 1) > 1e-9) {
    throw new ArgumentError(
      "SPLIT_LENGTHS",
      `randomSplit: [${lengths.join(", ")}] add up to ${sum}; give counts adding up to ${total} or fractions adding up to 1`,
    );
  }
  // 0.29 of 100 is 28.999999999999996: such a product means 29.
  const counts = lengths.map((fraction) => Math.floor(fraction * total + 1e-9 * total));
  let left = total - counts.reduce((all, count) => all + count, 0);
  for (let i = 0; left > 0; i = (i + 1) % counts.length, left--) counts[i]++;
  return counts;
}

function checkDataset(caller: string, dataset: unknown): void {
  const isObject = typeof dataset === "object" && dataset !== null;
  if (isObject && "get" in dataset && typeof dataset.get === "function" && "length" in dataset) return;
  const cure = Array.isArray(dataset) ? "wrap the array: new ArrayDataset(array)" : "give one with get(i) and length";
  throw new ArgumentError("DATASET_KIND", `${caller}: the first argument is no dataset; ${cure}`);
}

function checkColumns(tensors: readonly unknown[]): void {
  const columns = tensors.filter((column) => column instanceof Tensor);
  if (columns.length === 0 || columns.length < tensors.length) {
    throw new ArgumentError("DATASET_KIND", "TensorDataset: give one or more tensors, and nothing else");
  }
  const sizes = columns.map(({ shape }) => shape[0]);
  if (sizes.some((size) => size === undefined || size !== sizes[0])) {
    const shapes = columns.map(({ shape }) => `[${shape.join(", ")}]`).join(", ");
    throw new ShapeError(
      "DATASET_SIZES",
      `TensorDataset: the first sizes of ${shapes} differ; give as many rows in each`,
    );
  }
  if (sizes[0] === 0) throw empty("TensorDataset");
}

function empty(caller: string): ArgumentError {
  return new ArgumentError("DATASET_EMPTY", `${caller}: there are no items; give at least one`);
}

function checkIndex(caller: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new IndexError(
    "DATASET_INDEX",
    `${caller}: item ${String(index)} of ${length}; give an integer from 0 to ${length - 1}`,
  );
}
