import { ArgumentError, fromTypedArray, ShapeError, Tensor, type TypedArray } from "@adjoint/core";
import { emptyLike } from "./rows.js";

/** What {@link collate} makes of items of type `T`: the same structure, with a batch at each leaf. */
export type Collated<T> = unknown extends T
  ? unknown
  : T extends Tensor | TypedArray | number | boolean
    ? Tensor
    : T extends string
      ? string[]
      : T extends readonly unknown[]
        ? { -readonly [K in keyof T]: Collated<T[K]> }
        : T extends object
          ? { [K in keyof T]: Collated<T[K]> }
          : never;

/**
 * Puts items of the same structure together into one batch, as the first axis.
 *
 * Tensors `[...shape]` stack to `[items, ...shape]`, and so do typed arrays; numbers give
 * `[items]` float32 and booleans `[items]` bool; strings stay an array of strings; arrays and plain objects
 * are gone into, so that `[x, label]` items give an `[xs, labels]` batch.
 *
 * Whole numbers are float32 too: JavaScript does not tell 1 from 1.0, and a batch whose features happen to be whole
 * must not have another dtype than the next one. Class numbers, which `crossEntropy` takes as integers, are given
 * as `tensor(label, { dtype: "int32" })`, or all at once in a `TensorDataset`.
 *
 * @throws ShapeError `COLLATE_SHAPE`; ArgumentError `COLLATE_KIND`, `COLLATE_EMPTY`
 *
 * @example
 * ```ts
 * import { collate } from "@adjoint/data";
 * import { tensor } from "@adjoint/core";
 * const batch = collate([
 *   { x: tensor([1, 2]), weight: 0.5, label: tensor(0, { dtype: "int32" }) },
 *   { x: tensor([3, 4]), weight: 1, label: tensor(1, { dtype: "int32" }) },
 * ]);
 * console.log(batch.x.shape.join(" x ")); // → 2 x 2
 * console.log(batch.weight.dtype, [...batch.weight.data].join(" ")); // → float32 0.5 1
 * console.log(batch.label.dtype, [...batch.label.data].join(" ")); // → int32 0 1
 * ```
 */
export function collate<T>(items: readonly T[]): Collated<T> {
  if (!Array.isArray(items)) {
    throw new ArgumentError("COLLATE_KIND", "collate: the items are no array; give an array of them");
  }
  if (items.length === 0) {
    throw new ArgumentError("COLLATE_EMPTY", "collate: there are no items; give at least one");
  }
  return collateAt("item", items) as Collated<T>;
}

/** `path` is how the place within an item is called in messages. */
function collateAt(path: string, items: readonly unknown[]): unknown {
  if (items.every((item) => item instanceof Tensor)) return stack(path, items);
  if (items.every((item) => typeof item === "number")) return fromTypedArray(Float32Array.from(items));
  if (items.every((item) => typeof item === "boolean")) {
    return fromTypedArray(Uint8Array.from(items, Number), [items.length], "bool");
  }
  if (items.every((item) => typeof item === "string")) return [...items];
  if (items.every(isTypedArray)) {
    return stack(
      path,
      items.map((item) => fromTypedArray(item)),
    );
  }
  if (items.every((item) => Array.isArray(item))) return collateArrays(path, items);
  if (items.every(isPlainObject)) return collateObjects(path, items);
  throw new ArgumentError(
    "COLLATE_KIND",
    `collate: ${path} is ${[...new Set(items.map(kindOf))].join(" and ")}; give tensors, numbers, booleans, strings, ` +
      "or arrays and plain objects of them, of one kind, or a collate function of your own",
  );
}

function stack(path: string, items: readonly Tensor[]): Tensor {
  const [first] = items;
  const out = emptyLike(first.data, items.length * first.size);
  items.forEach((item, i) => {
    if (item.dtype !== first.dtype || item.shape.join() !== first.shape.join()) {
      throw new ShapeError(
        "COLLATE_SHAPE",
        `collate: ${path} is ${describe(first)} in the first item and ${describe(item)} in item ${i}; make them the same`,
      );
    }
    out.set(item.data, i * first.size);
  });
  return fromTypedArray(out, [items.length, ...first.shape], first.dtype);
}

function collateArrays(path: string, items: readonly (readonly unknown[])[]): unknown[] {
  const { length } = items[0];
  const other = items.findIndex((item) => item.length !== length);
  if (other >= 0) {
    throw new ShapeError(
      "COLLATE_SHAPE",
      `collate: ${path} has ${length} entries in the first item and ${items[other].length} in item ${other}`,
    );
  }
  return Array.from({ length }, (_, k) =>
    collateAt(
      `${path}[${k}]`,
      items.map((item) => item[k]),
    ),
  );
}

function collateObjects(path: string, items: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const keys = Object.keys(items[0]);
  const names = [...keys].sort().join(", ");
  items.forEach((item, i) => {
    const found = Object.keys(item).sort().join(", ");
    if (found !== names) {
      throw new ShapeError(
        "COLLATE_SHAPE",
        `collate: ${path} has the keys ${names} in the first item and ${found} in item ${i}`,
      );
    }
  });
  return Object.fromEntries(
    keys.map((key) => [
      key,
      collateAt(
        `${path}.${key}`,
        items.map((item) => item[key]),
      ),
    ]),
  );
}

function isTypedArray(item: unknown): item is TypedArray {
  return (
    item instanceof Float32Array ||
    item instanceof Float64Array ||
    item instanceof Int32Array ||
    item instanceof Uint8Array
  );
}

function isPlainObject(item: unknown): item is Readonly<Record<string, unknown>> {
  if (typeof item !== "object" || item === null) return false;
  const prototype: unknown = Object.getPrototypeOf(item);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(item: unknown): string {
  if (item === null || item === undefined) return String(item);
  return typeof item === "object" ? (item.constructor?.name ?? "object") : typeof item;
}

function describe(item: Tensor): string {
  return `${item.dtype} [${item.shape.join(", ")}]`;
}
