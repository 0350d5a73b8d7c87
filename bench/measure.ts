import Benchmark from "benchmark";
import { cpus } from "node:os";

/** One thing to time: what it is called, the work of one call, and how to tell the result. */
export interface Case {
  readonly name: string;
  /** Units of work in one call: operations, nodes, multiply-adds. */
  readonly work: number;
  readonly run: () => void;
  /** From units per second to a line for people. */
  readonly show: (perSecond: number) => string;
}

/** Times the cases one after the other, twice round, and prints the better of the two: the machine may be busy in one. */
export function measure(title: string, cases: readonly Case[]): void {
  console.log(
    `${title} (Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${today()})`,
  );
  const best = cases.map(() => 0);
  for (let round = 0; round < 2; round++) {
    cases.forEach(({ run, work }, i) => {
      const benchmark = new Benchmark(run, { maxTime: 2, minSamples: 10 });
      benchmark.run();
      best[i] = Math.max(best[i], work * benchmark.hz);
    });
  }
  cases.forEach(({ name, show }, i) => console.log(`  ${name.padEnd(46)} ${show(best[i])}`));
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

export const millions = (unit: string) => (perSecond: number) => `${(perSecond / 1e6).toFixed(2)} million ${unit}/s`;
export const thousands = (unit: string) => (perSecond: number) => `${(perSecond / 1e3).toFixed(0)} thousand ${unit}/s`;
export const gigaflops = (perSecond: number): string => `${(perSecond / 1e9).toFixed(1)} GFLOP/s`;
export const milliseconds = (perSecond: number): string => `${(1000 / perSecond).toFixed(3)} ms`;
