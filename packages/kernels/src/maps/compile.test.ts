import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileMap } from "./compile.js";
import type { MapArray, MapDtype, MapKernel, MapMode, MapOp, MapProgram, MapStep } from "./program.js";
import { SCALAR_FUNCTIONS } from "./scalar-functions.js";

const CONSTRUCTORS = { float32: Float32Array, float64: Float64Array };
const OPS = Object.keys(SCALAR_FUNCTIONS).concat("constant") as MapOp[];
const arity = (op: MapOp): number => (op === "constant" ? 0 : SCALAR_FUNCTIONS[op].length);

/** Arrays and strides for one call of a map. */
interface Operands {
  readonly inputs: readonly MapArray[];
  readonly strides: readonly number[];
  readonly outer: number;
  readonly inner: number;
}

function compiled(program: MapProgram, modes: readonly MapMode[], dtype: MapDtype): MapKernel {
  const kernel = compileMap(program, modes, dtype);
  if (!kernel) throw new Error("no kernel");
  return kernel;
}

function runKernel(program: MapProgram, modes: readonly MapMode[], dtype: MapDtype, operands: Operands): MapArray[] {
  const { inputs, strides, outer, inner } = operands;
  const outputs = program.outputs.map(() => new CONSTRUCTORS[dtype](outer * inner).fill(-77));
  compiled(program, modes, dtype).run(inputs, strides, outer, inner, outputs);
  return outputs;
}

/** The whole program that returns every register, its inputs first. */
const withAllRegisters = ({ inputs, steps }: MapProgram): MapProgram => ({
  inputs,
  steps,
  outputs: Array.from({ length: inputs + steps.length }, (_, register) => register),
});

/** Whether `got` is `want` to a relative 4·2⁻²⁴ (float32) or 10⁻¹⁵ (float64), or to the spacing of subnormals. */
function isClose(got: number, want: number, dtype: MapDtype): boolean {
  const rounded = dtype === "float32" ? Math.fround(want) : want;
  if (Object.is(got, rounded)) return true;
  if (got === 0 && rounded === 0) return false;
  const [relative, absolute] = dtype === "float32" ? [2 ** -22, 2 ** -148] : [1e-15, 5e-324];
  if (Math.abs(got) === Infinity) return Math.abs(want) > 3.4028e38 && Math.sign(got) === Math.sign(want);
  return Math.abs(got - want) <= Math.abs(want) * relative + absolute;
}

/** Compares every register with the instruction applied to the kernel's own operands: errors cannot add up. */
function expectEveryStep(program: MapProgram, modes: readonly MapMode[], dtype: MapDtype, operands: Operands): void {
  const registers = runKernel(withAllRegisters(program), modes, dtype, operands);
  const { inputs, strides, outer, inner } = operands;
  inputs.forEach((input, i) => {
    for (let p = 0; p < outer * inner; p++) {
      const [row, column] = [Math.floor(p / inner), p % inner];
      const want = input[strides[i] * row + (modes[i] === "vector" ? column : 0)];
      if (!Object.is(registers[i][p], want)) expect(registers[i][p], `input ${i} at ${p}`).toBe(want);
    }
  });
  program.steps.forEach(({ op, args, value = 0 }, step) => {
    const got = registers[program.inputs + step];
    for (let p = 0; p < outer * inner; p++) {
      const [x, y, z] = args.map((arg) => registers[arg][p]);
      const want = op === "constant" ? value : SCALAR_FUNCTIONS[op](x, y, z);
      if (!isClose(got[p], want, dtype)) expect(got[p], `${op}(${[x, y, z].join()}) at ${p}`).toBe(want);
    }
  });
  // The same program with fewer outputs takes other paths through locals and dead code, to the same bits.
  const picked = runKernel(program, modes, dtype, operands);
  program.outputs.forEach((register, i) => expect(picked[i]).toEqual(registers[register]));
}

const SPECIAL = [0, -0, 1, -1, 0.5, 2, Infinity, -Infinity, NaN, 1e-40, 1e30, -88, 3];

const stepsOf = (inputs: number): fc.Arbitrary<MapStep[]> =>
  fc
    .array(fc.tuple(fc.constantFrom(...OPS), fc.array(fc.nat(), { minLength: 3, maxLength: 3 })), {
      minLength: 1,
      maxLength: 14,
    })
    .map((draws) =>
      draws.map(([op, picks], i): MapStep => {
        const args = picks.slice(0, arity(op)).map((pick) => pick % (inputs + i));
        return op === "constant" ? { op, args, value: SPECIAL[picks[0] % SPECIAL.length] } : { op, args };
      }),
    );

const layoutOf = (dtype: MapDtype, outer: number, inner: number) =>
  fc
    .record({
      mode: fc.constantFrom<MapMode>("vector", "scalar"),
      spread: fc.constantFrom("dense", "same", "gap"),
      values: fc.array(fc.oneof(fc.constantFrom(...SPECIAL), fc.double({ min: -40, max: 40 })), {
        minLength: 1,
        maxLength: 40,
      }),
    })
    .map(({ mode, spread, values }) => {
      const row = mode === "vector" ? inner : 1;
      const stride = spread === "same" ? 0 : spread === "dense" ? row : row + 2;
      const input = new CONSTRUCTORS[dtype](stride * outer + row);
      for (let i = 0; i < input.length; i++) input[i] = values[(i * 7) % values.length];
      return { mode, stride, input };
    });

describe("compileMap", () => {
  test.each<[MapDtype]>([["float32"], ["float64"]])(
    "random %s programs agree with plain JavaScript step by step",
    (dtype) => {
      const size = fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 130);
      const cases = fc
        .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 1, 2, 3, 9), size)
        .chain(([inputs, outer, inner]) =>
          fc.record({
            outer: fc.constant(outer),
            inner: fc.constant(inner),
            layouts: fc.array(layoutOf(dtype, outer, inner), { minLength: inputs, maxLength: inputs }),
            steps: stepsOf(inputs),
            outputs: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
          }),
        );
      fc.assert(
        fc.property(cases, ({ outer, inner, layouts, steps, outputs }) => {
          const inputs = layouts.length;
          const program = { inputs, steps, outputs: outputs.map((pick) => pick % (inputs + steps.length)) };
          expectEveryStep(
            program,
            layouts.map((x) => x.mode),
            dtype,
            {
              inputs: layouts.map((x) => x.input),
              strides: layouts.map((x) => x.stride),
              outer,
              inner,
            },
          );
        }),
        { numRuns: 150, seed: 20 },
      );
    },
  );

  /** a·x + b, where a, x and b lie in every way. */
  const AFFINE: MapProgram = {
    inputs: 3,
    steps: [
      { op: "mul", args: [0, 1] },
      { op: "add", args: [3, 2] },
    ],
    outputs: [4],
  };

  test.each([0, 1, 3, 4, 5, 1000, 100_003])("a row of %d elements is computed to its end and no further", (length) => {
    const x = Float32Array.from({ length }, (_, i) => i % 1000);
    const output = new Float32Array(length + 5).fill(-1);
    compiled(AFFINE, ["scalar", "vector", "scalar"], "float32").run(
      [Float32Array.of(2), x, Float32Array.of(1)],
      [0, 0, 0],
      1,
      length,
      [output],
    );
    expect(output).toEqual(Float32Array.from({ length: length + 5 }, (_, i) => (i < length ? 2 * x[i] + 1 : -1)));
  });

  test.each([
    [100_003, 1],
    [5000, 3],
    [300, 64],
    [70, 1000],
    [3, 20_000],
  ])("[n, 1], [1, m] and [n, m] broadcast for n = %d, m = %d", (outer, inner) => {
    const a = Float32Array.from({ length: outer }, (_, i) => i % 100);
    const x = Float32Array.from({ length: inner }, (_, i) => i % 50);
    const b = Float32Array.from({ length: outer * inner }, (_, i) => i % 77);
    const output = new Float32Array(outer * inner);
    const kernel = compiled(AFFINE, ["scalar", "vector", "vector"], "float32");
    for (let round = 0; round < 2; round++) {
      kernel.run([a, x, b], [1, 0, inner], outer, inner, [output]);
      const want = output.map((_, p) => a[Math.floor(p / inner)] * x[p % inner] + b[p]);
      expect(output).toEqual(want);
    }
  });

  test("relu keeps NaN and turns -0 into 0, as Math.max does", () => {
    const program: MapProgram = {
      inputs: 1,
      steps: [
        { op: "constant", args: [], value: 0 },
        { op: "max", args: [0, 1] },
      ],
      outputs: [2],
    };
    const x = Float32Array.of(-1, -0, 0, NaN, 2, Infinity, -Infinity);
    const operands = { inputs: [x], strides: [0], outer: 1, inner: x.length };
    expect(runKernel(program, ["vector"], "float32", operands)[0]).toEqual(
      Float32Array.of(0, 0, 0, NaN, 2, Infinity, 0),
    );
  });

  test("constant exponents that need no logarithm agree with pow", () => {
    const values = [...SPECIAL, -2.5, 1e20, 1e-20, -1e-20, 7.3];
    for (const exponent of [0, 1, 2, 3, -1, -2, 0.5]) {
      const program: MapProgram = {
        inputs: 1,
        steps: [
          { op: "constant", args: [], value: exponent },
          { op: "pow", args: [0, 1] },
        ],
        outputs: [2],
      };
      expectEveryStep(program, ["vector"], "float32", {
        inputs: [Float32Array.from(values)],
        strides: [0],
        outer: 1,
        inner: values.length,
      });
    }
  });

  test("a program of many arrays is cut into smaller blocks, and one of too many is refused", () => {
    const sum = (inputs: number): MapProgram => ({
      inputs,
      steps: Array.from({ length: inputs - 1 }, (_, i) => ({ op: "add", args: [i === 0 ? 0 : inputs + i - 1, i + 1] })),
      outputs: [2 * inputs - 2],
    });
    const x = Float32Array.from({ length: 5000 }, (_, i) => i);
    const modes = (count: number): MapMode[] => Array.from({ length: count }, () => "vector");
    const operands = { inputs: modes(200).map(() => x), strides: modes(200).map(() => 0), outer: 1, inner: x.length };
    expect(runKernel(sum(200), modes(200), "float32", operands)[0]).toEqual(x.map((value) => 200 * value));
    expect(compileMap(sum(2000), modes(2000), "float32")).toBeNull();
  });

  test("a register read before it is defined is an internal error", () => {
    const program: MapProgram = { inputs: 1, steps: [{ op: "neg", args: [1] }], outputs: [1] };
    expect(() => compileMap(program, ["vector"], "float32")).toThrow(/^internal: map program: step 0 reads register 1/);
  });
});
