/**
 * A pen stroke as control points x₀, y₀, x₁, y₁, ... in a box of 100 by 100, y downwards.
 * The pen follows a smooth curve through them; two points make a straight line, and a
 * stroke that ends where it starts is closed smoothly. A sharp corner is where one stroke
 * ends and the next begins.
 */
export type Stroke = readonly number[];

/** One way of writing a digit. */
export type Glyph = readonly Stroke[];

/** The ways of writing each digit: `glyphs[digit]` holds two or more, all equally likely. */
export const glyphs: readonly (readonly Glyph[])[] = [
  // 0: a closed oval; a slanted one whose ends cross; a narrow one
  [
    [[50, 2, 25, 15, 16, 50, 25, 85, 50, 98, 75, 85, 84, 50, 75, 15, 50, 2]],
    [[60, 3, 32, 16, 20, 54, 34, 92, 60, 92, 80, 60, 76, 22, 58, 5, 42, 12]],
    [[50, 3, 32, 20, 26, 55, 36, 88, 52, 97, 68, 82, 73, 46, 66, 16, 50, 3]],
  ],
  // 1: a bar; with a flag; with flag and foot
  [
    [[50, 2, 50, 98]],
    [
      [34, 24, 52, 3],
      [52, 3, 50, 98],
    ],
    [
      [30, 22, 50, 4],
      [50, 4, 50, 96],
      [28, 97, 74, 97],
    ],
  ],
  // 2: a flat foot; a looped foot; a swan neck
  [
    [
      [20, 27, 34, 6, 60, 4, 76, 24, 62, 54, 20, 95],
      [20, 95, 82, 94],
    ],
    [[20, 24, 44, 4, 72, 18, 66, 48, 38, 82, 19, 92, 18, 76, 38, 76, 58, 92, 84, 92]],
    [
      [26, 20, 48, 5, 70, 18, 64, 46, 24, 94],
      [24, 94, 50, 88, 80, 95],
    ],
  ],
  // 3: two bows meeting in a point; a flat top; one smooth stroke with a small waist loop
  [
    [
      [20, 16, 44, 2, 72, 14, 68, 38, 42, 47],
      [42, 47, 74, 56, 80, 78, 54, 98, 18, 86],
    ],
    [
      [20, 6, 76, 6],
      [76, 6, 46, 42],
      [46, 42, 78, 56, 76, 84, 48, 98, 18, 88],
    ],
    [[22, 12, 50, 3, 72, 18, 62, 40, 44, 48, 40, 44, 52, 46, 74, 62, 70, 88, 44, 97, 20, 88]],
  ],
  // 4: open with straight strokes; open with a round bowl; closed
  [
    [
      [28, 6, 18, 58],
      [18, 58, 84, 56],
      [68, 14, 64, 98],
    ],
    [
      [26, 6, 19, 36, 26, 54, 48, 56, 70, 48],
      [72, 6, 70, 50, 66, 98],
    ],
    [
      [62, 3, 14, 64],
      [14, 64, 88, 63],
      [62, 3, 61, 98],
    ],
  ],
  // 5: three strokes with corners; a smooth body with a detached bar
  [
    [
      [78, 5, 30, 6],
      [30, 6, 25, 44],
      [25, 44, 54, 38, 78, 58, 70, 88, 42, 98, 18, 90],
    ],
    [
      [34, 10, 28, 44, 54, 46, 76, 66, 62, 92, 20, 92],
      [34, 8, 82, 4],
    ],
  ],
  // 6: a round sweep; a straight back with a small bowl
  [
    [[70, 5, 40, 22, 20, 56, 26, 88, 52, 98, 76, 84, 74, 60, 50, 52, 26, 68]],
    [[54, 2, 34, 36, 24, 74, 36, 96, 60, 94, 72, 76, 58, 60, 36, 68, 27, 84]],
  ],
  // 7: plain; with a bar across; with a serif and a bent leg
  [
    [
      [16, 8, 82, 7],
      [82, 7, 42, 98],
    ],
    [
      [18, 8, 82, 8],
      [82, 8, 60, 46, 44, 98],
      [34, 52, 78, 49],
    ],
    [
      [18, 26, 20, 9],
      [20, 9, 80, 8],
      [80, 8, 54, 50, 48, 98],
    ],
  ],
  // 8: one crossing stroke; two loops, one on the other; a crossing stroke left open at the top
  [
    [[72, 20, 50, 2, 27, 18, 38, 42, 66, 60, 74, 82, 50, 98, 25, 82, 35, 60, 64, 40, 72, 20]],
    [
      [50, 2, 29, 14, 31, 36, 50, 47, 69, 36, 71, 14, 50, 2],
      [50, 47, 25, 60, 24, 86, 50, 98, 76, 86, 75, 60, 50, 47],
    ],
    [[74, 14, 46, 4, 28, 20, 42, 42, 66, 62, 68, 88, 46, 98, 28, 84, 40, 58, 62, 36, 76, 8]],
  ],
  // 9: a loop with a straight stem; with a hooked stem; one stroke from the right
  [
    [
      [74, 26, 52, 4, 27, 18, 26, 42, 48, 52, 68, 42, 74, 26],
      [75, 14, 72, 56, 66, 98],
    ],
    [
      [75, 30, 54, 4, 26, 18, 28, 44, 52, 50, 75, 30],
      [75, 30, 76, 66, 60, 94, 26, 92],
    ],
    [[72, 12, 48, 4, 26, 22, 32, 44, 56, 44, 72, 18, 72, 50, 64, 98]],
  ],
];
