import { type Parameter, truncatedNormal as drawTruncated } from "@adjoint/core";
import { assign, begin, floating, type InitOptions } from "./begin.js";

/**
 * Fills a parameter with independent numbers uniform on [low, high) (default 0 and 1), and returns it.
 *
 * @throws ArgumentError `RANGE_INVALID`, `PARAMETER_KIND`, `GENERATOR_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * const { weight } = new Linear(4, 2);
 * console.log(init.uniform(weight, -2, -1).data.every((w) => w >= -2 && w < -1)); // → true
 * ```
 */
export function uniform(parameter: Parameter, low = 0, high = 1, options: InitOptions = {}): Parameter {
  const generator = begin("init.uniform", parameter, options);
  return assign(parameter, generator.uniform(parameter.shape, low, high, floating(parameter)));
}

/**
 * Fills a parameter with independent numbers from the normal distribution (default mean 0, deviation 1), and returns it.
 *
 * @throws ArgumentError `DEVIATION_INVALID`, `PARAMETER_KIND`, `GENERATOR_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * const { weight } = new Linear(4, 2);
 * console.log(init.normal(weight, 100, 0.01).data.every((w) => Math.abs(w - 100) < 1)); // → true
 * ```
 */
export function normal(parameter: Parameter, mean = 0, deviation = 1, options: InitOptions = {}): Parameter {
  const generator = begin("init.normal", parameter, options);
  return assign(parameter, generator.normal(parameter.shape, mean, deviation, floating(parameter)));
}

/**
 * Fills a parameter with independent numbers from the part of the normal distribution (default mean 0, deviation 1) that lies between
 * `low` and `high` (default -2 and 2; in numbers, not in deviations), and returns it.
 *
 * @throws ArgumentError `BOUNDS_INVALID`, `DEVIATION_INVALID`, `MEAN_INVALID`, `PARAMETER_KIND`, `GENERATOR_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { init, Linear } from "@adjoint/nn";
 * const { weight } = new Linear(4, 2);
 * console.log(init.truncatedNormal(weight, 0, 1, 0, 0.5).data.every((w) => w >= 0 && w <= 0.5)); // → true
 * ```
 */
export function truncatedNormal(
  parameter: Parameter,
  mean = 0,
  deviation = 1,
  low = -2,
  high = 2,
  options: InitOptions = {},
): Parameter {
  const generator = begin("init.truncatedNormal", parameter, options);
  const { shape } = parameter;
  return assign(parameter, drawTruncated(mean, deviation, low, high, { shape, generator, ...floating(parameter) }));
}
