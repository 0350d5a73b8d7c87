import type { Generator } from "@adjoint/core";
import type { Glyph, Stroke } from "./glyphs.js";

/** How strongly a hand varies. All are standard deviations unless said otherwise. */
export interface Hand {
  /** Tangent of half the angle of rotation. */
  readonly rotation: number;
  /** Slant: sideways shift over the height. */
  readonly shear: number;
  /** Relative size, each axis on its own. */
  readonly scale: number;
  /** Largest shift of the whole digit, as a fraction of its height; uniform. */
  readonly shift: number;
  /** Bending of the whole figure, as a fraction of its height. */
  readonly bend: number;
  /** Trembling of single control points, as a fraction of the height. */
  readonly wobble: number;
}

/** Number of line segments between two control points of a curve. */
const STEPS = 5;

/**
 * Draws a glyph in a random hand into `image`, `[size, size]`, as brightness from 0 to 1.
 *
 * Each pixel takes `(radius - distance) / softness + ½`, cut to [0, 1], of its centre's distance
 * to the nearest stroke. Only IEEE basic operations and square roots are used (a rotation
 * is made from the tangent of its half angle), so that every JavaScript engine draws the same bits.
 *
 * @param image - overwritten
 */
export function drawGlyph(image: Float64Array, size: number, glyph: Glyph, hand: Hand, generator: Generator): void {
  const place = randomPlacement(hand, generator);
  const radius = size * (0.024 + 0.038 * generator.random());
  const softness = size * (0.03 + 0.03 * generator.random());
  const reach = radius + softness / 2;
  image.fill(reach * reach);
  for (const stroke of glyph) {
    const trembling = stroke.map((x) => x / 100 - 0.5 + hand.wobble * generator.gaussian());
    if (isClosed(stroke)) trembling.splice(-2, 2, trembling[0], trembling[1]);
    const path = smooth(trembling, isClosed(stroke));
    for (let i = 0; i < path.length; i += 2) place(path, i, size);
    for (let i = 0; i + 3 < path.length; i += 2) {
      drawSegment(image, size, path[i], path[i + 1], path[i + 2], path[i + 3], reach);
    }
  }
  for (let i = 0; i < image.length; i++) {
    image[i] = Math.min(1, (reach - Math.sqrt(image[i])) / softness);
  }
}

/** A random map of the glyph's box, [-½, ½]², to pixels: bend, slant, stretch, turn, shift. */
function randomPlacement(hand: Hand, generator: Generator): (path: Float64Array, i: number, size: number) => void {
  const bends = Array.from({ length: 8 }, () => 4 * hand.bend * generator.gaussian());
  const shear = hand.shear * generator.gaussian();
  const scaleX = 1 + hand.scale * generator.gaussian();
  const scaleY = 1 + 0.7 * hand.scale * generator.gaussian();
  const t = hand.rotation * generator.gaussian();
  const cosine = (1 - t * t) / (1 + t * t);
  const sine = (2 * t) / (1 + t * t);
  const shiftX = hand.shift * (2 * generator.random() - 1);
  const shiftY = hand.shift * (2 * generator.random() - 1);
  return (path, i, size) => {
    const x = path[i];
    const y = path[i + 1];
    const bentX = x + bends[0] * x * x + bends[1] * x * y + bends[2] * y * y + 2 * bends[3] * y * y * y;
    const bentY = y + bends[4] * x * x + bends[5] * x * y + bends[6] * y * y + 2 * bends[7] * x * x * x;
    const u = scaleX * (bentX - shear * bentY);
    const v = scaleY * bentY;
    // The digit is 20 of 28 pixels high, as in MNIST.
    const unit = (size * 20) / 28;
    path[i] = size / 2 + unit * (cosine * u - sine * v + shiftX);
    path[i + 1] = size / 2 + unit * (sine * u + cosine * v + shiftY);
  };
}

function isClosed(stroke: Stroke): boolean {
  const n = stroke.length;
  return n > 4 && stroke[0] === stroke[n - 2] && stroke[1] === stroke[n - 1];
}

/** Points along the Catmull-Rom spline through the control points. */
function smooth(stroke: Stroke, closed: boolean): Float64Array {
  const spans = stroke.length / 2 - 1;
  if (spans === 1) return Float64Array.from(stroke);
  const at = (k: number, axis: number): number => {
    const wrapped = closed ? (k + spans) % spans : Math.min(Math.max(k, 0), spans);
    return stroke[2 * wrapped + axis];
  };
  const path = new Float64Array(2 * (spans * STEPS + 1));
  for (let span = 0; span < spans; span++) {
    for (let step = 0; step < STEPS; step++) {
      for (let axis = 0; axis < 2; axis++) {
        const points = [at(span - 1, axis), at(span, axis), at(span + 1, axis), at(span + 2, axis)] as const;
        path[2 * (span * STEPS + step) + axis] = catmullRom(points, step / STEPS);
      }
    }
  }
  path[path.length - 2] = at(spans, 0);
  path[path.length - 1] = at(spans, 1);
  return path;
}

/** The cubic through p₁ and p₂ with slopes (p₂ - p₀)/2 and (p₃ - p₁)/2, at t in [0, 1]. */
function catmullRom([p0, p1, p2, p3]: readonly [number, number, number, number], t: number): number {
  const cubic = 3 * (p1 - p2) + p3 - p0;
  const square = 2 * p0 - 5 * p1 + 4 * p2 - p3;
  return p1 + 0.5 * t * (p2 - p0 + t * (square + t * cubic));
}

/** Lowers the squared distances of the pixels within `reach` of the segment from a to b. */
function drawSegment(
  image: Float64Array,
  size: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  reach: number,
): void {
  const dx = bx - ax;
  const dy = by - ay;
  const length2 = dx * dx + dy * dy;
  const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
  const right = Math.min(size - 1, Math.ceil(Math.max(ax, bx) + reach));
  const top = Math.max(0, Math.floor(Math.min(ay, by) - reach));
  const bottom = Math.min(size - 1, Math.ceil(Math.max(ay, by) + reach));
  for (let row = top; row <= bottom; row++) {
    const py = row + 0.5 - ay;
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - ax;
      const t = length2 > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length2)) : 0;
      const ex = px - t * dx;
      const ey = py - t * dy;
      const distance2 = ex * ex + ey * ey;
      const pixel = row * size + column;
      if (distance2 < image[pixel]) image[pixel] = distance2;
    }
  }
}
