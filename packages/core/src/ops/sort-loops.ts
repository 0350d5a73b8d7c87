import type { TypedArray } from "../dtype.js";

/** Lines up to this length are sorted by insertion: counting digits would take longer. */
const SHORT = 64;
/** Lines from this length on are sorted by digits of 11 bits, in three passes, shorter ones by digits of 8 bits. */
const LONG = 2048;
/** One in so many elements, or fewer, are found with a heap, without sorting the others. */
const FEW = 8;

/** The places of elements in their order so far, with the keys to order them by, and as much room beside them. */
interface Ordering {
  places: Int32Array;
  spare: Int32Array;
  keys: Uint32Array;
  spareKeys: Uint32Array;
}

/**
 * The order of each line of `length` elements: the places of the `count` smallest, from the smallest up, or of the largest,
 * from the largest down. Equal elements stay in their order; NaN counts as the largest of all.
 */
export function orderLines(x: TypedArray, length: number, count: number, descending: boolean): Int32Array {
  const lines = count === 0 ? 0 : x.length / length;
  const out = new Int32Array(lines * count);
  const values = rising(x, descending);
  const room = length > SHORT ? length : 0;
  const ordering: Ordering = {
    places: new Int32Array(length),
    spare: new Int32Array(room),
    keys: new Uint32Array(room),
    spareKeys: new Uint32Array(room),
  };
  const nans: number[] = [];
  for (let line = 0; line < lines; line++) {
    const part = lines === 1 ? values : values.subarray(line * length, (line + 1) * length);
    const numbers = separate(part, ordering.places, nans);
    let to = line * count;
    if (descending) for (let i = 0; i < nans.length && i < count; i++) out[to++] = nans[i];
    const wanted = Math.min(numbers, (line + 1) * count - to);
    if (wanted > 0) arrange(part, ordering, numbers, wanted);
    for (let i = 0; i < wanted; i++) out[to++] = ordering.places[i];
    for (let i = 0; to < (line + 1) * count; i++) out[to++] = nans[i];
  }
  return out;
}

/** Elements that rise where those of `x` do, or fall, without -0: it equals 0, but its bits do not. */
function rising(x: TypedArray, descending: boolean): Float32Array | Float64Array | Int32Array {
  if (x instanceof Float32Array || x instanceof Float64Array) {
    const values = x.slice();
    // The sum with 0 makes 0 of -0.
    if (descending) for (let i = 0; i < values.length; i++) values[i] = -values[i] + 0;
    else for (let i = 0; i < values.length; i++) values[i] += 0;
    return values;
  }
  const values = new Int32Array(x);
  if (descending) for (let i = 0; i < values.length; i++) values[i] = ~values[i];
  return values;
}

/** Lists the places of the numbers, whose count it gives, and those of the NaNs. */
function separate(values: TypedArray, places: Int32Array, nans: number[]): number {
  let numbers = 0;
  nans.length = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === values[i]) places[numbers++] = i;
    else nans.push(i);
  }
  return numbers;
}

/** Brings the first `wanted` of `count` places into the order of their values. */
function arrange(values: TypedArray, ordering: Ordering, count: number, wanted: number): void {
  if (count <= SHORT) insert(values, ordering.places, count);
  else if (wanted * FEW <= count) select(values, ordering.places, count, wanted);
  else if (values instanceof Float64Array) {
    const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    sortByHalf(halves, 0, ordering, count);
    sortByHalf(halves, 1, ordering, count);
  } else {
    const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
    const { places, keys } = ordering;
    const mixed = values instanceof Float32Array;
    for (let i = 0; i < count; i++) {
      const word = bits[places[i]];
      keys[i] = mixed && word < 0 ? ~word : word ^ 0x80000000;
    }
    sortByKeys(ordering, count);
  }
}

/**
 * One pass over float64 numbers, by their lower or upper 32 bits (machines that run JavaScript store the lower first). The
 * bits of a negative number fall as it rises, so they are turned round.
 */
function sortByHalf(halves: Int32Array, half: 0 | 1, ordering: Ordering, count: number): void {
  const { places, keys } = ordering;
  const flip = half === 1 ? 0x80000000 : 0;
  for (let i = 0; i < count; i++) {
    const at = 2 * places[i];
    keys[i] = halves[at + 1] < 0 ? ~halves[at + half] : halves[at + half] ^ flip;
  }
  sortByKeys(ordering, count);
}

const counts = new Int32Array(3 * 2048);

/** Sorts by unsigned keys, digit by digit from the lowest, each pass keeping the order of the one before (radix sort). */
function sortByKeys(ordering: Ordering, count: number): void {
  const bits = count < LONG ? 8 : 11;
  const digits = 1 << bits;
  countDigits(ordering.keys, count, bits);
  for (let shift = 0, first = 0; shift < 32; shift += bits, first += digits) {
    const { places, spare, keys, spareKeys } = ordering;
    const digit = (keys[0] >>> shift) & (digits - 1);
    // All have the same digit here, as small integers do: the pass would change nothing.
    if (counts[first + digit] === count) continue;
    for (let d = first, sum = 0; d < first + digits; d++) {
      const found = counts[d];
      counts[d] = sum;
      sum += found;
    }
    for (let i = 0; i < count; i++) {
      const key = keys[i];
      const to = counts[first + ((key >>> shift) & (digits - 1))]++;
      spareKeys[to] = key;
      spare[to] = places[i];
    }
    ordering.places = spare;
    ordering.spare = places;
    ordering.keys = spareKeys;
    ordering.spareKeys = keys;
  }
}

/** How often each digit occurs, for all passes at once. */
function countDigits(keys: Uint32Array, count: number, bits: number): void {
  const digits = 1 << bits;
  counts.fill(0, 0, digits * Math.ceil(32 / bits));
  for (let i = 0; i < count; i++) {
    const key = keys[i];
    for (let shift = 0, first = 0; shift < 32; shift += bits, first += digits) {
      counts[first + ((key >>> shift) & (digits - 1))]++;
    }
  }
}

function insert(values: TypedArray, places: Int32Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const place = places[i];
    const value = values[place];
    let j = i - 1;
    for (; j >= 0 && values[places[j]] > value; j--) places[j + 1] = places[j];
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
