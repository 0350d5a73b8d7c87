import { runStep } from "./loops.js";

/**
 * {@link runStep} for results that are integers: products and powers wrap round modulo 2^32, also beyond 2^53, where doubles
 * would have lost the low digits that stay.
 */
export const runIntegerStep: typeof runStep = (op, out, count, x, y, z) => {
  runStep(op, out, count, x, y, z);
  if (op !== "mul" && op !== "pow") return;
  const wrapped = op === "mul" ? Math.imul : wrappedPower;
  for (let i = 0; i < count; i++) {
    if (Math.abs(out[i]) > Number.MAX_SAFE_INTEGER) out[i] = wrapped(x[i], y[i]);
  }
};

/** `x^n` modulo 2^32, by squaring. */
function wrappedPower(x: number, n: number): number {
  let power = 1;
  let factor = x;
  for (let rest = n; rest >= 1; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = Math.imul(power, factor);
    factor = Math.imul(factor, factor);
  }
  return power;
}
