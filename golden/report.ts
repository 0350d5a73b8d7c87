import type { Case, Named } from "./cases.js";
import { type Difference, differences } from "./differences.js";
import { checkGradgrad } from "./gradgrad.js";
import { checkModule } from "./modules.js";
import { checkLoss, checkOp } from "./ops.js";
import { checkOptimizer } from "./optimizers.js";
import { checkScheduler } from "./schedulers.js";
import { checkSeed } from "./seeds.js";
import { checkTrain } from "./train.js";

/** The kinds that are covered, each with its check: what differs, a line each. */
export const covered: Named<(each: Case) => string[]> = {
  op: checkOp,
  module: checkModule,
  loss: checkLoss,
  optimizer: checkOptimizer,
  scheduler: checkScheduler,
  gradgrad: checkGradgrad,
  train: checkTrain,
  seed: checkSeed,
};

/** The faults of a case of a covered kind, an error among them; none where it agrees. */
export function check(each: Case, allowed: readonly Difference[] = differences): string[] {
  const faults = faultsOrError(each);
  if (!allowed.some((difference) => difference.case === each.name)) return faults;
  return faults.length > 0 ? [] : ["agrees, and must leave the table of differences"];
}

function faultsOrError(each: Case): string[] {
  if (!Object.hasOwn(covered, each.kind)) return [`no check for the kind ${each.kind}`];
  try {
    return covered[each.kind](each);
  } catch (error) {
    return [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
  }
}

interface Count {
  passed: number;
  failed: number;
}

/** A report on cases: `lines` to print, and how many passed and failed. */
export interface Report extends Readonly<Count> {
  readonly lines: readonly string[];
}

/** Checks all cases: a line for each that fails, then totals by kind and function. */
export function report(cases: readonly Case[], allowed: readonly Difference[] = differences): Report {
  const lines: string[] = [];
  const counts = new Map<string, Map<string, Count>>();
  for (const each of cases) {
    const faults = check(each, allowed);
    if (faults.length > 0) lines.push(`FAIL ${each.kind} ${each.name}: ${shortened(faults)}`);
    const ofKind = counts.get(each.kind) ?? new Map<string, Count>();
    const count = ofKind.get(each.op) ?? { passed: 0, failed: 0 };
    count[faults.length === 0 ? "passed" : "failed"]++;
    counts.set(each.kind, ofKind.set(each.op, count));
  }
  for (const [kind, ofKind] of counts) {
    const list = [...ofKind].map(([op, { passed, failed }]) => `${op} ${passed}/${failed}`);
    lines.push(`${kind}: ${totals(total(ofKind.values()))}; passed/failed of each:`, ...wrapped(list));
  }
  const all = total([...counts.values()].flatMap((ofKind) => [...ofKind.values()]));
  lines.push(`golden: ${totals(all)}`);
  return { lines, ...all };
}

const totals = ({ passed, failed }: Count): string => `${passed} passed, ${failed} failed`;

function total(counts: Iterable<Count>): Count {
  const sum = { passed: 0, failed: 0 };
  for (const { passed, failed } of counts) {
    sum.passed += passed;
    sum.failed += failed;
  }
  return sum;
}

/** The first three faults in one line. */
function shortened(faults: readonly string[]): string {
  const others = faults.length > 3 ? `; and ${faults.length - 3} more` : "";
  return faults.slice(0, 3).join("; ").replaceAll("\n", " ") + others;
}

/** Words in lines of at most 100 characters. */
function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 2 <= 100) lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines;
}
