import { GradientError } from "../errors.js";
import type { Comparison } from "./gradcheck.js";

/** What one check of `conform` has done. */
export interface CheckReport extends Comparison {
  /** The name of the check. */
  readonly check: string;
}

/** What `conform` has found out about an op. */
export interface ConformReport {
  readonly name: string; // of the op
  readonly kind: "elementwise" | "structural" | "composed"; // defined by `elementwise`, `defineOp` or `compose`
  /** The operands (or tensor inputs) with respect to which the op has a derivative. */
  readonly differentiable: readonly number[];
  /** The checks in their order, each with the numbers it compared and those it left out at kinks. */
  readonly checks: readonly CheckReport[];
}

/** Collects what the checks of one op have compared, and names op, check and sample when one fails. */
export class Recorder {
  readonly name: string;
  private readonly counts = new Map<string, { compared: number; skipped: number }>();

  constructor(name: string) {
    this.name = name;
  }

  /**
   * Runs one check at one place and counts what it compared.
   *
   * @throws GradientError `CONFORM_FAILED`
   */
  check(check: string, where: string, run: () => Comparison): void {
    let found: Comparison;
    try {
      found = run();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw this.failed(check, where, message, error);
    }
    const total = this.counts.get(check) ?? { compared: 0, skipped: 0 };
    total.compared += found.compared;
    total.skipped += found.skipped;
    this.counts.set(check, total);
  }

  /** The counts; a check that left out more than half of its points has not checked the op. */
  finish(): CheckReport[] {
    return [...this.counts].map(([check, { compared, skipped }]) => {
      if (skipped > compared) {
        throw this.failed(
          check,
          "all samples",
          `${skipped} of ${compared + skipped} points are at kinks; give better samples or a domain`,
        );
      }
      return { check, compared, skipped };
    });
  }

  private failed(check: string, where: string, message: string, cause?: unknown): GradientError {
    return new GradientError("CONFORM_FAILED", `conform: ${this.name}: ${check} (${where}): ${message}`, { cause });
  }
}

/** Whether two numbers agree to `tolerance · (1 + |want|)`; NaN agrees with NaN, an infinity with itself. */
export function close(got: number, want: number, tolerance: number): boolean {
  if (Object.is(got, want) || got === want) return true;
  return Math.abs(got - want) <= tolerance * (1 + Math.abs(want));
}

/** Compares elements, and throws naming the first that differs. */
export function expectClose(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
  describe: (index: number) => string = (i) => `element ${i}`,
): Comparison {
  if (got.length !== want.length)
    throw new GradientError("CONFORM_FAILED", `got ${got.length} elements, want ${want.length}`);
  for (let i = 0; i < got.length; i++) {
    if (!close(got[i], want[i], tolerance)) {
      throw new GradientError("CONFORM_FAILED", `${describe(i)}: got ${got[i]}, want ${want[i]}`);
    }
  }
  return { compared: got.length, skipped: 0 };
}
