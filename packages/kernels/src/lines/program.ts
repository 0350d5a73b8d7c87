import { type FunctionBuilder, ModuleBuilder } from "../assembler.js";
import { emitEach, emitExponentials } from "./exponentials.js";
import { emitExtremeAcross, emitExtremeAlong } from "./extremes.js";
import { emitSumAcross, emitSumAlong } from "./sums.js";
import { PLACES } from "./walk.js";

/**
 * The module of the kernels on lines of float32. They take two counts, work at {@link PLACES} in the memory that the
 * module imports as `maps.memory`, and may write a vector past the end of a line and of the results.
 *
 * - `sumAlong`, `maxAlong`, `minAlong` of (lines, length): a result for each line
 * - `sumAcross`, `maxAcross`, `minAcross` of (rows, columns): takes the rows into a result for each column
 * - `exponentials` of (lines, length): `output = e^(input - largest)`, the largest elements, and the sums of the outputs
 * - `scale` of (lines, length): `input = output · factor`
 * - `shift` of (lines, length): `output = (input - largest) - factor`
 *
 * The extremes of lines with a NaN are NaN; the other kernels let NaN spread.
 */
export function buildLinesProgram(pages: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("maps", "memory", { minimum: pages, maximum: pages });
  const define = (name: string): FunctionBuilder => module.defineFunction({ name, parameters: ["i32", "i32"] });
  emitSumAlong(define("sumAlong"));
  emitSumAcross(define("sumAcross"));
  for (const name of ["max", "min"] as const) {
    emitExtremeAlong(define(`${name}Along`), name);
    emitExtremeAcross(define(`${name}Across`), name);
  }
  emitExponentials(define("exponentials"));
  const { input, output, largest, factors } = PLACES;
  const scale = define("scale");
  emitEach(scale, [output, input], [factors], (factor) => scale.get(factor).f32x4Mul());
  const shift = define("shift");
  emitEach(shift, [input, output], [largest, factors], (most, factor) =>
    shift.get(most).f32x4Sub().get(factor).f32x4Sub(),
  );
  return module.build();
}
