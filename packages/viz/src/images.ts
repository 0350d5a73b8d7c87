import { ArgumentError, checkOptions, Tensor } from "@adjoint/core";
import { cellPaths } from "./cells.js";
import { checkCount, checkPositive, type Numbers, numbersOf } from "./check.js";
import { element, INK, svgDocument, textElement } from "./svg.js";

/** How a sheet of images is captioned and laid out. */
export interface ImagesOptions {
  /** Height of each image in pixels of its own; by default from the shape, for a tensor `[count, height, width]`. */
  readonly height?: number;
  /** Width of each image in pixels of its own, likewise. */
  readonly width?: number;
  /** A line under each image; none by default. */
  readonly captions?: readonly string[];
  /** Written on top; none by default. */
  readonly title?: string;
  /** Images in a row, 8 by default. */
  readonly columns?: number;
  /** The width of one image as it is drawn, 84 by default. */
  readonly size?: number;
}

const OPTIONS: readonly string[] = ["height", "width", "captions", "title", "columns", "size"];
const MARGIN = 18;
const GAP = 12;

/**
 * Draws grayscale images, `[count, height, width]` row-major with 0 for black and 255 for white, as a sheet.
 *
 * Pixels become outlines of sixteen levels of gray, so that the document needs no embedded bitmap.
 * A tensor `[count, height, width]` or `[count, 1, height, width]` says their size itself.
 * @throws ArgumentError `IMAGES_SIZE` where the pixels are not a whole, positive number of images, `PICTURE_SIZE`,
 *   `NUMBERS_KIND`, `IMAGES_CAPTIONS`, `OPTIONS_KIND`, `OPTION_UNKNOWN`
 *
 * @example
 * ```ts
 * import { imagesSvg } from "@adjoint/viz";
 * const checkers = Uint8Array.from([0, 255, 255, 0]);
 * const svg = imagesSvg(checkers, { height: 2, width: 2, captions: ["checkers"] });
 * console.log(svg.includes("checkers")); // → true
 * ```
 */
export function imagesSvg(images: Numbers, options: ImagesOptions = {}): string {
  checkOptions("imagesSvg", options, "{ height: 28, width: 28 }", OPTIONS);
  const pixels = numbersOf("imagesSvg", "the first argument, the images,", images);
  const { captions, title = "", columns = 8, size = 84 } = options;
  const { height, width } = imageSize(images, options);
  if (captions !== undefined && !Array.isArray(captions)) {
    throw new ArgumentError("IMAGES_CAPTIONS", "imagesSvg: the captions are no array; give a text for each image");
  }
  for (const [name, value] of Object.entries({ height, width, columns })) checkCount("imagesSvg", name, value);
  checkPositive("imagesSvg", { size });
  const count = pixels.length / (height * width);
  if (!Number.isInteger(count) || count === 0) {
    const given = `${pixels.length} pixels are not a whole number of ${height} x ${width} images`;
    throw new ArgumentError("IMAGES_SIZE", `imagesSvg: ${given}; give [count, height, width] pixels`);
  }
  const across = Math.min(columns, count);
  const scale = size / width;
  const tile = height * scale + (captions === undefined ? 0 : 20);
  const top = title === "" ? MARGIN : 46;
  const sheet = Array.from({ length: count }, (_, index) => {
    const x = MARGIN + (index % across) * (size + GAP);
    const y = top + Math.floor(index / across) * (tile + GAP);
    const image = Array.from({ length: height * width }, (_, pixel) =>
      grayLevel(pixels[index * height * width + pixel]),
    );
    return (
      drawImage(image, height, width, x, y, scale) +
      textElement(captions?.[index] ?? "", x + size / 2, y + height * scale + 15, { "text-anchor": "middle" })
    );
  });
  return svgDocument(
    Math.max(2 * MARGIN + across * (size + GAP) - GAP, title === "" ? 0 : 320),
    top + Math.ceil(count / across) * (tile + GAP) - GAP + MARGIN,
    title === "" ? "Images" : title,
    title === "" ? "" : textElement(title, MARGIN, 29, { "font-size": 15, "font-weight": 600, fill: INK.strong }),
    ...sheet,
  );
}

/** The size of each image, from the options or else from the shape. */
function imageSize(images: Numbers, options: ImagesOptions): { height: number; width: number } {
  const shape = images instanceof Tensor ? images.shape : [];
  const isSheet = shape.length === 3 || (shape.length === 4 && shape[1] === 1);
  const { height = isSheet ? shape.at(-2) : undefined, width = isSheet ? shape.at(-1) : undefined } = options;
  if (height !== undefined && width !== undefined) return { height, width };
  const given = images instanceof Tensor ? `a tensor [${shape.join(", ")}]` : "an array";
  throw new ArgumentError(
    "IMAGES_SIZE",
    `imagesSvg: ${given} does not say how large an image is; give height and width, or a tensor [count, height, width]`,
  );
}

const LEVELS = 15;

function grayLevel(pixel: number): number {
  return Math.round((Math.min(255, Math.max(0, pixel)) / 255) * LEVELS);
}

function drawImage(image: number[], height: number, width: number, x: number, y: number, scale: number): string {
  const paths = [...cellPaths(image, height, width)].map(([level, d]) => {
    const shade = Math.round((level / LEVELS) * 255);
    return element("path", { d, fill: `rgb(${shade},${shade},${shade})` });
  });
  const transform = `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${scale})`;
  return element("g", { transform, "shape-rendering": "crispEdges" }, ...paths);
}
