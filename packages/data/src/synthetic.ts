import { checkOptions, fromTypedArray, type Generator, type Tensor } from "@adjoint/core";
import { checkAmount, checkCount } from "./checks.js";
import { generatorFrom, SEED_OPTIONS, type SeedOptions } from "./generator.js";

/** Points of the plane and the class of each. */
export interface LabelledPoints {
  /** `[points, 2]` float32. */
  readonly x: Tensor;
  /** `[points]` int32, from 0. */
  readonly y: Tensor;
}

/** What all point sets take. */
export interface PointsOptions extends SeedOptions {
  /** Number of points of each class. Default 100. */
  readonly pointsPerClass?: number;
  /** Standard deviation of the noise; its default and what it is added to differ from set to set. */
  readonly noise?: number;
}

/** Options of {@link spiral}. */
export interface SpiralOptions extends PointsOptions {
  /** Number of arms. Default 3. */
  readonly classes?: number;
}

/** Options of {@link circles}. */
export interface CirclesOptions extends PointsOptions {
  /** Radius of the inner circle, where the outer one has 1. Default 0.5. */
  readonly factor?: number;
}

/** Options of {@link blobs}. */
export interface BlobsOptions extends PointsOptions {
  /** Number of blobs. Default 3. */
  readonly classes?: number;
  /** The centres lie uniformly in `[-spread, spread]²`. Default 10. */
  readonly spread?: number;
}

const POINTS_OPTIONS: readonly string[] = ["pointsPerClass", "noise", ...SEED_OPTIONS];

/**
 * Arms of a spiral around the origin, one a class: no straight line tells them apart.
 * Point i of n lies at radius `r = i/n` and angle `4·class + 4·r + noise`: `(r·sin θ, r·cos θ)`.
 *
 * From the lecture notes of Karpathy's and Li's CS231n, Stanford, 2015.
 *
 * Noise is on the angle, in radians; default 0.2.
 *
 * @throws ArgumentError `POINTS_OPTIONS`, `RANDOM_OPTIONS`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { spiral } from "@adjoint/data";
 * const { x, y } = spiral({ seed: 1 });
 * console.log(x.shape.join(" x "), y.shape.join(" x "), y.dtype); // → 300 x 2 300 int32
 * ```
 */
export function spiral(options: SpiralOptions = {}): LabelledPoints {
  checkOptions("spiral", options, "{ pointsPerClass: 100 }", [...POINTS_OPTIONS, "classes"]);
  const { classes = 3, noise = 0.2 } = options;
  checkCount("POINTS_OPTIONS", "spiral", "classes", classes, 1);
  return points("spiral", classes, { ...options, noise }, (label, i, n, generator) => {
    const r = i / n;
    const angle = 4 * label + 4 * r + noise * generator.gaussian();
    return [r * Math.sin(angle), r * Math.cos(angle)];
  });
}

/**
 * Two half circles that reach into each other: `(cos t, sin t)` and `(1 - cos t, ½ - sin t)`,
 * t from 0 to π. Noise is on both coordinates; default 0.1.
 *
 * @throws ArgumentError `POINTS_OPTIONS`, `RANDOM_OPTIONS`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { moons } from "@adjoint/data";
 * const { x, y } = moons({ pointsPerClass: 2, noise: 0 });
 * console.log([...y.data].join(" ")); // → 0 0 1 1
 * console.log(x.data[0], x.data[2]); // → 1 -1
 * ```
 */
export function moons(options: PointsOptions = {}): LabelledPoints {
  checkOptions("moons", options, "{ pointsPerClass: 100 }", POINTS_OPTIONS);
  const { noise = 0.1 } = options;
  return points("moons", 2, { ...options, noise }, (label, i, n, generator) => {
    const t = (Math.PI * i) / Math.max(1, n - 1);
    const [u, v] = label === 0 ? [Math.cos(t), Math.sin(t)] : [1 - Math.cos(t), 0.5 - Math.sin(t)];
    return [u + noise * generator.gaussian(), v + noise * generator.gaussian()];
  });
}

/**
 * A circle of radius 1, class 0, around one of radius `factor`, class 1.
 * Noise is on both coordinates; default 0.05.
 *
 * @throws ArgumentError `POINTS_OPTIONS`, `RANDOM_OPTIONS`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { circles } from "@adjoint/data";
 * const { x } = circles({ pointsPerClass: 1, factor: 0.25, noise: 0 });
 * console.log([...x.data].join(" ")); // → 1 0 0.25 0
 * ```
 */
export function circles(options: CirclesOptions = {}): LabelledPoints {
  checkOptions("circles", options, "{ pointsPerClass: 100 }", [...POINTS_OPTIONS, "factor"]);
  const { noise = 0.05, factor = 0.5 } = options;
  checkAmount("POINTS_OPTIONS", "circles", "factor", factor);
  return points("circles", 2, { ...options, noise }, (label, i, n, generator) => {
    const t = (2 * Math.PI * i) / n;
    const r = label === 0 ? 1 : factor;
    return [r * Math.cos(t) + noise * generator.gaussian(), r * Math.sin(t) + noise * generator.gaussian()];
  });
}

/**
 * Normal clouds around random centres, one a class. Noise is the standard deviation
 * of a cloud on both coordinates; default 1.
 *
 * @throws ArgumentError `POINTS_OPTIONS`, `RANDOM_OPTIONS`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { blobs } from "@adjoint/data";
 * const { x, y } = blobs({ classes: 4, pointsPerClass: 25, seed: 1 });
 * console.log(x.shape.join(" x "), y.size); // → 100 x 2 100
 * ```
 */
export function blobs(options: BlobsOptions = {}): LabelledPoints {
  checkOptions("blobs", options, "{ pointsPerClass: 100 }", [...POINTS_OPTIONS, "classes", "spread"]);
  const { classes = 3, noise = 1, spread = 10 } = options;
  checkCount("POINTS_OPTIONS", "blobs", "classes", classes, 1);
  checkAmount("POINTS_OPTIONS", "blobs", "spread", spread);
  let centre = [0, 0];
  return points("blobs", classes, { ...options, noise }, (_, i, __, generator) => {
    if (i === 0) centre = [spread * (2 * generator.random() - 1), spread * (2 * generator.random() - 1)];
    return [centre[0] + noise * generator.gaussian(), centre[1] + noise * generator.gaussian()];
  });
}

/** Points class by class, each from its class, its number within it, and how many there are of it. */
function points(
  caller: string,
  classes: number,
  options: PointsOptions & { readonly noise: number },
  point: (label: number, i: number, n: number, generator: Generator) => readonly [number, number],
): LabelledPoints {
  const { pointsPerClass: n = 100, noise } = options;
  checkCount("POINTS_OPTIONS", caller, "pointsPerClass", n, 1);
  checkAmount("POINTS_OPTIONS", caller, "noise", noise);
  const generator = generatorFrom(caller, options);
  const x = new Float32Array(2 * classes * n);
  const y = new Int32Array(classes * n);
  for (let k = 0; k < classes * n; k++) {
    const label = Math.floor(k / n);
    x.set(point(label, k % n, n, generator), 2 * k);
    y[k] = label;
  }
  return { x: fromTypedArray(x, [classes * n, 2]), y: fromTypedArray(y, [classes * n]) };
}
