/** Matrix products of float32 and float64 tensors on one thread and on all. */
import { setThreads, threads, tier } from "@adjoint/kernels";
import { Generator, matmul, transpose } from "adjoint";
import { type Case, gigaflops, measure } from "./measure.js";

const generator = new Generator(1);

function square(size: number, dtype: "float32" | "float64"): Case {
  const a = generator.normal([size, size], 0, 1, { dtype });
  const b = generator.normal([size, size], 0, 1, { dtype });
  return { name: `${size} x ${size} ${dtype}`, work: 2 * size ** 3, run: () => void matmul(a, b), show: gigaflops };
}

const x = generator.normal([100, 784]);
const w = generator.normal([50, 784]);
const layer: Case = {
  name: "100 x 784 times the transpose of 50 x 784",
  work: 2 * 100 * 784 * 50,
  run: () => void matmul(x, transpose(w)),
  show: gigaflops,
};
const cases = [...[64, 128, 256, 512, 1024].map((size) => square(size, "float32")), square(512, "float64"), layer];

const all = threads();
setThreads(1);
measure(`Matrix products, tier ${tier()}, 1 thread`, cases);
if (all > 1) {
  setThreads(all);
  // The workers start while the first products run.
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (let i = 0; i < 20; i++) for (const { run } of cases) run();
  await new Promise((resolve) => setTimeout(resolve, 200));
  measure(`Matrix products, tier ${tier()}, ${all} threads`, cases);
}
