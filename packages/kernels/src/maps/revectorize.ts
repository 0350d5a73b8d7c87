import { canCompile } from "../engine.js";
import { tier } from "../tier.js";
import type { InputLayout } from "./loop.js";

let possible: boolean | null = null;

/** Whether V8 is asked to pair the vectors of a map into 256-bit ones: where the matrix products gain by it too. */
export function usesRevec(): boolean {
  possible ??= canCompile("revec");
  return possible && tier() === "revec";
}

/** Where a map reads and writes. */
interface Slots {
  readonly memory: WebAssembly.Memory;
  readonly layouts: readonly InputLayout[];
  readonly addresses: readonly number[];
}

const COUNT = 64;
/** Magnitudes at which functions change their ways, and the special values. */
const SAMPLES = [
  0.3,
  -1.7,
  0,
  -0,
  12.5,
  -30.25,
  88.2,
  -103.5,
  1e-40,
  -2e-3,
  3e38,
  1,
  NaN,
  Infinity,
  -Infinity,
  0.9,
  1e9,
];

/**
 * Whether a float32 kernel gives the same numbers in its two loops. V8's revectorizer is experimental; it can pair the
 * adjacent vectors of the main loop only, so that short rows, which never enter it, show what the numbers should be.
 */
export function loopsAgree(slots: Slots, kernel: (rows: number, inner: number) => void): boolean {
  const view = new Float32Array(slots.memory.buffer);
  const { layouts, addresses } = slots;
  // Rows of four and one long row see the same elements when a row array repeats every four and scalars are equal.
  const period = { dense: COUNT, row: 4, scalar: 1 };
  layouts.forEach((layout, input) => {
    for (let i = 0; i < COUNT; i++) {
      view[addresses[input] / 4 + i] = SAMPLES[(3 * (i % period[layout]) + 5 * input) % SAMPLES.length];
    }
  });
  const outputs = (): Float32Array[] =>
    addresses.slice(layouts.length).map((address) => view.slice(address / 4, address / 4 + COUNT));
  kernel(COUNT / 4, 4);
  const want = outputs();
  kernel(1, COUNT);
  const got = outputs();
  return want.every((values, output) => values.every((value, i) => Object.is(value, got[output][i])));
}
