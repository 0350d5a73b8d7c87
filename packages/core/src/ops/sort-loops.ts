import type { TypedArray } from "../dtype.js";

/** Lines up to this length are sorted by insertion: counting digits would take longer. */
const SHORT = 64;
/** Lines from this length on are sorted by digits of 11 bits, in three passes, shorter ones by digits of 8 bits. */
const LONG = 2048;
/** One in so many elements, or fewer, are found with a heap, without sorting the others. */
const FEW = 8;

/** The places of elements in their order so far, the keys to order them by, and as much room beside them. */
interface Ordering {
  places: Int32Array;
  spare: Int32Array;
  keys: Uint32Array;
  spareKeys: Uint32Array;
}

/** Elements in the order in which they are wanted, without -0, and the same memory as words of 32 bits. */
interface Values {
  readonly numbers: Float32Array | Float64Array | Int32Array;
  readonly words: Int32Array;
}

/**
 * The order of each line of `length` elements: the places of the `count` smallest, from the smallest up, or of the largest,
 * from the largest down. Equal elements stay in their order; NaN counts as the largest of all.
 */
export function orderLines(x: TypedArray, length: number, count: number, descending: boolean): Int32Array {
  const out = new Int32Array(count === 0 ? 0 : (x.length / length) * count);
  const values = rising(x, descending);
  const { numbers } = values;
  const room = length > SHORT ? length : 0;
  const ordering: Ordering = {
    places: new Int32Array(length),
    spare: new Int32Array(room),
    keys: new Uint32Array(room),
    spareKeys: new Uint32Array(room),
  };
  const nans: number[] = [];
  for (let start = 0, to = 0; to < out.length; start += length) {
    const end = to + count;
    const found = separate(numbers, start, length, ordering.places, nans);
    if (descending) for (let i = 0; i < nans.length && to < end; i++) out[to++] = nans[i] - start;
    const wanted = Math.min(found, end - to);
    if (wanted > 0) arrange(values, ordering, found, wanted);
    const { places } = ordering;
    for (let i = 0; i < wanted; i++) out[to++] = places[i] - start;
    for (let i = 0; to < end; i++) out[to++] = nans[i] - start;
  }
  return out;
}

/** Numbers that rise where those of `x` do, or fall. */
function rising(x: TypedArray, descending: boolean): Values {
  const floating = x instanceof Float32Array || x instanceof Float64Array;
  const numbers = floating ? x.slice() : new Int32Array(x);
  if (!floating) {
    if (descending) for (let i = 0; i < numbers.length; i++) numbers[i] = ~numbers[i];
  } else if (descending) {
    // The sum with 0 makes 0 of -0, which equals it in other bits.
    for (let i = 0; i < numbers.length; i++) numbers[i] = -numbers[i] + 0;
  } else {
    for (let i = 0; i < numbers.length; i++) numbers[i] += 0;
  }
  return { numbers, words: new Int32Array(numbers.buffer) };
}

/** Lists the places of a line's numbers, whose count it gives, and those of its NaNs. */
function separate(values: TypedArray, start: number, length: number, places: Int32Array, nans: number[]): number {
  let found = 0;
  nans.length = 0;
  for (let i = start; i < start + length; i++) {
    if (values[i] === values[i]) places[found++] = i;
    else nans.push(i);
  }
  return found;
}

/** Brings the first `wanted` of `count` places into the order of their values. */
function arrange(values: Values, ordering: Ordering, count: number, wanted: number): void {
  const { numbers } = values;
  if (count <= SHORT) insert(numbers, ordering.places, 0, count);
  else if (wanted * FEW <= count) select(numbers, ordering.places, count, wanted);
  else if (numbers instanceof Float64Array) sortWide(values, ordering, count);
  else {
    const { places, keys } = ordering;
    const turned = numbers instanceof Float32Array;
    for (let i = 0; i < count; i++) {
      const word = values.words[places[i]];
      // The bits of a negative floating number fall as it rises.
      keys[i] = turned && word < 0 ? ~word : word ^ 0x80000000;
    }
    sortByKeys(ordering, count);
  }
}

/**
 * Sorts float64 numbers by their upper 32 bits, and those few that have these in common by the rest. The lower half comes first in
 * memory on all machines that run JavaScript.
 */
function sortWide({ numbers, words }: Values, ordering: Ordering, count: number): void {
  for (let i = 0; i < count; i++) {
    const upper = words[2 * ordering.places[i] + 1];
    ordering.keys[i] = upper < 0 ? ~upper : upper ^ 0x80000000;
  }
  sortByKeys(ordering, count);
  const { places, spare, keys, spareKeys } = ordering;
  for (let first = 0, end = 1; first < count; first = end++) {
    while (end < count && keys[end] === keys[first]) end++;
    if (end - first <= SHORT) {
      insert(numbers, places, first, end);
      continue;
    }
    const [part, key] = [places.subarray(first, end), keys.subarray(first, end)];
    for (let i = 0; i < part.length; i++) {
      const at = 2 * part[i];
      key[i] = words[at + 1] < 0 ? ~words[at] : words[at];
    }
    const run = { places: part, spare: spare.subarray(first), keys: key, spareKeys: spareKeys.subarray(first) };
    sortByKeys(run, part.length);
    if (run.places !== part) part.set(run.places.subarray(0, part.length));
  }
}

const counts = new Int32Array(2 ** 11);

/** Sorts by unsigned keys, digit by digit from the lowest, each pass keeping the order of the one before (radix sort). */
function sortByKeys(ordering: Ordering, count: number): void {
  const bits = count < LONG ? 8 : 11;
  const last = 2 ** bits - 1;
  for (let shift = 0; shift < 32; shift += bits) {
    const { places, spare, keys, spareKeys } = ordering;
    counts.fill(0, 0, last + 1);
    for (let i = 0; i < count; i++) counts[(keys[i] >>> shift) & last]++;
    // All have the same digit here, as small integers do: the pass would change nothing.
    if (counts[(keys[0] >>> shift) & last] === count) continue;
    for (let digit = 0, sum = 0; digit <= last; digit++) {
      const found = counts[digit];
      counts[digit] = sum;
      sum += found;
    }
    for (let i = 0; i < count; i++) {
      const key = keys[i];
      const to = counts[(key >>> shift) & last]++;
      spareKeys[to] = key;
      spare[to] = places[i];
    }
    ordering.places = spare;
    ordering.spare = places;
    ordering.keys = spareKeys;
    ordering.spareKeys = keys;
  }
}

/** Sorts the places from `first` up to `end` by insertion. */
function insert(values: TypedArray, places: Int32Array, first: number, end: number): void {
  for (let i = first + 1; i < end; i++) {
    const place = places[i];
    const value = values[place];
    let j = i - 1;
    for (; j >= first && values[places[j]] > value; j--) places[j + 1] = places[j];
    places[j + 1] = place;
  }
}

/** Brings the `wanted` first to the front, in order, by a heap whose root is the last of those found so far. */
function select(values: TypedArray, places: Int32Array, count: number, wanted: number): void {
  for (let i = (wanted >> 1) - 1; i >= 0; i--) sink(values, places, i, wanted);
  for (let i = wanted; i < count; i++) {
    if (values[places[i]] < values[places[0]]) {
      places[0] = places[i];
      sink(values, places, 0, wanted);
    }
  }
  for (let end = wanted - 1; end > 0; end--) {
    const last = places[0];
    places[0] = places[end];
    places[end] = last;
    sink(values, places, 0, end);
  }
}

/** Moves the root of a heap down until nothing below comes after it: larger elements do, and of equal ones the later. */
function sink(values: TypedArray, places: Int32Array, root: number, count: number): void {
  const place = places[root];
  const value = values[place];
  let at = root;
  for (let child = 2 * at + 1; child < count; child = 2 * at + 1) {
    if (child + 1 < count && comesAfter(values, places[child + 1], places[child])) child++;
    const below = places[child];
    if (values[below] < value || (values[below] === value && below < place)) break;
    places[at] = below;
    at = child;
  }
  places[at] = place;
}

function comesAfter(values: TypedArray, a: number, b: number): boolean {
  return values[a] > values[b] || (values[a] === values[b] && a > b);
}
