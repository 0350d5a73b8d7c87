import { Generator } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { blobs, circles, moons, spiral } from "./synthetic.js";

const sets = { spiral, moons, circles, blobs };

describe.each(Object.entries(sets))("%s", (_, make) => {
  test("gives [points, 2] float32 and [points] int32, class by class, from the seed", () => {
    const { x, y } = make({ pointsPerClass: 50, seed: 1 });
    const classes = y.size / 50;
    expect(x.shape).toEqual([50 * classes, 2]);
    expect(x.dtype).toBe("float32");
    expect(y.dtype).toBe("int32");
    expect([...y.data]).toEqual(Array.from({ length: y.size }, (__, k) => Math.floor(k / 50)));
    expect(x.data).toEqual(make({ pointsPerClass: 50, generator: new Generator(1) }).x.data);
    expect(x.data).not.toEqual(make({ pointsPerClass: 50, seed: 2 }).x.data);
  });

  test("options out of their range are ArgumentErrors", () => {
    for (const options of [{ pointsPerClass: 0 }, { pointsPerClass: 2.5 }, { noise: -1 }, { noise: Number.NaN }]) {
      expect(() => make(options)).toThrow(expect.objectContaining({ name: "ArgumentError", code: "POINTS_OPTIONS" }));
    }
  });
});

describe("shapes", () => {
  test("spiral arms have radius i/n and, without noise, the angle 4c + 4r", () => {
    const { x, y } = spiral({ pointsPerClass: 100, classes: 3, noise: 0 });
    for (let k = 0; k < y.size; k++) {
      const r = (k % 100) / 100;
      const angle = 4 * y.data[k] + 4 * r;
      expect(x.data[2 * k]).toBeCloseTo(r * Math.sin(angle), 6);
      expect(x.data[2 * k + 1]).toBeCloseTo(r * Math.cos(angle), 6);
    }
  });

  test("spiral noise turns the points and leaves their radius", () => {
    const { x } = spiral({ seed: 1 });
    const still = spiral({ noise: 0 }).x;
    let squares = 0;
    for (let k = 50; k < 100; k++) {
      const [u, v, s, t] = [x.data[2 * k], x.data[2 * k + 1], still.data[2 * k], still.data[2 * k + 1]];
      expect(Math.hypot(u, v)).toBeCloseTo(k / 100, 5);
      squares += Math.atan2(u * t - v * s, u * s + v * t) ** 2;
    }
    expect(Math.sqrt(squares / 50)).toBeGreaterThan(0.13);
    expect(Math.sqrt(squares / 50)).toBeLessThan(0.27);
  });

  test("moons without noise lie on their half circles", () => {
    const { x, y } = moons({ pointsPerClass: 20, noise: 0 });
    for (let k = 0; k < y.size; k++) {
      const [u, v] = [x.data[2 * k], x.data[2 * k + 1]];
      if (y.data[k] === 0) expect(Math.hypot(u, v)).toBeCloseTo(1, 6);
      else expect(Math.hypot(u - 1, v - 0.5)).toBeCloseTo(1, 6);
      expect(y.data[k] === 0 ? v >= -1e-6 : v <= 0.5 + 1e-6).toBe(true);
    }
  });

  test("circles without noise have radius 1 and the factor", () => {
    const { x, y } = circles({ pointsPerClass: 20, noise: 0, factor: 0.3 });
    for (let k = 0; k < y.size; k++) {
      expect(Math.hypot(x.data[2 * k], x.data[2 * k + 1])).toBeCloseTo(y.data[k] === 0 ? 1 : 0.3, 6);
    }
    expect(() => circles({ factor: -1 })).toThrow(expect.objectContaining({ code: "POINTS_OPTIONS" }));
  });

  test("blobs spread by the noise around centres of their own", () => {
    const { x } = blobs({ pointsPerClass: 400, classes: 2, noise: 0.5, seed: 3 });
    for (const start of [0, 400]) {
      const us = Array.from({ length: 400 }, (_, k) => x.data[2 * (start + k)]);
      const mean = us.reduce((sum, u) => sum + u / 400, 0);
      const deviation = Math.sqrt(us.reduce((sum, u) => sum + (u - mean) ** 2 / 400, 0));
      expect(deviation).toBeGreaterThan(0.4);
      expect(deviation).toBeLessThan(0.6);
    }
    const still = blobs({ pointsPerClass: 2, classes: 2, noise: 0, seed: 3 }).x.data;
    expect([still[0], still[1]]).toEqual([still[2], still[3]]);
    expect(still[0]).not.toBe(still[4]);
  });

  test("classes have to be one or more", () => {
    for (const make of [spiral, blobs]) {
      expect(() => make({ classes: 0 })).toThrow(expect.objectContaining({ code: "POINTS_OPTIONS" }));
    }
    expect(() => blobs({ spread: Infinity })).toThrow(expect.objectContaining({ code: "POINTS_OPTIONS" }));
  });
});
