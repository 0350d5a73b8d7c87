/** Scalar graphs: Values built and walked back per second, in the shape of a small network of neurons. */
import { type Value, value } from "adjoint";
import { measure, millions } from "./measure.js";

const WIDTH = 16;
const LAYERS = 4;

const weights = Array.from({ length: WIDTH }, (_, i) =>
  Array.from({ length: WIDTH }, (_, j) => value(Math.sin(i * WIDTH + j) / 2)),
);

/** Builds a network of tanh neurons over new inputs, walks it back, and gives the number of Values it made. */
function network(): number {
  let x = Array.from({ length: WIDTH }, (_, i) => value(i / WIDTH));
  let made = WIDTH;
  for (let layer = 0; layer < LAYERS; layer++) {
    x = weights.map((row): Value => {
      let sum = x[0].mul(row[0]);
      for (let j = 1; j < WIDTH; j++) sum = sum.add(x[j].mul(row[j]));
      made += 2 * WIDTH;
      return sum.tanh();
    });
  }
  const total = x.reduce((sum, y) => sum.add(y));
  total.backward();
  return made + WIDTH - 1;
}

/** One long chain, whose graph does not fit the processor's caches. */
function chain(length: number): void {
  let x = value(1);
  for (let i = 0; i < length; i++) x = x.add(1);
  x.backward();
}

measure("Values, built and walked back", [
  { name: "network of 16 x 4 neurons", work: network(), run: network, show: millions("Values") },
  { name: "chain of 10,000 additions", work: 20_001, run: () => chain(10_000), show: millions("Values") },
]);
