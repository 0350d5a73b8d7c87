import { ArgumentError, Tensor } from "@adjoint/core";
import { areNumbers, type Numbers, numbersOf } from "./check.js";

/** A line to draw. */
export interface Series {
  readonly name: string; // in the legend
  readonly y: Numbers; // the heights
  readonly x?: Numbers; // where they stand, one for each height (default 1, 2, 3, …)
}

/** A list of series, or an object from their names to their heights, or the heights of the only one. */
export type SeriesInput = readonly Series[] | Readonly<Record<string, Numbers>> | Numbers;

/** A series whose numbers are in arrays. */
export interface Line {
  readonly name: string;
  readonly y: ArrayLike<number>;
  readonly x?: ArrayLike<number>;
}

/**
 * The series as arrays, each with its name; that of a single list of heights is empty.
 *
 * @throws ArgumentError `SERIES_KIND`, `SERIES_LENGTH`, `NUMBERS_KIND`
 */
export function namedLines(where: string, series: SeriesInput): readonly Line[] {
  if (typeof series !== "object" || series === null) throw wrongSeries(where, `the series are ${String(series)}`);
  // An empty array is a list without series.
  if (areNumbers(series) && !isEmptyList(series)) return [line(where, { name: "", y: series })];
  if (isList(series)) return series.map((one) => line(where, one));
  return Object.entries(series).map(([name, y]) => line(where, { name, y }));
}

function line(where: string, one: Series): Line {
  if (typeof one !== "object" || one === null || typeof one.name !== "string") {
    throw wrongSeries(where, "a series has no name");
  }
  const { name, y, x } = one;
  for (const numbers of [y, x]) {
    if (numbers instanceof Tensor && numbers.ndim !== 1) {
      throw wrongSeries(
        where,
        `series "${name}" is a tensor [${numbers.shape.join(", ")}], which is no list of numbers`,
      );
    }
  }
  const heights = numbersOf(where, `series "${name}"`, y);
  if (x === undefined) return { name, y: heights };
  const places = numbersOf(where, `x of series "${name}"`, x);
  if (places.length === heights.length) return { name, y: heights, x: places };
  const lengths = `${places.length} x for ${heights.length} y`;
  throw new ArgumentError("SERIES_LENGTH", `${where}: series "${name}" has ${lengths}; give as many`);
}

function wrongSeries(where: string, what: string): ArgumentError {
  return new ArgumentError("SERIES_KIND", `${where}: ${what}; give { training: [2.3, 0.9] } or [{ name, y }]`);
}

function isEmptyList(series: object): boolean {
  return Array.isArray(series) && series.length === 0;
}

// Array.isArray does not narrow readonly arrays.
function isList(series: SeriesInput): series is readonly Series[] {
  return Array.isArray(series);
}
