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
  /** The same elsewhere, printed at the end of the line. */
  readonly beside?: string;
}

/**
 * Times the cases in turn, three rounds of them, and prints for each the median and the best of all samples: on a shared
 * machine the mean tells more of the neighbours than of the program.
 */
export function measure(title: string, cases: readonly Case[]): void {
  console.log(
    `${title} (Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${today()})`,
  );
  const samples = cases.map((): number[] => []);
  for (let round = 0; round < 3; round++) {
    cases.forEach(({ run }, i) => {
      const benchmark = new Benchmark(run, { maxTime: 1, minSamples: 10, minTime: 0.005 });
      benchmark.run();
      samples[i].push(...benchmark.stats.sample);
    });
  }
  cases.forEach(({ name, work, show, beside = "" }, i) => {
    const seconds = samples[i].sort((a, b) => a - b);
    const median = show(work / seconds[Math.floor(seconds.length / 2)]);
    const line = `  ${name.padEnd(42)} median ${median.padStart(26)}   best ${show(work / seconds[0]).padEnd(12)} ${beside}`;
    console.log(line.trimEnd());
  });
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

export const millions = (unit: string) => (perSecond: number) => `${(perSecond / 1e6).toFixed(2)} million ${unit}/s`;
export const thousands = (unit: string) => (perSecond: number) => `${(perSecond / 1e3).toFixed(0)} thousand ${unit}/s`;
export const gigaflops = (perSecond: number): string => `${(perSecond / 1e9).toFixed(1)} GFLOP/s`;
export const milliseconds = (perSecond: number): string => `${(1000 / perSecond).toFixed(3)} ms`;
