import { tensor } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { normalize, scaleImages } from "./transforms.js";

describe("scaleImages", () => {
  const images = tensor(Uint8Array.of(0, 51, 102, 255), { shape: [1, 2, 2] });

  test("divides by 255 and flattens on demand", () => {
    const scaled = scaleImages(images);
    expect([scaled.shape, scaled.dtype]).toEqual([[1, 2, 2], "float32"]);
    expect([...scaled.data]).toEqual([0, Math.fround(0.2), Math.fround(0.4), 1]);
    expect(scaleImages(images, { flatten: true }).shape).toEqual([1, 4]);
  });

  test("scaled images are not scaled again, and a scalar is no image", () => {
    expect(() => scaleImages(scaleImages(images))).toThrow(expect.objectContaining({ code: "IMAGES_DTYPE" }));
    expect(() => scaleImages(tensor(1, { dtype: "uint8" }))).toThrow(expect.objectContaining({ code: "IMAGES_SHAPE" }));
  });
});

describe("normalize", () => {
  const x = tensor(
    Float64Array.from({ length: 12 }, (_, i) => i),
    { shape: [2, 3, 2] },
  );

  test("takes one number for all or one for each channel", () => {
    expect([...normalize(x, { mean: 2, std: 4 }).data]).toEqual([...x.data].map((value) => (value - 2) / 4));
    const perChannel = normalize(x, { mean: [0, 2, 4], std: [1, 2, 4] });
    expect([...perChannel.data]).toEqual([0, 1, 0, 0.5, 0, 0.25, 6, 7, 3, 3.5, 1.5, 1.75]);
    expect(perChannel.dtype).toBe("float64");
    const last = normalize(x, { mean: [0, 1], std: 1, axis: -1 });
    expect([...last.data]).toEqual([0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10]);
  });

  test("means that do not fit the axis and zero deviations are errors", () => {
    expect(() => normalize(x, { mean: [0, 0], std: 1 })).toThrow(expect.objectContaining({ code: "NORMALIZE_SHAPE" }));
    expect(() => normalize(x, { mean: [0], std: 1, axis: 5 })).toThrow(
      expect.objectContaining({ code: "NORMALIZE_SHAPE" }),
    );
    expect(() => normalize(x, { mean: 0, std: 0 })).toThrow(expect.objectContaining({ code: "NORMALIZE_STD" }));
    expect(() => normalize(x, { mean: 0, std: [1, Number.NaN, 1] })).toThrow(
      expect.objectContaining({ code: "NORMALIZE_STD" }),
    );
  });
});
