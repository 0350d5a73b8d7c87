import { formatWithOptions } from "node:util";
import type { Block } from "./blocks.js";

const printers = ["log", "info", "debug", "warn", "error"] as const;

/** Runs `work` and gives the lines it printed with `console`, as Node prints them. */
export async function capturedLines(work: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const kept = printers.map((name) => console[name]);
  for (const name of printers) {
    console[name] = (...values: unknown[]) => {
      lines.push(...formatWithOptions({ colors: false }, ...values).split("\n"));
    };
  }
  try {
    await work();
  } finally {
    printers.forEach((name, index) => (console[name] = kept[index]));
  }
  return lines;
}

/** A line that a block says it prints. */
interface Expectation {
  readonly text: string;
  readonly line: number;
}

/** The lines after `// →`, and the comment lines directly below each. */
function expectations(block: Block): Expectation[] {
  const expected: Expectation[] = [];
  let continues = false;
  block.code.split("\n").forEach((code, index) => {
    const first = /\/\/ →(?: (.*))?$/.exec(code);
    const next = continues ? /^\s*\/\/(?: (.*))?$/.exec(code) : null;
    const match = first ?? next;
    continues = match !== null;
    if (match) expected.push({ text: (match[1] ?? "").trimEnd(), line: block.line + index });
  });
  return expected;
}

/** Whether a printed line is the expected one; `…` in the expected line stands for anything. */
function agrees(expected: string, printed: string): boolean {
  const pieces = expected.split("…").map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pieces.join(".*")}$`).test(printed.trimEnd());
}

/**
 * Compares what a block printed with what it says it prints, line by line.
 *
 * A block that says nothing may print anything. Gives one text for each line that differs.
 */
export function differences(block: Block, printed: readonly string[]): string[] {
  const expected = expectations(block);
  if (expected.length === 0) return [];
  const found = expected.flatMap(({ text, line }, index) => {
    if (index >= printed.length) return [`${block.file}:${line}: says "${text}", but printed nothing`];
    return agrees(text, printed[index])
      ? []
      : [`${block.file}:${line}: says "${text}", but printed "${printed[index]}"`];
  });
  const more = printed.slice(expected.length).map((line) => `${block.file}:${block.line}: also printed "${line}"`);
  return [...found, ...more];
}
