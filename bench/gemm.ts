/**
 * Matrix products through the public `gemm`, copies into and out of WebAssembly's memory included.
 *
 * Run: `npx tsc -b bench && node bench/dist/gemm.js`. For each shape it prints the mean and the best of the samples in
 * GFLOP/s (`2·m·n·k` operations a product).
 */
import { gemm, setThreads, tier } from "@adjoint/kernels";
import Benchmark from "benchmark";

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

const square = (size: number): Shape => ({ m: size, n: size, k: size });
const squares = [64, 128, 256, 512, 1024].map(square);

/** A batch of 100 images of 784 pixels through 50 hidden units: forward, and the gradients of weight and input. */
const layer: readonly Shape[] = [
  { m: 100, n: 50, k: 784, transposeB: true },
  { m: 50, n: 784, k: 100, transposeA: true },
  { m: 100, n: 784, k: 50 },
];

function noise<T extends Float32Array | Float64Array>(array: T): T {
  for (let i = 0; i < array.length; i++) array[i] = Math.sin(i * 12.9898) % 1;
  return array;
}

/** One line: the shape, and the speed as the mean and as the best of the samples. */
function measure(shape: Shape, TypedArray: Float32ArrayConstructor | Float64ArrayConstructor): string {
  const { m, n, k, transposeA = false, transposeB = false } = shape;
  const a = noise(new TypedArray(m * k));
  const b = noise(new TypedArray(k * n));
  const out = new TypedArray(m * n);
  const benchmark = new Benchmark(() => gemm({ ...shape, a, b, out }), { maxTime: 0.5, minSamples: 20 }).run();
  const speed = (seconds: number): string => ((2e-9 * m * n * k) / seconds).toFixed(1).padStart(6);
  const { mean, sample } = benchmark.stats;
  const layout = `${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`;
  const type = TypedArray === Float32Array ? "float32" : "float64";
  return `${type} ${`${m}x${k}x${n} ${layout}`.padEnd(18)} ${speed(mean)} mean ${speed(Math.min(...sample))} best`;
}

/** Workers join when they are up: a few large products and a pause make sure that they are. */
async function useThreads(count: number): Promise<void> {
  setThreads(count);
  for (let i = 0; i < 5; i++) {
    measureOnce();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function measureOnce(): void {
  const size = 256;
  const a = noise(new Float32Array(size * size));
  gemm({ m: size, n: size, k: size, a, b: a, out: new Float32Array(size * size) });
}

console.log(`Node ${process.version}, tier ${tier()}, GFLOP/s`);
for (const count of [1, 2]) {
  await useThreads(count);
  console.log(`${count} thread${count > 1 ? "s" : ""}`);
  for (const shape of [...squares, ...layer]) console.log(`  ${measure(shape, Float32Array)}`);
  console.log(`  ${measure(square(512), Float64Array)}`);
}
