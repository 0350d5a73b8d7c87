/** The error function on vectors of four floats. Fits as in exponential.ts. */
import { powerOfTwo } from "./exponential.js";
import type { FloatLanes } from "./float-lanes.js";
import type { Lane } from "./lanes.js";

/** Below this bound erf is a polynomial, above it `1 - erfc`, where erfc < 0.16 damps the error of its exponential. */
const BOUND = 1;

/** `erf(x)/x - 1` in powers of x² on `[0, 1]`: 2^-29 of erf. */
const SMALL = [0.128379166, -0.37612626, 0.112835787, -0.0268533472, 0.0051871622, -0.00079978531, 7.80690389e-5];

/** `log₂ erfc(x)` on `[1, 4]`: 2^-29 of erf. */
const LOG2_ERFC = [
  -0.000492752995, -1.62604582, -0.920648634, -0.148751438, 0.0315056331, -0.00425258232, 0.00026889224,
];

/** `2^x - 1` on `|x| <= 1/2`, without its constant term: 2^-23 of 2^x. */
const EXP2 = [0.693147004, 0.240222469, 0.055507116, 0.00967129972, 0.00132692605];

/** `2^fraction` for `|fraction| <= 1/2`. */
export function exp2OfFraction(f: FloatLanes, fraction: Lane): Lane {
  return f.add(f.mul(fraction, f.polynomial(fraction, EXP2)), f.constant(1));
}

/** `erf x`, within 1.4 ulp. */
export function erf(f: FloatLanes, input: Lane): Lane {
  const one = f.constant(1);
  const rounder = f.constant(1.5 * 2 ** 23);
  const x = f.atMost(f.abs(input), 4);
  const small = f.add(f.mul(x, f.polynomial(f.mul(x, x), SMALL)), x);
  const exponent = f.polynomial(x, LOG2_ERFC);
  const rounded = f.add(exponent, rounder);
  const fraction = f.sub(exponent, f.sub(rounded, rounder));
  const large = f.sub(one, f.mul(exp2OfFraction(f, fraction), powerOfTwo(f, rounded)));
  return f.withSign(f.graph.select(f.compare("Lt", x, f.constant(BOUND)), small, large), input);
}
