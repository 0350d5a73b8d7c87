/**
 * The error function `erf(x) = 2/√π ∫₀ˣ e^(-t²) dt` in float64, to about 1e-16 of its value:
 * its Taylor-like series below 2.5 and the continued fraction of erfc above
 * (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a !== a) return NaN;
  if (a < 2.5) return erfSeries(x);
  return Math.sign(x) * (1 - erfcFraction(a));
}

/** All terms are positive, so nothing cancels: 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)). */
function erfSeries(x: number): number {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
}

/** erfc(x) = e^(-x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))), evaluated from a fixed depth back. */
function erfcFraction(x: number): number {
  if (x > 6) return 0;
  let tail = x;
  for (let k = 60; k > 0; k--) tail = x + k / 2 / tail;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}
